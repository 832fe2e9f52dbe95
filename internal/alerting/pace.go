package alerting

import (
	"fmt"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/metric"
)

const (
	targetValue      = "sales_target_value"
	targetAttainment = "sales_target_attainment_ratio"
	targetGap        = "sales_target_gap_value"
	targetPrevious   = "sales_target_previous_attainment_ratio"
	targetElapsed    = "sales_target_elapsed_ratio"
	targetExpected   = "sales_target_expected_value"
	targetPace       = "sales_target_pace_ratio"
	targetTrailing   = "sales_target_trailing_pace_ratio"
	targetForecast   = "sales_target_forecast_value"
	targetStart      = "sales_target_start_timestamp_seconds"
	targetEnd        = "sales_target_end_timestamp_seconds"
	coverageRatio    = "sales_pipeline_coverage_ratio"

	// What the rules record.
	weightedForecast = "target:sales_target_weighted_forecast:ratio"
	commitForecast   = "target:sales_target_commit_forecast:ratio"
)

// smoothed is how far back pace alerts look. All of a day is expected from its first minute on, so that who is on plan
// is behind each morning and catches up by the evening: only the best value of a whole day says how the day went.
const smoothed = 24 * time.Hour

// pace returns the alerts on targets. Everything that depends on the calendar is in the exporter's numbers: expected
// values do not grow on weekends and holidays, so nothing here asks for the day of the week.
func (b *builder) pace(t *Thresholds) []Rule {
	b.recordTargets()
	return []Rule{
		b.behindPace(warning, t.PaceWarning, t.PaceWarningElapsed, t.PaceWarningTrailing),
		b.behindPace(critical, t.PaceCritical, t.PaceCriticalElapsed, t.PaceCriticalTrailing),
		b.forecastBelow(t),
		b.commitGap(t),
		b.coverageLow(t),
		b.missed(t),
		b.reached(),
	}
}

// ofTarget are all labels of a target.
func (b *builder) ofTarget() []string { return b.lookup(targetValue).labels }

// perTarget names the recorded series of a target metric, which has no labels but the target's.
func perTarget(name string) string { return "target:" + name + ":max" }

// recordTargets merges replicas once, so that the alerts can be read.
func (b *builder) recordTargets() {
	labels := b.ofTarget()
	for _, name := range []string{
		targetValue, targetAttainment, targetPrevious, targetPace, targetTrailing, targetStart, targetEnd,
	} {
		b.record(perTarget(name), labels, "", b.maxBy(labels, name))
	}
	b.record(perTarget(targetElapsed), labels,
		"Elapsed share of the period by the target's own method, which is the one that has an expected value.",
		b.over("max", labels, targetElapsed, b.series(targetElapsed)+" and "+b.series(targetExpected)))
	b.record(perTarget(coverageRatio), labels, "Coverage of what remains.",
		b.maxBy(labels, coverageRatio, `denominator="remaining"`))
	b.recordForecast(weightedForecast, `method="weighted"`, "Won revenue plus weighted pipeline, as a share of the target.")
	b.recordForecast(commitForecast, `method="commit"`, "Won plus committed deals, as a share of the target.")
}

func (b *builder) recordForecast(name, method, why string) {
	labels := b.ofTarget()
	b.record(name, labels, why, lines(
		b.maxBy(labels, targetForecast, method), "/ ("+b.series(perTarget(targetValue))+" > 0)"))
}

// annotated adds what Slack and e-mail show of a target. The alert's value is another number, so these are queried.
func (b *builder) annotated(r Rule) Rule {
	r.Keeps = append([]string{"job"}, b.ofTarget()...)
	r.Annotations = map[string]string{
		"attainment": b.query(targetAttainment, "humanizePercentage", ""),
		"gap":        b.query(targetGap, "humanize", " {{ $labels.currency }}"),
	}
	return r
}

// query returns a template for another value of the alert's target, whose name is unique in a configuration.
func (b *builder) query(name, format, unit string) string {
	return fmt.Sprintf("{{ with printf `max(%s)` $labels.job $labels.target | query }}"+
		"{{ . | first | value | %s }}%s{{ end }}", b.series(name, "job=%q", "target=%q"), format, unit)
}

// overview is the board of a target.
func overview() string { return board(overviewBoard, "target", "period", "currency") }

// who names the target in a summary.
const who = "{{ $labels.target }} ({{ $labels.period }})"

func (b *builder) behindPace(severity string, pace, elapsed, trailing Threshold) Rule {
	revenue := `kpi="revenue_won"`
	return alert(b.annotated(Rule{
		Alert: "SalesRevenueBehindPace",
		Why:   "Behind since the start of the period and still falling behind. Silent early in the period and after its end.",
		Expr: lines(
			b.highest(perTarget(targetPace), smoothed, revenue)+" < "+string(pace),
			"and "+b.highest(perTarget(targetTrailing), smoothed, revenue)+" < "+string(trailing),
			fmt.Sprintf("and %s > %s", b.series(perTarget(targetElapsed)), elapsed),
			fmt.Sprintf("and %s < 1", b.series(perTarget(targetElapsed)))),
		For: Duration(time.Hour), KeepFiringFor: Duration(4 * time.Hour),
	}), severity, sales, text{
		summary: who + ": won revenue is {{ $value | humanizePercentage }} of what was expected by now",
		description: []string{
			"Won revenue has been behind pace since the start of the period, and also in the last ten working days.",
			"Likely causes: deals that slipped, too little pipeline, a falling win rate, or deals that were won " +
				"but not yet marked as won.",
			"Next: review the deals due in this period and the overdue deals.",
			b.formula(targetPace),
		},
		board: overview(),
	})
}

func (b *builder) forecastBelow(t *Thresholds) Rule {
	return alert(b.annotated(Rule{
		Alert: "SalesForecastBelowTarget",
		Why:   "Won revenue plus the pipeline weighted by probability does not reach the target.",
		Expr:  b.forecastExpr(weightedForecast, t.Forecast, t.ForecastElapsed, t.ForecastRemainingDays),
		For:   Duration(time.Hour), KeepFiringFor: Duration(4 * time.Hour),
	}), warning, sales, text{
		summary: who + ": won revenue plus weighted pipeline is {{ $value | humanizePercentage }} of the target",
		description: []string{
			"Won revenue plus the open deals due in the period, each times its probability, is below the " +
				"target.",
			"Likely causes: too few deals due in the period, or close dates and probabilities that are not kept up to date.",
			"Next: find deals that can close earlier, and correct close dates that are wrong.",
			b.formula(targetForecast),
		},
		board: overview(),
	})
}

// commitGap needs forecast categories: where nobody uses them, nothing is committed and that says nothing. A target of
// one source asks that source, one over all sources asks whether any has them; its source is empty, as is that of a
// group by job alone.
func (b *builder) commitGap(t *Thresholds) Rule {
	categories := b.series("sales_pipeline_forecast_category_amount")
	return alert(b.annotated(Rule{
		Alert: "SalesCommitGap",
		Why:   "Late in the period, won and committed deals do not reach the target. Silent if no deal has a forecast category.",
		Expr: lines(b.forecastExpr(commitForecast, t.Commit, t.CommitElapsed, t.CommitRemainingDays),
			fmt.Sprintf("and %s (group by (job, source) (%s) or group by (job) (%s))", on("source"), categories, categories)),
		For: Duration(time.Hour), KeepFiringFor: Duration(4 * time.Hour),
	}), warning, sales, text{
		summary: who + ": won and committed deals are {{ $value | humanizePercentage }} of the target",
		description: []string{
			"Even if every committed deal due in the period is won, the target will be missed.",
			"Likely causes: reps commit late, or the pipeline is too small.",
			"Next: ask the reps whether they can commit their best-case deals, or tell finance what to expect.",
			b.formula(targetForecast),
		},
		board: overview(),
	})
}

func (b *builder) forecastExpr(forecast string, below, elapsed, remaining Threshold) string {
	return lines(
		b.series(forecast),
		"and "+b.highest(forecast, 6*time.Hour)+" < "+string(below),
		fmt.Sprintf("and %s > %s", b.series(perTarget(targetElapsed)), elapsed),
		fmt.Sprintf("and %s < 1", b.series(perTarget(targetElapsed))),
		b.endsWithin(remaining))
}

// endsWithin leaves out targets whose end is far away: nobody has a pipeline for what is due in nine months.
func (b *builder) endsWithin(remaining Threshold) string {
	return fmt.Sprintf("and %s - time() < %s", b.series(perTarget(targetEnd)), remaining.days())
}

func (b *builder) coverageLow(t *Thresholds) Rule {
	return alert(b.annotated(Rule{
		Alert: "SalesPipelineCoverageLow",
		Why:   "Too few open deals for the rest of the target, while there is still time to act.",
		Expr: lines(
			b.series(perTarget(coverageRatio)),
			"and "+b.highest(perTarget(coverageRatio), 12*time.Hour)+" < "+string(t.Coverage),
			fmt.Sprintf("and %s < %s", b.series(perTarget(targetElapsed)), t.CoverageElapsed),
			b.endsWithin(t.CoverageRemainingDays)),
		For: Duration(time.Hour), KeepFiringFor: Duration(4 * time.Hour),
	}), warning, sales, text{
		summary: who + `: open deals due in the period cover the rest of the target {{ $value | printf "%.1f" }} times`,
		description: []string{
			"At the usual win rate, the open deals due in the period are not enough to reach the target.",
			"Likely causes: too little pipeline was created, or close dates moved past the end of the period.",
			"Next: create pipeline for this period, or close deals of the next period earlier.",
			b.formula(coverageRatio),
		},
		board: board(pipelineBoard, "target", "period", "source", "team", "currency"),
	})
}

// missed covers targets that repeat, by what the period before came to, and those that ended. The exporter knows no
// value but today's: where it changed at the turn of the period, what it makes of the period before is not what was
// aimed for, and nothing is said. For that, the value must have stood for a day more than its period's end is news.
func (b *builder) missed(t *Thresholds) Rule {
	wanted := b.kpisExcept(func(m *metric.Metric) bool { return m.Direction == metric.LowerIsBetter })
	recent := t.RecentDays.days()
	value, changed := b.series(perTarget(targetValue)), string(t.RecentDays)+"d24h"
	r := b.annotated(Rule{
		Alert: "SalesTargetMissed",
		Why:   "Fires for a few days after the end of a period: first the repeating targets, then those that ended.",
		Expr: lines(
			b.series(perTarget(targetPrevious), wanted)+" < 1",
			"and time() - "+b.series(perTarget(targetStart))+" < "+recent,
			fmt.Sprintf("and min_over_time(%[1]s[%[2]s]) == max_over_time(%[1]s[%[2]s])", value, changed),
			"or "+b.series(perTarget(targetAttainment), wanted)+" < 1",
			"and time() - "+b.series(perTarget(targetEnd))+" >= 0",
			"and time() - "+b.series(perTarget(targetEnd))+" < "+recent),
		For: Duration(time.Hour),
	})
	// The target has begun anew: what it has reached since is not what it missed.
	r.Annotations = map[string]string{"attainment": "{{ $value | humanizePercentage }}"}
	return alert(r, info, sales, text{
		summary: who + " ended at {{ $value | humanizePercentage }} of its target, at the value configured today",
		description: []string{
			"The period that just ended missed its target, measured against the value that is configured today. Deals " +
				"that are marked as won late still count.",
			"Next: check that all closed deals have the right stage and close date, then review the deals that slipped.",
			b.formula(targetPrevious),
		},
		board: overview(),
	})
}

// reached leaves out ratios, which can fall again, and KPIs that are better low.
func (b *builder) reached() Rule {
	wanted := b.kpisExcept(func(m *metric.Metric) bool {
		return m.Direction == metric.LowerIsBetter || m.Unit == metric.UnitRatio
	})
	return alert(b.annotated(Rule{
		Alert: "SalesTargetReached",
		Why:   "Good news for the team.",
		Expr: lines(
			b.series(perTarget(targetAttainment), wanted)+" >= 1",
			"and "+b.series(perTarget(targetEnd))+" > time()"),
		For: Duration(15 * time.Minute),
	}), info, sales, text{
		summary: who + " is reached: {{ $value | humanizePercentage }}",
		description: []string{
			"The target of the period is reached. This changes only if deals are reopened or corrected.",
			"Next: tell the team.",
			b.formula(targetAttainment),
		},
		board: overview(),
	})
}

// kpisExcept returns a matcher that leaves out some of the KPIs that targets may have.
func (b *builder) kpisExcept(unwanted func(*metric.Metric) bool) string {
	return `kpi!~"` + strings.Join(kpis(unwanted), "|") + `"`
}
