package world

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Source is the name of the company's CRM.
const Source = "acme"

const applied = 1000

// Now returns the instant of what is computed within this process.
func Now() time.Time { return time.Date(2026, time.May, 20, 15, 4, 5, 0, time.UTC) }

// Facts returns the deals in memory, as KPIs are computed from them, with the defaults of the configuration.
func Facts(n int) *kpi.Facts {
	facts := kpi.NewFacts(options())
	source := facts.Source(Source)
	source.Apply(References())
	_ = Pages(n, applied, Now(), func(deals []crm.Deal) error { // cannot fail
		source.Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(deals...)}})
		return nil
	})
	source.MarkReady()
	return facts
}

// Input asks for the KPIs as of Now, without limits.
func Input() kpi.Input {
	return kpi.Input{Calendar: calendar.New(calendar.Options{}), Now: Now(), ValuesPerDimension: Reps}
}

func options() kpi.Options {
	var durations []time.Duration
	for _, days := range DurationDays() {
		durations = append(durations, time.Duration(days)*24*time.Hour)
	}
	return kpi.Options{
		Sources: []string{Source}, Currency: "USD",
		Dimensions:      []string{"pipeline", "rep", "team", "territory", "business_type"},
		RepLabel:        crm.RepLabelName,
		DealSizeBuckets: SizeBounds(), DurationBuckets: durations,
	}
}

// SizeBounds returns the bounds of the histogram of deal sizes, in currency units.
func SizeBounds() []float64 {
	return []float64{100, 250, 500, 1e3, 2500, 5e3, 1e4, 25e3, 5e4, 1e5, 25e4, 5e5, 1e6}
}

// DurationDays returns the bounds of the histogram of sales cycles, in days.
func DurationDays() []int { return []int{1, 3, 7, 14, 30, 45, 60, 90, 120, 180, 365} }
