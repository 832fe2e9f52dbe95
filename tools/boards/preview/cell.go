package preview

import (
	"slices"
	"strings"
)

// reduceOptions say which values stat, gauge, bar gauge and pie chart panels show.
type reduceOptions struct {
	Values bool     `json:"values"`
	Calcs  []string `json:"calcs"`
	Fields string   `json:"fields"`
	Limit  int      `json:"limit"`
}

// cell is one value of such a panel.
type cell struct {
	title string
	value Value
	shown shown
	field *Field
	times *Field
}

// cells reduces the frames to the values to show.
func (d *drawing) cells(o reduceOptions) ([]cell, error) {
	calc := "lastNotNull"
	if len(o.Calcs) > 0 {
		calc = o.Calcs[0]
	}
	var out []cell
	for i := range d.frames {
		frame := &d.frames[i]
		for j := range frame.Fields {
			field := &frame.Fields[j]
			ok, err := picked(o.Fields, field)
			if err != nil {
				return nil, err
			}
			if !ok || field.Config.Custom.HideFrom.Viz {
				continue
			}
			var more []cell
			if o.Values {
				more, err = d.rowCells(frame, field)
			} else {
				more, err = d.reducedCell(frame, field, calc)
			}
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	}
	if limit := o.Limit; o.Values && limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	if !slices.ContainsFunc(out, func(c cell) bool { return !c.value.Null || c.shown.Mapped }) {
		return nil, errEmpty
	}
	return out, nil
}

// picked says whether the reduce options are about a column: the numbers, or those that a name or pattern picks.
func picked(fields string, f *Field) (bool, error) {
	switch {
	case fields == "":
		return f.Kind == Number, nil
	case strings.HasPrefix(fields, "/"):
		return matchesPattern(fields, f.Title())
	}
	return f.Title() == fields || f.Name == fields, nil
}

// reducedCell is a column's one value.
func (d *drawing) reducedCell(frame *Frame, field *Field, calc string) ([]cell, error) {
	v, err := reduce(calc, field)
	if err != nil {
		return nil, err
	}
	return d.newCell(frame, field, field.Title(), v)
}

// rowCells is a value per row, named by the row's texts.
func (d *drawing) rowCells(frame *Frame, field *Field) ([]cell, error) {
	numbers := 0
	for i := range frame.Fields {
		if frame.Fields[i].Kind == Number {
			numbers++
		}
	}
	var out []cell
	for row, v := range field.Values {
		var words []string
		for i := range frame.Fields {
			if f := &frame.Fields[i]; f.Kind == Text {
				words = append(words, f.Values[row].Text)
			}
		}
		if numbers > 1 || len(words) == 0 {
			words = append(words, field.Title())
		}
		more, err := d.newCell(frame, field, strings.Join(words, " "), v)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// newCell formats a value, or nothing where a null has no text.
func (d *drawing) newCell(frame *Frame, field *Field, title string, v Value) ([]cell, error) {
	s, err := d.formatter.display(field, v)
	if err != nil || v.Null && s.Text == "" {
		return nil, err
	}
	return []cell{{title: title, value: v, shown: s, field: field, times: frame.first(Time)}}, nil
}
