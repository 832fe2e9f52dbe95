package kpi

import (
	"cmp"
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
)

// timeline cuts time into the intervals between all boundaries of all windows and target periods. A deal is counted in
// one interval only, and a window is the sum of its intervals: overlapping windows then cost nothing per deal.
//
// Interval k lies between edge k-1 and edge k; the first and the last one are unbounded. One more interval, undated,
// stands for deals without a date.
type timeline struct {
	calendar *calendar.Calendar
	edges    []edge
	axes     [2]axis // of moments, of bare dates
}

// period is a run of intervals, [from, to).
type period struct{ from, to int }

func (p period) holds(interval int) bool { return p.from <= interval && interval < p.to }

// mark sets what stands for the intervals of the period.
func (p period) mark(intervals []bool) {
	for k := p.from; k < p.to; k++ {
		intervals[k] = true
	}
}

// newTimeline returns the timeline of all boundaries of spans.
func newTimeline(c *calendar.Calendar, spans []calendar.Span) *timeline {
	t := &timeline{calendar: c}
	for _, s := range spans {
		for _, bound := range []time.Time{s.Start, s.End} {
			if !bound.IsZero() {
				t.edges = append(t.edges, edgeAt(c, bound))
			}
		}
	}
	slices.SortFunc(t.edges, compareEdges)
	t.edges = slices.Compact(t.edges)
	for kind := range t.axes {
		bounds := make([]int64, len(t.edges))
		for i, e := range t.edges {
			bounds[i] = e[kind]
		}
		t.axes[kind] = newAxis(bounds)
	}
	return t
}

func compareEdges(a, b edge) int { return cmp.Compare(a[momentKind], b[momentKind]) }

// intervals returns how many intervals there are, undated included.
func (t *timeline) intervals() int { return len(t.edges) + 2 }

func (t *timeline) undated() int { return len(t.edges) + 1 }

// locate returns the interval of an instant.
func (t *timeline) locate(i instant) int {
	if !i.known() {
		return t.undated()
	}
	return t.axes[i.kind()].locate(i.milli())
}

// period returns the intervals of a span whose bounds the timeline was made with. Only a span without any bounds holds
// deals without a date.
func (t *timeline) period(s calendar.Span) period {
	if s.Start.IsZero() && s.End.IsZero() {
		return period{0, t.intervals()}
	}
	p := period{0, t.undated()}
	if !s.Start.IsZero() {
		p.from = t.indexOf(s.Start) + 1
	}
	if !s.End.IsZero() {
		p.to = t.indexOf(s.End) + 1
	}
	return p
}

func (t *timeline) indexOf(bound time.Time) int {
	i, _ := slices.BinarySearchFunc(t.edges, edgeAt(t.calendar, bound), compareEdges)
	return i
}

// axis finds the interval of a number of milliseconds in constant time: it knows the interval at the start of each slot
// of a grid, from where it is a step or none.
type axis struct {
	bounds []int64
	shift  uint
	slots  []uint16
}

// maxSlots keeps an axis in the cache. Five years in 65,536 slots are 40 minutes each.
const maxSlots = 1 << 16

func newAxis(bounds []int64) axis {
	a := axis{bounds: bounds}
	if len(bounds) == 0 {
		return a
	}
	length := bounds[len(bounds)-1] - bounds[0]
	for length>>a.shift >= maxSlots {
		a.shift++
	}
	a.slots = make([]uint16, length>>a.shift+1)
	interval := 0
	for i := range a.slots {
		for interval < len(bounds) && bounds[interval] <= bounds[0]+int64(i)<<a.shift {
			interval++
		}
		a.slots[i] = uint16(interval)
	}
	return a
}

// locate returns how many bounds are not after milli.
func (a *axis) locate(milli int64) int {
	if len(a.bounds) == 0 || milli < a.bounds[0] {
		return 0
	}
	slot := (milli - a.bounds[0]) >> a.shift
	if slot >= int64(len(a.slots)) {
		return len(a.bounds)
	}
	interval := int(a.slots[slot])
	for interval < len(a.bounds) && a.bounds[interval] <= milli {
		interval++
	}
	return interval
}
