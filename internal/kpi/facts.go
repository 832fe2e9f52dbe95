package kpi

import (
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/facts"
)

// Facts are what KPIs are computed from, with what is computed of them. They are not safe for concurrent use; a Compute must
// not overlap an Apply.
type Facts struct {
	*facts.Facts

	options Options
	metrics []Metric
	scratch *cube.Scratch // of computations
}

// NewFacts returns Facts without records, with every source of options not ready.
func NewFacts(options Options) *Facts {
	return &Facts{
		Facts: facts.New(options.ofFacts()), options: options, metrics: Catalogue(), scratch: &cube.Scratch{},
	}
}

// lacks reports whether a source cannot tell a KPI now. A target over it is absent then: the sum of the other sources
// would look like a miss.
func lacks(s *facts.Source, kpi string) bool { return !s.Ready() || moneyKPI(kpi) && !s.HasMoney() }
