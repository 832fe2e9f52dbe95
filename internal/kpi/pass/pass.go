// Package pass reads the deals of a source once, for all families: it adds up what they ask for by interval and group.
package pass

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/cube/groups"
	"github.com/sales-exporter/sales_exporter/internal/facts"
)

// Frame is what the passes of one Compute have in common.
type Frame struct {
	Calendar *calendar.Calendar
	Now      time.Time
	AsOf     bool           // Now lies in the past: later deals do not exist, later closes are open
	Workers  int            // as cube.Workers takes them
	Line     *cube.Timeline // of everything that is asked for
	Scratch  *cube.Scratch
	Carried  bool // somebody asks what deals are in the groups
}

// Pass is one pass over the deals of one source. It is the only thing whose cost grows with the number of deals.
type Pass struct {
	*cube.Plan
	Source *facts.Source
	Groups *groups.Groups
	Names  []string // labels of stages, in order
	Left   LeftOut  // what KPIs leave out, after the pass

	frame       *Frame
	now         calendar.Edge
	nowMilli    int64
	closingEnds [closingLater]calendar.Edge

	stages   []facts.Stage // by number
	outcomes []crm.Outcome // of them
	stageOf  []uint32      // by number: the label among Names
	gone     uint32        // "unknown" among Names

	wantCreated, wantClosed []uint8 // by interval: 1 if some lane asks for it
}

// New prepares the pass over a source, which nobody has asked for anything yet.
func New(f *Frame, source *facts.Source, g *groups.Groups) *Pass {
	p := &Pass{
		Source: source, Groups: g, Left: newLeftOut(source), frame: f,
		now: f.Calendar.EdgeAt(f.Now), nowMilli: f.Now.UnixMilli(), closingEnds: newClosingEnds(f),
		stages: source.StageRecords(),
	}
	for i := range p.stages {
		p.outcomes = append(p.outcomes, p.stages[i].Outcome)
	}
	p.nameStages()
	p.Plan = cube.NewPlan(len(source.Deals.Flags), p.columnBounds(), f.Scratch)
	return p
}

// ByGroup is the spec of a lane with a class for each group, ByHistogram with one for each combination of the dimensions
// of histograms.
func (p *Pass) ByGroup() cube.Spec { return cube.Spec{Count: p.Groups.Len()} }

// ByHistogram is explained at ByGroup.
func (p *Pass) ByHistogram() cube.Spec {
	return cube.Spec{Count: p.Groups.Histograms.Len(), Classes: p.Groups.Histogram}
}

// Run reads all deals.
func (p *Pass) Run() {
	intervals := p.frame.Line.Intervals()
	p.wantClosed, p.wantCreated = p.Wanted(SelectClosed, intervals), p.Wanted(SelectCreated, intervals)
	p.wantCreated[p.frame.Line.Undated()] = 0
	rows := len(p.Source.Deals.Flags)
	readers := []*reader{newReader(p, p.Plan)}
	for range cube.Workers(p.frame.Workers, rows) - 1 {
		readers = append(readers, newReader(p, p.Fork()))
	}
	var work []func(from, to int)
	for _, r := range readers {
		work = append(work, r.read)
	}
	cube.Run(rows, work)
	for _, r := range readers[1:] {
		readers[0].merge(r)
	}
	p.Left, p.Groups.Owned, p.Groups.Carried = readers[0].left, readers[0].owned, readers[0].carried
}

// outcome returns what became of a deal. A stage that knows its outcome overrules the record.
func (p *Pass) outcome(row int, flags facts.Flags) crm.Outcome {
	if outcome := p.outcomes[p.Source.Deals.Stage[row]]; outcome != crm.OutcomeUnknown {
		return outcome
	}
	return flags.Outcome()
}

// exists reports whether there is a deal in a row, as of an earlier instant then.
func (p *Pass) exists(row int, flags facts.Flags) bool {
	if !flags.Alive() {
		return false
	}
	created := p.Source.Deals.Created[row]
	return !p.frame.AsOf || !created.Known() || created.Before(p.now)
}

// CountDeals adds the deals that are included to the counts of dimensions, by the values of their groups.
func (p *Pass) CountDeals() {
	deals := make([]int, p.Groups.Len())
	for row, flags := range p.Source.Deals.Flags {
		if !p.exists(row, flags) || p.Source.Deals.Verdict[row] != facts.Counts {
			continue
		}
		group := p.Groups.Of(row)
		if int(group) >= len(deals) {
			deals = append(deals, make([]int, p.Groups.Len()-len(deals))...)
		}
		deals[group]++
	}
	for i, dim := range p.Groups.Dims {
		for group, n := range deals {
			dim.Deals[p.Groups.Values[i][group]] += n
		}
	}
}
