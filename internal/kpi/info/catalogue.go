package info

import (
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// The handles of the metrics.
const (
	kpis = iota
	reps
	excluded
	excludedAmount
)

// metrics are the catalogue of the family, by handle.
func metrics() []metric.Metric {
	return []metric.Metric{
		kpis: {
			Name: "sales_kpi_info", Title: "KPI details",
			Help: "Unit, kind, timing and better direction of each KPI. For target metrics, unit=\"kpi\" means the unit of the " +
				"target's KPI. Always 1.",
			Formula: "1",
			Type:    metric.Gauge, Form: metric.FormInfo, Unit: metric.UnitInfo,
			Labels:    []string{"kpi", "unit", "kind", "timing", "direction"},
			Stability: metric.Stable, Kind: metric.Qualitative, Timing: metric.Lagging, Direction: metric.Neutral, Past: metric.PastPresent,
		},
		reps: {
			Name: "sales_rep_info", Title: "Rep details",
			Help: "Id, team and state of each rep whose label is not folded into \"other\". Always 1. " +
				"If rep labels are hashed, rep_id is hashed too. For a spreadsheet, rep_id is the name in lower case.",
			Formula: "1",
			Type:    metric.Gauge, Form: metric.FormInfo, Unit: metric.UnitInfo,
			Labels:    []string{"source", "rep", "rep_id", "team", "active"},
			Stability: metric.Stable, Kind: metric.Qualitative, Timing: metric.Lagging, Direction: metric.Neutral, Past: metric.PastPresent,
		},
		excluded: {
			Name: "sales_records_excluded", Title: "Excluded records",
			Help: "Number of excluded deals by reason. reason=\"pipeline\" and reason=\"expression\": excluded from every KPI by a " +
				"configured filter. \"currency_rate_missing\": excluded from sums, because there is no rate for the currency " +
				"of the amount. \"close_date_missing\": won without a close date, excluded from every window except all_time. " +
				"\"implausible_date\": a date that cannot be true is treated as unknown, and the deal is excluded from what " +
				"needs this date. A deal counts once for each reason that applies: do not sum over reason.",
			Formula: "count of deals by reason",
			Type:    metric.Gauge, Form: metric.FormInfo, Unit: metric.UnitRecords, Labels: []string{"source", "reason"},
			Stability: metric.Experimental, Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.LowerIsBetter, Past: metric.PastPresent,
		},
		excludedAmount: {
			Name: "sales_records_excluded_amount", Title: "Excluded amount",
			Help: "Sum of the amounts of the deals in sales_records_excluded by reason, in units of the deal's own " +
				"currency. reason=\"implausible_date\" includes only won deals with an implausible close date. " +
				"Absent if no deal has an amount. Do not sum over currency or reason.",
			Formula: "sum of amount of excluded deals by reason and currency",
			Type:    metric.Gauge, Form: metric.FormInfo, Unit: metric.UnitCurrency, Labels: []string{"source", "reason", "currency"},
			Stability: metric.Experimental, Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.LowerIsBetter, Past: metric.PastPresent,
		},
	}
}
