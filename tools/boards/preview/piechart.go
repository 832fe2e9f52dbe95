package preview

import (
	"fmt"
	"html/template"
	"slices"
)

// pieOptions are the options of a pie chart.
type pieOptions struct {
	ReduceOptions reduceOptions `json:"reduceOptions"`
	PieType       string        `json:"pieType"`
	DisplayLabels []string      `json:"displayLabels"`
	Legend        legendOptions `json:"legend"`
}

// pieChart draws shares of a whole.
func (d *drawing) pieChart() (template.HTML, error) {
	var o pieOptions
	if err := d.options(&o); err != nil {
		return "", err
	}
	cells, err := d.cells(o.ReduceOptions)
	if err != nil {
		return "", err
	}
	total := 0.0
	for _, v := range cells {
		if v.value.Num < 0 {
			return "", fmt.Errorf("a pie chart cannot show the negative value of %q", v.title)
		}
		total += v.value.Num
	}
	if total == 0 {
		return "", errEmpty
	}
	entries := make([]entry, len(cells))
	o.Legend.Calcs = nil
	for i, v := range cells {
		entries[i] = entry{color: v.shown.Color, title: v.title}
		for _, what := range o.Legend.Values {
			entries[i].calcs = append(entries[i].calcs, pieText(what, v, total))
		}
	}
	c := d.canvas()
	room := d.legend(c, o.Legend, entries)
	radius := min(room.width(), room.height())/2 - 4
	if radius < 30 {
		d.problem("pie is only %.0f pixels wide", 2*radius)
	}
	band := radius
	if o.PieType == "donut" {
		band = radius * 0.4
	}
	x, y, from := (room.left+room.right)/2, (room.top+room.bottom)/2, -90.0
	for _, v := range cells {
		// A whole circle has equal ends, which SVG draws as nothing.
		to := from + min(v.value.Num/total*360, 359.99)
		arc(c, x, y, radius, band, from, to, v.shown.Color)
		if len(o.DisplayLabels) > 0 {
			d.pieLabel(c, o, v, total, x, y, radius-band/2, (from+to)/2)
		}
		from = to
	}
	return c.svg(), nil
}

// pieText is what a legend or label says of a slice.
func pieText(what string, v cell, total float64) string {
	if what == "percent" {
		return fmt.Sprintf("%.0f%%", v.value.Num/total*100)
	}
	return v.shown.Text
}

// pieLabel writes on a slice.
func (d *drawing) pieLabel(c *canvas, o pieOptions, v cell, total, x, y, radius, degrees float64) {
	at := polar(x, y, radius, degrees)
	lines := make([]string, 0, len(o.DisplayLabels))
	for _, what := range []string{"name", "value", "percent"} {
		switch {
		case !slices.Contains(o.DisplayLabels, what):
		case what == "name":
			lines = append(lines, v.title)
		default:
			lines = append(lines, pieText(what, v, total))
		}
	}
	for i, line := range lines {
		c.text(at[0], at[1]+4+float64(i)*14-float64(len(lines)-1)*7, line, axisSize, onColor(v.shown.Color), middle)
	}
}
