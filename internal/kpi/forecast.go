package kpi

import (
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// dueCell sums up open deals that are due, by how much of them a forecast counts.
type dueCell struct {
	amount, weighted, commit, bestCase       total
	has, weightedHas, commitHas, bestCaseHas amounts
}

func (c *dueCell) plus(o *dueCell) {
	c.amount.plus(&o.amount)
	c.weighted.plus(&o.weighted)
	c.commit.plus(&o.commit)
	c.bestCase.plus(&o.bestCase)
	c.has |= o.has
	c.weightedHas |= o.weightedHas
	c.commitHas |= o.commitHas
	c.bestCaseHas |= o.bestCaseHas
}

// addDue adds an open deal with an amount to what is due. Of one that was reopened nobody knows what was thought of it
// then.
func (s *scan) addDue(row int, group uint32, flags dealFlags, reopened bool) {
	d := &s.source.deals
	var amount value.Money
	if flags.priced() {
		amount = d.amount[row]
	}
	has := flags.amounts()
	cell := s.due.at(s.c.line.locate(d.closed[row]), group)
	cell.has |= has
	cell.amount.add(int64(amount))
	if reopened {
		return
	}
	if chance := s.chance(row); chance != value.ProbabilityUnknown {
		cell.weightedHas |= has
		cell.weighted.add(int64(amount.Times(chance)))
	}
	switch s.source.facts.category(flags) {
	case crm.ForecastClosed, crm.ForecastCommit:
		cell.commitHas |= has
		cell.bestCaseHas |= has
		cell.commit.add(int64(amount))
		cell.bestCase.add(int64(amount))
	case crm.ForecastMostLikely, crm.ForecastBestCase:
		cell.bestCaseHas |= has
		cell.bestCase.add(int64(amount))
	case crm.ForecastOmitted, crm.ForecastPipeline:
	}
}

// category returns the forecast category of a deal, "" where it has none.
func (f *Facts) category(flags dealFlags) crm.ForecastCategory {
	if n := flags.category(); n > 0 {
		return f.categories[n-1]
	}
	return ""
}

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
		amount *total
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
		sum.plus(open.amount)
		e.with(metricTargetForecast, "method", open.method, t, sum.money())
	}
}
