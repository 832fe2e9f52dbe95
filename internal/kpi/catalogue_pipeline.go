package kpi

const (
	metricPipelineDeals    = "sales_pipeline_deals"
	metricPipelineAmount   = "sales_pipeline_amount"
	metricWeighted         = "sales_pipeline_weighted_amount"
	metricForecastCategory = "sales_pipeline_forecast_category_amount"
	metricDealAge          = "sales_deal_age_seconds"
	metricTimeInStage      = "sales_deal_time_in_stage_seconds"
)

// pipelineMetrics are the family Pipeline.
func pipelineMetrics() []Metric {
	const buckets = "The label closing groups deals by expected close date: overdue means before today, this_quarter excludes this_month."
	return []Metric{
		{
			Name: metricPipelineDeals, KPI: "pipeline_deals", Title: "Open deals",
			Help: "Number of open deals by stage and expected close. " + buckets +
				" As of a past instant, deals that have closed since then are open with deal_stage=\"unknown\".",
			Formula: "count of open deals",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitDeals, Labels: []string{"deal_stage", "closing"},
			Stability: Stable, Kind: Quantitative, Timing: Leading, Direction: HigherIsBetter, Past: PastRebuilt,
		},
		{
			Name: metricPipelineAmount, KPI: "pipeline", Title: "Open pipeline",
			Help: "Sum of the amounts of open deals by stage and expected close, in units of currency. " + buckets +
				" Deals without an amount add nothing.",
			Formula: "sum of amount of open deals",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitCurrency, Labels: []string{"deal_stage", "closing"}, Money: true,
			Stability: Stable, Kind: Quantitative, Timing: Leading, Direction: HigherIsBetter, Past: PastRebuilt,
		},
		{
			Name: metricWeighted, KPI: "pipeline_weighted", Title: "Weighted pipeline",
			Help: "Sum of amount times win probability of open deals, in units of currency. probability=\"crm\" uses " +
				"the deal's own probability, or its stage's if the deal has none. probability=\"stage\" always uses the " +
				"stage's. Deals without a probability are excluded. Do not sum over probability.",
			Formula: "sum of amount * probability of open deals",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitCurrency,
			Labels: []string{"deal_stage", "closing", "probability"}, Money: true, Grain: pipelineAndTeam(),
			Stability: Stable, Kind: Quantitative, Timing: Leading, Direction: HigherIsBetter, Past: PastPresent,
		},
		{
			Name: metricForecastCategory, KPI: "pipeline_forecast_category", Title: "Pipeline by forecast category",
			Help: "Sum of the amounts of open deals by the forecast category that the rep assigned, " +
				"in units of currency. Deals without a category are excluded.",
			Formula: "sum of amount of open deals with a forecast category",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitCurrency, Labels: []string{"category"}, Money: true,
			Grain:     pipelineAndTeam(),
			Stability: Stable, Kind: Qualitative, Timing: Leading, Direction: HigherIsBetter, Past: PastPresent,
		},
		{
			Name: metricDealAge, KPI: "deal_age", Title: "Age of open deals",
			Help: "Distribution of the time since creation of open deals, in seconds. " +
				"A snapshot, not a counter: query without rate().",
			Formula: "now - creation date of open deals",
			Type:    HistogramType, Shape: ShapeHistogram, Unit: UnitSeconds, Labels: []string{"deal_stage"},
			Grain:     [][]string{{"pipeline"}},
			Stability: Stable, Kind: Quantitative, Timing: Leading, Direction: LowerIsBetter, Past: PastRebuilt,
		},
		{
			Name: metricTimeInStage, KPI: "deal_time_in_stage", Title: "Time in stage of open deals",
			Help: "Distribution of the time since open deals entered their current stage, in seconds. Deals without a " +
				"known date of entry are excluded. A snapshot, not a counter: query without rate().",
			Formula: "now - date of entry into the current stage, of open deals",
			Type:    HistogramType, Shape: ShapeHistogram, Unit: UnitSeconds, Labels: []string{"deal_stage"},
			Grain:     [][]string{{"pipeline"}},
			Stability: Stable, Kind: Quantitative, Timing: Leading, Direction: LowerIsBetter, Past: PastPresent,
		},
	}
}
