package alerting

import (
	"fmt"
	"time"
)

const (
	pipelineCreated  = "sales_pipeline_created_amount"
	pipelineDeals    = "sales_pipeline_deals"
	dealsWon         = "sales_deals_won"
	dealsLost        = "sales_deals_lost"
	dealsCreated     = "sales_deals_created"
	winRatio         = "sales_win_ratio"
	cycleMedian      = "sales_cycle_median_seconds"
	averagedWindows  = `window=~"trailing_30d|trailing_90d|trailing_365d"`
	lastMonth        = `window="trailing_30d"`
	lastQuarter      = `window="trailing_90d"`
	lastYear         = `window="trailing_365d"`
	shareOfMonth     = "30 / 365"
	createdAmountSum = "source:" + pipelineCreated + ":sum"
	dealsCreatedSum  = "source:" + dealsCreated + ":sum"
	dealsWonSum      = "source:" + dealsWon + ":sum"
	dealsClosedSum   = "source:sales_deals_closed:sum"
	winRate          = "source:sales_win:ratio"
	creationRatio    = "source:sales_pipeline_created_of_average:ratio"
	winRateRatio     = "source:sales_win_of_year:ratio"
	cycleRatio       = "source:sales_cycle_median_of_year:ratio"
	overdueRatio     = "team:sales_pipeline_deals_overdue:ratio"
)

// allDay is how long a comparison must be bad: what was entered in bulk on one evening is often corrected on the next.
const allDay = 24 * time.Hour

// pipeline returns the alerts on what is to come. Their windows trail: a calendar month has no 30 days of deals on its
// second day.
func (b *builder) pipeline(t *Thresholds) []Rule {
	b.recordDeals(t)
	return []Rule{
		b.creationLow(t),
		b.winRateDropped(t),
		b.cycleLengthening(t),
		b.dealsOverdue(t),
	}
}

func (b *builder) recordDeals(t *Thresholds) {
	perWindow := []string{"source", "window"}
	money := []string{"source", "currency", "window"}
	b.record(createdAmountSum, money, "Pipeline created. Currencies are never summed.",
		b.sum(money, pipelineCreated, averagedWindows))
	b.record(dealsCreatedSum, perWindow, "", b.sum(perWindow, dealsCreated, averagedWindows))
	b.record(dealsWonSum, perWindow, "", b.sum(perWindow, dealsWon, averagedWindows))
	b.record(dealsClosedSum, perWindow, "Won and lost deals: the denominator of the win rate.",
		lines(b.series(dealsWonSum), "+ "+b.sum(perWindow, dealsLost, averagedWindows)))
	b.record(winRate, perWindow, "The ratio of the sums. Absent if no deal closed.",
		b.series(dealsWonSum)+" / ("+b.series(dealsClosedSum)+" > 0)")
	b.recordComparisons(t)
}

// recordComparisons names what the alerts look back at. Where there are too few deals to tell, there is no ratio.
func (b *builder) recordComparisons(t *Thresholds) {
	b.record(creationRatio, []string{"source", "currency"},
		"Pipeline created in 30 days, as a share of the average of the year.", lines(
			b.series(createdAmountSum, lastMonth),
			fmt.Sprintf("/ %s (%s * %s > 0)", on("source", "currency"), shareOfMonth, b.series(createdAmountSum, lastYear)),
			fmt.Sprintf("and %s %s >= %s", on("source"), b.series(dealsCreatedSum, lastYear), t.CreatedDeals)))
	b.record(winRateRatio, bySource(), "Win rate of 30 days, as a share of the win rate of the year.", lines(
		b.series(winRate, lastMonth),
		fmt.Sprintf("/ %s (%s > 0)", on("source"), b.series(winRate, lastYear)),
		fmt.Sprintf("and %s %s >= %s", on("source"), b.series(dealsClosedSum, lastMonth), t.ClosedDeals)))
	whole := func(window string) string { return b.maxBy(bySource(), cycleMedian, `rollup="all"`, window) }
	b.record(cycleRatio, bySource(), "Median sales cycle of 90 days, as a multiple of that of the year. Medians are never averaged.",
		lines(
			whole(lastQuarter),
			fmt.Sprintf("/ %s (%s > 0)", on("source"), whole(lastYear)),
			fmt.Sprintf("and %s %s >= %s", on("source"), b.series(dealsWonSum, lastQuarter), t.WonDeals)))
	byTeam := []string{"source", "team"}
	b.record(overdueRatio, byTeam, "Share of the open deals that are overdue. Absent for teams with few open deals.", lines(
		b.sum(byTeam, pipelineDeals, `closing="overdue"`),
		fmt.Sprintf("/ (%s >= %s)", b.sum(byTeam, pipelineDeals), t.OpenDeals)))
}

func (b *builder) creationLow(t *Thresholds) Rule {
	return alert(Rule{
		Alert: "SalesPipelineCreationLow",
		Why:   "Compares the last 30 days with the average of the year. Must hold for a whole day.",
		Expr: lines(
			b.series(creationRatio),
			"and "+b.highest(creationRatio, allDay)+" < "+string(t.PipelineCreation)),
		For: Duration(time.Hour), KeepFiringFor: Duration(4 * time.Hour),
		Keeps: []string{"job", "source", "currency"}, Labels: b.kpiLabel(pipelineCreated),
	}, warning, sales, text{
		summary: "{{ $labels.source }}: pipeline created in 30 days is {{ $value | humanizePercentage }} of the 365-day " +
			"average{{ with $labels.currency }}, in {{ . }}{{ end }}",
		description: []string{
			"The pipeline created in the last 30 days is well below the average of the last 365. Revenue follows one sales " +
				"cycle later.",
			"Likely causes: holidays, fewer leads, reps busy with closing, or deals created without an amount.",
			"Next: compare the number and the amounts of the deals created, by team.",
			b.formula(pipelineCreated),
		},
		board: board(pipelineBoard, "source", "currency"),
	})
}

func (b *builder) winRateDropped(t *Thresholds) Rule {
	return alert(Rule{
		Alert: "SalesWinRateDropped",
		Why:   "Compares the last 30 days with the year. Must hold for a whole day.",
		Expr: lines(
			b.series(winRateRatio),
			"and "+b.highest(winRateRatio, allDay)+" < "+string(t.WinRate)),
		For: Duration(time.Hour), KeepFiringFor: Duration(4 * time.Hour),
		Keeps: []string{"job", "source"}, Labels: b.kpiLabel(winRatio),
	}, warning, revops, text{
		summary: "{{ $labels.source }}: win rate of the last 30 days is {{ $value | humanizePercentage }} of the 365-day win rate",
		description: []string{
			"The win rate of the last 30 days is well below that of the last 365.",
			"Likely causes: a clean-up that closed many old deals as lost, a new competitor or price, or won deals that are " +
				"entered late.",
			"Next: review the age and the loss reasons of the lost deals.",
			b.formula(winRatio),
		},
		board: board(pipelineBoard, "source"),
	})
}

func (b *builder) cycleLengthening(t *Thresholds) Rule {
	return alert(Rule{
		Alert: "SalesCycleLengthening",
		Why:   "Compares the last 90 days with the year. Must hold for a whole day.",
		Expr: lines(
			b.series(cycleRatio),
			"and "+b.lowest(cycleRatio, allDay)+" > "+string(t.Cycle)),
		For: Duration(time.Hour), KeepFiringFor: Duration(4 * time.Hour),
		Keeps: []string{"job", "source"}, Labels: b.kpiLabel(cycleMedian),
	}, info, revops, text{
		summary: `{{ $labels.source }}: the median sales cycle of 90 days is {{ $value | printf "%.1f" }} times the 365-day median`,
		description: []string{
			"The median sales cycle of the last 90 days is well above that of the last 365.",
			"Likely causes: larger deals, more people who must approve, or many old deals that closed recently.",
			"Next: compare the time in each stage, then the deal sizes.",
			b.formula(cycleMedian),
		},
		board: board(pipelineBoard, "source"),
	})
}

func (b *builder) dealsOverdue(t *Thresholds) Rule {
	return alert(Rule{
		Alert: "SalesDealsOverdue",
		Why:   "Overdue open deals make every forecast wrong.",
		Expr: lines(
			b.series(overdueRatio),
			"and "+b.lowest(overdueRatio, allDay)+" > "+string(t.Overdue)),
		For: Duration(time.Hour), KeepFiringFor: Duration(4 * time.Hour),
		Keeps: []string{"job", "source", "team"}, Labels: b.kpiLabel(pipelineDeals),
	}, info, revops, text{
		summary: "{{ $labels.source }}{{ with $labels.team }}, {{ . }}{{ end }}: " +
			"{{ $value | humanizePercentage }} of the open deals are past their close date",
		description: []string{
			"Open deals with a close date in the past make the forecast wrong. Deals due in this period count as if they " +
				"still closed in it. Deals due in earlier periods count in no forecast.",
			"Likely causes: reps do not update their deals, or lost deals were not closed.",
			"Next: ask the owners to set a new date or to close the deals as lost.",
		},
		board: board(pipelineBoard, "source", "team"),
	})
}
