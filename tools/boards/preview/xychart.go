package preview

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// axisSize is the font size of axes.
const axisSize = 12

// axis is a y axis with the labels of its ticks.
type axis struct {
	scale
	ticks  []float64
	labels []string
	width  float64
}

// yAxis computes an axis for a room, or nil if no series uses it.
func (d *drawing) yAxis(all []*series, onRight bool, room box) (*axis, error) {
	low, high, used := yRange(all, onRight)
	if !used {
		return nil, nil
	}
	a := &axis{scale: scale{min: low, max: high, from: room.bottom, to: room.top}}
	a.ticks = a.scale.ticks(28)
	for _, s := range all {
		if s.onRight != onRight {
			continue
		}
		c := s.field.Config
		if c.Custom.AxisPlacement == "hidden" {
			return a, nil
		}
		for _, t := range a.ticks {
			label, err := d.formatter.format(t, c.Unit, tickDecimals(c, a.ticks))
			if err != nil {
				return nil, err
			}
			a.labels = append(a.labels, label)
			a.width = max(a.width, d.face.width(label, axisSize)+8)
		}
		if c.Custom.AxisLabel != "" {
			a.width += 18
		}
		return a, nil
	}
	return a, nil
}

// tickDecimals is the panel's number of decimals, or for plain numbers what the distance of the ticks needs.
func tickDecimals(c Config, ticks []float64) *int {
	if c.Decimals != nil || len(ticks) < 2 || c.Unit != "" && c.Unit != "none" && c.Unit != "percentunit" {
		return c.Decimals
	}
	step := ticks[1] - ticks[0]
	if c.Unit == "percentunit" {
		step *= 100
	}
	_, fraction, _ := strings.Cut(strconv.FormatFloat(math.Round(step*1e9)/1e9, 'f', -1, 64), ".")
	places := len(fraction)
	return &places
}

// xyChart draws series over an x axis whose ticks the caller labels. The step is the distance of points without a gap
// between them.
func (d *drawing) xyChart(
	all []*series, o legendOptions, xMin, xMax, step float64, xTicks func(scale) ([]float64, []string, error),
) (*canvas, error) {
	c := d.canvas()
	var entries []entry
	for _, s := range all {
		if s.field.Config.Custom.HideFrom.Legend {
			continue
		}
		e, err := d.legendEntry(s.field, s.color, o.Calcs)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	room := d.legend(c, o, entries)
	room.top += 6
	room.bottom -= 22
	if room.height() < 40 || room.width() < 80 {
		d.problem("chart is only %.0f x %.0f pixels", room.width(), room.height())
	}
	leftAxis, err := d.yAxis(all, false, room)
	if err != nil {
		return nil, err
	}
	rightAxis, err := d.yAxis(all, true, room)
	if err != nil {
		return nil, err
	}
	room.left += 4
	room.right -= 8
	if leftAxis != nil {
		room.left += leftAxis.width
	}
	if rightAxis != nil {
		room.right -= rightAxis.width
	}
	x := scale{min: xMin, max: xMax, from: room.left, to: room.right}
	at, labels, err := xTicks(x)
	if err != nil {
		return nil, err
	}
	d.axes(c, room, x, at, labels, leftAxis, rightAxis, all)
	for _, s := range all {
		y := leftAxis
		if s.onRight {
			y = rightAxis
		}
		s.draw(c, x, y.scale, room, step)
	}
	if leftAxis != nil {
		drawThresholds(c, all[0].field, leftAxis.scale, room)
	}
	return c, nil
}

// axes draws grid lines and labels.
func (d *drawing) axes(
	c *canvas, room box, x scale, xs []float64, labels []string, leftAxis, rightAxis *axis, all []*series,
) {
	for i, t := range xs {
		c.line(x.at(t), room.top, x.at(t), room.bottom, colorGrid, "")
		c.text(x.at(t), room.bottom+16, labels[i], axisSize, colorSecondary, middle)
	}
	grid := leftAxis
	if grid == nil {
		grid = rightAxis
	}
	for _, t := range grid.ticks {
		c.line(room.left, grid.at(t), room.right, grid.at(t), colorGrid, "")
	}
	if leftAxis != nil {
		for i, label := range leftAxis.labels {
			c.text(room.left-6, leftAxis.at(leftAxis.ticks[i])+4, label, axisSize, colorSecondary, right)
		}
	}
	if rightAxis != nil {
		for i, label := range rightAxis.labels {
			c.text(room.right+6, rightAxis.at(rightAxis.ticks[i])+4, label, axisSize, colorSecondary, left)
		}
	}
	if label := all[0].field.Config.Custom.AxisLabel; label != "" {
		y := (room.top + room.bottom) / 2
		c.styled(12, y, label, axisSize, colorSecondary, middle, fmt.Sprintf(`transform="rotate(-90 12 %s)"`, px(y)))
	}
}

// draw draws one series.
func (s *series) draw(c *canvas, x, y scale, room box, step float64) {
	custom := s.field.Config.Custom
	fill := 0.0
	if custom.FillOpacity != nil {
		fill = *custom.FillOpacity / 100
	}
	width := 1.0
	if custom.LineWidth != nil {
		width = *custom.LineWidth
	}
	if s.isBars() {
		s.bars(c, x, y, room, step, fill)
		return
	}
	for _, run := range s.runs(step) {
		var outline, back strings.Builder
		for i, k := range run {
			px1, py := x.at(s.x[k]), y.at(s.y[k])
			if i > 0 && custom.LineInterpolation == "stepAfter" {
				fmt.Fprintf(&outline, "H%s", px(px1))
			}
			fmt.Fprintf(&outline, "%s%s,%s", map[bool]string{true: "M", false: "L"}[i == 0], px(px1), px(py))
			b := run[len(run)-1-i]
			fmt.Fprintf(&back, "L%s,%s", px(x.at(s.x[b])), px(y.at(max(s.base[b], y.min))))
		}
		if fill > 0 {
			c.path(outline.String()+back.String()+"Z", fmt.Sprintf(`fill="%s" fill-opacity="%.2f"`, s.color, fill))
		}
		if custom.DrawStyle != "points" && width > 0 {
			c.path(outline.String(), fmt.Sprintf(`fill="none" stroke="%s" stroke-width="%s"%s`,
				s.color, px(width), dashes(s.field)))
		}
		if custom.DrawStyle == "points" || custom.ShowPoints == "always" || len(run) == 1 && custom.ShowPoints != "never" {
			for _, k := range run {
				c.circle(x.at(s.x[k]), y.at(s.y[k]), max(custom.PointSize, 5)/2, s.color)
			}
		}
	}
}

// bars draws a bar per point.
func (s *series) bars(c *canvas, x, y scale, room box, step, fill float64) {
	factor := s.field.Config.Custom.BarWidthFactor
	if factor == 0 {
		factor = 0.6
	}
	width := room.width() / 2
	if !math.IsInf(step, 0) {
		width = max((x.at(step)-x.at(0))*factor, 1)
	}
	for i, v := range s.y {
		if math.IsNaN(v) {
			continue
		}
		from, to := y.at(min(max(s.base[i], y.min), y.max)), y.at(v)
		begin := max(x.at(s.x[i])-width/2, room.left)
		end := min(x.at(s.x[i])+width/2, room.right)
		c.rect(begin, min(from, to), end-begin, math.Abs(from-to), s.color,
			fmt.Sprintf(`fill-opacity="%.2f" stroke="%s" stroke-width="0.5"`, fill, s.color))
	}
}

// drawThresholds draws the steps as lines or bands, where the panel asks for it.
func drawThresholds(c *canvas, f *Field, y scale, room box) {
	mode := f.Config.Custom.ThresholdsStyle.Mode
	if mode == "" || mode == "off" || f.Config.Thresholds == nil {
		return
	}
	steps := f.Config.Thresholds.Steps
	for i, s := range steps {
		from := y.min
		if s.Value != nil {
			from = f.Config.absolute(*s.Value)
		}
		color := resolveColor(s.Color)
		if strings.Contains(mode, "area") && color != "none" {
			to := y.max
			if i+1 < len(steps) {
				to = f.Config.absolute(*steps[i+1].Value)
			}
			low, high := max(from, y.min), min(to, y.max)
			c.rect(room.left, y.at(high), room.width(), y.at(low)-y.at(high), color, `fill-opacity="0.1"`)
		}
		if mode != "area" && s.Value != nil && from >= y.min && from <= y.max && color != "none" {
			attrs := `stroke-width="1.5"`
			if strings.Contains(mode, "dashed") {
				attrs += ` stroke-dasharray="8 6"`
			}
			c.line(room.left, y.at(from), room.right, y.at(from), color, attrs)
		}
	}
}
