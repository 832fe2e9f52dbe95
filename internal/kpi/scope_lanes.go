package kpi

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/cube"
)

// scopeSet is the targets whose scopes fix the same dimensions. They share lanes with a class for each combination of
// values of these dimensions, which are cut where these targets ask only.
type scopeSet struct {
	number                int
	places                []uint32 // of the dimensions
	cut                   *cube.Cut
	closed, created, open bool // what the targets are about
}

// layScopeSets puts each target into its set.
func (c *computation) layScopeSets() {
	for _, t := range c.targets {
		places := make([]uint32, len(t.scope))
		for i, fixed := range t.scope {
			places[i] = uint32(fixed.place)
		}
		at := slices.IndexFunc(c.scopeSets, func(s *scopeSet) bool { return slices.Equal(s.places, places) })
		if at < 0 {
			at = len(c.scopeSets)
			c.scopeSets = append(c.scopeSets, &scopeSet{number: at, places: places})
		}
		t.set = c.scopeSets[at]
		created := t.KPI == kpiDealsCreated || t.KPI == kpiPipelineCreated
		t.set.created = t.set.created || created
		t.set.closed = t.set.closed || !created
		t.set.open = t.set.open || t.coverage()
	}
}

// cutScopes cuts the timeline for each set, and for what targets ask of all closed deals.
func (c *computation) cutScopes() {
	spans := make([][]calendar.Span, len(c.scopeSets))
	var recorded []calendar.Span
	for _, t := range c.targets {
		spans[t.set.number] = append(spans[t.set.number], t.spans(c.in.Now)...)
		if t.previous != nil {
			recorded = append(recorded, t.recordedSpans()...)
		}
	}
	for i, set := range c.scopeSets {
		set.cut = cube.NewCut(c.line, spans[i])
	}
	if recorded != nil {
		c.recorded = cube.NewCut(c.line, recorded)
	}
	for _, t := range c.targets {
		t.place(t.set.cut, c.in.Now)
	}
}

// scopeIndex is the classes of a source's groups by the dimensions that scopes fix.
type scopeIndex struct {
	classes map[string]uint32
	of      []uint32   // by group: its class
	groups  [][]uint32 // by class
	lanes   scopeLanes
}

// scopeLanes add up the classes. Those that no target asks for are nil.
type scopeLanes struct{ closed, created, due *cube.Lane }

// layScopes makes the lanes of the targets.
func (s *scan) layScopes() {
	for _, set := range s.c.scopeSets {
		index := s.indexScopes(set.places)
		shape := cube.Shape{Count: len(index.groups), Classes: index.of}
		slots, width := set.cut.Slots(), set.cut.Width()
		if set.closed {
			index.lanes.closed = s.lane(selectClosed, shape.On(axisInterval, slots, width), 2, closedMeasures())
		}
		if set.created {
			index.lanes.created = s.lane(selectCreated, shape.On(axisInterval, slots, width), 1, amountMeasures(0, columnAmount))
		}
		if set.open {
			index.lanes.due = s.lane(selectOpen, shape.On(axisDue, slots, width), 1, dueMeasures())
		}
		s.scopes[packKey(set.places)] = index
	}
	if s.c.recorded != nil {
		all := cube.Shape{Count: 1, Classes: make([]uint32, s.groups.len())}
		s.recorded = s.lane(selectClosed, all.On(axisInterval, s.c.recorded.Slots(), s.c.recorded.Width()), 1, nil)
	}
}

func (s *scan) indexScopes(places []uint32) *scopeIndex {
	index := &scopeIndex{classes: map[string]uint32{}, of: make([]uint32, s.groups.len())}
	values := make([]uint32, len(places))
	for group := range uint32(s.groups.len()) {
		for i, place := range places {
			values[i] = s.c.dims[place].lower[s.groups.values[place][group]]
		}
		key := packKey(values)
		class, ok := index.classes[key]
		if !ok {
			class = uint32(len(index.groups))
			index.classes[key] = class
			index.groups = append(index.groups, nil)
		}
		index.of[group] = class
		index.groups[class] = append(index.groups[class], group)
	}
	return index
}

// scopeSums adds up what a scope takes in of one source, for all targets with that scope.
type scopeSums struct {
	scan    *scan
	lanes   *scopeLanes
	groups  []uint32
	classes []uint32
	running struct{ closed, created, due *cube.Running }
}

// sum adds up a period.
func (in *scopeSums) sum(p cube.Period) (sum sums) {
	if cell := runningSum(in.lanes.closed, &in.running.closed, in.classes, p); cell != nil {
		sum.closed = closedOf(in.lanes.closed, cell)
	}
	if cell := runningSum(in.lanes.created, &in.running.created, in.classes, p); cell != nil {
		sum.created = createdOf(in.lanes.created, cell)
	}
	if cell := runningSum(in.lanes.due, &in.running.due, in.classes, p); cell != nil {
		sum.due = dueOf(in.lanes.due, cell)
	}
	return sum
}

// runningSum reads a running sum, which it makes when it is first asked for; nil where there is no lane.
func runningSum(l *cube.Lane, r **cube.Running, classes []uint32, p cube.Period) []int64 {
	if l == nil {
		return nil
	}
	if *r == nil {
		*r = cube.NewRunning(l, classes)
	}
	return (*r).Sum(p)
}
