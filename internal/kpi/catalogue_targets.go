package kpi

const (
	metricTargetValue      = "sales_target_value"
	metricTargetActual     = "sales_target_actual_value"
	metricTargetAttainment = "sales_target_attainment_ratio"
	metricTargetGap        = "sales_target_gap_value"
	metricTargetElapsed    = "sales_target_elapsed_ratio"
	metricTargetExpected   = "sales_target_expected_value"
	metricTargetPace       = "sales_target_pace_ratio"
	metricTargetProjection = "sales_target_projection_value"
	metricTargetForecast   = "sales_target_forecast_value"
	metricTargetTrailing   = "sales_target_trailing_pace_ratio"
	metricTargetPrevious   = "sales_target_previous_attainment_ratio"
	metricTargetRequired   = "sales_target_required_rate_per_day"
	metricTargetStart      = "sales_target_start_timestamp_seconds"
	metricTargetEnd        = "sales_target_end_timestamp_seconds"
	metricTargetInfo       = "sales_target_info"
	metricTargetMatched    = "sales_target_matched"
	metricTargetMissing    = "sales_target_missing_sources"
	metricRepAttainment    = "sales_rep_attainment_ratio"
	metricCoverage         = "sales_pipeline_coverage_ratio"
)

// targetMetrics are the family Targets. A target that covers a source which is missing has its value, start, end, info
// and what says so only; one whose scope matches nothing has its elapsed part beside them.
func targetMetrics() []Metric {
	method := []string{"method"}
	return []Metric{
		{
			Name: metricTargetValue, Title: "Target",
			Help: "What a target asks for over its whole period, in the unit of its KPI. " +
				"A growth target has none until the period it grows from has ended, and while it has no actual.",
			Formula: "configured value, or KPI of the earlier period * (1 + growth)",
			Type:    Gauge, Shape: ShapeTarget, Unit: UnitKPI, Stability: Stable,
			Kind: Quantitative, Timing: Leading, Direction: Neutral, Past: PastDated,
		},
		{
			Name: metricTargetActual, Title: "Reached",
			Help: "The target's KPI within its scope from the start of the period until now, in the unit of the KPI. " +
				"Absent while a source is missing or the scope matches nothing: see sales_target_missing_sources and " +
				"sales_target_matched.",
			Formula: "KPI over [start, min(end, now))",
			Type:    Gauge, Shape: ShapeTarget, Unit: UnitKPI, Stability: Stable,
			Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricTargetAttainment, KPI: "target_attainment", Title: "Target attainment",
			Help:    "Reached part of a target: 1 is all of it. Do not average: divide the sums.",
			Formula: "actual / target",
			Type:    Gauge, Shape: ShapeTarget, Unit: UnitRatio, Stability: Stable,
			Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricTargetGap, KPI: "target_gap", Title: "Gap to target",
			Help:    "What is missing to a target, in the unit of its KPI; negative once the target is exceeded.",
			Formula: "target - actual",
			Type:    Gauge, Shape: ShapeTarget, Unit: UnitKPI, Stability: Stable,
			Kind: Quantitative, Timing: Leading, Direction: LowerIsBetter, Past: PastDated,
		},
		{
			Name: metricTargetElapsed, Title: "Elapsed part of the period",
			Help: "Elapsed part of a target's period, 0 to 1, in days (method=\"linear\") and in working days " +
				"(method=\"working_days\"). Today counts as elapsed.",
			Formula: "days from start to today inclusive / days of the period",
			Type:    Gauge, Shape: ShapeTarget, Unit: UnitRatio, Labels: method, Stability: Stable,
			Kind: Quantitative, Timing: Lagging, Direction: Neutral, Past: PastDated,
		},
		{
			Name: metricTargetExpected, Title: "Expected by now",
			Help: "What should have been reached by the end of today at the target's pace, in the unit of its KPI. " +
				"Of a ratio, the target itself.",
			Formula: "target * elapsed part",
			Type:    Gauge, Shape: ShapeTarget, Unit: UnitKPI, Labels: method, Stability: Stable,
			Kind: Quantitative, Timing: Leading, Direction: Neutral, Past: PastDated,
		},
		{
			Name: metricTargetPace, KPI: "target_pace", Title: "Pace",
			Help: "Reached part of what should have been reached by the end of today: 1 is on pace. " +
				"Absent while nothing is expected.",
			Formula: "actual / expected",
			Type:    Gauge, Shape: ShapeTarget, Unit: UnitRatio, Labels: method, Stability: Stable,
			Kind: Quantitative, Timing: Leading, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricTargetTrailing, KPI: "target_trailing_pace", Title: "Pace of late",
			Help: "The pace of the last ten working days alone, today included, as far as the period reaches back: " +
				"reached part of what should have been reached in them, 1 is as planned. Absent where nothing is " +
				"expected in them, for ratios, and once the period has ended.",
			Formula: "KPI over [start of the ten days, now) / (target * their part of the period)",
			Type:    Gauge, Shape: ShapeTarget, Unit: UnitRatio, Labels: method, Stability: Stable,
			Kind: Quantitative, Timing: Leading, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricTargetProjection, KPI: "target_projection", Title: "Projection",
			Help: "Where the KPI ends at the rate so far, in the unit of the KPI. " +
				"Absent during the first twentieth of the period.",
			Formula: "actual / elapsed part; of a ratio the actual",
			Type:    Gauge, Shape: ShapeTarget, Unit: UnitKPI, Labels: method, Stability: Stable,
			Kind: Quantitative, Timing: Leading, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricTargetForecast, KPI: "target_forecast", Title: "Forecast",
			Help: "Where a revenue_won target ends if the open deals that are due in its period close, in units of " +
				"currency: won revenue and their amounts times their probability (method=\"weighted\"), those in " +
				"forecast category commit or closed (\"commit\"), or these, most likely and best case (\"best_case\"). " +
				"Deals won with a close date later in the period count fully in each. Deals without a probability add nothing to weighted, deals without a category only to weighted. " +
				"Once the period has ended it is what was won.",
			Formula: "revenue won with close in [start, end) + sum of amount * probability, or of amount by category, of " +
				"open deals with expected close in period",
			Type: Gauge, Shape: ShapeTarget, Unit: UnitKPI, Labels: method, Stability: Stable,
			Kind: Quantitative, Timing: Leading, Direction: HigherIsBetter, Past: PastPresent,
		},
		{
			Name: metricTargetRequired, KPI: "target_required_rate", Title: "Required rate",
			Help: "What each working day after today must bring to reach the target, in the unit of its KPI per day; " +
				"negative once the target is exceeded. Absent without working days left, and for ratios.",
			Formula: "(target - actual) / working days after today",
			Type:    Gauge, Shape: ShapeTarget, Unit: UnitKPI, Stability: Stable,
			Kind: Quantitative, Timing: Leading, Direction: LowerIsBetter, Past: PastDated,
		},
		{
			Name: metricTargetPrevious, KPI: "target_previous_attainment", Title: "Attainment of the period before",
			Help: "Final attainment of the period before a target's: of a repeating target the month, quarter or year " +
				"just before, else of the target of the same name that ended last before this one began. Recomputed " +
				"from the records of that period as they are now: it is too low where the CRM holds only a part of " +
				"them. Absent where there was no such target, nothing to reach, or where the sources that the target covers " +
				"hold no deal at all that was won or lost in that period: the CRM was not in use then. Of a growth target also " +
				"absent where they hold none from before the end of the first tenth of the time that it grows from.",
			Formula: "KPI over the period before / target of the period before",
			Type:    Gauge, Shape: ShapeTarget, Unit: UnitRatio, Stability: Stable,
			Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricTargetStart, Title: "Start of the period",
			Help:    "When a target's period starts, in seconds since 1970.",
			Formula: "first instant of the period",
			Type:    Gauge, Shape: ShapeTarget, Unit: UnitSeconds, Stability: Stable,
			Kind: Quantitative, Timing: Leading, Direction: Neutral, Past: PastDated,
		},
		{
			Name: metricTargetEnd, Title: "End of the period",
			Help:    "When a target's period ends, in seconds since 1970: the first instant after it.",
			Formula: "first instant after the period",
			Type:    Gauge, Shape: ShapeTarget, Unit: UnitSeconds, Stability: Stable,
			Kind: Quantitative, Timing: Leading, Direction: Neutral, Past: PastDated,
		},
		{
			Name: metricTargetInfo, Title: "Target details",
			Help:    "What a target is for, who answers for it and when it is reviewed. Always 1.",
			Formula: "1",
			Type:    Gauge, Shape: ShapeInfo, Unit: UnitInfo,
			Labels:    []string{"target", "kpi", "objective", "accountable", "review_by"},
			Stability: Stable, Kind: Qualitative, Timing: Leading, Direction: Neutral, Past: PastPresent,
		},
		{
			Name: metricTargetMatched, Title: "Scope matches",
			Help: "1 where some record carries the labels of a target's scope, 0 where none ever did, because of a typing " +
				"error or a name that changed in the CRM, or where exclude or pipelines leave out every deal that does. " +
				"With 0, what was reached and all that follows from it is absent; the log says why, and which names may be " +
				"meant. A rep or team without deals matches. Absent while a source is missing that may hold the labels.",
			Formula: "1 if a deal that is not excluded carries all labels of the scope, or a record its only one, or a rep " +
				"without deals would",
			Type: Gauge, Shape: ShapeTarget, Unit: UnitInfo, Stability: Stable,
			Kind: Quantitative, Timing: Leading, Direction: HigherIsBetter, Past: PastPresent,
		},
		{
			Name: metricTargetMissing, Title: "Missing sources",
			Help: "Number of sources in a target's scope that cannot tell its KPI: before their first complete " +
				"sync, once the period began after their last complete sync, and a KPI of money while they have none in " +
				"the reporting currency. " +
				"Unless it is 0, what was reached is absent: the sum of the other sources would look like a miss.",
			Formula: "count of sources in the scope that are not ready, were read last before the period, or lack what the KPI needs",
			Type:    Gauge, Shape: ShapeTarget, Unit: UnitSources, Stability: Stable,
			Kind: Quantitative, Timing: Leading, Direction: LowerIsBetter, Past: PastPresent,
		},
		{
			Name: metricRepAttainment, KPI: "rep_attainment", Title: "Attainment of reps",
			Help: "Distribution of the attainment of all targets that are a rep's own and whose period is running, as " +
				"ratios. A population, not a stream: query without rate().",
			Formula: "actual / target of each target whose scope fixes rep, start <= now < end",
			Type:    HistogramType, Shape: ShapeInfo, Unit: UnitRatio, Labels: []string{"kpi", "period"},
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricCoverage, KPI: "pipeline_coverage", Title: "Pipeline coverage",
			Help: "Amount of the open deals that are due in the period of a revenue_won target, as a multiple of the " +
				"target or of what remains of it. Deals won with a close date later in the period are not open and not in " +
				"it. Absent once nothing remains.",
			Formula: "sum of amount of open deals with expected close in period / target, or / (target - actual)",
			Type:    Gauge, Shape: ShapeTarget, Unit: UnitRatio, Labels: []string{"denominator"}, Stability: Stable,
			Kind: Quantitative, Timing: Leading, Direction: HigherIsBetter, Past: PastRebuilt,
		},
	}
}
