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
			Help: "Unit, kind, timing and better direction of each KPI; of what is told of a target, unit=\"kpi\" is that of the " +
				"target's KPI. Always 1.",
			Formula: "1",
			Type:    Gauge, Shape: ShapeInfo, Unit: UnitInfo,
			Labels:    []string{"kpi", "unit", "kind", "timing", "direction"},
			Stability: Stable, Kind: Qualitative, Timing: Lagging, Direction: Neutral, Past: PastPresent,
		},
		{
			Name: metricRepInfo, Title: "Rep details",
			Help: "Id, team and state of each rep whose label is not folded into \"other\". Always 1. " +
				"Where rep labels are hashed, so is rep_id; of a spreadsheet it is the name in lower case.",
			Formula: "1",
			Type:    Gauge, Shape: ShapeInfo, Unit: UnitInfo,
			Labels:    []string{"source", "rep", "rep_id", "team", "active"},
			Stability: Stable, Kind: Qualitative, Timing: Lagging, Direction: Neutral, Past: PastPresent,
		},
		{
			Name: metricExcluded, Title: "Excluded records",
			Help: "Number of deals that are left out: of every KPI by a configured filter (reason=\"pipeline\", " +
				"\"expression\"), of sums because their amount is in a currency without a rate " +
				"(\"currency_rate_missing\"), of every window but all_time because they are won without a close date " +
				"(\"close_date_missing\"), or of what needs a date that cannot be true and is taken as unknown " +
				"(\"implausible_date\"). A deal counts under each reason that it has: do not sum over reason.",
			Formula: "count of deals by reason",
			Type:    Gauge, Shape: ShapeInfo, Unit: UnitRecords, Labels: []string{"source", "reason"},
			Stability: Experimental, Kind: Quantitative, Timing: Leading, Direction: LowerIsBetter, Past: PastPresent,
		},
		{
			Name: metricExcludedAmount, Title: "Excluded amount",
			Help: "Sum of the amounts of the deals in " + metricExcluded + " by reason, in units of the deal's own " +
				"currency; with reason=\"implausible_date\" of the won deals whose close date it is. There is a series where " +
				"some deal has an amount. Do not sum over currency or reason.",
			Formula: "sum of amount of left out deals by reason and currency",
			Type:    Gauge, Shape: ShapeInfo, Unit: UnitCurrency, Labels: []string{"source", "reason", "currency"},
			Stability: Experimental, Kind: Quantitative, Timing: Leading, Direction: LowerIsBetter, Past: PastPresent,
		},
	}
}
