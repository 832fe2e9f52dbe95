package preview

import (
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"math"
)

// barChartOptions are the options of a bar chart.
type barChartOptions struct {
	Legend              legendOptions `json:"legend"`
	XField              string        `json:"xField"`
	Orientation         string        `json:"orientation"`
	Stacking            string        `json:"stacking"`
	ShowValue           string        `json:"showValue"`
	GroupWidth          float64       `json:"groupWidth"`
	BarWidth            float64       `json:"barWidth"`
	XTickLabelRotation  float64       `json:"xTickLabelRotation"`
	XTickLabelMaxLength int           `json:"xTickLabelMaxLength"`
	XTickLabelSpacing   float64       `json:"xTickLabelSpacing"`
}

// fewCategories is up to how many names a reader misses the label of each; more are a scale, such as days.
const fewCategories = 15

// barChart draws categories.
func (d *drawing) barChart() (template.HTML, error) {
	var o barChartOptions
	if err := d.options(&o); err != nil {
		return "", err
	}
	if len(d.frames) != 1 {
		return "", fmt.Errorf("a bar chart draws one frame, got %d: a transformation must join them", len(d.frames))
	}
	frame := &d.frames[0]
	categories := frame.field(o.XField)
	if o.XField == "" {
		if categories = frame.first(Text); categories == nil {
			categories = frame.first(Time)
		}
	}
	if categories == nil {
		return "", fmt.Errorf("bar chart has no column %q for its x axis", o.XField)
	}
	switch {
	case o.Orientation == "horizontal":
		return "", errors.New("horizontal bar charts are not drawn yet")
	case o.ShowValue == "always":
		return "", errors.New("values on the bars of bar charts are not drawn yet")
	case o.Stacking == "percent":
		return "", errors.New("stacking by percent is not drawn yet")
	}
	names := make([]string, frame.Len())
	ordinal := Field{Name: "x", Kind: Time}
	for i := range names {
		s, err := d.formatter.display(categories, categories.Values[i])
		if err != nil {
			return "", err
		}
		names[i] = s.Text
		ordinal.Values = append(ordinal.Values, Value{Num: float64(i)})
	}
	all := d.barSeries(frame, categories, &ordinal, o)
	if len(all) == 0 {
		return "", errEmpty
	}
	last := float64(len(names)) - 0.5
	c, err := d.xyChart(all, o.Legend, -0.5, last, 1, func(x scale) ([]float64, []string, error) {
		at, labels := d.categoryTicks(o, x, names, categories.Kind == Text)
		return at, labels, nil
	})
	if err != nil {
		return "", err
	}
	return c.svg(), nil
}

// barSeries are the frame's numbers as bars: side by side within a category, or stacked.
func (d *drawing) barSeries(frame *Frame, categories, ordinal *Field, o barChartOptions) []*series {
	var all []*series
	for i := range frame.Fields {
		f := &frame.Fields[i]
		if f == categories || f.Kind != Number || f.Config.Custom.HideFrom.Viz {
			continue
		}
		f.Config.Custom.DrawStyle = "bars"
		f.Config.Custom.Stacking.Mode = o.Stacking
		s := &series{field: f, color: seriesColor(f), x: ordinal.numbers(), y: f.numbers()}
		s.base = make([]float64, len(s.y))
		all = append(all, s)
	}
	placeAxes(all)
	stack(all)
	group, bar := cmp.Or(o.GroupWidth, 0.7), cmp.Or(o.BarWidth, 0.97)
	stacked := o.Stacking == "normal"
	if !stacked {
		group /= float64(len(all))
	}
	for i, s := range all {
		s.field.Config.Custom.BarWidthFactor = group * bar
		for j := range s.x {
			if !stacked {
				s.x[j] += (float64(i) - float64(len(all)-1)/2) * group
			}
		}
	}
	return all
}

// categoryTicks labels as many categories as the spacing allows; a spacing of zero asks for every label.
func (d *drawing) categoryTicks(o barChartOptions, x scale, names []string, named bool) (at []float64, labels []string) {
	cell := (x.to - x.from) / float64(len(names))
	every := 1
	if o.XTickLabelSpacing != 0 {
		if most := max(int((x.to-x.from)/math.Abs(o.XTickLabelSpacing)), 1); len(names) >= most {
			every = (len(names) + most - 1) / most
		}
	}
	if every > 1 && named && len(names) <= fewCategories {
		d.problem("only every %d. of %d labels is shown", every, len(names))
	}
	for i := 0; i < len(names); i += every {
		label := names[i]
		if longest := o.XTickLabelMaxLength; longest > 0 && len([]rune(label)) > longest {
			label = string([]rune(label)[:longest]) + "..."
		}
		if d.face.width(label, axisSize) > cell*float64(every) && o.XTickLabelRotation == 0 {
			var clipped bool
			if label, clipped = d.face.clip(label, cell*float64(every), axisSize); clipped {
				d.problem("label %q overlaps its neighbour", names[i])
			}
		}
		at, labels = append(at, float64(i)), append(labels, label)
	}
	return at, labels
}
