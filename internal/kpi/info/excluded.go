package info

import (
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
)

// emitLeftOut makes the samples of what is left out.
func (s *source) emitLeftOut() {
	reasons := pass.LeftOutReasons()
	for _, filter := range facts.Filters() {
		reasons = append(reasons, filter.String())
	}
	s.emitLeftDeals(reasons)
	s.emitLeftAmounts(reasons)
}

// emitLeftDeals makes the counts. All of them are there, at 0 too, so that the first deal is an increase.
func (s *source) emitLeftDeals(reasons []string) {
	to := s.out[excluded]
	for i, reason := range reasons {
		to.Gauge(to.Metric.Labels, []string{s.Source.Name, reason}, float64(s.Left.Deals[i]))
	}
}

// emitLeftAmounts makes the sums, where some deal has an amount.
func (s *source) emitLeftAmounts(reasons []string) {
	type part struct{ reason, currency string }
	sums := map[part]cube.Total{}
	for i, reason := range reasons {
		for code, amount := range s.Left.Amounts[i] {
			at := part{reason, s.Source.Currencies.Name(code, s.C.Options.Currency)}
			if !amount.Known || at.currency == "" {
				continue
			}
			sum := sums[at]
			sum.Plus(&amount.Sum)
			sums[at] = sum
		}
	}
	family := s.out[excludedAmount]
	for at, sum := range sums {
		family.Gauge(family.Metric.Labels, []string{s.Source.Name, at.reason, at.currency}, pass.Units(sum))
	}
}
