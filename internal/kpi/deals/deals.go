// Package deals is the KPIs of deals that were won, lost and created.
package deals

import (
	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/cube/emit"
	"github.com/sales-exporter/sales_exporter/internal/kpi/family"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Family returns the family.
func Family() family.Family {
	return family.Family{
		Name: "deals", Metrics: metrics(), Start: start,
		Needs: []record.Name{crm.Deals.Name(), crm.Reps.Name(), crm.Stages.Name(), crm.Pipelines.Name()},
	}
}

// deals is the family in one Compute.
type deals struct {
	out   []*emit.Family
	sizes cube.Buckets
	daily daily
}

func start(c *family.Computation, out []*emit.Family) family.Part {
	d := &deals{out: out, sizes: family.MoneyBuckets(c.Options.DealSizeBuckets), daily: newDaily(&c.In)}
	d.daily.asked = c.Ask(d.daily.days)
	c.Grains.Need(out[growth].Metric, growthWindows())
	return family.Part{Lay: d.lay}
}

// source is the family of one source.
type source struct {
	*family.Scan
	*deals

	closed, created, histograms, days *cube.Lane
	wonSizes, wonCycles               *cube.Population

	tables  []dealTable
	growths []comparison
	views   []*view // by number of the breakdown
}

func (d *deals) lay(scan *family.Scan) family.Emitter {
	s := &source{Scan: scan, deals: d}
	s.tables = s.dealTables()
	var windows []calendar.Window
	for _, w := range s.C.Windows {
		windows = append(windows, w.Name)
	}
	s.growths = newGrowths(windows)
	s.layDeals()
	s.layCumulative()
	s.layRollups()
	return family.Emitter{Arrange: s.arrange, Emit: s.emit}
}

// layDeals declares the sums of closed and created deals, and their histograms.
func (s *source) layDeals() {
	slots, width := s.C.WindowCut.Slots(), s.C.WindowCut.Width()
	closed, created, histograms := s.ByGroup(), s.ByGroup(), s.ByHistogram()
	closed.Owns, closed.Measures = pass.Owns, pass.ClosedMeasures()
	created.Measures = pass.AmountMeasures(0, pass.ColumnAmount)
	histograms.Measures = s.histogramMeasures()
	s.closed = s.Lane(pass.SelectClosed, closed.On(pass.AxisInterval, slots, width))
	s.created = s.Lane(pass.SelectCreated, created.On(pass.AxisInterval, slots, width))
	s.histograms = s.Lane(pass.SelectClosed, histograms.On(pass.AxisInterval, s.C.SlotsOf(s.out[size], s.out[cycle]), width))
}

func (s *source) emit() {
	s.emitHistograms()
	for i := range s.tables {
		s.emitTable(&s.tables[i])
	}
	s.emitCumulative()
	s.emitRollups()
}
