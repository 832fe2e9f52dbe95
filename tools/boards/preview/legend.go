package preview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// legendOptions say where the names of the series go, and which calculations stand beside them.
type legendOptions struct {
	ShowLegend  *bool    `json:"showLegend"`
	DisplayMode string   `json:"displayMode"`
	Placement   string   `json:"placement"`
	Calcs       []string `json:"calcs"`
	Values      []string `json:"values"`
	Width       float64  `json:"width"`
	SortBy      string   `json:"sortBy"`
	SortDesc    bool     `json:"sortDesc"`
}

// entry is one line of a legend.
type entry struct {
	color, title string
	calcs        []string
	sort         []float64
}

// box is a rectangle.
type box struct{ left, top, right, bottom float64 }

func (b box) width() float64  { return b.right - b.left }
func (b box) height() float64 { return b.bottom - b.top }

// The measures of Grafana's legends.
const (
	legendSize   = 12
	legendLine   = 22
	legendSwatch = 20
	legendGap    = 14
	calcWidth    = 76
)

// legendEntry is the line of a series with its calculations.
func (d *drawing) legendEntry(f *Field, color string, calcs []string) (entry, error) {
	e := entry{color: color, title: f.Title()}
	for _, id := range calcs {
		v, err := reduce(id, f)
		if err != nil {
			return entry{}, err
		}
		s, err := d.formatter.display(f, v)
		if err != nil {
			return entry{}, err
		}
		e.calcs, e.sort = append(e.calcs, s.Text), append(e.sort, v.Num)
	}
	return e, nil
}

// legend draws the legend and returns the room that is left for the chart.
func (d *drawing) legend(c *canvas, o legendOptions, entries []entry) box {
	room := box{0, 0, d.width, d.height}
	if o.ShowLegend != nil && !*o.ShowLegend || o.DisplayMode == "hidden" || len(entries) == 0 {
		return room
	}
	for i, id := range o.Calcs {
		if reducerTitle(id) == o.SortBy {
			slices.SortStableFunc(entries, func(a, b entry) int {
				if o.SortDesc {
					a, b = b, a
				}
				return cmp.Compare(a.sort[i], b.sort[i])
			})
		}
	}
	switch {
	case o.Placement == "right":
		width := o.Width
		if width == 0 {
			width = min(d.legendWidth(o, entries), d.width*0.6)
		}
		room.right -= width
		d.legendRows(c, o, entries, box{room.right + 8, 0, d.width, d.height})
	case o.DisplayMode == "table":
		height := min(legendLine*float64(len(entries)+1), max(d.height*0.35, 2*legendLine))
		room.bottom -= height
		d.legendRows(c, o, entries, box{0, room.bottom, d.width, d.height})
	default:
		room.bottom = d.legendList(c, entries)
	}
	return room
}

// legendWidth is what a legend at the right needs.
func (d *drawing) legendWidth(o legendOptions, entries []entry) float64 {
	var widest float64
	for _, e := range entries {
		widest = max(widest, d.face.width(e.title, legendSize))
	}
	return widest + legendSwatch + 24 + calcWidth*float64(len(o.Calcs))
}

// legendList writes entries one after the other at the bottom and returns where it begins.
func (d *drawing) legendList(c *canvas, entries []entry) float64 {
	type place struct{ x, row float64 }
	places := make([]place, len(entries))
	x, row := 0.0, 0.0
	for i, e := range entries {
		width := legendSwatch + d.face.width(listText(e), legendSize) + legendGap
		if x > 0 && x+width > d.width {
			x, row = 0, row+1
		}
		places[i] = place{x, row}
		x += width
	}
	visible := min(row+1, max(1, float64(int(d.height*0.35/legendLine))))
	if visible <= row {
		d.problem("legend overflows: %.0f of %.0f lines shown", visible, row+1)
	}
	top := d.height - visible*legendLine
	for i, e := range entries {
		if p := places[i]; p.row < visible {
			d.swatch(c, e, p.x, top+p.row*legendLine+15)
			c.text(p.x+legendSwatch, top+p.row*legendLine+15, listText(e), legendSize, colorText, left)
		}
	}
	return top
}

// listText is an entry on one line.
func listText(e entry) string {
	return strings.Join(append([]string{e.title}, e.calcs...), "  ")
}

// swatch draws the dash of a series' colour.
func (d *drawing) swatch(c *canvas, e entry, x, baseline float64) {
	c.rect(x, baseline-6, 14, 4, e.color, `rx="2"`)
}

// legendRows writes entries below each other, with a column per calculation.
func (d *drawing) legendRows(c *canvas, o legendOptions, entries []entry, b box) {
	y := b.top + 15
	calcX := func(i int) float64 { return b.right - 6 - calcWidth*float64(len(o.Calcs)-1-i) }
	if len(o.Calcs) > 0 {
		c.text(b.left, y, "Name", legendSize, colorLink, left)
		for i, id := range o.Calcs {
			c.text(calcX(i), y, reducerTitle(id), legendSize, colorLink, right)
		}
		y += legendLine
	}
	titleWidth := b.width() - legendSwatch - 8 - calcWidth*float64(len(o.Calcs))
	for i, e := range entries {
		if y > b.bottom {
			d.problem("legend overflows: %d of %d rows shown", i, len(entries))
			return
		}
		d.swatch(c, e, b.left, y)
		title, clipped := d.face.clip(e.title, titleWidth, legendSize)
		if clipped {
			d.problem("legend entry clipped: %q", e.title)
		}
		c.text(b.left+legendSwatch, y, title, legendSize, colorText, left)
		for j, calc := range e.calcs {
			if d.face.width(calc, legendSize) > calcWidth {
				d.problem("legend value %q is wider than its column", calc)
			}
			c.text(calcX(j), y, calc, legendSize, colorText, right)
		}
		y += legendLine
	}
}

// dashes is the stroke attribute of a dashed line.
func dashes(f *Field) string {
	style := f.Config.Custom.LineStyle
	switch {
	case style.Fill == "dash" && len(style.Dash) >= 2:
		return fmt.Sprintf(` stroke-dasharray="%s %s"`, px(style.Dash[0]), px(style.Dash[1]))
	case style.Fill == "dash":
		return ` stroke-dasharray="10 10"`
	case style.Fill == "dot":
		return ` stroke-dasharray="0 8" stroke-linecap="round"`
	}
	return ""
}
