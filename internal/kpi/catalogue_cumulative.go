package kpi

const metricRevenueCumulative = "sales_revenue_won_cumulative_amount"

// cumulativeMetrics show the course of a period. Their values are a curve, not a time series: a fresh installation
// draws it before Prometheus has any history.
func cumulativeMetrics() []Metric {
	return []Metric{
		{
			Name: metricRevenueCumulative, KPI: "revenue_won_cumulative", Title: "Won revenue by day of the period",
			Help: "Sum of the amounts of won deals that closed from the start of a period to the end of the day, in " +
				"units of currency. period is month or quarter (up to today), or previous_month or previous_quarter " +
				"(the whole period). day starts at 01. Sum over source and dimensions only, never over period or day. " +
				"If anything was won in one of these periods, every day of all of them has a value.",
			Formula: "sum of amount of won deals with close date in [start of period, end of day)",
			Type:    Gauge, Shape: ShapeHistogram, Unit: UnitCurrency, Labels: []string{"period", "day"}, Money: true,
			Grain:     [][]string{{"team"}},
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
	}
}
