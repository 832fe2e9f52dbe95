package crm

import "github.com/sales-exporter/sales_exporter/internal/value"

// Target is a number somebody promised to reach in a period.
type Target struct {
	Name string
	// KPI is the catalogue's name of what is measured: "revenue_won", "deals_won", "win_ratio".
	KPI string
	// Value to reach; set when Growth is nil.
	Value  float64
	Growth *Growth
	Period TargetPeriod
	// Scope fixes dimensions, and "source"; empty means everything.
	Scope       map[string]string
	Pace        Pace
	Objective   string
	Accountable string
	ReviewBy    string // YYYY-MM-DD or ""
}

// Growth derives a target's value from an earlier period: its KPI there times (1 + Ratio).
type Growth struct {
	Ratio float64
	Over  GrowthBase
}

// GrowthBase names the earlier period, relative to the target's own.
type GrowthBase string

// The growth bases.
const (
	OverPreviousMonth   GrowthBase = "previous_month"
	OverPreviousQuarter GrowthBase = "previous_quarter"
	OverPreviousYear    GrowthBase = "previous_year"
)

// Pace is how a target is expected to fill up.
type Pace string

// The paces.
const (
	PaceLinear      Pace = "linear"
	PaceWorkingDays Pace = "working_days"
)

// PeriodUnit is the length of a target's period and the value of its `period` label.
type PeriodUnit string

// The units.
const (
	PeriodMonth   PeriodUnit = "month"
	PeriodQuarter PeriodUnit = "quarter" // fiscal
	PeriodYear    PeriodUnit = "year"    // fiscal
	PeriodCustom  PeriodUnit = "custom"
)

// TargetPeriod says when a target runs. It is a name, not a span: spans depend on the time zone and the fiscal year.
type TargetPeriod struct {
	Unit PeriodUnit
	// Every repeats the target: its period is the month, quarter or year in which now falls.
	Every bool
	// Year is the calendar year of a month, the fiscal year of a quarter or year.
	Year   int
	Number int // month 1..12, quarter 1..4
	// From and To are the first and last day (inclusive) of a custom period, as bare dates.
	From, To value.Instant
}
