package world

import (
	"fmt"
	"math"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// Totals are numbers that two computations of the same KPIs must agree on, by "KPI window".
type Totals map[string]float64

// TotalsOf adds a snapshot up over its groups, and takes the medians of everything together.
func TotalsOf(snapshot *metric.Snapshot) Totals {
	names := map[string]string{
		"sales_deals_won": "won", "sales_deals_lost": "lost", "sales_deals_created": "created",
		"sales_revenue_won_amount": "won_amount", "sales_revenue_lost_amount": "lost_amount",
		"sales_pipeline_created_amount": "created_amount",
		"sales_pipeline_deals":          "open", "sales_pipeline_amount": "open_amount",
		"sales_deal_size_median_amount": "size_median", "sales_cycle_median_seconds": "cycle_median",
	}
	totals := Totals{}
	for _, family := range snapshot.Families {
		name := names[family.Metric.Name]
		if name == "" {
			continue
		}
		for i := range family.Samples {
			s := &family.Samples[i]
			if family.Metric.Form == metric.FormRollup && label(s, "rollup") != "all" {
				continue
			}
			totals[Total(name, calendar.Window(label(s, "window")))] += s.Value
		}
	}
	return totals
}

// Total names a total; of the pipeline, window is "".
func Total(name string, window calendar.Window) string { return name + " " + string(window) }

func label(s *metric.Sample, name string) string {
	if at := slices.Index(s.Labels, name); at >= 0 {
		return s.Values[at]
	}
	return ""
}

// Agree returns an error where two computations differ, or where one of them lacks a number.
func Agree(ours, theirs Totals) error {
	for name, want := range ours {
		got, ok := theirs[name]
		if !ok || math.Abs(got-want) > 1e-6*math.Max(1, math.Abs(want)) {
			return fmt.Errorf("%s: ours is %v, the peer's is %v", name, want, got)
		}
	}
	for name := range theirs {
		if _, ok := ours[name]; !ok {
			return fmt.Errorf("%s: ours is missing", name)
		}
	}
	return nil
}

// Bound is a window with its start and its end in milliseconds since 1970.
type Bound struct {
	Window     calendar.Window
	Start, End int64
	Costly     bool // histograms, and rollups by rep, have it
}

// Bounds returns the default windows of deals as of Now.
func Bounds() []Bound {
	c := calendar.New(calendar.Options{})
	var bounds []Bound
	for _, w := range calendar.DefaultWindows() {
		span := c.Window(w, Now())
		bounds = append(bounds, Bound{
			Window: w, Start: span.Start.UnixMilli(), End: span.End.UnixMilli(),
			Costly: w == calendar.QuarterToDate || w == calendar.PreviousQuarter || w == calendar.Trailing90Days,
		})
	}
	return bounds
}
