// Package pipeline is the KPIs of open deals.
package pipeline

import (
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/cube/emit"
	"github.com/sales-exporter/sales_exporter/internal/cube/grain"
	"github.com/sales-exporter/sales_exporter/internal/kpi/family"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Family returns the family.
func Family() family.Family {
	return family.Family{
		Name: "pipeline", Metrics: metrics(), Start: start,
		Needs: []record.Name{crm.Deals.Name(), crm.Reps.Name(), crm.Stages.Name(), crm.Pipelines.Name()},
	}
}

func start(_ *family.Computation, out []*emit.Family) family.Part {
	return family.Part{Lay: func(scan *family.Scan) family.Emitter {
		s := &source{Scan: scan, out: out}
		s.lay()
		return family.Emitter{Arrange: s.arrange, Emit: s.emit}
	}}
}

// source is the family of one source.
type source struct {
	*family.Scan
	out []*emit.Family // by handle

	open, categories, waiting *cube.Lane

	// Of one arrangement, made when they are first asked for.
	openCells    map[*grain.Breakdown][]shownCell[openCell]
	waitingCells map[*grain.Breakdown][]shownCell[waitingCell]
}

// lay declares the sums of open deals.
func (s *source) lay() {
	stages, categories := len(s.Names), len(s.Source.Facts.Categories)
	open, byCategory, waiting := s.ByGroup(), s.ByGroup(), s.ByHistogram()
	open.Measures, byCategory.Measures = openMeasures(), pass.AmountMeasures(0, pass.ColumnAmount)
	waiting.Measures = []cube.Measure{
		{Where: pass.AtomAged, Value: pass.ColumnAge, Buckets: &s.C.Durations},
		{Where: pass.AtomInStage, Value: pass.ColumnInStage, Buckets: &s.C.Durations},
	}
	s.open = s.Lane(pass.SelectOpen, open.OnAll(pass.AxisStageClosing, stages*pass.Closings))
	s.categories = s.Lane(pass.SelectOpen, byCategory.OnAll(pass.AxisCategory, categories))
	s.waiting = s.Lane(pass.SelectOpen, waiting.OnAll(pass.AxisStage, stages))
}

func (s *source) arrange() {
	s.openCells, s.waitingCells = map[*grain.Breakdown][]shownCell[openCell]{}, map[*grain.Breakdown][]shownCell[waitingCell]{}
}

func (s *source) emit() {
	s.emitOpen(deals, openPart{value: func(c *openCell) (float64, bool) { return float64(c.deals), true }})
	s.emitOpen(amount, openPart{value: func(c *openCell) (float64, bool) {
		return pass.Units(c.amount), !c.has.Unknown()
	}})
	s.emitOpen(weighted,
		openPart{"crm", func(c *openCell) (float64, bool) {
			return pass.Units(c.crmAmount), c.byCRM > 0 && !c.crmHas.Unknown()
		}},
		openPart{"stage", func(c *openCell) (float64, bool) {
			return pass.Units(c.stageAmount), c.byStage > 0 && !c.stageHas.Unknown()
		}})
	s.emitCategories()
	s.emitWaiting(age, func(c *waitingCell) *cube.Tally { return &c.age })
	s.emitWaiting(inStage, func(c *waitingCell) *cube.Tally { return &c.inStage })
}
