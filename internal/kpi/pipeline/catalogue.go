package pipeline

import (
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// The handles of the metrics.
const (
	deals = iota
	amount
	weighted
	category
	age
	inStage
)

// metrics are the catalogue of the family, by handle.
func metrics() []metric.Metric {
	const buckets = "The label closing groups deals by expected close date: overdue means before today, this_quarter excludes this_month."
	return []metric.Metric{
		deals: {
			Name: "sales_pipeline_deals", KPI: "pipeline_deals", Title: "Open deals",
			Help: "Number of open deals by stage and expected close. " + buckets +
				" As of a past instant, deals that have closed since then are open with deal_stage=\"unknown\".",
			Formula: "count of open deals",
			Type:    metric.Gauge, Form: metric.FormBase, Unit: metric.UnitDeals, Labels: []string{"deal_stage", "closing"},
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.HigherIsBetter, Past: metric.PastRebuilt,
		},
		amount: {
			Name: "sales_pipeline_amount", KPI: "pipeline", Title: "Open pipeline",
			Help: "Sum of the amounts of open deals by stage and expected close, in units of currency. " + buckets +
				" Deals without an amount add nothing.",
			Formula: "sum of amount of open deals",
			Type:    metric.Gauge, Form: metric.FormBase, Unit: metric.UnitCurrency, Labels: []string{"deal_stage", "closing"}, Money: true,
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.HigherIsBetter, Past: metric.PastRebuilt,
		},
		weighted: {
			Name: "sales_pipeline_weighted_amount", KPI: "pipeline_weighted", Title: "Weighted pipeline",
			Help: "Sum of amount times win probability of open deals, in units of currency. probability=\"crm\" uses " +
				"the deal's own probability, or its stage's if the deal has none. probability=\"stage\" always uses the " +
				"stage's. Deals without a probability are excluded. Do not sum over probability.",
			Formula: "sum of amount * probability of open deals",
			Type:    metric.Gauge, Form: metric.FormBase, Unit: metric.UnitCurrency,
			Labels: []string{"deal_stage", "closing", "probability"}, Money: true, Grain: metric.PipelineAndTeam(),
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.HigherIsBetter, Past: metric.PastPresent,
		},
		category: {
			Name: "sales_pipeline_forecast_category_amount", KPI: "pipeline_forecast_category", Title: "Pipeline by forecast category",
			Help: "Sum of the amounts of open deals by the forecast category that the rep assigned, " +
				"in units of currency. Deals without a category are excluded.",
			Formula: "sum of amount of open deals with a forecast category",
			Type:    metric.Gauge, Form: metric.FormBase, Unit: metric.UnitCurrency, Labels: []string{"category"}, Money: true,
			Grain:     metric.PipelineAndTeam(),
			Stability: metric.Stable, Kind: metric.Qualitative, Timing: metric.Leading, Direction: metric.HigherIsBetter, Past: metric.PastPresent,
		},
		age: {
			Name: "sales_deal_age_seconds", KPI: "deal_age", Title: "Age of open deals",
			Help: "Distribution of the time since creation of open deals, in seconds. " +
				"A snapshot, not a counter: query without rate().",
			Formula: "now - creation date of open deals",
			Type:    metric.HistogramType, Form: metric.FormHistogram, Unit: metric.UnitSeconds, Labels: []string{"deal_stage"},
			Grain:     [][]string{{"pipeline"}},
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.LowerIsBetter, Past: metric.PastRebuilt,
		},
		inStage: {
			Name: "sales_deal_time_in_stage_seconds", KPI: "deal_time_in_stage", Title: "Time in stage of open deals",
			Help: "Distribution of the time since open deals entered their current stage, in seconds. Deals without a " +
				"known date of entry are excluded. A snapshot, not a counter: query without rate().",
			Formula: "now - date of entry into the current stage, of open deals",
			Type:    metric.HistogramType, Form: metric.FormHistogram, Unit: metric.UnitSeconds, Labels: []string{"deal_stage"},
			Grain:     [][]string{{"pipeline"}},
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.LowerIsBetter, Past: metric.PastPresent,
		},
	}
}
