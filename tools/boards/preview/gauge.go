package preview

import (
	"fmt"
	"html/template"
	"math"
)

// gauge draws values as arcs.
func (d *drawing) gauge() (template.HTML, error) {
	var o struct {
		ReduceOptions        reduceOptions `json:"reduceOptions"`
		Orientation          string        `json:"orientation"`
		ShowThresholdMarkers bool          `json:"showThresholdMarkers"`
		ShowThresholdLabels  bool          `json:"showThresholdLabels"`
	}
	if err := d.options(&o); err != nil {
		return "", err
	}
	cells, err := d.cells(o.ReduceOptions)
	if err != nil {
		return "", err
	}
	c := d.canvas()
	for i, b := range split(d.width, d.height, len(cells), o.Orientation) {
		if len(cells) > 1 {
			const size = 14
			title, clipped := d.face.clip(cells[i].title, b.width(), size)
			if clipped {
				d.problem("name clipped: %q", cells[i].title)
			}
			c.text((b.left+b.right)/2, b.bottom-4, title, size, colorText, middle)
			b.bottom -= 22
		}
		if err := d.dial(c, cells[i], b, o.ShowThresholdMarkers, o.ShowThresholdLabels); err != nil {
			return "", err
		}
	}
	return c.svg(), nil
}

// dial draws one arc of 220 degrees.
func (d *drawing) dial(c *canvas, v cell, b box, markers, labels bool) error {
	const from, to = -200.0, 20.0
	dimension := min(b.width(), b.height()*1.3)
	band := min(dimension/5.5, 60)
	radius := dimension/2 - 4
	if labels {
		band /= 1.5
		radius -= 14
	}
	marker := band / 5
	x, y := (b.left+b.right)/2, (b.top+b.bottom)/2+radius*0.35
	config := &v.field.Config
	low, high := config.bounds()
	angle := scale{min: low, max: high, from: from, to: to}
	clamp := func(value float64) float64 { return min(max(value, low), high) }
	inner := radius
	if markers {
		inner -= marker + 1.5
	}
	arc(c, x, y, inner, band, from, to, colorTrack)
	arc(c, x, y, inner, band, from, angle.at(clamp(v.value.Num)), v.shown.Color)
	if config.Thresholds != nil && (markers || labels) {
		for i, s := range config.Thresholds.Steps {
			begin, end := low, high
			if s.Value != nil {
				begin = clamp(config.absolute(*s.Value))
			}
			if i+1 < len(config.Thresholds.Steps) {
				end = clamp(config.absolute(*config.Thresholds.Steps[i+1].Value))
			}
			if markers {
				arc(c, x, y, radius, marker, angle.at(begin), angle.at(end), resolveColor(s.Color))
			}
			if labels && s.Value != nil {
				text, err := d.formatter.format(config.absolute(*s.Value), config.Unit, config.Decimals)
				if err != nil {
					return err
				}
				at := polar(x, y, radius+4, angle.at(begin))
				anchor := middle
				if at[0] > x+radius/3 {
					anchor = left
				}
				c.text(at[0], at[1]+4, text, 11, colorSecondary, anchor)
			}
		}
	}
	size := d.face.fit(v.shown.Text, dimension*0.9-2*(band+marker), dimension, band*1.7)
	if size < smallestValue {
		d.problem("value text %q shrinks to %.0f pixels", v.shown.Text, size)
	}
	c.styled(x, y+size*0.2, v.shown.Text, size, v.shown.Color, middle, `font-weight="500"`)
	return nil
}

// arc draws a part of a ring, in degrees clockwise from the right.
func arc(c *canvas, x, y, radius, band, from, to float64, fill string) {
	if to-from < 0.01 {
		return
	}
	point := func(r, degrees float64) string {
		at := polar(x, y, r, degrees)
		return px(at[0]) + "," + px(at[1])
	}
	large := map[bool]int{true: 1, false: 0}[to-from > 180]
	inner := radius - band
	c.path(fmt.Sprintf("M%sA%s,%s 0 %d 1 %sL%sA%s,%s 0 %d 0 %sZ",
		point(radius, from), px(radius), px(radius), large, point(radius, to),
		point(inner, to), px(inner), px(inner), large, point(inner, from)), fmt.Sprintf(`fill="%s"`, fill))
}

// polar is the point at an angle around a centre.
func polar(x, y, radius, degrees float64) [2]float64 {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return [2]float64{x + radius*cos, y + radius*sin}
}
