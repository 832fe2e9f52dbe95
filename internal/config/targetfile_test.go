package config

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// writeWorkbook writes rows into the first sheet of a new workbook.
func writeWorkbook(t *testing.T, path string, rows [][]any) {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, cells := range rows {
		corner, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := book.SetSheetRow("Sheet1", corner, &cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
}

const demoSource = "sources: [{name: a, demo: {crm: hubspot}}]\n"

func mustParse(t *testing.T, text, folder string) Config {
	t.Helper()
	validated, err := Parse("config.yaml", []byte(text), folder)
	if err != nil {
		t.Fatal(err)
	}
	return validated.Config()
}

// compareInstants lets cmp look at crm.Instant, whose fields are private.
var compareInstants = cmp.Comparer(func(a, b value.Instant) bool { return a == b })

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
	write(t, folder, "targets.csv", "\uFEFFName,KPI,Value,Growth,Over,Period,From,To,Every,"+
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
	writeWorkbook(t, filepath.Join(folder, "targets.xlsx"), [][]any{
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
			config := mustParse(t, demoSource+"targets_files: ["+file+"]\n", folder)
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
	writeWorkbook(t, path, [][]any{
		{"name", "kpi", "value", "period"}, {"a", "deals_won", 1, 2026}, {}, {"b", "deals_won", "lots", 2026},
	})
	_, err := Parse("config.yaml", []byte(demoSource+"targets_files: [targets.xlsx]"), folder)
	want := path + `:4: column C (value): "lots" is not a number; write a number such as 500000`
	if err == nil || err.Error() != want {
		t.Errorf("Parse = %v, want %s", err, want)
	}
}

func TestTooManyTargetsAreRefused(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "targets.csv", "name,kpi,value,period\n"+strings.Repeat("a,deals_won,1,2026\n", maxTargets+1))
	_, err := Parse("config.yaml", []byte(demoSource+"targets_files: [targets.csv]"), folder)
	if err == nil || !strings.Contains(err.Error(), "more than 10000 rows") {
		t.Errorf("Parse = %v", err)
	}
}

func TestParsePeriod(t *testing.T) {
	month := func(year, number int) crm.TargetPeriod {
		return crm.TargetPeriod{Unit: crm.PeriodMonth, Year: year, Number: number}
	}
	quarter := crm.TargetPeriod{Unit: crm.PeriodQuarter, Year: 2026, Number: 4}
	for text, want := range map[string]crm.TargetPeriod{
		"2026": {Unit: crm.PeriodYear, Year: 2026}, "2026-10": month(2026, 10), "2026-01": month(2026, 1),
		"2026-Q4": quarter, "2026-q4": quarter, "Q4 2026": quarter, "1 December 2017": month(2017, 12),
		"2017-12-01": month(2017, 12), "December 2017": month(2017, 12), "Dec 2017": month(2017, 12),
		"Dec-2017": month(2017, 12), "Dec-17": month(2017, 12), "DEC 2017": month(2017, 12), "12/2017": month(2017, 12),
		"01/2026": month(2026, 1), "1/2026": month(2026, 1), "2026 Q4": quarter, "2026Q4": quarter, "Q4/2026": quarter,
		"q4-2026": quarter, "Q42026": quarter, "Q4-26": quarter, "4Q26": quarter, "FY26 Q4": quarter, "Q4 FY2026": quarter,
		"Q4 FY26": quarter, "FY2026-Q4": quarter, "FY2026": {Unit: crm.PeriodYear, Year: 2026}, "FY26": {Unit: crm.PeriodYear, Year: 2026},
		"fy 26": {Unit: crm.PeriodYear, Year: 2026}, "2017/12": month(2017, 12), "2026/7": month(2026, 7), "01.12.2017": month(2017, 12),
		"1.12.2017": month(2017, 12), "12.2017": month(2017, 12), "7.2026": month(2026, 7), "Sept 2026": month(2026, 9),
		"Sept. 2026": month(2026, 9), "Sep-26": month(2026, 9), "Dec '17": month(2017, 12), "Juli 2026": month(2026, 7),
		"juillet 2026": month(2026, 7), "juil. 2026": month(2026, 7), "ao\u00fbt 2026": month(2026, 8), "aout 2026": month(2026, 8),
		"AOU\u0302T 2026": month(2026, 8), "M\u00e4rz 2026": month(2026, 3), "Mrz 2026": month(2026, 3), "Mai 2026": month(2026, 5),
		"J\u00e4nner 2026": month(2026, 1), "Dez-26": month(2026, 12), "d\u00e9c. 2026": month(2026, 12), "Okt 2026": month(2026, 10),
		"f\u00e9vr. 2026": month(2026, 2), "July\u00a02026": month(2026, 7), "2026 Juli": month(2026, 7), "2026-Jul": month(2026, 7),
	} {
		if got, ok := parsePeriod(text); !ok || got != want {
			t.Errorf("parsePeriod(%q) = %+v, %v, want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "26", "2026-00", "2026-13", "2026-Q5", "2 December 2017", "1500", "2026-1", "H1 2026", "Dec", "13/2026",
		"1/12/2017", "Q5 2026", "12-17", "Total", "12/01/2017", "31.12.2017", "12.01.2017", "2.2026.1", "13.2026", "Jul 24",
		"FY", "FY1", "FY20261", "Q3", "24 Q3", "202607", "Foo 2026", "2026.07", "Mittwoch 2026", "0/2026", "00.2026",
	} {
		if got, ok := parsePeriod(text); ok {
			t.Errorf("parsePeriod(%q) = %+v", text, got)
		}
	}
}

func TestHolidays(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "h.txt", "\uFEFF# closed\r\n2027-01-01 # New Year\r\n\r\n24 December 2026\r\n2026-12-25\r\n")
	config := mustParse(t, demoSource+"holidays: [2026-12-25, 2026-05-01]\nholidays_file: h.txt\n", folder)
	var want []calendar.Date
	for _, text := range []string{"2026-05-01", "2026-12-24", "2026-12-25", "2027-01-01"} {
		date, err := calendar.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, date)
	}
	if !slices.Equal(want, config.Holidays) {
		t.Errorf("holidays = %v, want %v", config.Holidays, want)
	}
	if !slices.Equal(config.Files, []string{filepath.Join(folder, "h.txt")}) {
		t.Errorf("files = %v", config.Files)
	}
}
