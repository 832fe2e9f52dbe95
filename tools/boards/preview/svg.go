package preview

import (
	"fmt"
	"html"
	"html/template"
	"strconv"
	"strings"
)

// The colours of Grafana's dark theme.
const (
	colorPage      = "#111217"
	colorPanel     = "#181b1f"
	colorBorder    = "#2c2f35"
	colorText      = "#ccccdc"
	colorSecondary = "#8e8e99"
	colorGrid      = "#2a2d33"
	colorTrack     = "#24272c"
	colorLink      = "#6e9fff"
)

// canvas collects the elements of one drawing.
type canvas struct {
	b             strings.Builder
	width, height float64
}

// px writes a coordinate with one decimal: more is not visible and only makes files larger.
func px(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

// rect draws a filled rectangle.
func (c *canvas) rect(x, y, w, h float64, fill, attrs string) {
	if w <= 0 || h <= 0 {
		return
	}
	fmt.Fprintf(&c.b, `<rect x="%s" y="%s" width="%s" height="%s" fill="%s"%s/>`,
		px(x), px(y), px(w), px(h), fill, spaced(attrs))
}

// line draws a straight line.
func (c *canvas) line(x1, y1, x2, y2 float64, stroke, attrs string) {
	fmt.Fprintf(&c.b, `<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s"%s/>`,
		px(x1), px(y1), px(x2), px(y2), stroke, spaced(attrs))
}

// path draws an outline from SVG path commands.
func (c *canvas) path(d, attrs string) {
	fmt.Fprintf(&c.b, `<path d="%s"%s/>`, d, spaced(attrs))
}

// circle draws a dot.
func (c *canvas) circle(x, y, r float64, fill string) {
	fmt.Fprintf(&c.b, `<circle cx="%s" cy="%s" r="%s" fill="%s"/>`, px(x), px(y), px(r), fill)
}

// The anchors of a text.
const (
	left   = "start"
	middle = "middle"
	right  = "end"
)

// text writes one line; y is its baseline.
func (c *canvas) text(x, y float64, s string, size float64, fill, anchor string) {
	c.styled(x, y, s, size, fill, anchor, "")
}

// styled writes one line with further attributes.
func (c *canvas) styled(x, y float64, s string, size float64, fill, anchor, attrs string) {
	if s == "" {
		return
	}
	fmt.Fprintf(&c.b, `<text x="%s" y="%s" font-size="%s" fill="%s"`, px(x), px(y), px(size), fill)
	if anchor != left {
		fmt.Fprintf(&c.b, ` text-anchor="%s"`, anchor)
	}
	fmt.Fprintf(&c.b, `%s>%s</text>`, spaced(attrs), html.EscapeString(s))
}

// svg returns the drawing.
func (c *canvas) svg() template.HTML {
	//nolint:gosec // Every text went through html.EscapeString; the rest is numbers and colours of ours.
	return template.HTML(fmt.Sprintf(`<svg width="%s" height="%s" xmlns="http://www.w3.org/2000/svg">%s</svg>`,
		px(c.width), px(c.height), c.b.String()))
}

// spaced puts a space before attributes that are there.
func spaced(attrs string) string {
	if attrs == "" {
		return ""
	}
	return " " + attrs
}
