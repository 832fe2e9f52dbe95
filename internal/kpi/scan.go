package kpi

import (
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/facts"
)

// scan is what one pass over the deals of one source adds up to: integers by interval and group, from which every
// family of KPIs takes what it needs. The pass is the only thing whose cost grows with the number of deals.
type scan struct {
	c        *computation
	source   *facts.Source
	groups   *groups
	stages   []facts.Stage // by number
	outcomes []crm.Outcome // of them
	places   []uint32      // by number: place of the stage's label in names
	names    []string      // of stages, in order
	gone     uint32        // place of "unknown" in names

	lanes
	sizes, cycles []cube.Member // of won deals in windows of medians, sorted by value

	scopes     map[string]*scopeIndex // by fixed dimensions; see matching
	matched    map[string]*scopeSums  // by scope; see matching
	holdings   []*holding             // by dimension; see holding
	repsByName map[string][]uint32    // values of the dimension rep; see repsNamed

	left leftOut // what KPIs leave out

	repZeros   *zeros   // of active reps, nil where rep is no dimension
	scopeZeros []*zeros // of the scopes of targets
	layout     layout
}

// newScan prepares the pass over a source: it resolves its groups and stages.
func newScan(c *computation, source *facts.Source) *scan {
	s := &scan{
		c: c, source: source, groups: newGroups(source, c.dims, c.hist), stages: source.StageRecords(),
		left: newLeftOut(source), scopes: map[string]*scopeIndex{}, matched: map[string]*scopeSums{},
	}
	for i := range s.stages {
		s.outcomes = append(s.outcomes, s.stages[i].Outcome)
	}
	s.nameStages()
	s.layLanes()
	return s
}

// run is the pass.
func (s *scan) run() {
	d := &s.source.Deals
	readers := []*reader{newReader(s, s.lanes)}
	for range cube.Workers(s.c.in.Workers, len(d.Flags)) - 1 {
		readers = append(readers, newReader(s, s.fork()))
	}
	var work []func(from, to int)
	for _, r := range readers {
		work = append(work, r.read)
	}
	cube.Run(len(d.Flags), work)
	for _, r := range readers[1:] {
		readers[0].merge(r)
	}
	s.left, s.groups.owned, s.groups.carried = readers[0].left, readers[0].owned, readers[0].carried
	s.sizes, s.cycles = s.lanes.sizes.Sorted(), s.lanes.cycles.Sorted()
}

// release gives the memory of the pass back, once everything is made of it.
func (s *scan) release() {
	s.lanes.release()
	s.scratch.Forget(s.sizes)
	s.scratch.Forget(s.cycles)
}

// outcome returns what became of a deal. A stage that knows its outcome overrules the record.
func (s *scan) outcome(row int, flags facts.Flags) crm.Outcome {
	if outcome := s.outcomes[s.source.Deals.Stage[row]]; outcome != crm.OutcomeUnknown {
		return outcome
	}
	return flags.Outcome()
}

// exists reports whether there is a deal in a row, as of an earlier instant then.
func (s *scan) exists(row int, flags facts.Flags) bool {
	if !flags.Alive() {
		return false
	}
	created := s.source.Deals.Created[row]
	return !s.c.in.AsOf || !created.Known() || created.Before(s.c.now)
}
