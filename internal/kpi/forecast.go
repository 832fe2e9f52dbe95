package kpi

import "github.com/sales-exporter/sales_exporter/internal/cube"

// emitForecast makes where a revenue target may end: what is won in the whole period and what open deals add. A deal
// that is won with a close date still to come is neither reached nor open, and no less certain for that. Deals that are
// still open once the period has ended cannot close in it any more. Where no amount of a part is in the reporting
// currency there is no forecast.
func (e *targetEmitter) emitForecast(t *target, won *closedCell, due *dueCell) {
	if t.ended {
		due = &dueCell{}
	}
	for _, open := range []struct {
		method string
		amount *cube.Total
		has    amounts
	}{
		{"best_case", &due.bestCase, due.bestCaseHas},
		{"commit", &due.commit, due.commitHas},
		{"weighted", &due.weighted, due.weightedHas},
	} {
		if won.wonHas.unknown() || open.has.unknown() {
			continue
		}
		sum := won.wonAmount
		sum.Plus(open.amount)
		e.with(metricTargetForecast, "method", open.method, t, units(sum))
	}
}
