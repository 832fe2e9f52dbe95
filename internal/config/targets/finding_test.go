package targets_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
)

// TestTargetsFileFindings reads small targets files: each is read, or refused with what is wrong.
func TestTargetsFileFindings(t *testing.T) {
	for _, test := range []struct{ name, file, says string }{
		// a file that was cut within its last line. A whole line needs no line end: many programs write none.
		{"a cut grid row", "rep,2026-07,2026-08\nBob,1000", "t.csv:2: column B (2026-07): is the end of an incomplete file"},
		{"a cut row", "name,kpi,value,period,team\na,revenue_won,10,2026", "is the end of an incomplete file"},
		{"no line end", "rep,2026-07,2026-08\nBob,1000,2000", ""},
		{"a whole grid", "rep,2026-07,2026-08\nBob,1000,20\n", ""},
		{"a whole grid of Windows", "rep,2026-07,2026-08\r\nBob,1000,20\r\n", ""},
		{"a text at the end", "name,kpi,value,period,objective\na,revenue_won,10,2026-Q3,grow", ""},
		// units and currencies of titles and headers
		{"thousands in the title", "Targets 2026 in k€,,\nrep,2026-Q3,2026-Q4\nAnn,100,100\n", `t.csv:1: column A: "Targets 2026 in k€" says that amounts are in units of "k€"; write whole amounts in USD, and remove the unit`},
		{"thousands in a later title", "Plan,\n,in thousands\nrep,2026-Q3\nAnn,100\n", `t.csv:2: column B: "in thousands" says`},
		{"another currency in the title", "Plan (EUR),\nrep,2026-Q3\nAnn,100\n", `says that amounts are in EUR, and the reporting currency is USD; write amounts in USD`},
		{"the reporting currency in the title", "Plan (USD),\nrep,2026-Q3\nAnn,100\n", ""},
		{"its sign in the title", "Plan in $,\nrep,2026-Q3\nAnn,100\n", ""},
		{"a title", "Top 1000 M accounts,\nrep,2026-Q3\nAnn,100\n", ""},
		{"thousands in a header", "name,kpi,value (k€),period\na,revenue_won,100,2026-Q3\n", `"value (k€)" says that amounts are in units of`},
		{"millions in a period", "rep,Q3 2026 (Mio. $),Q4 2026\nAnn,1,1\n", `says that amounts are in units of "Mio"`},
		{"another currency in a header", "name,kpi,value (EUR),period\na,revenue_won,100,2026-Q3\n", "says that amounts are in EUR"},
		// days
		{"a day in a header", "rep,2026-07-31\nAnn,1\n", `column B: "2026-07-31" is the day 2026-07-31, not the first of a month; write the first day of the month, or 2026-10`},
		{"a day of a workbook in a header", "rep,46230\nAnn,1\n", `is the day 2026-07-27, not the first of a month`},
		{"a day in a list", "name,kpi,value,period\na,revenue_won,1,2026-07-31\n", `is the day 2026-07-31, not the first of a month`},
		{"a day with points in a list", "name,kpi,value,period\na,revenue_won,1,30.09.2026\n", `"30.09.2026" is the day 2026-09-30, not the first of a month`},
		// a rep twice
		{"a rep twice", "rep,2026-07\nAnn Lee,1\nBob,1\n,\nann  lee,2\n", "t.csv:5: Ann Lee has two rows (2 and 5)"},
		{"a rep twice with spaces", "rep,2026-07\nAnn Lee,1\nAnn\u00a0Lee,1\n", "Lee has two rows (2 and 3)"},
		{"a team of a rep twice", "rep,team,2026-07\nAnn,East,1\nAnn,West,1\nAnn,EAST,1\n", "has two rows (2 and 4)"},
		{"a rep in two KPIs", "rep,kpi,2026-07\nAnn,revenue_won,1\nAnn,deals_won,1\n", ""},
		{"a rep in other months", "rep,2026-07,2026-08\nAnn,1,\nAnn,,1\n", ""},
		{"a rep in two plans", "name,rep,2026-07\na,Ann,1\nb,Ann,1\n", ""},
		// counts
		{"money for a count", "name,kpi,value,period\na,deals_won,$5,2026-Q3\n", `"$5" is an amount of money, but deals_won is a count; write a number such as 12`},
		{"foreign money for a count", "name,kpi,value,period\na,deals_won,500 EUR,2026-Q3\n", `"500 EUR" is an amount of money, but deals_won is a count`},
		{"no column name", "kpi,value,period\ndeals_won,5,2026-Q3\ndeals_won,5,2026-Q2\n", "has no column name; add it"},
		{"money for another count", "name,kpi,value,period\na,deals_created,5 USD,2026-Q3\n", "deals_created is a count"},
		{"money for a ratio", "name,kpi,value,period\na,win_ratio,$0.5,2026-Q3\n", "a win ratio is not"},
		{"money in a grid of counts", "rep,kpi,2026-07\nAnn,deals_lost,5 $\n", "deals_lost is a count"},
		{"money for a growth", "name,kpi,growth,over,period\na,revenue_won,$0.5,previous_year,2026-Q3\n", `"$0.5" is not a growth`},
		{"money for money", "name,kpi,value,period\na,revenue_won,$5,2026-Q3\n", ""},
		// a 0 asks for nothing
		{"a 0", "rep,2026-07\nAnn,0\nBob,1\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			knowntest.Write(t, folder, "t.csv", test.file)
			_, err := knowntest.Parse([]byte(knowntest.DemoSource+"dimensions: [rep, team]\ntargets_files: [t.csv]\n"), folder)
			switch {
			case test.says == "" && err != nil:
				t.Errorf("refused: %v", err)
			case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
				t.Errorf("got %v\nwant %s", err, test.says)
			}
		})
	}
}

// TestFormulasOfGrids holds that a formula which nobody can compute does not ask for nothing.
func TestFormulasOfGrids(t *testing.T) {
	for _, formula := range []string{"=NOSUCHFUNCTION(1)", `=IF(TRUE,"","")`, "=Sheet9!A1"} {
		folder := t.TempDir()
		path := filepath.Join(folder, "t.xlsx")
		knowntest.WriteWorkbook(t, path, [][]any{{"rep", time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC), "2026-08"}, {"Ann", 0, 1}, {"Bob", nil, 1}})
		formulaAt(t, path, "B3", formula)
		_, err := knowntest.Parse([]byte(knowntest.DemoSource+"dimensions: [rep, team]\ntargets_files: [t.xlsx]\n"), folder)
		if err == nil || !strings.Contains(err.Error(), "t.xlsx:3: column B (2026-07)") {
			t.Errorf("%s: %v", formula, err)
		}
	}
}

// TestTargetsFileWithoutRows holds that an empty plan is allowed, and said.
func TestTargetsFileWithoutRows(t *testing.T) {
	for file, want := range map[string][]string{
		"name,kpi,value,period\n": {"t.csv has a header and no rows: no targets are read from it"},
		"rep,2026-07\n,\n":        {"t.csv has a header and no rows: no targets are read from it"},
		"rep,2026-07":             {"t.csv has a header and no rows: no targets are read from it"},
		"name,kpi,value,period\na,deals_won,1,2026-07\n": nil,
	} {
		folder := t.TempDir()
		knowntest.Write(t, folder, "t.csv", file)
		validated, err := knowntest.Parse([]byte(knowntest.DemoSource+"targets_files: [t.csv]\n"), folder)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, validated.Warnings()); diff != "" {
			t.Errorf("warnings of %q (-want +got):\n%s", file, diff)
		}
	}
}

// TestScopesAreClean holds that spaces within a value do not keep a scope from matching.
func TestScopesAreClean(t *testing.T) {
	folder := t.TempDir()
	knowntest.Write(t, folder, "t.csv", "rep,2026-07\nBo  Day,1\n\"Cy\nFox\",1\n")
	text := knowntest.DemoSource + "dimensions: [rep]\ntargets_files: [t.csv]\ntargets:\n" +
		"- {name: a, kpi: deals_won, value: 1, period: 2026, scope: {rep: \"ann\u00a0 lee \"}}\n" +
		"- {name: b, kpi: deals_won, value: 1, period: 2026, scope: {rep: \"Zoe\u0301\"}}\n"
	var got []string
	for _, target := range knowntest.MustParse(t, text, folder).Targets {
		got = append(got, target.Scope["rep"])
	}
	if diff := cmp.Diff([]string{"ann lee", "Zo\u00e9", "Bo Day", "Cy Fox"}, got); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
}

// formulaAt writes a formula without a result.
func formulaAt(t *testing.T, path, cell, formula string) {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if err := book.SetCellFormula("Sheet1", cell, formula); err != nil {
		t.Fatal(err)
	}
	if err := book.Save(); err != nil {
		t.Fatal(err)
	}
}
