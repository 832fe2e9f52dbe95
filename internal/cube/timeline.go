package cube

import (
	"cmp"
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
)

// Timeline cuts time into the intervals between all boundaries that anybody asks for. A row is counted in one interval
// only, and a window is the sum of its intervals: overlapping windows then cost nothing per row.
//
// Interval k lies between edge k-1 and edge k; the first and the last one are unbounded. One more interval, undated,
// stands for rows without a date.
type Timeline struct {
	calendar *calendar.Calendar
	edges    []calendar.Edge
	axes     [2]axis // of moments, of bare dates
}

// Period is a run of intervals or slots, [From, To).
type Period struct{ From, To int }

// Holds reports whether an interval is part of the period.
func (p Period) Holds(interval int) bool { return p.From <= interval && interval < p.To }

// Mark sets what stands for the intervals of the period.
func (p Period) Mark(intervals []bool) {
	for k := p.From; k < p.To; k++ {
		intervals[k] = true
	}
}

// NewTimeline returns the timeline of all boundaries of spans.
func NewTimeline(c *calendar.Calendar, spans []calendar.Span) *Timeline {
	t := &Timeline{calendar: c}
	for _, s := range spans {
		for _, bound := range []time.Time{s.Start, s.End} {
			if !bound.IsZero() {
				t.edges = append(t.edges, c.EdgeAt(bound))
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

func compareEdges(a, b calendar.Edge) int {
	return cmp.Compare(a[calendar.MomentKind], b[calendar.MomentKind])
}

// Intervals returns how many intervals there are, undated included.
func (t *Timeline) Intervals() int { return len(t.edges) + 2 }

// Undated returns the interval of rows without a date.
func (t *Timeline) Undated() int { return len(t.edges) + 1 }

// Locate returns the interval of an instant.
func (t *Timeline) Locate(i calendar.Instant) int {
	if !i.Known() {
		return t.Undated()
	}
	return t.axes[i.Kind()].locate(i.Milli())
}

// LocateAll finds the intervals of many instants.
func (t *Timeline) LocateAll(instants []calendar.Instant, intervals []int32) {
	located := intervals[:len(instants)]
	for n, i := range instants {
		a := &t.axes[i&1]
		slot := uint64(int64(i>>1)-a.start) >> a.shift
		if slot >= uint64(len(a.slots)) {
			located[n] = int32(t.Locate(i))
			continue
		}
		interval, milli := a.slots[slot], int64(i>>1)
		for int(interval) < len(a.bounds) && a.bounds[interval] <= milli {
			interval++
		}
		located[n] = interval //nolint:gosec // It is as long as instants.
	}
}

// Period returns the intervals of a span whose bounds the timeline was made with. Only a span without any bounds holds
// rows without a date.
func (t *Timeline) Period(s calendar.Span) Period {
	if s.Start.IsZero() && s.End.IsZero() {
		return Period{0, t.Intervals()}
	}
	p := Period{0, t.Undated()}
	if !s.Start.IsZero() {
		p.From = t.indexOf(s.Start) + 1
	}
	if !s.End.IsZero() {
		p.To = t.indexOf(s.End) + 1
	}
	return p
}

func (t *Timeline) indexOf(bound time.Time) int {
	i, _ := slices.BinarySearchFunc(t.edges, t.calendar.EdgeAt(bound), compareEdges)
	return i
}

// axis finds the interval of a number of milliseconds in constant time: it knows the interval at the start of each slot
// of a grid, from where it is a step or none.
type axis struct {
	bounds []int64
	start  int64
	shift  uint
	slots  []int32
}

// maxSlots keeps an axis in the first cache. Five years in 2,048 slots are a day each.
const maxSlots = 1 << 11

func newAxis(bounds []int64) axis {
	a := axis{bounds: bounds}
	if len(bounds) == 0 {
		return a
	}
	a.start = bounds[0]
	length := bounds[len(bounds)-1] - bounds[0]
	for length>>a.shift >= maxSlots {
		a.shift++
	}
	a.slots = make([]int32, length>>a.shift+1)
	interval := 0
	for i := range a.slots {
		for interval < len(bounds) && bounds[interval] <= bounds[0]+int64(i)<<a.shift {
			interval++
		}
		a.slots[i] = int32(interval)
	}
	return a
}

// locate returns how many bounds are not after milli.
func (a *axis) locate(milli int64) int {
	if len(a.bounds) == 0 || milli < a.bounds[0] {
		return 0
	}
	slot := (milli - a.start) >> a.shift
	if slot >= int64(len(a.slots)) {
		return len(a.bounds)
	}
	interval := int(a.slots[slot])
	for interval < len(a.bounds) && a.bounds[interval] <= milli {
		interval++
	}
	return interval
}
