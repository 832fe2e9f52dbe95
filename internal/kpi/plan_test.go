package kpi

import (
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/targets"
	"github.com/sales-exporter/sales_exporter/internal/source/connectors"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// TestPlanOfSeveralPeriods takes a plan as a configuration names it, one target a quarter, through the year.
func TestPlanOfSeveralPeriods(t *testing.T) {
	validated, err := config.Parse("config.yaml", []byte(`
sources: [{name: acme, demo: {crm: hubspot}}]
targets:
  - {name: plan, kpi: revenue_won, value: 200, period: 2026-Q1}
  - {name: plan, kpi: revenue_won, value: 400, period: 2026-Q2}
  - {name: plan, kpi: revenue_won, growth: 0.5, over: previous_quarter, period: 2026-Q3}
  - {name: plan, kpi: revenue_won, value: 800, period: 2027-Q1}
`), t.TempDir(), config.Known{
		Connectors: connectors.Sections(), KPIs: []targets.KPI{{Name: kpiRevenueWon, Money: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	f := ledger(map[calendar.Date]value.Money{
		{Year: 2026, Month: time.February, Day: 2}: 100,
		{Year: 2026, Month: time.May, Day: 2}:      120,
		{Year: 2026, Month: time.August, Day: 2}:   90,
	})
	c := calendar.New(calendar.Options{})
	for _, test := range []struct {
		now      string
		value    float64
		previous float64 // 0 where there is none
	}{
		{"2026-03-31", 200, 0},
		{"2026-04-01", 400, 0.5},
		{"2026-07-01", 180, 0.3},
		{"2026-12-31", 180, 0.3},
		{"2027-01-01", 800, 0.5},
	} {
		t.Run(test.now, func(t *testing.T) {
			snapshot := Compute(f, Input{
				Calendar: c, Now: day(t, c, test.now), AsOf: true, Targets: validated.Config().Targets,
			})
			wantValue(t, snapshot, test.value, metricTargetValue)
			if test.previous == 0 {
				wantAbsent(t, snapshot, metricTargetPrevious)
			} else {
				wantValue(t, snapshot, test.previous, metricTargetPrevious)
			}
		})
	}
}

func day(t *testing.T, c *calendar.Calendar, text string) time.Time {
	t.Helper()
	date, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return c.Start(date)
}
