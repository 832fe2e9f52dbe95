package cube

import "github.com/sales-exporter/sales_exporter/internal/calendar"

// Cut is a coarser timeline on top of a fine one, for a lane that is asked for some spans only: nothing is cut finer
// than somebody asks. Intervals that are part of no span have no slot.
type Cut struct {
	line  *Timeline // of the bounds of the spans
	slots []int32   // by interval of the fine timeline
}

// NewCut cuts a timeline, which was made with the bounds of all these spans, and others.
func NewCut(fine *Timeline, spans []calendar.Span) *Cut {
	c := &Cut{line: NewTimeline(fine.calendar, spans), slots: make([]int32, fine.Intervals())}
	wanted := make([]bool, c.line.Intervals())
	for _, s := range spans {
		c.line.Period(s).Mark(wanted)
	}
	slot := 0
	for k := range c.slots {
		if k == fine.Undated() {
			slot = c.line.Undated()
		} else if slot < len(c.line.edges) && k > 0 && fine.edges[k-1] == c.line.edges[slot] {
			slot++
		}
		c.slots[k] = int32(slot)
		if !wanted[slot] {
			c.slots[k] = -1
		}
	}
	return c
}

// Slots returns the slot of each interval of the fine timeline, negative where it is part of no span.
func (c *Cut) Slots() []int32 { return c.slots }

// Width returns the number of slots.
func (c *Cut) Width() int { return c.line.Intervals() }

// Period returns the slots of a span whose bounds the cut was made with.
func (c *Cut) Period(s calendar.Span) Period { return c.line.Period(s) }

// Only returns the slots with those that are not in any of some periods left out.
func (c *Cut) Only(periods []Period) []int32 {
	wanted := make([]bool, c.Width())
	for _, p := range periods {
		p.Mark(wanted)
	}
	slots := make([]int32, len(c.slots))
	for k, slot := range c.slots {
		if slots[k] = slot; slot >= 0 && !wanted[slot] {
			slots[k] = -1
		}
	}
	return slots
}
