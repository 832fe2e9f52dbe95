package preview

import (
	"html/template"
	"math"
)

// barGaugeOptions are the options of a bar gauge.
type barGaugeOptions struct {
	ReduceOptions reduceOptions `json:"reduceOptions"`
	Orientation   string        `json:"orientation"`
	DisplayMode   string        `json:"displayMode"`
	ValueMode     string        `json:"valueMode"`
	NamePlacement string        `json:"namePlacement"`
	ShowUnfilled  bool          `json:"showUnfilled"`
	MinVizHeight  float64       `json:"minVizHeight"`
}

// barGauge draws values as bars.
func (d *drawing) barGauge() (template.HTML, error) {
	var o barGaugeOptions
	if err := d.options(&o); err != nil {
		return "", err
	}
	cells, err := d.cells(o.ReduceOptions)
	if err != nil {
		return "", err
	}
	setBounds(cells)
	c := d.canvas()
	if o.Orientation == "vertical" || o.Orientation != "horizontal" && d.width > d.height {
		d.verticalBars(c, o, cells)
	} else {
		d.horizontalBars(c, o, cells)
	}
	return c.svg(), nil
}

// setBounds gives bars without a maximum that of all values, as Grafana does.
func setBounds(cells []cell) {
	low, high := 0.0, 0.0
	for _, v := range cells {
		low, high = min(low, v.value.Num), max(high, v.value.Num)
	}
	for _, v := range cells {
		if v.field.Config.Min == nil {
			v.field.Config.Min = &low
		}
		if v.field.Config.Max == nil {
			v.field.Config.Max = &high
		}
	}
}

// barGap is the distance between bars.
const barGap = 10

// horizontalBars draws bars below each other, with names at the left, or above if there is room.
func (d *drawing) horizontalBars(c *canvas, o barGaugeOptions, cells []cell) {
	n := float64(len(cells))
	height := (d.height+barGap)/n - barGap
	if least := max(o.MinVizHeight, 10); height < least {
		height = least
		fit := int((d.height + barGap) / (least + barGap))
		d.problem("bars overflow: %d of %d shown", fit, len(cells))
		cells = cells[:fit]
	}
	above := height > 40 && o.NamePlacement != "left" || o.NamePlacement == "top"
	// Grafana gives names above the bar 45 % of the height, at most 50 pixels, and names beside it up to 40 % of the
	// width, at a font that is 60 % of the height.
	nameHeight := max(min(height*0.45, 50), 17)
	nameSize := nameHeight / 1.5
	if !above {
		nameSize = max(height*0.6, 18) / 1.5
	}
	valueWidth := min(max(d.width*0.2, 50), 150)
	valueHeight := height
	if above {
		valueHeight -= nameHeight
	}
	var names float64
	valueSize := math.Inf(1)
	for _, v := range cells {
		names = max(names, d.face.width(v.title, nameSize)+15)
		valueSize = min(valueSize, d.face.fit(v.shown.Text, valueWidth-10, valueHeight*lineHeight, math.Inf(1)))
	}
	names = min(names, d.width*0.4)
	for i, v := range cells {
		top := float64(i) * (height + barGap)
		b := box{0, top, d.width, top + height}
		switch {
		case o.NamePlacement == "hidden" || v.title == "":
		case above:
			c.text(b.left, b.top+nameSize*1.1, v.title, nameSize, colorText, left)
			b.top += nameHeight
		default:
			title, clipped := d.face.clip(v.title, names-10, nameSize)
			if clipped {
				d.problem("name clipped: %q", v.title)
			}
			c.text(b.left, (b.top+b.bottom)/2+nameSize*0.36, title, nameSize, colorText, left)
			b.left += names
		}
		if o.ValueMode != "hidden" {
			b.right -= valueWidth
		}
		end := d.bar(c, o, v, b, true)
		if o.ShowUnfilled {
			end = b.right
		}
		if o.ValueMode != "hidden" {
			c.styled(end+10, (b.top+b.bottom)/2+valueSize*0.36, v.shown.Text, valueSize, valueColor(o, v), left,
				`font-weight="500"`)
		}
	}
	if valueSize < 10 {
		d.problem("values shrink to %.0f pixels", valueSize)
	}
}

// verticalBars draws bars side by side, names under them and values above.
func (d *drawing) verticalBars(c *canvas, o barGaugeOptions, cells []cell) {
	width := (d.width+barGap)/float64(len(cells)) - barGap
	for i, v := range cells {
		b := box{float64(i) * (width + barGap), 0, float64(i)*(width+barGap) + width, d.height}
		x := (b.left + b.right) / 2
		if o.NamePlacement != "hidden" {
			title, clipped := d.face.clip(v.title, width, 14)
			if clipped {
				d.problem("name clipped: %q", v.title)
			}
			c.text(x, b.bottom-4, title, 14, colorText, middle)
			b.bottom -= 22
		}
		if o.ValueMode != "hidden" {
			size := d.face.fit(v.shown.Text, width, 30, 30)
			c.styled(x, b.top+size, v.shown.Text, size, valueColor(o, v), middle, `font-weight="500"`)
			b.top += size * 1.3
		}
		d.bar(c, o, v, b, false)
	}
}

// valueColor is the colour of a bar's number.
func valueColor(o barGaugeOptions, v cell) string {
	if o.ValueMode == "text" {
		return colorText
	}
	return v.shown.Color
}

// bar draws one bar in its box and returns where it ends.
func (d *drawing) bar(c *canvas, o barGaugeOptions, v cell, b box, horizontal bool) float64 {
	low, high := v.field.Config.bounds()
	share := (min(max(v.value.Num, low), high) - low) / (high - low)
	if o.ShowUnfilled {
		c.rect(b.left, b.top, b.width(), b.height(), colorTrack, `rx="2"`)
	}
	// The basic mode is a pale bar with a strong end.
	opacity := ""
	if o.DisplayMode == "basic" {
		opacity = ` fill-opacity="0.35"`
	}
	if horizontal {
		end := b.left + max(b.width()*share, 1)
		c.rect(b.left, b.top, end-b.left, b.height(), v.shown.Color, `rx="2"`+opacity)
		c.rect(end-2, b.top, 2, b.height(), v.shown.Color, "")
		return end
	}
	end := b.bottom - max(b.height()*share, 1)
	c.rect(b.left, end, b.width(), b.bottom-end, v.shown.Color, `rx="2"`+opacity)
	c.rect(b.left, end, b.width(), 2, v.shown.Color, "")
	return end
}
