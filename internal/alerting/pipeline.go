package alerting

import (
	"fmt"
	"slices"
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
)

// pipeline returns the alerts on what is to come. Their windows trail: a calendar month has no 30 days of deals on its
// second day.
func (b *builder) pipeline(t *Thresholds) []Rule {
	b.recordDeals()
	return []Rule{
		b.creationLow(t),
		b.winRateDropped(t),
		b.cycleLengthening(t),
		b.dealsOverdue(t),
	}
}

func (b *builder) recordDeals() {
	perWindow := []string{"source", "window"}
	money := []string{"source", "currency", "window"}
	b.record(createdAmountSum, money, "Pipeline created. Money is never added up over currencies.",
		b.sum(money, pipelineCreated, averagedWindows))
	b.record(dealsCreatedSum, perWindow, "", b.sum(perWindow, dealsCreated, averagedWindows))
	b.record(dealsWonSum, perWindow, "", b.sum(perWindow, dealsWon, averagedWindows))
	b.record(dealsClosedSum, perWindow, "Won and lost deals: the denominator of the win rate.",
		lines(b.series(dealsWonSum), "+ "+b.sum(perWindow, dealsLost, averagedWindows)))
	b.record(winRate, perWindow, "Sums first, then the ratio; absent where nothing closed.",
		b.series(dealsWonSum)+" / ("+b.series(dealsClosedSum)+" > 0)")
}

func (b *builder) creationLow(t *Thresholds) Rule {
	return alert(Rule{
		Alert: "SalesPipelineCreationLow",
		Why:   "The last 30 days against the average of the year. An account with few deals has no average.",
		Expr: lines(
			b.series(createdAmountSum, lastMonth),
			fmt.Sprintf("< %s (%s * %s * %s)", on("source", "currency"), number(t.PipelineCreation), shareOfMonth,
				b.series(createdAmountSum, lastYear)),
			fmt.Sprintf("and %s %s >= %s", on("source"), b.series(dealsCreatedSum, lastYear), number(t.CreatedDeals))),
		For: Duration(24 * time.Hour), KeepFiringFor: Duration(4 * time.Hour),
		Keeps: []string{"job", "source", "currency"}, Labels: b.kpiLabel(pipelineCreated),
	}, warning, sales, text{
		summary: "{{ $labels.source }}: only {{ $value | humanize }} {{ $labels.currency }} of pipeline created in 30 days",
		description: []string{
			"New pipeline of the last 30 days is well below the average of the last 365. Revenue follows it by one sales " +
				"cycle.",
			"Likely causes: holidays, fewer leads, reps busy with closing, or deals created without an amount.",
			"Next: compare the number of deals created with their amounts, by team.",
			b.formula(pipelineCreated),
		},
		board: board(pipelineBoard, "source", "currency"),
	})
}

func (b *builder) winRateDropped(t *Thresholds) Rule {
	return alert(Rule{
		Alert: "SalesWinRateDropped",
		Why:   "The last 30 days against the year, with enough deals to tell.",
		Expr: lines(
			b.series(winRate, lastMonth),
			fmt.Sprintf("< %s (%s * %s)", on("source"), number(t.WinRate), b.series(winRate, lastYear)),
			fmt.Sprintf("and %s %s >= %s", on("source"), b.series(dealsClosedSum, lastMonth), number(t.ClosedDeals))),
		For: Duration(24 * time.Hour), KeepFiringFor: Duration(4 * time.Hour),
		Keeps: []string{"job", "source"}, Labels: b.kpiLabel(winRatio),
	}, warning, revops, text{
		summary: "{{ $labels.source }}: win rate of the last 30 days is down to {{ $value | humanizePercentage }}",
		description: []string{
			"The win rate of the last 30 days is well below that of the last 365.",
			"Likely causes: a clean-up that closed many old deals as lost, a new competitor or price, or wins that are " +
				"entered late.",
			"Next: look at the reasons and the age of the deals that were lost.",
			b.formula(winRatio),
		},
		board: board(pipelineBoard, "source"),
	})
}

func (b *builder) cycleLengthening(t *Thresholds) Rule {
	whole := func(window string) string { return b.maxBy([]string{"source"}, cycleMedian, `rollup="all"`, window) }
	return alert(Rule{
		Alert: "SalesCycleLengthening",
		Why:   "Medians are never averaged: the one of the whole source is used.",
		Expr: lines(
			whole(lastQuarter),
			fmt.Sprintf("> %s (%s * %s)", on("source"), number(t.Cycle), whole(lastYear)),
			fmt.Sprintf("and %s %s >= %s", on("source"), b.series(dealsWonSum, lastQuarter), number(t.WonDeals))),
		For: Duration(24 * time.Hour), KeepFiringFor: Duration(4 * time.Hour),
		Keeps: []string{"job", "source"}, Labels: b.kpiLabel(cycleMedian),
	}, info, revops, text{
		summary: "{{ $labels.source }}: half of the deals won in 90 days took longer than {{ $value | humanizeDuration }}",
		description: []string{
			"The median sales cycle of the last 90 days is well above that of the last 365.",
			"Likely causes: larger deals, more people who must agree, or a wave of old deals that closed at last.",
			"Next: compare the time in each stage, then the deal sizes.",
			b.formula(cycleMedian),
		},
		board: board(pipelineBoard, "source"),
	})
}

func (b *builder) dealsOverdue(t *Thresholds) Rule {
	keep := []string{"source", "team"}
	return alert(Rule{
		Alert: "SalesDealsOverdue",
		Why:   "Open deals whose close date is over make every forecast wrong. Small teams have no share.",
		Expr: lines(
			b.sum(keep, pipelineDeals, `closing="overdue"`),
			fmt.Sprintf("/ (%s >= %s)", b.sum(keep, pipelineDeals), number(t.OpenDeals)),
			"> "+number(t.Overdue)),
		For: Duration(24 * time.Hour), KeepFiringFor: Duration(4 * time.Hour),
		Keeps: slices.Concat([]string{"job"}, keep), Labels: b.kpiLabel(pipelineDeals),
	}, info, revops, text{
		summary: "{{ $labels.source }}{{ with $labels.team }}, {{ . }}{{ end }}: " +
			"{{ $value | humanizePercentage }} of the open deals are past their close date",
		description: []string{
			"Open deals with a close date in the past count in no period: forecast and coverage are too low by them.",
			"Likely causes: reps do not update deals, or deals are dead and nobody closed them.",
			"Next: have their owners set a new date or close them as lost.",
		},
		board: board(pipelineBoard, "source", "team"),
	})
}
