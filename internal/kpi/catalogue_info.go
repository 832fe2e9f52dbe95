package kpi

const (
	metricKPIInfo  = "sales_kpi_info"
	metricRepInfo  = "sales_rep_info"
	metricExcluded = "sales_records_excluded"
)

// infoMetrics describe other metrics, reps and what is left out.
func infoMetrics() []Metric {
	return []Metric{
		{
			Name: metricKPIInfo, Title: "KPI details",
			Help:    "Unit, kind, timing and better direction of each KPI. Always 1.",
			Formula: "1",
			Type:    Gauge, Shape: ShapeInfo, Unit: UnitInfo,
			Labels:    []string{"kpi", "unit", "kind", "timing", "direction"},
			Stability: Stable, Kind: Qualitative, Timing: Lagging, Direction: Neutral, Past: PastPresent,
		},
		{
			Name: metricRepInfo, Title: "Rep details",
			Help: "Id, team and state of each rep whose label is not folded into \"other\". Always 1. " +
				"Where rep labels are hashed, so is rep_id.",
			Formula: "1",
			Type:    Gauge, Shape: ShapeInfo, Unit: UnitInfo,
			Labels:    []string{"source", "rep", "rep_id", "team", "active"},
			Stability: Stable, Kind: Qualitative, Timing: Lagging, Direction: Neutral, Past: PastPresent,
		},
		{
			Name: metricExcluded, Title: "Excluded records",
			Help: "Number of deals that are left out: of every KPI by a configured filter (reason=\"pipeline\", " +
				"\"expression\"), or of sums because their amount is in a currency without a rate " +
				"(reason=\"currency_rate_missing\").",
			Formula: "count of deals by reason",
			Type:    Gauge, Shape: ShapeInfo, Unit: UnitRecords, Labels: []string{"source", "reason"},
			Stability: Experimental, Kind: Quantitative, Timing: Leading, Direction: LowerIsBetter, Past: PastPresent,
		},
	}
}
