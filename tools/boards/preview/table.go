package preview

import (
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
)

// The measures of Grafana's tables.
const (
	tableText    = 13
	tablePadding = 8
	columnLeast  = 150
)

// tableOptions are the options of a table.
type tableOptions struct {
	ShowHeader *bool  `json:"showHeader"`
	CellHeight string `json:"cellHeight"`
	SortBy     []struct {
		DisplayName string `json:"displayName"`
		Desc        bool   `json:"desc"`
	} `json:"sortBy"`
	Footer struct {
		Show bool `json:"show"`
	} `json:"footer"`
}

// column is a column of a table in its place.
type column struct {
	*Field
	left, width float64
	align       string
}

// table draws rows and columns.
func (d *drawing) table() (template.HTML, error) {
	var o tableOptions
	if err := d.options(&o); err != nil {
		return "", err
	}
	if len(d.frames) != 1 {
		return "", fmt.Errorf("a table shows one frame, got %d: a transformation must join them", len(d.frames))
	}
	if o.Footer.Show {
		return "", errors.New("table footers are not drawn yet")
	}
	frame := &d.frames[0]
	for _, by := range slices.Backward(o.SortBy) {
		if f := frame.field(by.DisplayName); f != nil {
			sortRows(frame, f, by.Desc)
		}
	}
	columns := d.columns(frame)
	rowHeight := map[string]float64{"md": 42, "lg": 48}[o.CellHeight]
	if rowHeight == 0 {
		rowHeight = 36
	}
	c := d.canvas()
	y := 0.0
	if o.ShowHeader == nil || *o.ShowHeader {
		for _, col := range columns {
			d.header(c, col, y+rowHeight/2)
		}
		y += rowHeight
	}
	for row := range frame.Len() {
		if y+rowHeight > d.height+rowHeight/2 {
			d.problem("table scrolls: %d of %d rows shown", row, frame.Len())
			break
		}
		c.line(0, y, d.width, y, colorBorder, "")
		for _, col := range columns {
			b := box{col.left, y, col.left + col.width, y + rowHeight}
			if err := d.tableCell(c, frame, col, row, b); err != nil {
				return "", err
			}
		}
		y += rowHeight
	}
	return c.svg(), nil
}

// columns places the columns that are not hidden. Those without a width share what is left, down to a least width.
func (d *drawing) columns(frame *Frame) []column {
	var columns []column
	rest, flexible := d.width, 0.0
	for i := range frame.Fields {
		f := &frame.Fields[i]
		if f.Config.Custom.Hidden || f.Config.Custom.HideFrom.Viz {
			continue
		}
		columns = append(columns, column{Field: f, width: f.Config.Custom.Width, align: alignment(f)})
		rest -= f.Config.Custom.Width
		if f.Config.Custom.Width == 0 {
			flexible++
		}
	}
	x := 0.0
	for i := range columns {
		col := &columns[i]
		if col.width == 0 {
			least := cmp.Or(col.Config.Custom.MinWidth, columnLeast)
			col.width = max(rest/flexible, least)
		}
		col.left = x
		x += col.width
	}
	if x > d.width+1 {
		d.problem("table scrolls sideways: columns need %.0f of %.0f pixels", x, d.width)
	}
	return columns
}

// alignment is where a column's cells stand: numbers at the right, texts at the left.
func alignment(f *Field) string {
	switch f.Config.Custom.Align {
	case "left":
		return left
	case "center":
		return middle
	case "right":
		return right
	}
	if f.Kind == Number {
		return right
	}
	return left
}

// anchorX is where a text of an alignment begins.
func (col column) anchorX() float64 {
	switch col.align {
	case middle:
		return col.left + col.width/2
	case right:
		return col.left + col.width - tablePadding
	}
	return col.left + tablePadding
}

// header draws a column's name.
func (d *drawing) header(c *canvas, col column, y float64) {
	title, clipped := d.face.clip(col.Title(), col.width-2*tablePadding, tableText)
	if clipped {
		d.problem("column header clipped: %q", col.Title())
	}
	c.styled(col.anchorX(), y+5, title, tableText, colorLink, col.align, `font-weight="500"`)
}

// tableCell draws one cell.
func (d *drawing) tableCell(c *canvas, frame *Frame, col column, row int, b box) error {
	v := col.Values[row]
	s, err := d.formatter.display(col.Field, v)
	if err != nil {
		return err
	}
	color := colorText
	switch options := col.Config.Custom.CellOptions; options.Type {
	case "", "auto":
		if len(col.Config.Links) > 0 {
			color = colorLink
		}
	case "color-text":
		color = s.Color
	case "color-background":
		if !v.Null {
			c.rect(b.left, b.top, b.width(), b.height(), s.Color, "")
			color = onColor(s.Color)
		}
	case "gauge":
		d.gaugeCell(c, frame, col, v, s, b)
		return nil
	default:
		return fmt.Errorf("table cells of type %q are not drawn yet", options.Type)
	}
	text, clipped := d.face.clip(s.Text, col.width-2*tablePadding, tableText)
	if clipped {
		d.problem("cell clipped: %q in column %q", s.Text, col.Title())
	}
	c.text(col.anchorX(), (b.top+b.bottom)/2+5, text, tableText, color, col.align)
	return nil
}

// gaugeCell draws a bar with its value at the right.
func (d *drawing) gaugeCell(c *canvas, frame *Frame, col column, v Value, s shown, b box) {
	low, high := math.Inf(1), math.Inf(-1)
	for i := range frame.Fields {
		if f := &frame.Fields[i]; f.Kind == Number && (f == col.Field || !col.Config.FieldMinMax) {
			for _, n := range f.numbers() {
				low, high = math.Min(low, n), math.Max(high, n)
			}
		}
	}
	if col.Config.Min != nil {
		low = *col.Config.Min
	}
	if col.Config.Max != nil {
		high = *col.Config.Max
	}
	var widest float64
	for _, v := range col.Values {
		if other, err := d.formatter.display(col.Field, v); err == nil {
			widest = max(widest, d.face.width(other.Text, tableText))
		}
	}
	color := s.Color
	if col.Config.Custom.CellOptions.ValueDisplayMode == "text" {
		color = colorText
	}
	c.text(b.right-tablePadding, (b.top+b.bottom)/2+5, s.Text, tableText, color, right)
	track := b.width() - widest - 3*tablePadding
	if track < 20 {
		d.problem("bar in column %q has only %.0f pixels", col.Title(), track)
	}
	c.rect(b.left+tablePadding, b.top+6, track, b.height()-12, colorTrack, `rx="2"`)
	if !v.Null && high > low {
		share := min(max((v.Num-low)/(high-low), 0), 1)
		c.rect(b.left+tablePadding, b.top+6, track*share, b.height()-12, s.Color, `rx="2" fill-opacity="0.75"`)
	}
}

// sortRows orders the rows of a frame by a column; cells that were not measured come last.
func sortRows(frame *Frame, by *Field, desc bool) {
	order := make([]int, frame.Len())
	for i := range order {
		order[i] = i
	}
	values, kind := slices.Clone(by.Values), by.Kind
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := values[a], values[b]
		switch {
		case x.Null || y.Null:
			return boolInt(x.Null) - boolInt(y.Null)
		case desc:
			x, y = y, x
		}
		if kind == Text {
			return strings.Compare(x.Text, y.Text)
		}
		return cmp.Compare(x.Num, y.Num)
	})
	for i := range frame.Fields {
		old := frame.Fields[i].Values
		sorted := make([]Value, len(old))
		for to, from := range order {
			sorted[to] = old[from]
		}
		frame.Fields[i].Values = sorted
	}
}

// boolInt orders false before true.
func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
