package preview

import (
	"html/template"
	"math"
)

// trend draws values over a column of ascending numbers.
func (d *drawing) trend() (template.HTML, error) {
	var options struct {
		Legend legendOptions `json:"legend"`
		XField string        `json:"xField"`
	}
	if err := d.options(&options); err != nil {
		return "", err
	}
	var xs *Field
	low, high := math.Inf(1), math.Inf(-1)
	all := d.series(func(f *Frame) *Field {
		xs = f.first(Number)
		if options.XField != "" {
			xs = f.field(options.XField)
		}
		if xs == nil || xs.Kind != Number {
			return nil
		}
		for i, x := range xs.numbers() {
			if i > 0 && x <= high {
				d.problem("x column %q does not ascend: Grafana refuses to draw it", xs.Title())
			}
			low, high = min(low, x), max(high, x)
		}
		return xs
	})
	if len(all) == 0 || low >= high {
		return "", errEmpty
	}
	c, err := d.xyChart(all, options.Legend, low, high, math.Inf(1), func(x scale) ([]float64, []string, error) {
		at := x.ticks(60)
		labels := make([]string, len(at))
		for i, v := range at {
			var err error
			if labels[i], err = d.formatter.format(v, xs.Config.Unit, xs.Config.Decimals); err != nil {
				return nil, nil, err
			}
		}
		return at, labels, nil
	})
	if err != nil {
		return "", err
	}
	return c.svg(), nil
}
