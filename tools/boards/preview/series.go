package preview

import (
	"encoding/json"
	"math"
	"slices"
)

// series is a line, an area or a set of bars of an x-y chart.
type series struct {
	field   *Field
	color   string
	x, y    []float64
	base    []float64
	onRight bool
}

// series collects the numbers of the frames against the column that x picks.
func (d *drawing) series(x func(*Frame) *Field) []*series {
	var out []*series
	for i := range d.frames {
		frame := &d.frames[i]
		xs := x(frame)
		if xs == nil {
			continue
		}
		for j := range frame.Fields {
			f := &frame.Fields[j]
			if f == xs || f.Kind != Number || f.Config.Custom.HideFrom.Viz {
				continue
			}
			s := &series{field: f, color: seriesColor(f), x: xs.numbers(), y: f.numbers()}
			if f.Config.Custom.Transform == "negative-Y" {
				for k := range s.y {
					s.y[k] = -s.y[k]
				}
			}
			s.base = make([]float64, len(s.y))
			out = append(out, s)
		}
	}
	placeAxes(out)
	stack(out)
	return out
}

// seriesColor is the one colour of a series; a colour by value takes the last one's.
func seriesColor(f *Field) string {
	last, err := reduce("lastNotNull", f)
	if err != nil || f.Config.Color.Mode == "" {
		return classic(f.Config.Index)
	}
	return f.Config.color(last)
}

// placeAxes puts series whose unit differs from the first one's on the right axis, as Grafana does.
func placeAxes(all []*series) {
	for _, s := range all {
		switch s.field.Config.Custom.AxisPlacement {
		case "right":
			s.onRight = true
		case "left":
		default:
			s.onRight = s.field.Config.Unit != all[0].field.Config.Unit
		}
	}
}

// stack lifts each series onto those before it in its stacking group. Negative ones are stacked downwards.
func stack(all []*series) {
	type slot struct {
		group    string
		right    bool
		negative bool
		x        float64
	}
	tops := map[slot]float64{}
	for _, s := range all {
		mode := s.field.Config.Custom.Stacking
		if mode.Mode == "" || mode.Mode == "none" {
			continue
		}
		for i, y := range s.y {
			if math.IsNaN(y) {
				continue
			}
			at := slot{mode.Group, s.onRight, y < 0, s.x[i]}
			s.base[i] = tops[at]
			tops[at] += y
			s.y[i] = tops[at]
		}
	}
}

// cadence is the smallest distance between points: the step of the range query.
func cadence(all []*series) float64 {
	least := math.Inf(1)
	for _, s := range all {
		for i := 1; i < len(s.x); i++ {
			if gap := s.x[i] - s.x[i-1]; gap > 0 {
				least = min(least, gap)
			}
		}
	}
	return least
}

// runs splits a series where it has gaps, so that a missing answer never looks like a measured one.
func (s *series) runs(step float64) [][]int {
	longest := step * 1.5
	spanAll := false
	switch span := string(s.field.Config.Custom.SpanNulls); span {
	case "", "false":
	case "true":
		spanAll = true
	default:
		var threshold float64
		if json.Unmarshal([]byte(span), &threshold) == nil {
			longest = max(longest, threshold)
		}
	}
	var runs [][]int
	var run []int
	for i, y := range s.y {
		if math.IsNaN(y) {
			continue
		}
		if len(run) > 0 && !spanAll && s.x[i]-s.x[run[len(run)-1]] > longest {
			runs, run = append(runs, run), nil
		}
		run = append(run, i)
	}
	if len(run) > 0 {
		runs = append(runs, run)
	}
	return runs
}

// yRange is the range of an axis over its series, their bases and the limits that the panel sets.
func yRange(all []*series, onRight bool) (low, high float64, used bool) {
	low, high = math.Inf(1), math.Inf(-1)
	var soft []float64
	var hardLow, hardHigh *float64
	for _, s := range all {
		if s.onRight != onRight {
			continue
		}
		c := s.field.Config
		for i, y := range s.y {
			if !math.IsNaN(y) {
				low, high = min(low, y), max(high, y)
				if s.base[i] != 0 || s.isBars() {
					low, high = min(low, s.base[i]), max(high, s.base[i])
				}
			}
		}
		for _, limit := range []*float64{c.Custom.AxisSoftMin, c.Custom.AxisSoftMax} {
			if limit != nil {
				soft = append(soft, *limit)
			}
		}
		hardLow, hardHigh = c.Min, c.Max
	}
	if math.IsInf(low, 0) {
		return 0, 0, false
	}
	low, high = niceRange(low, high)
	if len(soft) > 0 {
		low, high = min(low, slices.Min(soft)), max(high, slices.Max(soft))
	}
	if hardLow != nil {
		low = *hardLow
	}
	if hardHigh != nil {
		high = *hardHigh
	}
	if high <= low {
		high = low + 1
	}
	return low, high, true
}

// isBars says whether the series is drawn as bars.
func (s *series) isBars() bool { return s.field.Config.Custom.DrawStyle == "bars" }
