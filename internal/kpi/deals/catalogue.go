package deals

import (
	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// The handles of the metrics.
const (
	won = iota
	lost
	created
	revenueWon
	revenueLost
	pipelineCreated
	size
	cycle
	cumulative
	winRatio
	sizeMean
	sizeMedian
	cycleMean
	cycleMedian
	growth
	revenuePerRep
)

// metrics are the catalogue of the family, by handle: first what may be summed, then what may not.
func metrics() []metric.Metric {
	windows := calendar.DefaultWindows()
	return []metric.Metric{
		won: {
			Name: "sales_deals_won", KPI: pass.DealsWon, Title: "Deals won",
			Help: "Number of won deals whose close date is in the window. " +
				"A won deal with a future close date counts from that day on. all_time also includes won deals with a future " +
				"close date or without one.",
			Formula: "count of won deals with close date in window",
			Type:    metric.Gauge, Form: metric.FormBase, Unit: metric.UnitDeals, Windowed: true, Windows: windows,
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		lost: {
			Name: "sales_deals_lost", KPI: pass.DealsLost, Title: "Deals lost",
			Help: "Number of lost deals whose close date is in the window. " +
				"A lost deal with a future close date counts from that day on. all_time also includes lost deals with a future " +
				"close date or without one.",
			Formula: "count of lost deals with close date in window",
			Type:    metric.Gauge, Form: metric.FormBase, Unit: metric.UnitDeals, Windowed: true, Windows: windows,
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.LowerIsBetter, Past: metric.PastDated,
		},
		created: {
			Name: "sales_deals_created", KPI: pass.DealsCreated, Title: "Deals created",
			Help: "Number of deals created in the window, open or closed. " +
				"Deals without a creation date count in no window.",
			Formula: "count of deals with creation date in window",
			Type:    metric.Gauge, Form: metric.FormBase, Unit: metric.UnitDeals, Windowed: true, Windows: windows,
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		revenueWon: {
			Name: "sales_revenue_won_amount", KPI: pass.RevenueWon, Title: "Won revenue",
			Help: "Sum of the amounts of won deals whose close date is in the window, in units of currency. " +
				"Deals without an amount add nothing. Amounts in other currencies are excluded and counted in sales_records_excluded.",
			Formula: "sum of amount of won deals with close date in window",
			Type:    metric.Gauge, Form: metric.FormBase, Unit: metric.UnitCurrency, Windowed: true, Money: true, Windows: windows,
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		revenueLost: {
			Name: "sales_revenue_lost_amount", KPI: pass.RevenueLost, Title: "Lost revenue",
			Help: "Sum of the amounts of lost deals whose close date is in the window, in units of currency. " +
				"Too low if reps set the amount to zero when they lose a deal.",
			Formula: "sum of amount of lost deals with close date in window",
			Type:    metric.Gauge, Form: metric.FormBase, Unit: metric.UnitCurrency, Windowed: true, Money: true, Windows: windows,
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.LowerIsBetter, Past: metric.PastDated,
		},
		pipelineCreated: {
			Name: "sales_pipeline_created_amount", KPI: pass.PipelineCreated, Title: "Pipeline created",
			Help:    "Sum of the current amounts of deals created in the window, open or closed, in units of currency.",
			Formula: "sum of amount of deals with creation date in window",
			Type:    metric.Gauge, Form: metric.FormBase, Unit: metric.UnitCurrency, Windowed: true, Money: true, Windows: windows,
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		size: {
			Name: "sales_deal_size_amount", KPI: "deal_size", Title: "Deal size",
			Help: "Distribution of the amounts of won deals whose close date is in the window, in units of currency. " +
				"Unknown and negative amounts are excluded. A snapshot, not a counter: query without rate().",
			Formula: "amounts of won deals with close date in window",
			Type:    metric.HistogramType, Form: metric.FormHistogram, Unit: metric.UnitCurrency, Windowed: true, Money: true,
			Grain: metric.PipelineAndTeam(), Windows: metric.CostlyWindows(),
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		cycle: {
			Name: "sales_cycle_seconds", KPI: "sales_cycle", Title: "Sales cycle",
			Help: "Distribution of the time from creation to close of deals whose close date is in the window, in seconds. " +
				"Whole days if either date has no time of day. Negative times are excluded. " +
				"A snapshot, not a counter: query without rate().",
			Formula: "close date - creation date of closed deals with close date in window",
			Type:    metric.HistogramType, Form: metric.FormHistogram, Unit: metric.UnitSeconds, Labels: []string{"outcome"}, Windowed: true,
			Grain: metric.PipelineAndTeam(), Windows: metric.CostlyWindows(),
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.LowerIsBetter, Past: metric.PastDated,
		},
		cumulative: {
			Name: "sales_revenue_won_cumulative_amount", KPI: "revenue_won_cumulative", Title: "Won revenue by day of the period",
			Help: "Sum of the amounts of won deals that closed from the start of a period to the end of the day, in " +
				"units of currency. period is month or quarter (up to today), or previous_month or previous_quarter " +
				"(the whole period). day starts at 01. Sum over source and dimensions only, never over period or day. " +
				"If anything was won in one of these periods, every day of all of them has a value.",
			Formula: "sum of amount of won deals with close date in [start of period, end of day)",
			Type:    metric.Gauge, Form: metric.FormHistogram, Unit: metric.UnitCurrency, Labels: []string{"period", "day"}, Money: true,
			Grain:     [][]string{{"team"}},
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		winRatio: {
			Name: "sales_win_ratio", KPI: pass.WinRatio, Title: "Win rate",
			Help: "Share of the deals closed in the window that were won, 0 to 1, by count or by amount. " +
				"Absent if no deal closed. By amount it is also absent if negative amounts make the share meaningless. " +
				"Do not average: choose a rollup.",
			Formula: "won / (won + lost), of deals or of their amounts",
			Type:    metric.Gauge, Form: metric.FormRollup, Unit: metric.UnitRatio, Labels: []string{"basis"}, Windowed: true,
			Grain: metric.EveryRollup(), Windows: windows, RepWindows: metric.CostlyWindows(),
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		sizeMean: {
			Name: "sales_deal_size_mean_amount", KPI: "deal_size_mean", Title: "Mean deal size",
			Help: "Mean amount of won deals whose close date is in the window, in units of currency. " +
				"Deals without an amount are excluded. Zero amounts count. Absent without such deals.",
			Formula: "sum of amount / count, of won deals with an amount and close date in window",
			Type:    metric.Gauge, Form: metric.FormRollup, Unit: metric.UnitCurrency, Windowed: true, Money: true,
			Grain: metric.EveryRollup(), Windows: windows, RepWindows: metric.CostlyWindows(),
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		sizeMedian: {
			Name: "sales_deal_size_median_amount", KPI: "deal_size_median", Title: "Median deal size",
			Help: "Exact median amount of won deals whose close date is in the window, in units of currency. " +
				"Deals without an amount are excluded. The median of an even number of deals is the mean of the middle two. " +
				"Absent without such deals.",
			Formula: "median of amount of won deals with close date in window",
			Type:    metric.Gauge, Form: metric.FormRollup, Unit: metric.UnitCurrency, Windowed: true, Money: true,
			Grain: metric.EveryRollup(), Windows: windows, RepWindows: metric.CostlyWindows(),
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		cycleMean: {
			Name: "sales_cycle_mean_seconds", KPI: "sales_cycle_mean", Title: "Mean sales cycle",
			Help: "Mean time from creation to close of won deals whose close date is in the window, in seconds. " +
				"Negative times are excluded. Absent without such deals.",
			Formula: "sum of (close date - creation date) / count, of won deals with close date in window",
			Type:    metric.Gauge, Form: metric.FormRollup, Unit: metric.UnitSeconds, Windowed: true,
			Grain: metric.EveryRollup(), Windows: windows, RepWindows: metric.CostlyWindows(),
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.LowerIsBetter, Past: metric.PastDated,
		},
		cycleMedian: {
			Name: "sales_cycle_median_seconds", KPI: "sales_cycle_median", Title: "Median sales cycle",
			Help: "Exact median time from creation to close of won deals whose close date is in the window, in seconds. " +
				"Negative times are excluded. Absent without such deals.",
			Formula: "median of (close date - creation date) of won deals with close date in window",
			Type:    metric.Gauge, Form: metric.FormRollup, Unit: metric.UnitSeconds, Windowed: true,
			Grain: metric.EveryRollup(), Windows: windows, RepWindows: metric.CostlyWindows(),
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.LowerIsBetter, Past: metric.PastDated,
		},
		growth: {
			Name: "sales_growth_ratio", KPI: "growth", Title: "Growth",
			Help: "Growth of a KPI in the month, quarter or year to date over the same part of the previous one, " +
				"as a ratio: 0.1 means 10% more. Absent unless the previous value is above 0.",
			Formula: "KPI to date / KPI in the same elapsed part of the previous period - 1",
			Type:    metric.Gauge, Form: metric.FormRollup, Unit: metric.UnitRatio, Labels: []string{"kpi", "basis"},
			Grain:     [][]string{{}, {"team"}},
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
		revenuePerRep: {
			Name: "sales_revenue_per_rep_amount", KPI: "revenue_per_rep", Title: "Revenue per rep",
			Help: "Won revenue in the window, divided by the number of reps who closed a deal in it, won or lost, " +
				"in units of currency. Absent if no rep closed a deal.",
			Formula: "sum of amount of won deals / distinct reps with a closed deal, close date in window",
			Type:    metric.Gauge, Form: metric.FormRollup, Unit: metric.UnitCurrency, Windowed: true, Money: true,
			Grain: metric.EveryRollup(), Windows: windows, RepWindows: metric.CostlyWindows(),
			Stability: metric.Stable, Kind: metric.Quantitative, Timing: metric.Lagging, Direction: metric.HigherIsBetter, Past: metric.PastDated,
		},
	}
}
