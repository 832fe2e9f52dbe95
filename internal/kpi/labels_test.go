package kpi

import (
	"slices"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
)

// TestPossibleLabels holds that no series carries a label that boards and rules do not know of.
func TestPossibleLabels(t *testing.T) {
	w := newWorld(5, 400, calendar.Options{})
	in := Input{Calendar: w.calendar, Now: w.now(), Targets: kpitest.Targets()}
	for _, family := range Compute(w.facts(), in).Families {
		possible := family.Metric.PossibleLabels()
		for _, s := range family.Samples {
			for _, label := range s.Labels {
				if !slices.Contains(possible, label) {
					t.Errorf("%s carries %s, which is not among %v", family.Metric.Name, label, possible)
				}
			}
		}
	}
}
