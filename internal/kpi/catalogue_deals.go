package kpi

import "github.com/sales-exporter/sales_exporter/internal/calendar"

const (
	metricDealsWon        = "sales_deals_won"
	metricDealsLost       = "sales_deals_lost"
	metricDealsCreated    = "sales_deals_created"
	metricRevenueWon      = "sales_revenue_won_amount"
	metricRevenueLost     = "sales_revenue_lost_amount"
	metricPipelineCreated = "sales_pipeline_created_amount"
	metricDealSize        = "sales_deal_size_amount"
	metricCycle           = "sales_cycle_seconds"

	metricWinRatio       = "sales_win_ratio"
	metricDealSizeMean   = "sales_deal_size_mean_amount"
	metricDealSizeMedian = "sales_deal_size_median_amount"
	metricCycleMean      = "sales_cycle_mean_seconds"
	metricCycleMedian    = "sales_cycle_median_seconds"
	metricGrowth         = "sales_growth_ratio"
	metricRevenuePerRep  = "sales_revenue_per_rep_amount"
)

// dealMetrics are the additive parts of the family Deals.
func dealMetrics() []Metric {
	windows := calendar.DefaultWindows()
	return []Metric{
		{
			Name: metricDealsWon, KPI: kpiDealsWon, Title: "Deals won",
			Help: "Number of won deals whose close date is in the window. " +
				"A won deal with a future close date counts from that day on. all_time also includes won deals with a future " +
				"close date or without one.",
			Formula: "count of won deals with close date in window",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitDeals, Windowed: true, Windows: windows,
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricDealsLost, KPI: kpiDealsLost, Title: "Deals lost",
			Help: "Number of lost deals whose close date is in the window. " +
				"A lost deal with a future close date counts from that day on. all_time also includes lost deals with a future " +
				"close date or without one.",
			Formula: "count of lost deals with close date in window",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitDeals, Windowed: true, Windows: windows,
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: LowerIsBetter, Past: PastDated,
		},
		{
			Name: metricDealsCreated, KPI: kpiDealsCreated, Title: "Deals created",
			Help: "Number of deals created in the window, open or closed. " +
				"Deals without a creation date count in no window.",
			Formula: "count of deals with creation date in window",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitDeals, Windowed: true, Windows: windows,
			Stability: Stable, Kind: Quantitative, Timing: Leading, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricRevenueWon, KPI: kpiRevenueWon, Title: "Won revenue",
			Help: "Sum of the amounts of won deals whose close date is in the window, in units of currency. " +
				"Deals without an amount add nothing. Amounts in other currencies are excluded and counted in " +
				metricExcluded + ".",
			Formula: "sum of amount of won deals with close date in window",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitCurrency, Windowed: true, Money: true, Windows: windows,
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricRevenueLost, KPI: kpiRevenueLost, Title: "Lost revenue",
			Help: "Sum of the amounts of lost deals whose close date is in the window, in units of currency. " +
				"Too low if reps set the amount to zero when they lose a deal.",
			Formula: "sum of amount of lost deals with close date in window",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitCurrency, Windowed: true, Money: true, Windows: windows,
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: LowerIsBetter, Past: PastDated,
		},
		{
			Name: metricPipelineCreated, KPI: kpiPipelineCreated, Title: "Pipeline created",
			Help:    "Sum of the current amounts of deals created in the window, open or closed, in units of currency.",
			Formula: "sum of amount of deals with creation date in window",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitCurrency, Windowed: true, Money: true, Windows: windows,
			Stability: Stable, Kind: Quantitative, Timing: Leading, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricDealSize, KPI: "deal_size", Title: "Deal size",
			Help: "Distribution of the amounts of won deals whose close date is in the window, in units of currency. " +
				"Unknown and negative amounts are excluded. A snapshot, not a counter: query without rate().",
			Formula: "amounts of won deals with close date in window",
			Type:    HistogramType, Shape: ShapeHistogram, Unit: UnitCurrency, Windowed: true, Money: true,
			Grain: pipelineAndTeam(), Windows: costlyWindows(),
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricCycle, KPI: "sales_cycle", Title: "Sales cycle",
			Help: "Distribution of the time from creation to close of deals whose close date is in the window, in seconds. " +
				"Whole days if either date has no time of day. Negative times are excluded. " +
				"A snapshot, not a counter: query without rate().",
			Formula: "close date - creation date of closed deals with close date in window",
			Type:    HistogramType, Shape: ShapeHistogram, Unit: UnitSeconds, Labels: []string{"outcome"}, Windowed: true,
			Grain: pipelineAndTeam(), Windows: costlyWindows(),
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: LowerIsBetter, Past: PastDated,
		},
	}
}

// dealRollupMetrics are the parts of the family Deals that cannot be summed up.
func dealRollupMetrics() []Metric {
	windows := calendar.DefaultWindows()
	return []Metric{
		{
			Name: metricWinRatio, KPI: kpiWinRatio, Title: "Win rate",
			Help: "Share of the deals closed in the window that were won, 0 to 1, by count or by amount. " +
				"Absent if no deal closed. By amount it is also absent if negative amounts make the share meaningless. " +
				"Do not average: choose a rollup.",
			Formula: "won / (won + lost), of deals or of their amounts",
			Type:    Gauge, Shape: ShapeRollup, Unit: UnitRatio, Labels: []string{"basis"}, Windowed: true,
			Grain: everyRollup(), Windows: windows, RepWindows: costlyWindows(),
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricDealSizeMean, KPI: "deal_size_mean", Title: "Mean deal size",
			Help: "Mean amount of won deals whose close date is in the window, in units of currency. " +
				"Deals without an amount are excluded. Zero amounts count. Absent without such deals.",
			Formula: "sum of amount / count, of won deals with an amount and close date in window",
			Type:    Gauge, Shape: ShapeRollup, Unit: UnitCurrency, Windowed: true, Money: true,
			Grain: everyRollup(), Windows: windows, RepWindows: costlyWindows(),
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricDealSizeMedian, KPI: "deal_size_median", Title: "Median deal size",
			Help: "Exact median amount of won deals whose close date is in the window, in units of currency. " +
				"Deals without an amount are excluded. The median of an even number of deals is the mean of the middle two. " +
				"Absent without such deals.",
			Formula: "median of amount of won deals with close date in window",
			Type:    Gauge, Shape: ShapeRollup, Unit: UnitCurrency, Windowed: true, Money: true,
			Grain: everyRollup(), Windows: windows, RepWindows: costlyWindows(),
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricCycleMean, KPI: "sales_cycle_mean", Title: "Mean sales cycle",
			Help: "Mean time from creation to close of won deals whose close date is in the window, in seconds. " +
				"Negative times are excluded. Absent without such deals.",
			Formula: "sum of (close date - creation date) / count, of won deals with close date in window",
			Type:    Gauge, Shape: ShapeRollup, Unit: UnitSeconds, Windowed: true,
			Grain: everyRollup(), Windows: windows, RepWindows: costlyWindows(),
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: LowerIsBetter, Past: PastDated,
		},
		{
			Name: metricCycleMedian, KPI: "sales_cycle_median", Title: "Median sales cycle",
			Help: "Exact median time from creation to close of won deals whose close date is in the window, in seconds. " +
				"Negative times are excluded. Absent without such deals.",
			Formula: "median of (close date - creation date) of won deals with close date in window",
			Type:    Gauge, Shape: ShapeRollup, Unit: UnitSeconds, Windowed: true,
			Grain: everyRollup(), Windows: windows, RepWindows: costlyWindows(),
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: LowerIsBetter, Past: PastDated,
		},
		{
			Name: metricGrowth, KPI: "growth", Title: "Growth",
			Help: "Growth of a KPI in the month, quarter or year to date over the same part of the previous one, " +
				"as a ratio: 0.1 means 10% more. Absent unless the previous value is above 0.",
			Formula: "KPI to date / KPI in the same elapsed part of the previous period - 1",
			Type:    Gauge, Shape: ShapeRollup, Unit: UnitRatio, Labels: []string{"kpi", "basis"},
			Grain:     [][]string{{}, {"team"}},
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricRevenuePerRep, KPI: "revenue_per_rep", Title: "Revenue per rep",
			Help: "Won revenue in the window, divided by the number of reps who closed a deal in it, won or lost, " +
				"in units of currency. Absent if no rep closed a deal.",
			Formula: "sum of amount of won deals / distinct reps with a closed deal, close date in window",
			Type:    Gauge, Shape: ShapeRollup, Unit: UnitCurrency, Windowed: true, Money: true,
			Grain: everyRollup(), Windows: windows, RepWindows: costlyWindows(),
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
	}
}
