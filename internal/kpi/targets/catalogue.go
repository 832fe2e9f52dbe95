package targets

import (
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// The handles of the metrics.
const (
	metricValue = iota
	metricActual
	metricAttainment
	metricGap
	metricElapsed
	metricExpected
	metricPace
	metricTrailing
	metricProjection
	metricForecast
	metricRequired
	metricPrevious
	metricStart
	metricEnd
	metricInfo
	metricMatched
	metricMissing
	metricRepAttainment
	metricCoverage
)

// metrics are the catalogue of the family, by handle. A target that covers a source which is missing has its value, start,
// end, info and what says so only; one whose scope matches nothing has its elapsed part beside them.
func metrics() []metric.Metric {
	method := []string{"method"}
	return []metric.Metric{
		metricValue: {
			Name: "sales_target_value", Title: "Target",
			Help: "Value that the target sets for its whole period, in the unit of its KPI. " +
				"A growth target has no value until its base period has ended, and while it has no actual.",
			Formula: "configured value, or KPI of the earlier period * (1 + growth)",
			Type:    metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitKPI, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.Neutral, Past: metric.PastDated,
		},
		metricActual: {
			Name: "sales_target_actual_value", Title: "Actual",
			Help: "KPI of the target within its scope, from the start of the period until now, in the unit of the KPI. " +
				"Absent while a source is missing or the scope matches nothing: see sales_target_missing_sources and " +
				"sales_target_matched.",
			Formula: "KPI over [start, min(end, now))",
			Type:    metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitKPI, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		metricAttainment: {
			Name: "sales_target_attainment_ratio", KPI: "target_attainment", Title: "Target attainment",
			Help:    "Share of the target that has been reached: 1 means reached. Do not average: divide the sums.",
			Formula: "actual / target",
			Type:    metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitRatio, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		metricGap: {
			Name: "sales_target_gap_value", KPI: "target_gap", Title: "Gap to target",
			Help:    "Target minus actual, in the unit of the KPI. Negative once the target is exceeded.",
			Formula: "target - actual",
			Type:    metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitKPI, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.LowerIsBetter, Past: metric.PastDated,
		},
		metricElapsed: {
			Name: "sales_target_elapsed_ratio", Title: "Elapsed share of the period",
			Help: "Elapsed share of the target's period, 0 to 1, in days (method=\"linear\") or in working days " +
				"(method=\"working_days\"). Today counts as elapsed.",
			Formula: "days from start to today inclusive / days of the period",
			Type:    metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitRatio, Labels: method, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.Neutral, Past: metric.PastDated,
		},
		metricExpected: {
			Name: "sales_target_expected_value", Title: "Expected by now",
			Help: "Value that the target requires by the end of today, in the unit of its KPI. " +
				"For a ratio, the target itself.",
			Formula: "target * elapsed share",
			Type:    metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitKPI, Labels: method, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.Neutral, Past: metric.PastDated,
		},
		metricPace: {
			Name: "sales_target_pace_ratio", KPI: "target_pace", Title: "Pace",
			Help: "Actual divided by the value expected by the end of today: 1 means on pace. " +
				"Absent while the expected value is zero.",
			Formula: "actual / expected",
			Type:    metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitRatio, Labels: method, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		metricTrailing: {
			Name: "sales_target_trailing_pace_ratio", KPI: "target_trailing_pace", Title: "Recent pace",
			Help: "Pace of the last ten working days of the period, including today: what was reached in these days, divided " +
				"by what was expected in them. 1 means on pace. Absent if nothing is expected in these days, for ratios, " +
				"and once the period has ended.",
			Formula: "KPI over [start of the ten days, now) / (target * their share of the period)",
			Type:    metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitRatio, Labels: method, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		metricProjection: {
			Name: "sales_target_projection_value", KPI: "target_projection", Title: "Projection",
			Help: "Value of the KPI at the end of the period if it continues at the rate so far, in the unit of the KPI. " +
				"Absent during the first twentieth of the period.",
			Formula: "actual / elapsed share; for a ratio, the actual",
			Type:    metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitKPI, Labels: method, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		metricForecast: {
			Name: "sales_target_forecast_value", KPI: "target_forecast", Title: "Forecast",
			Help: "Forecast of won revenue at the end of the period of a revenue_won target, in units of currency: won revenue plus " +
				"the open deals due in the period. method=\"weighted\" adds amount times probability. method=\"commit\" adds the " +
				"amounts in forecast categories commit and closed. method=\"best_case\" adds these, most likely and best case. " +
				"Deals won with a close date later in the period count fully in each method. Deals without a probability add " +
				"nothing to weighted. Deals without a category add only to weighted. " +
				"Once the period has ended, the forecast is the won revenue.",
			Formula: "revenue won with close in [start, end) + sum of amount * probability, or of amount by category, of " +
				"open deals with expected close in period",
			Type: metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitKPI, Labels: method, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.HigherIsBetter, Past: metric.PastPresent,
		},
		metricRequired: {
			Name: "sales_target_required_rate_per_day", KPI: "target_required_rate", Title: "Required rate",
			Help: "Value needed on each working day after today to reach the target, in the unit of its KPI per day. " +
				"Negative once the target is exceeded. Absent if no working day is left, and for ratios.",
			Formula: "(target - actual) / working days after today",
			Type:    metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitKPI, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.LowerIsBetter, Past: metric.PastDated,
		},
		metricPrevious: {
			Name: "sales_target_previous_attainment_ratio", KPI: "target_previous_attainment", Title: "Attainment of the previous period",
			Help: "Final attainment of the previous period. For a repeating target, this is the previous month, quarter or year. " +
				"Otherwise it is the period of the last target of the same name that ended before this one began. Computed from " +
				"the current records of that period, so it is too low if the CRM holds only part of them. Absent if there was no such " +
				"target or nothing to reach. Also absent if the sources of the target hold no deal that was won or lost in " +
				"that period, because the CRM was not in use then. For a growth target, also absent if they hold none from before the end " +
				"of the first tenth of the base period.",
			Formula: "KPI over the previous period / target of the previous period",
			Type:    metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitRatio, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		metricStart: {
			Name: "sales_target_start_timestamp_seconds", Title: "Period start",
			Help:    "When the target's period starts, in seconds since 1970.",
			Formula: "first instant of the period",
			Type:    metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitSeconds, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.Neutral, Past: metric.PastDated,
		},
		metricEnd: {
			Name: "sales_target_end_timestamp_seconds", Title: "Period end",
			Help:    "When the target's period ends, in seconds since 1970: the first instant after it.",
			Formula: "first instant after the period",
			Type:    metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitSeconds, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.Neutral, Past: metric.PastDated,
		},
		metricInfo: {
			Name: "sales_target_info", Title: "Target details",
			Help:    "Objective of the target, who is accountable for it and its review date. Always 1.",
			Formula: "1",
			Type:    metric.Gauge, Form: metric.FormInfo, Unit: metric.UnitInfo,
			Labels:    []string{"target", "kpi", "objective", "accountable", "review_by"},
			Stability: metric.Stable, Kind: metric.Qualitative, Timing: metric.Leading, Direction: metric.Neutral, Past: metric.PastPresent,
		},
		metricMatched: {
			Name: "sales_target_matched", Title: "Scope matched",
			Help: "1 if a record has the labels of the target's scope. 0 if no record ever had them, because of a typing error " +
				"or a name that changed in the CRM, or if exclude or pipelines leaves out every deal that has them. At 0, the actual and " +
				"everything computed from it are absent, and the log gives the reason and similar names. A rep or team without deals " +
				"matches. Absent while a source that may hold the labels is missing.",
			Formula: "1 if a deal that is not excluded has all labels of the scope, or a record has its only label, or a " +
				"rep without deals would",
			Type: metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitInfo, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.HigherIsBetter, Past: metric.PastPresent,
		},
		metricMissing: {
			Name: "sales_target_missing_sources", Title: "Missing sources",
			Help: "Number of sources in the target's scope that cannot provide its KPI. A source is missing before its first complete " +
				"sync, if the period began after its last complete sync, while a label of the scope is read for the first time, and for a money KPI if it has no money in the " +
				"reporting currency. " +
				"While this is not 0, the actual is absent: the sum of the other sources would look like a miss.",
			Formula: "count of sources in the scope that are not ready, had their last complete sync before the period, or lack what the KPI needs",
			Type:    metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitSources, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.LowerIsBetter, Past: metric.PastPresent,
		},
		metricRepAttainment: {
			Name: "sales_rep_attainment_ratio", KPI: "rep_attainment", Title: "Rep attainment",
			Help: "Distribution of the attainment of all targets of single reps whose period is running, as ratios. " +
				"A snapshot, not a counter: query without rate().",
			Formula: "actual / target of each target whose scope fixes rep, start <= now < end",
			Type:    metric.HistogramType, Form: metric.FormInfo, Unit: metric.UnitRatio, Labels: []string{"kpi", "period"},
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		metricCoverage: {
			Name: "sales_pipeline_coverage_ratio", KPI: "pipeline_coverage", Title: "Pipeline coverage",
			Help: "Amount of the open deals due in the period of a revenue_won target, as a multiple of the " +
				"target or of what remains of it. Deals won with a close date later in the period are not open and do not count. " +
				"Absent once nothing remains.",
			Formula: "sum of amount of open deals with expected close in period / target, or / (target - actual)",
			Type:    metric.Gauge, Form: metric.FormTarget, Unit: metric.UnitRatio, Labels: []string{"denominator"}, Stability: metric.Stable,
			Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.HigherIsBetter, Past: metric.PastRebuilt,
		},
	}
}
