package targets

import (
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
)

// emitForecast makes where a revenue target may end: what is won in the whole period and what open deals add. A deal
// that is won with a close date still to come is neither reached nor open, and no less certain for that. Deals that are
// still open once the period has ended cannot close in it any more. Where no amount of a part is in the reporting
// currency there is no forecast.
func (e *emitter) emitForecast(t *target, won *pass.ClosedCell, due *dueCell) {
	if t.ended {
		due = &dueCell{}
	}
	for _, open := range []struct {
		method string
		amount *cube.Total
		has    pass.Amounts
	}{
		{"best_case", &due.bestCase, due.bestCaseHas},
		{"commit", &due.commit, due.commitHas},
		{"weighted", &due.weighted, due.weightedHas},
	} {
		if won.WonHas.Unknown() || open.has.Unknown() {
			continue
		}
		sum := won.WonAmount
		sum.Plus(open.amount)
		e.with(metricForecast, "method", open.method, t, pass.Units(sum))
	}
}
