// Package kpi computes sales KPIs: a pure function of facts, calendar, targets and an instant.
package kpi

import (
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/cube/grain"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/kpi/family"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// Options fix what Facts keep and which series are computed from them.
type Options = family.Options

// MetricOptions are about single metrics, by name.
type MetricOptions = grain.MetricOptions

// Input is everything that a Compute depends on beside the facts.
type Input = family.Input

// Facts are what KPIs are computed from, with what is computed of them. They are not safe for concurrent use; a Compute must
// not overlap an Apply.
type Facts struct {
	*facts.Facts

	options Options
	metrics []metric.Metric
	scratch *cube.Scratch // of computations
}

// NewFacts returns Facts without records, with every source of options not ready.
func NewFacts(options Options) *Facts {
	return &Facts{
		Facts: facts.New(options.OfFacts()), options: options, metrics: Catalogue(), scratch: &cube.Scratch{},
	}
}

// Compute returns every KPI of the facts as of an instant. It is a pure function: it reads no clock, does no I/O, and
// equal facts and input give an equal Snapshot, whatever the order in which the facts came.
func Compute(f *Facts, in Input) *metric.Snapshot { return newComputation(f, in).Run() }

func newComputation(f *Facts, in Input) *family.Computation {
	return family.New(f.Facts, &f.options, in, families(), f.metrics, f.scratch)
}

// TargetKPIs returns the names that a target's `kpi` may have.
func TargetKPIs() []string { return pass.KPIs() }
