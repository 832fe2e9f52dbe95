package kpi

// The metrics that tests ask for.
const (
	metricRevenueCumulative = "sales_revenue_won_cumulative_amount"
	metricDealsWon          = "sales_deals_won"
	metricDealsLost         = "sales_deals_lost"
	metricDealsCreated      = "sales_deals_created"
	metricRevenueWon        = "sales_revenue_won_amount"
	metricRevenueLost       = "sales_revenue_lost_amount"
	metricPipelineCreated   = "sales_pipeline_created_amount"
	metricDealSize          = "sales_deal_size_amount"
	metricWinRatio          = "sales_win_ratio"
	metricDealSizeMean      = "sales_deal_size_mean_amount"
	metricGrowth            = "sales_growth_ratio"
	metricRevenuePerRep     = "sales_revenue_per_rep_amount"
	metricRepInfo           = "sales_rep_info"
	metricExcluded          = "sales_records_excluded"
	metricExcludedAmount    = "sales_records_excluded_amount"
	metricPipelineDeals     = "sales_pipeline_deals"
	metricPipelineAmount    = "sales_pipeline_amount"
	metricWeighted          = "sales_pipeline_weighted_amount"
	metricForecastCategory  = "sales_pipeline_forecast_category_amount"
	metricTargetValue       = "sales_target_value"
	metricTargetActual      = "sales_target_actual_value"
	metricTargetAttainment  = "sales_target_attainment_ratio"
	metricTargetGap         = "sales_target_gap_value"
	metricTargetPace        = "sales_target_pace_ratio"
	metricTargetForecast    = "sales_target_forecast_value"
	metricTargetTrailing    = "sales_target_trailing_pace_ratio"
	metricTargetPrevious    = "sales_target_previous_attainment_ratio"
	metricTargetStart       = "sales_target_start_timestamp_seconds"
	metricTargetEnd         = "sales_target_end_timestamp_seconds"
	metricTargetMatched     = "sales_target_matched"
	metricTargetMissing     = "sales_target_missing_sources"
	metricCoverage          = "sales_pipeline_coverage_ratio"
)

// The KPIs of targets.
const (
	kpiRevenueWon      = "revenue_won"
	kpiRevenueLost     = "revenue_lost"
	kpiPipelineCreated = "pipeline_created"
	kpiDealsWon        = "deals_won"
	kpiWinRatio        = "win_ratio"
)
