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
			Help: "Number of won deals whose close date lies in the window. " +
				"A closed deal with a future close date counts from that day on; all_time holds it, and closed deals without a close date, at once.",
			Formula: "count of won deals with close date in window",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitDeals, Windowed: true, Windows: windows,
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricDealsLost, KPI: kpiDealsLost, Title: "Deals lost",
			Help: "Number of lost deals whose close date lies in the window. " +
				"A closed deal with a future close date counts from that day on; all_time holds it, and closed deals without a close date, at once.",
			Formula: "count of lost deals with close date in window",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitDeals, Windowed: true, Windows: windows,
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: LowerIsBetter, Past: PastDated,
		},
		{
			Name: metricDealsCreated, KPI: kpiDealsCreated, Title: "Deals created",
			Help: "Number of deals, open or closed, that were created in the window. " +
				"Deals without a creation date are in no window.",
			Formula: "count of deals with creation date in window",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitDeals, Windowed: true, Windows: windows,
			Stability: Stable, Kind: Quantitative, Timing: Leading, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricRevenueWon, KPI: kpiRevenueWon, Title: "Won revenue",
			Help: "Sum of the amounts of won deals whose close date lies in the window, in units of currency. " +
				"Deals without an amount add nothing; amounts in other currencies are left out and counted in " +
				metricExcluded + ".",
			Formula: "sum of amount of won deals with close date in window",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitCurrency, Windowed: true, Money: true, Windows: windows,
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricRevenueLost, KPI: kpiRevenueLost, Title: "Lost revenue",
			Help: "Sum of the amounts of lost deals whose close date lies in the window, in units of currency. " +
				"It says little where reps set the amount to zero when they lose.",
			Formula: "sum of amount of lost deals with close date in window",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitCurrency, Windowed: true, Money: true, Windows: windows,
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: LowerIsBetter, Past: PastDated,
		},
		{
			Name: metricPipelineCreated, KPI: kpiPipelineCreated, Title: "Pipeline created",
			Help: "Sum of the present amounts of deals, open or closed, that were created in the window, " +
				"in units of currency.",
			Formula: "sum of amount of deals with creation date in window",
			Type:    Gauge, Shape: ShapeBase, Unit: UnitCurrency, Windowed: true, Money: true, Windows: windows,
			Stability: Stable, Kind: Quantitative, Timing: Leading, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricDealSize, KPI: "deal_size", Title: "Deal size",
			Help: "Distribution of the amounts of the won deals whose close date lies in the window, in units of " +
				"currency; without unknown and negative amounts. A population, not a stream: query without rate().",
			Formula: "amounts of won deals with close date in window",
			Type:    HistogramType, Shape: ShapeHistogram, Unit: UnitCurrency, Windowed: true, Money: true,
			Grain: pipelineAndTeam(), Windows: costlyWindows(),
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricCycle, KPI: "sales_cycle", Title: "Sales cycle",
			Help: "Distribution of the time from creation to close of the deals whose close date lies in the window, " +
				"in seconds; whole days where either is a bare date, without negative ones. " +
				"A population, not a stream: query without rate().",
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
			Help: "Won share of the deals that closed in the window, 0 to 1, by count or by amount. " +
				"Absent where nothing closed, and by amount where negative amounts leave no share. " +
				"Do not average: choose a rollup.",
			Formula: "won / (won + lost), of deals or of their amounts",
			Type:    Gauge, Shape: ShapeRollup, Unit: UnitRatio, Labels: []string{"basis"}, Windowed: true,
			Grain: everyRollup(), Windows: windows, RepWindows: costlyWindows(),
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricDealSizeMean, KPI: "deal_size_mean", Title: "Mean deal size",
			Help: "Mean amount of the won deals with an amount whose close date lies in the window, " +
				"in units of currency. Zero amounts count. Absent without such deals.",
			Formula: "sum of amount / count, of won deals with an amount and close date in window",
			Type:    Gauge, Shape: ShapeRollup, Unit: UnitCurrency, Windowed: true, Money: true,
			Grain: everyRollup(), Windows: windows, RepWindows: costlyWindows(),
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricDealSizeMedian, KPI: "deal_size_median", Title: "Median deal size",
			Help: "Exact median amount of the won deals with an amount whose close date lies in the window, " +
				"in units of currency, between two deals their mean. Absent without such deals.",
			Formula: "median of amount of won deals with close date in window",
			Type:    Gauge, Shape: ShapeRollup, Unit: UnitCurrency, Windowed: true, Money: true,
			Grain: everyRollup(), Windows: windows, RepWindows: costlyWindows(),
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricCycleMean, KPI: "sales_cycle_mean", Title: "Mean sales cycle",
			Help: "Mean time from creation to close of the won deals whose close date lies in the window, in seconds; " +
				"without negative ones. Absent without such deals.",
			Formula: "sum of (close date - creation date) / count, of won deals with close date in window",
			Type:    Gauge, Shape: ShapeRollup, Unit: UnitSeconds, Windowed: true,
			Grain: everyRollup(), Windows: windows, RepWindows: costlyWindows(),
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: LowerIsBetter, Past: PastDated,
		},
		{
			Name: metricCycleMedian, KPI: "sales_cycle_median", Title: "Median sales cycle",
			Help: "Exact median time from creation to close of the won deals whose close date lies in the window, " +
				"in seconds; without negative ones. Absent without such deals.",
			Formula: "median of (close date - creation date) of won deals with close date in window",
			Type:    Gauge, Shape: ShapeRollup, Unit: UnitSeconds, Windowed: true,
			Grain: everyRollup(), Windows: windows, RepWindows: costlyWindows(),
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: LowerIsBetter, Past: PastDated,
		},
		{
			Name: metricGrowth, KPI: "growth", Title: "Growth",
			Help: "Growth of a KPI in the month, quarter or year to date over the same elapsed part of the one before, " +
				"as a ratio: 0.1 is ten percent more. Absent where there was nothing before.",
			Formula: "KPI to date / KPI in the same elapsed part of the previous period - 1",
			Type:    Gauge, Shape: ShapeRollup, Unit: UnitRatio, Labels: []string{"kpi", "basis"},
			Grain:     [][]string{{}, {"team"}},
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
		{
			Name: metricRevenuePerRep, KPI: "revenue_per_rep", Title: "Revenue per rep",
			Help: "Won revenue of the window for each rep who closed a deal in it, won or lost, in units of currency. " +
				"Absent where no rep closed one.",
			Formula: "sum of amount of won deals / distinct reps with a closed deal, close date in window",
			Type:    Gauge, Shape: ShapeRollup, Unit: UnitCurrency, Windowed: true, Money: true,
			Grain: everyRollup(), Windows: windows, RepWindows: costlyWindows(),
			Stability: Stable, Kind: Quantitative, Timing: Lagging, Direction: HigherIsBetter, Past: PastDated,
		},
	}
}
