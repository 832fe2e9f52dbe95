package pass

// KPIs returns the names that a target's `kpi` may have.
func KPIs() []string {
	return []string{
		RevenueWon, RevenueLost, PipelineCreated, DealsWon, DealsLost, DealsCreated, WinRatio,
	}
}

// The KPIs that targets and growth refer to.
const (
	RevenueWon      = "revenue_won"
	RevenueLost     = "revenue_lost"
	PipelineCreated = "pipeline_created"
	DealsWon        = "deals_won"
	DealsLost       = "deals_lost"
	DealsCreated    = "deals_created"
	WinRatio        = "win_ratio"
)

// MoneyKPI reports whether a target's KPI is an amount.
func MoneyKPI(kpi string) bool {
	return kpi == RevenueWon || kpi == RevenueLost || kpi == PipelineCreated
}

// RatioKPI reports whether a KPI is a ratio, which does not add up over time.
func RatioKPI(kpi string) bool { return kpi == WinRatio }

// Sums are what the KPIs are made of that targets and growth ask for.
type Sums struct {
	Closed  ClosedCell
	Created CreatedCell
}

// Value returns a KPI of the sums; a ratio without a denominator has none, nor money of which none is in the reporting
// currency.
func (s *Sums) Value(kpi string) (float64, bool) {
	switch kpi {
	case RevenueWon:
		return Units(s.Closed.WonAmount), !s.Closed.WonHas.Unknown()
	case RevenueLost:
		return Units(s.Closed.LostAmount), !s.Closed.LostHas.Unknown()
	case PipelineCreated:
		return Units(s.Created.Amount), !s.Created.Has.Unknown()
	case DealsWon:
		return float64(s.Closed.Won), true
	case DealsLost:
		return float64(s.Closed.Lost), true
	case DealsCreated:
		return float64(s.Created.Deals), true
	case WinRatio:
		return s.Closed.WonShare()
	default:
		return 0, false
	}
}
