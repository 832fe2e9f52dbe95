package kpi

const (
	metricKPIInfo  = "sales_kpi_info"
	metricRepInfo  = "sales_rep_info"
	metricExcluded = "sales_records_excluded"

	metricExcludedAmount = "sales_records_excluded_amount"
)

// infoMetrics describe other metrics, reps and what is left out.
func infoMetrics() []Metric {
	return []Metric{
		{
			Name: metricKPIInfo, Title: "KPI details",
			Help: "Unit, kind, timing and better direction of each KPI. For target metrics, unit=\"kpi\" means the unit of the " +
				"target's KPI. Always 1.",
			Formula: "1",
			Type:    Gauge, Shape: ShapeInfo, Unit: UnitInfo,
			Labels:    []string{"kpi", "unit", "kind", "timing", "direction"},
			Stability: Stable, Kind: Qualitative, Timing: Lagging, Direction: Neutral, Past: PastPresent,
		},
		{
			Name: metricRepInfo, Title: "Rep details",
			Help: "Id, team and state of each rep whose label is not folded into \"other\". Always 1. " +
				"If rep labels are hashed, rep_id is hashed too. For a spreadsheet, rep_id is the name in lower case.",
			Formula: "1",
			Type:    Gauge, Shape: ShapeInfo, Unit: UnitInfo,
			Labels:    []string{"source", "rep", "rep_id", "team", "active"},
			Stability: Stable, Kind: Qualitative, Timing: Lagging, Direction: Neutral, Past: PastPresent,
		},
		{
			Name: metricExcluded, Title: "Excluded records",
			Help: "Number of excluded deals by reason. reason=\"pipeline\" and reason=\"expression\": excluded from every KPI by a " +
				"configured filter. \"currency_rate_missing\": excluded from sums, because there is no rate for the currency " +
				"of the amount. \"close_date_missing\": won without a close date, excluded from every window except all_time. " +
				"\"implausible_date\": a date that cannot be true is treated as unknown, and the deal is excluded from what " +
				"needs this date. A deal counts once for each reason that applies: do not sum over reason.",
			Formula: "count of deals by reason",
			Type:    Gauge, Shape: ShapeInfo, Unit: UnitRecords, Labels: []string{"source", "reason"},
			Stability: Experimental, Kind: Quantitative, Timing: Leading, Direction: LowerIsBetter, Past: PastPresent,
		},
		{
			Name: metricExcludedAmount, Title: "Excluded amount",
			Help: "Sum of the amounts of the deals in " + metricExcluded + " by reason, in units of the deal's own " +
				"currency. reason=\"implausible_date\" includes only won deals with an implausible close date. " +
				"Absent if no deal has an amount. Do not sum over currency or reason.",
			Formula: "sum of amount of excluded deals by reason and currency",
			Type:    Gauge, Shape: ShapeInfo, Unit: UnitCurrency, Labels: []string{"source", "reason", "currency"},
			Stability: Experimental, Kind: Quantitative, Timing: Leading, Direction: LowerIsBetter, Past: PastPresent,
		},
	}
}
