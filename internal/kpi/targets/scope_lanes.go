package targets

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/cube/groups"
	"github.com/sales-exporter/sales_exporter/internal/kpi/family"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
)

// scopeSet is the targets whose scopes fix the same dimensions. They share lanes with a class for each combination of
// values of these dimensions, which are cut where these targets ask only.
type scopeSet struct {
	dims                  []uint32 // indexes of the dimensions
	spans                 []calendar.Span
	asked                 *family.Spans
	closed, created, open bool // what the targets are about
}

// set puts a target into its set.
func (t *targets) set(target *target) {
	dims := make([]uint32, len(target.scope))
	for i, fixed := range target.scope {
		dims[i] = uint32(fixed.Index)
	}
	at := slices.IndexFunc(t.sets, func(s *scopeSet) bool { return slices.Equal(s.dims, dims) })
	if at < 0 {
		at = len(t.sets)
		t.sets = append(t.sets, &scopeSet{dims: dims})
	}
	set := t.sets[at]
	created := target.KPI == pass.DealsCreated || target.KPI == pass.PipelineCreated
	set.created = set.created || created
	set.closed = set.closed || !created
	set.open = set.open || target.coverage()
	set.spans = append(set.spans, target.spans(t.c.In.Now)...)
	target.set = set
}

// ask asks for what the targets need: of each set the sums over the spans of its targets, and of all deals whether any was
// closed in some spans.
func (t *targets) ask() {
	var recorded []calendar.Span
	for _, target := range t.list {
		t.set(target)
		if target.previous != nil {
			recorded = append(recorded, target.recordedSpans()...)
		}
	}
	for _, set := range t.sets {
		set.asked = t.c.Ask(set.spans)
	}
	if recorded != nil {
		t.recorded = t.c.Ask(recorded)
	}
	if len(t.list) > 0 {
		t.c.AskCarried()
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

// lay makes the lanes of the targets of one source.
func (s *source) lay() {
	for _, set := range s.sets {
		index := s.index(set.dims)
		slots, width := set.asked.Cut().Slots(), set.asked.Cut().Width()
		spec := cube.Spec{Count: len(index.groups), Classes: index.of}
		if set.closed {
			closed := spec.On(pass.AxisInterval, slots, width)
			closed.Owns, closed.Measures = pass.Owns, pass.ClosedMeasures()
			index.lanes.closed = s.Lane(pass.SelectClosed, closed)
		}
		if set.created {
			created := spec.On(pass.AxisInterval, slots, width)
			created.Measures = pass.AmountMeasures(0, pass.ColumnAmount)
			index.lanes.created = s.Lane(pass.SelectCreated, created)
		}
		if set.open {
			due := spec.On(pass.AxisDue, slots, width)
			due.Measures = dueMeasures()
			index.lanes.due = s.Lane(pass.SelectOpen, due)
		}
		s.scopes[groups.Key(set.dims)] = index
	}
	if s.recorded != nil {
		cut := s.recorded.Cut()
		all := cube.Spec{Count: 1, Classes: make([]uint32, s.Groups.Len())}
		s.closed = s.Lane(pass.SelectClosed, all.On(pass.AxisInterval, cut.Slots(), cut.Width()))
	}
}

// index sorts the groups into classes by the dimensions that scopes fix.
func (s *source) index(dims []uint32) *scopeIndex {
	index := &scopeIndex{classes: map[string]uint32{}, of: make([]uint32, s.Groups.Len())}
	values := make([]uint32, len(dims))
	for group := range uint32(s.Groups.Len()) {
		for i, dim := range dims {
			values[i] = s.C.Dims[dim].Lower[s.Groups.Values[dim][group]]
		}
		key := groups.Key(values)
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
	source  *source
	lanes   *scopeLanes
	groups  []uint32
	classes []uint32
	running struct{ closed, created, due *cube.Running }
}

// sum adds up a period.
func (in *scopeSums) sum(p cube.Period) (sum sums) {
	if cell := runningSum(in.lanes.closed, &in.running.closed, in.classes, p); cell != nil {
		sum.Closed = pass.ClosedOf(in.lanes.closed, cell)
	}
	if cell := runningSum(in.lanes.created, &in.running.created, in.classes, p); cell != nil {
		sum.Created = pass.CreatedOf(in.lanes.created, cell)
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
