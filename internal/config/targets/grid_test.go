package targets_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
	"github.com/sales-exporter/sales_exporter/internal/crm"
)

func month2026(number int) crm.TargetPeriod {
	return crm.TargetPeriod{Unit: crm.PeriodMonth, Year: 2026, Number: number}
}

// repsDown is the plan of the grids below: two reps, three months, one of which Bob has no target for.
func repsDown(name func(rep string) string) []crm.Target {
	var want []crm.Target
	for _, cell := range []struct {
		rep   string
		month int
		value float64
	}{{"Ann Ames", 10, 1000}, {"Ann Ames", 11, 1100.5}, {"Ann Ames", 12, 1200}, {"Bob", 10, 900}, {"Bob", 12, 950}} {
		want = append(want, crm.Target{
			Name: name(cell.rep), KPI: "revenue_won", Value: cell.value, Period: month2026(cell.month),
			Scope: map[string]string{"rep": cell.rep}, Pace: crm.PaceLinear,
		})
	}
	return want
}

// TestTargetGrids reads reps down and months across in the ways in which people write months.
func TestTargetGrids(t *testing.T) {
	want := repsDown(func(rep string) string { return "quotas_" + strings.ReplaceAll(strings.ToLower(rep), " ", "_") })
	for _, header := range []string{
		"rep,2026-10,2026-11,2026-12", "Rep,Oct 2026,Nov 2026,Dec 2026", "REP,October 2026,November 2026,December 2026",
		"rep,Oct-26,Nov-26,Dec-26", "rep,10/2026,11/2026,12/2026", "rep,2026-10-01,2026-11-01,2026-12-01",
		"rep,1 October 2026,2026 Nov,Dec-2026", "rep,2026-10-01 00:00:00,2026-11-01T00:00:00,2026-12-01 00:00",
	} {
		t.Run(header, func(t *testing.T) {
			folder := t.TempDir()
			knowntest.Write(t, folder, "quotas.csv", header+"\nAnn Ames,1000,1100.50,1200\nBob,900,,950\n,,,\n")
			config := knowntest.MustParse(t, knowntest.DemoSource+"targets_files: [quotas.csv]\n", folder)
			if diff := cmp.Diff(want, config.Targets, compareInstants); diff != "" {
				t.Errorf("targets (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("a workbook with dates", func(t *testing.T) {
		folder := t.TempDir()
		header := []any{"Rep"}
		for number := 10; number <= 12; number++ {
			header = append(header, time.Date(2026, time.Month(number), 1, 0, 0, 0, 0, time.UTC))
		}
		knowntest.WriteWorkbook(t, filepath.Join(folder, "quotas.xlsx"), [][]any{
			{"Quotas of the fourth quarter"}, {}, header, {"Ann Ames", 1000, 1100.5, 1200}, {"Bob", 900, 0, 950},
		})
		config := knowntest.MustParse(t, knowntest.DemoSource+"targets_files: [quotas.xlsx]\n", folder)
		if diff := cmp.Diff(want, config.Targets, compareInstants); diff != "" {
			t.Errorf("targets (-want +got):\n%s", diff)
		}
	})
	t.Run("with names", func(t *testing.T) {
		folder := t.TempDir()
		knowntest.Write(t, folder, "q.csv", "name;rep;2026-10;2026-11;2026-12\nplan Ann Ames;Ann Ames;1.000,00;1.100,50;1.200\n"+
			"plan Bob;Bob;900;0;950\n")
		t.Setenv("KEY", "a key of some length")
		yaml := knowntest.DemoSource + "rep_label: hash\nhash_key_env: KEY\ntargets_files: [q.csv]\n"
		want := repsDown(func(rep string) string { return "plan " + rep })
		if diff := cmp.Diff(want, knowntest.MustParse(t, yaml, folder).Targets, compareInstants); diff != "" {
			t.Errorf("targets (-want +got):\n%s", diff)
		}
	})
}

// TestTargetGridColumns has the columns that may stand beside the periods, and periods of several lengths.
func TestTargetGridColumns(t *testing.T) {
	folder := t.TempDir()
	knowntest.Write(t, folder, "Plan (new).csv", "KPI,Team,Pace,Objective,Q4 2026,2026,Oct 2026\n"+
		"revenue_won,EMEA East,working_days,Grow,300,1000,\ndeals_won,EMEA East,,,,40,3\nwin_ratio,,,,25%,,\n")
	config := knowntest.MustParse(t, knowntest.DemoSource+"targets_files: ['Plan (new).csv']\n", folder)
	var got []string
	for _, target := range config.Targets {
		got = append(got, fmt.Sprint(target.Name, " ", target.KPI, " ", target.Value, " ", target.Period.Year, " ", target.Period.Unit, " ",
			target.Period.Number, " ",
			target.Scope["team"], " ", target.Pace, " ", target.Objective))
	}
	want := []string{
		"plan_new_revenue_won_emea_east_quarter revenue_won 300 2026 quarter 4 EMEA East working_days Grow",
		"plan_new_revenue_won_emea_east_year revenue_won 1000 2026 year 0 EMEA East working_days Grow",
		"plan_new_deals_won_emea_east_year deals_won 40 2026 year 0 EMEA East linear ",
		"plan_new_deals_won_emea_east_month deals_won 3 2026 month 10 EMEA East linear ",
		"plan_new_win_ratio_quarter win_ratio 0.25 2026 quarter 4  linear ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
}

// TestTargetGridNumbers decides the decimal sign from all columns of periods together.
func TestTargetGridNumbers(t *testing.T) {
	for cells, want := range map[string]string{ // "" is read
		"1.000;2.000":                `column B (2026-10): "1.000" may be 1000 or 1`,
		"1.000;2.000,50":             "",
		"1.000;2.000.000":            "",
		"1,000;2.5":                  "",
		"1,5;2.5":                    `"2.5" has a decimal point`,
		"45,000.00;52.000,50":        `column 2026-10: "45,000.00" has a decimal point, but row 2, column 2026-11: "52.000,50" has a decimal comma`,
		"40.000;45,000.00;52.000,50": `"45,000.00" has a decimal point`,
		"40.000;1.5;2,50":            `"2,50" has a decimal comma`,
		"€ 1.000;€ 2.000":            "may be 1000 or 1",
		"€ 1.000,00;2":               `"€ 1.000,00" is not in USD`,
		"x;1":                        `:2: column B (2026-10): "x" is not a number`,
		";":                          "",
		"0;0,0":                      "",
		"1;2;3":                      "column D: has a value, but the column has no name",
		"1" + strings.Repeat(";", 9): "",
	} {
		folder, header := t.TempDir(), "rep;2026-10;2026-11"
		if strings.Count(cells, ";") == 2 && cells != "1;2;3" {
			header += ";2026-12"
		}
		knowntest.Write(t, folder, "g.csv", header+"\nAnn;"+cells+"\n")
		_, err := knowntest.Parse([]byte(knowntest.DemoSource+"targets_files: [g.csv]\n"), folder)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", cells, err, want)
		}
	}
}

func TestTooManyTargetsInAGrid(t *testing.T) {
	folder := t.TempDir()
	var rows strings.Builder
	rows.WriteString("rep,2026-10,2026-11,2026-12\n")
	for i := range 10_000/3 + 1 {
		fmt.Fprintf(&rows, "Rep %d,1,2,3\n", i)
	}
	knowntest.Write(t, folder, "g.csv", rows.String())
	_, err := knowntest.Parse([]byte(knowntest.DemoSource+"targets_files: [g.csv]\n"), folder)
	if err == nil || !strings.Contains(err.Error(), "holds more than 10000 targets") {
		t.Errorf("Parse = %v", err)
	}
}

// TestProblemsOfARowAreToldOnce has a mistake in a row of many targets.
func TestProblemsOfARowAreToldOnce(t *testing.T) {
	folder := t.TempDir()
	knowntest.Write(t, folder, "g.csv", "kpi,pace,2026-10,2026-11,2026-12\nprofit,slow,1,2,3\n")
	_, err := knowntest.Parse([]byte(knowntest.DemoSource+"targets_files: [g.csv]\n"), folder)
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("Parse = %v, want two problems", err)
	}
}

// TestSeparatorsOfRows refuses files whose rows are separated otherwise than their header: all of a row would be the
// name of a rep.
func TestSeparatorsOfRows(t *testing.T) {
	for file, want := range map[string]string{ // "" is read
		"rep,2026-10,2026-11\nAnn,1,2\nBob;3;4\n":              `q.csv:3: row 3 holds ';' where the header is separated by ','`,
		"rep,2026-10,2026-11\nAnn;1000;2,50\n":                 `row 2 holds ';'`,
		"rep,2026-10,2026-11\nAnn;1,5;2\n":                     `row 2 holds ';'`,
		"rep,2026-10,2026-11\nAnn;1;2,,\n":                     `row 2 holds ';'`,
		"rep;2026-10;2026-11\nAnn,1,2\n":                       `row 2 holds ',' where the header is separated by ';'`,
		"rep,2026-10\nAnn\t1\n":                                `row 2 holds '\t'`,
		"rep;2026-10\nAnn|1\n":                                 `row 2 holds '|'`,
		"name,kpi,value,every\nplan;revenue_won;1000;month\n":  `row 2 holds ';'`,
		"rep,2026-10,2026-11\n\"Ann; Bob\",1,2\n":              "",
		"rep,2026-10,2026-11\n\"Ann; Bob; Cid\",1,2\n":         "",
		"rep;2026-10;2026-11\n\"Lee, Ann, Dr\";1,5;2\n":        "",
		"Quotas, all of them, in one\nrep;2026-10\nAnn;1\n":    "",
		"rep;objective;2026-10;2026-11\nAnn;a, b, c, d;1;\n":   "",
		"rep,objective,2026-10,2026-11\nAnn,\"a; b; c\",,10\n": "",
	} {
		folder := t.TempDir()
		knowntest.Write(t, folder, "q.csv", file)
		_, err := knowntest.Parse([]byte(knowntest.DemoSource+"targets_files: [q.csv]\n"), folder)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", file, err, want)
		}
	}
}

// TestRowsWithoutValues warns of a row that is about something and asks for nothing. A 0 was written on purpose.
func TestRowsWithoutValues(t *testing.T) {
	folder := t.TempDir()
	knowntest.Write(t, folder, "q.csv", "team,rep,2026-10,2026-11\nEMEA,Ann,,1\nEMEA,Bob,,\nEMEA,Cid,0,\n,,,\n,Dan,,\n")
	validated, err := knowntest.Parse([]byte(knowntest.DemoSource+"targets_files: [q.csv]\n"), folder)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"q.csv, row 3: EMEA, Bob has no value in any period: no target is read from it",
		"q.csv, row 6: Dan has no value in any period: no target is read from it",
	}
	if diff := cmp.Diff(want, validated.Warnings()); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

// TestTargetGridHeaders says how to write a period, and what a column of totals is.
func TestTargetGridHeaders(t *testing.T) {
	for title, want := range map[string]string{
		"Dezember 26": "write periods as 2026-12 or Dec 2026", "Q1x": "write periods as 2026-12 or Dec 2026",
		"Total": `"Total" is a total, which would become a separate target; leave totals out`, "SUM": "leave totals out",
		"Summe": "leave totals out", "Grand Total": "leave totals out", "team.": "did you mean team?",
	} {
		folder := t.TempDir()
		knowntest.Write(t, folder, "q.csv", "rep,2026-10,"+title+"\nAnn,1,2\n")
		_, err := knowntest.Parse([]byte(knowntest.DemoSource+"targets_files: [q.csv]\n"), folder)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", title, err, want)
		}
	}
}
