package targets_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

func TestTargetsFiles(t *testing.T) {
	want := []crm.Target{
		{
			Name: "Q4 East", KPI: "revenue_won", Value: 500_000, Pace: crm.PaceWorkingDays,
			Period:    crm.TargetPeriod{Unit: crm.PeriodQuarter, Year: 2026, Number: 4},
			Scope:     map[string]string{"team": "East", "source": "a"},
			Objective: "Land enterprise, then expand", Accountable: "vp-east", ReviewBy: "2026-11-15",
		},
		{
			Name: "December", KPI: "revenue_won", Value: 62_500.5, Pace: crm.PaceLinear,
			Period: crm.TargetPeriod{Unit: crm.PeriodMonth, Year: 2017, Number: 12},
		},
		{
			Name: "ratio", KPI: "win_ratio", Value: 0.25, Pace: crm.PaceLinear,
			Period: crm.TargetPeriod{Unit: crm.PeriodYear, Year: 2026},
		},
		{
			Name: "push", KPI: "deals_won", Value: 12, Pace: crm.PaceLinear,
			Period: crm.TargetPeriod{
				Unit: crm.PeriodCustom, From: value.Date(2026, time.December, 1), To: value.Date(2026, time.December, 23),
			},
		},
		{
			Name: "grow", KPI: "deals_won", Growth: &crm.Growth{Ratio: 0.2, Over: crm.OverPreviousMonth}, Pace: crm.PaceLinear,
			Period: crm.TargetPeriod{Unit: crm.PeriodMonth, Every: true},
		},
	}
	folder := t.TempDir()
	knowntest.Write(t, folder, "targets.csv", "\uFEFFName,KPI,Value,Growth,Over,Period,From,To,Every,"+
		`Team,Source,Pace,Objective,Accountable,Review by
Q4 East,revenue_won,"$500,000 ",,,2026-Q4,,,,East,a,working_days,"Land enterprise, then expand",vp-east,15 November 2026

December,revenue_won,"62,500.50 USD",,,1 December 2017
ratio,win_ratio,25%,,,2026,,,,,,linear
push,deals_won,12,,,,2026-12-01,"December 23, 2026"
grow,deals_won,,20%,previous_month,,,,month
`)
	header := []any{
		"Name", "KPI", "Value", "Growth", "Over", "Period", "From", "To", "Every", "Team", "Source", "Pace", "Objective",
		"Accountable", "Review by",
	}
	day := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC) }
	knowntest.WriteWorkbook(t, filepath.Join(folder, "targets.xlsx"), [][]any{
		header,
		{
			"Q4 East", "revenue_won", "$500,000.00 ", nil, nil, "Q4 2026", nil, nil, nil, "East", "a", "working_days",
			"Land enterprise, then expand", "vp-east", day(time.November, 15),
		},
		{},
		{"December", "revenue_won", 62500.5, nil, nil, time.Date(2017, time.December, 1, 0, 0, 0, 0, time.UTC)},
		{"ratio", "win_ratio", 0.25, nil, nil, 2026},
		{"push", "deals_won", 12, nil, nil, nil, day(time.December, 1), day(time.December, 23)},
		{"grow", "deals_won", nil, 0.2, "previous_month", nil, nil, nil, "month"},
	})
	for _, file := range []string{"targets.csv", "targets.xlsx"} {
		t.Run(file, func(t *testing.T) {
			config := knowntest.MustParse(t, knowntest.DemoSource+"targets_files: ["+file+"]\n", folder)
			if diff := cmp.Diff(want, config.Targets, compareInstants); diff != "" {
				t.Errorf("targets (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{filepath.Join(folder, file)}, config.Files); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWorkbookProblemsNameTheRow(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "targets.xlsx")
	knowntest.WriteWorkbook(t, path, [][]any{
		{"name", "kpi", "value", "period"}, {"a", "deals_won", 1, 2026}, {}, {"b", "deals_won", "lots", 2026},
	})
	_, err := knowntest.Parse([]byte(knowntest.DemoSource+"targets_files: [targets.xlsx]"), folder)
	want := path + `:4: column C (value): "lots" is not a number; write a number such as 500000`
	if err == nil || err.Error() != want {
		t.Errorf("Parse = %v, want %s", err, want)
	}
}

func TestTooManyTargetsAreRefused(t *testing.T) {
	folder := t.TempDir()
	knowntest.Write(t, folder, "targets.csv", "name,kpi,value,period\n"+strings.Repeat("a,deals_won,1,2026\n", 10_001))
	_, err := knowntest.Parse([]byte(knowntest.DemoSource+"targets_files: [targets.csv]"), folder)
	if err == nil || !strings.Contains(err.Error(), "more than 10000 rows") {
		t.Errorf("Parse = %v", err)
	}
}
