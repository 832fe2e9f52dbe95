package targets_test

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
)

// TestTargetsOfOneName reads plans that a sheet repeats over periods; what must not share a name is in testdata/bad.
func TestTargetsOfOneName(t *testing.T) {
	folder := t.TempDir()
	knowntest.Write(t, folder, "plan.csv", "name,kpi,value,growth,over,period,from,to,team,pace\n"+
		"quarters,revenue_won,100,,,2026-Q1,,,East,\n"+
		"quarters,revenue_won,,20%,previous_year,2026-Q2,,,East,working_days\n"+
		"quarters,revenue_won,300,,,2027-Q1,,,East,\n"+
		"years,deals_won,5,,,2026,,,,\n"+
		"years,deals_won,6,,,2027,,,,\n"+
		"fairs,deals_won,5,,,,2026-12-01,2026-12-23,,\n"+
		"fairs,deals_won,6,,,,2026-12-24,2026-12-31,,\n"+
		"fairs,deals_won,7,,,,2026-11-01,2026-11-30,,\n")
	config := knowntest.MustParse(t, knowntest.DemoSource+"targets_files: [plan.csv]\n"+
		"targets: [{name: quarters, kpi: revenue_won, value: 400, period: 2026-Q4, scope: {team: East}}]\n", folder)
	names := map[string]int{}
	for _, target := range config.Targets {
		names[target.Name]++
	}
	if names["quarters"] != 4 || names["years"] != 2 || names["fairs"] != 3 {
		t.Errorf("targets by name are %v", names)
	}
}
