package preview

import (
	"html/template"
)

// timeSeries draws values over the board's time range.
func (d *drawing) timeSeries() (template.HTML, error) {
	var options struct {
		Legend legendOptions `json:"legend"`
	}
	if err := d.options(&options); err != nil {
		return "", err
	}
	all := d.series(func(f *Frame) *Field { return f.first(Time) })
	if len(all) == 0 {
		return "", errEmpty
	}
	from, to := float64(d.from.UnixMilli()), float64(d.to.UnixMilli())
	c, err := d.xyChart(all, options.Legend, from, to, cadence(all), func(x scale) ([]float64, []string, error) {
		at, labels := x.timeTicks(76)
		return at, labels, nil
	})
	if err != nil {
		return "", err
	}
	return c.svg(), nil
}
