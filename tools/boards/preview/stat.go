package preview

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// statOptions are the options of a stat panel.
type statOptions struct {
	ReduceOptions reduceOptions `json:"reduceOptions"`
	Orientation   string        `json:"orientation"`
	TextMode      string        `json:"textMode"`
	ColorMode     string        `json:"colorMode"`
	GraphMode     string        `json:"graphMode"`
	JustifyMode   string        `json:"justifyMode"`
	Text          struct {
		TitleSize float64 `json:"titleSize"`
		ValueSize float64 `json:"valueSize"`
	} `json:"text"`
}

// smallestValue is the font size under which a big value is not one.
const smallestValue = 14

// stat draws big values.
func (d *drawing) stat() (template.HTML, error) {
	var o statOptions
	if err := d.options(&o); err != nil {
		return "", err
	}
	cells, err := d.cells(o.ReduceOptions)
	if err != nil {
		return "", err
	}
	c := d.canvas()
	boxes := split(d.width, d.height, len(cells), o.Orientation)
	// All values of a panel have the size of the widest, so that they can be compared.
	fonts := fontSizes{math.Inf(1), math.Inf(1)}
	for i, cell := range cells {
		more := d.statFonts(o, cell, boxes[i], len(cells))
		fonts.title, fonts.value = min(fonts.title, more.title), min(fonts.value, more.value)
	}
	for i, cell := range cells {
		d.statCell(c, o, cell, boxes[i], len(cells), fonts)
	}
	if fonts.value < smallestValue {
		d.problem("value text shrinks to %.0f pixels", fonts.value)
	}
	return c.svg(), nil
}

// split divides a panel among its values: in a row if it is wide, below each other if it is high, or as a grid.
func split(width, height float64, n int, orientation string) []box {
	const gap = 8
	columns := n
	switch {
	case orientation == "horizontal" || orientation != "vertical" && height > width:
		columns = 1
	case orientation != "vertical" && n > 1:
		best := 0.0
		for try := 1; try <= n; try++ {
			rows := math.Ceil(float64(n) / float64(try))
			if size := min(width/float64(try), height/rows*2.2); size > best {
				best, columns = size, try
			}
		}
	}
	rows := (n + columns - 1) / columns
	w := (width - gap*float64(columns-1)) / float64(columns)
	h := (height - gap*float64(rows-1)) / float64(rows)
	boxes := make([]box, n)
	for i := range boxes {
		x, y := float64(i%columns)*(w+gap), float64(i/columns)*(h+gap)
		boxes[i] = box{x, y, x + w, y + h}
	}
	return boxes
}

// statTexts are the name and the value that a cell shows.
func statTexts(o statOptions, c cell, count int) (title, value string) {
	title, value = c.title, c.shown.Text
	switch o.TextMode {
	case "value":
		title = ""
	case "name":
		title, value = "", c.title
	case "none":
		title, value = "", ""
	case "value_and_name":
	default:
		if count == 1 {
			title = ""
		}
	}
	return title, value
}

// fontSizes are those of a cell's name and value.
type fontSizes struct{ title, value float64 }

// statPadding is the margin around a cell's texts.
func statPadding(b box) float64 {
	if b.height() > 100 {
		return 12
	}
	return 8
}

// wide says whether a cell writes its name beside the value, not above it.
func wide(b box) bool { return b.width()/b.height() > 2.5 }

// hasChart says whether a cell draws its course.
func hasChart(o statOptions, c cell) bool {
	return o.GraphMode == "area" && len(c.field.Values) > 1 && c.times != nil
}

// statFonts are the largest fonts that a cell's texts may have, by the shares of the room that Grafana gives them.
func (d *drawing) statFonts(o statOptions, c cell, b box, count int) fontSizes {
	const largestTitle = 30
	title, value := statTexts(o, c, count)
	padding := statPadding(b)
	width, height := b.width()-2*padding, b.height()-2*padding
	fonts := fontSizes{value: d.face.fit(value, width, height, math.Inf(1))}
	switch chart := hasChart(o, c); {
	case wide(b) && chart:
		fonts.value = d.face.fit(value, width*0.4, height*0.5, math.Inf(1))
		fonts.title = d.face.fit(title, width*0.6, height*0.4, largestTitle)
	case wide(b) && title != "":
		fonts.value = d.face.fit(value, width*0.3, height, math.Inf(1))
		fonts.title = d.face.fit(title, width*0.6, height, largestTitle)
	case !wide(b):
		if title != "" {
			fonts.title = d.face.fit(title, width, b.height()*0.15, largestTitle)
			height -= fonts.title * lineHeight
		}
		if chart {
			height -= b.height() * 0.25
		}
		fonts.value = d.face.fit(value, width, height, math.Inf(1))
	}
	fonts.title = min(fonts.title, fonts.value*0.7)
	if o.Text.ValueSize > 0 {
		fonts.value = o.Text.ValueSize
	}
	if o.Text.TitleSize > 0 {
		fonts.title = o.Text.TitleSize
	}
	return fonts
}

// statCell draws one value.
func (d *drawing) statCell(c *canvas, o statOptions, v cell, b box, count int, fonts fontSizes) {
	color, titleColor := v.shown.Color, colorText
	if strings.HasPrefix(o.ColorMode, "background") {
		c.rect(b.left, b.top, b.width(), b.height(), color, `rx="3"`)
		color = onColor(color)
		titleColor = color
	} else if o.ColorMode == "none" {
		color = colorText
	}
	padding := statPadding(b)
	room := box{b.left + padding, b.top + padding, b.right - padding, b.bottom - padding}
	if hasChart(o, v) {
		top := b.bottom - b.height()*0.5
		if !wide(b) {
			room.bottom = room.top + (fonts.title+fonts.value)*lineHeight
			top = room.bottom
		}
		sparkline(c, v, box{b.left, top, b.right, b.bottom}, color)
	}
	title, value := statTexts(o, v, count)
	centred := o.JustifyMode == "center" || title == ""
	const bold = `font-weight="500"`
	middleX, middleY := (room.left+room.right)/2, (room.top+room.bottom)/2
	if title != "" && fonts.title < 10 {
		d.problem("name %q shrinks to %.0f pixels", title, fonts.title)
	}
	switch {
	case wide(b) && title != "":
		titleX, valueX := room.left, room.right
		if gap := fonts.title * 0.5; centred {
			both := d.face.width(title, fonts.title) + gap + d.face.width(value, fonts.value)
			titleX, valueX = middleX-both/2, middleX+both/2
		}
		c.text(titleX, middleY+fonts.title*0.36, title, fonts.title, titleColor, left)
		c.styled(valueX, middleY+fonts.value*0.36, value, fonts.value, color, right, bold)
	case title != "":
		x, anchor := room.left, left
		if centred {
			x, anchor = middleX, middle
		}
		top := middleY - (fonts.title+fonts.value)*lineHeight/2
		c.text(x, top+fonts.title, title, fonts.title, titleColor, anchor)
		c.styled(x, top+fonts.title*lineHeight+fonts.value*0.96, value, fonts.value, color, anchor, bold)
	default:
		c.styled(middleX, middleY+fonts.value*0.36, value, fonts.value, color, middle, bold)
	}
}

// sparkline draws the course of a value behind or under it.
func sparkline(c *canvas, v cell, b box, color string) {
	xs, ys := v.times.numbers(), v.field.numbers()
	low, high := math.Inf(1), math.Inf(-1)
	for _, y := range ys {
		if !math.IsNaN(y) {
			low, high = min(low, y), max(high, y)
		}
	}
	if high == low {
		low, high = low-1, high+1
	}
	x := scale{min: xs[0], max: xs[len(xs)-1], from: b.left, to: b.right}
	y := scale{min: low - (high-low)*0.1, max: high, from: b.bottom, to: b.top + 2}
	s := &series{field: v.field, x: xs, y: ys}
	for _, run := range s.runs(cadence([]*series{s})) {
		var outline strings.Builder
		for i, k := range run {
			fmt.Fprintf(&outline, "%s%s,%s", map[bool]string{true: "M", false: "L"}[i == 0], px(x.at(xs[k])), px(y.at(ys[k])))
		}
		c.path(outline.String()+fmt.Sprintf("V%sH%sZ", px(b.bottom), px(x.at(xs[run[0]]))),
			fmt.Sprintf(`fill="%s" fill-opacity="0.25"`, color))
		c.path(outline.String(), fmt.Sprintf(`fill="none" stroke="%s"`, color))
	}
}
