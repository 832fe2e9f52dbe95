package preview

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Kind is what a column of a frame holds.
type Kind int

// The kinds of columns that Prometheus results and transformations give.
const (
	Number Kind = iota
	Text
	Time
)

// Value is one cell. A cell that is Null was not measured, which is not the same as zero.
type Value struct {
	Num  float64
	Text string
	Null bool
}

// Field is one column. Times are milliseconds since the epoch, as in Grafana.
type Field struct {
	Name   string
	Legend string
	Labels map[string]string
	Kind   Kind
	Values []Value
	Config Config
}

// Frame is one table of results.
type Frame struct {
	RefID  string
	Fields []Field
}

// Len returns the number of rows.
func (f *Frame) Len() int {
	if len(f.Fields) == 0 {
		return 0
	}
	return len(f.Fields[0].Values)
}

// field returns the column of a name, or nil.
func (f *Frame) field(name string) *Field {
	for i := range f.Fields {
		if f.Fields[i].Name == name || f.Fields[i].Title() == name {
			return &f.Fields[i]
		}
	}
	return nil
}

// first returns the first column of a kind, or nil.
func (f *Frame) first(kind Kind) *Field {
	for i := range f.Fields {
		if f.Fields[i].Kind == kind {
			return &f.Fields[i]
		}
	}
	return nil
}

// Title is the name that people see: the override, the query's legend, the labels, the bare name.
func (f *Field) Title() string {
	switch {
	case f.Config.DisplayName != "":
		return f.withLabels(f.Config.DisplayName)
	case f.Legend != "":
		return f.Legend
	case f.Kind == Number && len(f.Labels) == 1:
		for _, v := range f.Labels {
			return v
		}
	case f.Kind == Number && len(f.Labels) > 1:
		return labelSet(f.Labels)
	}
	return f.Name
}

// withLabels fills in the placeholders that Grafana offers in display names.
func (f *Field) withLabels(name string) string {
	if !strings.Contains(name, "${__field") {
		return name
	}
	for k, v := range f.Labels {
		name = strings.ReplaceAll(name, "${__field.labels."+k+"}", v)
	}
	return strings.ReplaceAll(name, "${__field.name}", f.Name)
}

// numbers returns the column as floats, with NaN for what was not measured.
func (f *Field) numbers() []float64 {
	out := make([]float64, len(f.Values))
	for i, v := range f.Values {
		out[i] = v.Num
		if v.Null {
			out[i] = math.NaN()
		}
	}
	return out
}

// key is the cell as text that is equal when the cells are.
func (f *Field) key(row int) string {
	v := f.Values[row]
	switch {
	case v.Null:
		return "\x00"
	case f.Kind == Text:
		return v.Text
	}
	return strconv.FormatFloat(v.Num, 'g', -1, 64)
}

// labelSet writes labels as Prometheus does.
func labelSet(labels map[string]string) string {
	pairs := make([]string, 0, len(labels))
	for k, v := range labels {
		if k != "__name__" {
			pairs = append(pairs, k+"="+strconv.Quote(v))
		}
	}
	slices.Sort(pairs)
	return labels["__name__"] + "{" + strings.Join(pairs, ", ") + "}"
}

// null is the cell of something that was not measured.
func null() Value { return Value{Null: true} }

// number is a cell; NaN counts as not measured, because no board means to show one.
func number(v float64) Value {
	if math.IsNaN(v) {
		return null()
	}
	return Value{Num: v}
}

// text is a cell.
func text(s string) Value { return Value{Text: s} }
