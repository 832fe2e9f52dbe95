package targets_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

func quarterOf2024(number int) crm.TargetPeriod {
	return crm.TargetPeriod{Unit: crm.PeriodQuarter, Year: 2024, Number: number}
}

// utf16File is a text as spreadsheet programs save "Unicode text".
func utf16File(text string) string {
	var b bytes.Buffer
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		_ = binary.Write(&b, binary.LittleEndian, unit)
	}
	return b.String()
}

// TestTargetsFileConventions writes one plan in the ways in which people's programs write it. It is read as that plan,
// or refused.
func TestTargetsFileConventions(t *testing.T) {
	for name, test := range map[string]struct {
		file, content string
		refused       string // what the message holds; "" is read
	}{
		"B03": {
			"t.csv", "name,kpi,value,period\nq3,revenue_won,€ 500.000,2024-Q3\nq4,revenue_won,€ 750.000,2024-Q4\n",
			`t.csv:2: column C (value): "€ 500.000" may be 500000 or 500`,
		},
		"B03, decided by cents": {
			"t.csv",
			"name;kpi;value;period\nq3;revenue_won;€ 500.000;2024-Q3\nq4;revenue_won;750.000,00 €;2024-Q4\n", "",
		},
		"B03, decided by two groups elsewhere": {
			"t.csv",
			"name;kpi;value;period\nq3;revenue_won;500.000;2024-Q3\nq4;revenue_won;750.000;2024-Q4\n" +
				"x;revenue_won;1.500.000;2024\n", "",
		},
		"B03 with commas": {
			"t.csv",
			"name,kpi,value,period\nq3,revenue_won,\"500,000\",2024-Q3\nq4,revenue_won,\"750,000\",2024-Q4\n",
			`"500,000" may be 500000 or 500`,
		},
		"commas, decided by a point": {
			"t.csv",
			"name,kpi,value,period\nq3,revenue_won,\"500,000\",2024-Q3\nq4,revenue_won,750000.0,2024-Q4\n", "",
		},
		"contradiction": {
			"t.csv",
			"name;kpi;value;period\nq3;revenue_won;500.000,00;2024-Q3\nq4;revenue_won;750000.50;2024-Q4\n",
			`"750000.50" has a decimal point`,
		},
		"apostrophes": {
			"t.csv",
			"name,kpi,value,period\nq3,revenue_won,500'000,2024-Q3\nq4,revenue_won,750’000,2024-Q4\n", "",
		},
		"thin spaces": {
			"t.csv",
			"name;kpi;value;period\nq3;revenue_won;500\u202f000 €;2024-Q3\nq4;revenue_won;750\u00a0000 €;2024-Q4\n", "",
		},
		"B13":  {"t.csv", "name;kpi;value;period\nq3;revenue_won;500000;2024-Q3\nq4;revenue_won;750000;2024-Q4\n", ""},
		"tabs": {"t.tsv", "name\tkpi\tvalue\tperiod\nq3\trevenue_won\t500000\t2024-Q3\nq4\trevenue_won\t750000\t2024-Q4\n", ""},
		"tabs in a .csv": {
			"t.csv",
			"name\tkpi\tvalue\tperiod\nq3\trevenue_won\t500000\t2024-Q3\nq4\trevenue_won\t750000\t2024-Q4\n", "",
		},
		"bars": {"t.csv", "name|kpi|value|period\nq3|revenue_won|500000|2024-Q3\nq4|revenue_won|750000|2024-Q4\n", ""},
		"sep=": {"t.csv", "sep=;\nname;kpi;value;period\nq3;revenue_won;500000;2024-Q3\nq4;revenue_won;750000;2024-Q4\n", ""},
		"CR":   {"t.csv", "name,kpi,value,period\rq3,revenue_won,500000,2024-Q3\rq4,revenue_won,750000,2024-Q4\r", ""},
		"CRLF and BOM": {
			"t.csv",
			"\ufeffname,kpi,value,period\r\nq3,revenue_won,500000,2024-Q3\r\nq4,revenue_won,750000,2024-Q4\r\n", "",
		},
		"UTF-16": {
			"t.csv",
			utf16File("name\tkpi\tvalue\tperiod\r\nq3\trevenue_won\t500000\t2024-Q3\r\nq4\trevenue_won\t750000\t2024-Q4\r\n"), "",
		},
		"Latin-1": {"t.csv", "name,kpi,value,period\nq3,revenue_won,500000 \x80,2024-Q3\n", "is not UTF-8"},
		"a title above": {
			"t.csv",
			"Plan 2024,,,\n\nname,kpi,value,period\nq3,revenue_won,500000,2024-Q3\nq4,revenue_won,750000,2024-Q4\n", "",
		},
		"capitals and spaces": {
			"t.csv",
			" Name ,KPI,Value,Period\nq3,revenue_won, 500000 ,Q3 2024\nq4,revenue_won,\"750000 \",2024 Q4\n", "",
		},
		"an error": {"t.csv", "name,kpi,value,period\nq3,revenue_won,#REF!,2024-Q3\n", "holds the error #REF!"},
		"growth of two scales": {"t.csv", "name,kpi,growth,over,period\nq3,revenue_won,20%,previous_quarter,2024-Q3\n" +
			"q4,revenue_won,0.3,previous_quarter,2024-Q4\n", `"0.3" may be 0.3% or 0.3`},
		"growth without a scale": {
			"t.csv", "name,kpi,growth,over,period\nq3,revenue_won,20,previous_quarter,2024-Q3\n",
			`"20" may be 20% or 2000%`,
		},
		"win ratios of two scales": {
			"t.csv", "name,kpi,value,period\nr,win_ratio,0.5,2024\ns,win_ratio,40%,2024\n",
			`"0.5" may be 0.5% or 0.5`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			knowntest.Write(t, folder, test.file, test.content)
			validated, err := knowntest.Parse([]byte("currency: EUR\n"+knowntest.DemoSource+"targets_files: ["+test.file+"]\n"), folder)
			if test.refused != "" {
				if err == nil || !strings.Contains(err.Error(), test.refused) {
					t.Errorf("Parse = %v, want %s", err, test.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := validated.Config().Targets[:2]
			want := []crm.Target{
				{Name: "q3", KPI: "revenue_won", Value: 500_000, Pace: crm.PaceLinear, Period: quarterOf2024(3)},
				{Name: "q4", KPI: "revenue_won", Value: 750_000, Pace: crm.PaceLinear, Period: quarterOf2024(4)},
			}
			if diff := cmp.Diff(want, got, compareInstants); diff != "" {
				t.Errorf("targets (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTargetsWorkbookConventions reads what only workbooks have: formats, formulas, merged cells, dates, macros.
func TestTargetsWorkbookConventions(t *testing.T) {
	folder := t.TempDir()
	book := excelize.NewFile()
	defer book.Close()
	set := func(cell string, value any) {
		if err := book.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	format := func(cell, code string) {
		style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			t.Fatal(err)
		}
		if err := book.SetCellStyle("Sheet1", cell, cell, style); err != nil {
			t.Fatal(err)
		}
	}
	for i, row := range [][]any{
		{"name", "kpi", "value", "period", "from", "to", "growth", "over", "team"},
		{"euros", "revenue_won", 500.125, "2024-Q3", nil, nil, nil, nil, "North"},
		{"formula", "revenue_won", nil, time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC)},
		{"percent", "win_ratio", 0.25, 2024},
		{"serial", "deals_won", 12, nil, 45474, 45481},
		{"growth", "deals_won", nil, "2024-Q3", nil, nil, 0.2, "previous_quarter"},
		{"thousands", "revenue_won", 500000, "2024-Q4"},
	} {
		for j, value := range row {
			name, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			set(name, value)
		}
	}
	format("C2", `#,##0.00\ [$€-407]`)
	format("C4", "0%")
	format("G6", "0.0%")
	format("C7", "#,##0")
	if err := book.SetCellFormula("Sheet1", "C3", "C7/2"); err != nil {
		t.Fatal(err)
	}
	if err := book.MergeCell("Sheet1", "I2", "I4"); err != nil {
		t.Fatal(err)
	}
	var content bytes.Buffer
	if err := book.Write(&content); err != nil {
		t.Fatal(err)
	}
	north := map[string]string{"team": "North"}
	month := crm.TargetPeriod{Unit: crm.PeriodMonth, Year: 2024, Number: 7}
	want := []crm.Target{
		{Name: "euros", KPI: "revenue_won", Value: 500.125, Period: quarterOf2024(3), Scope: north, Pace: crm.PaceLinear},
		{Name: "formula", KPI: "revenue_won", Value: 250_000, Period: month, Scope: north, Pace: crm.PaceLinear},
		{
			Name: "percent", KPI: "win_ratio", Value: 0.25, Scope: north, Pace: crm.PaceLinear,
			Period: crm.TargetPeriod{Unit: crm.PeriodYear, Year: 2024},
		},
		{Name: "serial", KPI: "deals_won", Value: 12, Pace: crm.PaceLinear, Period: crm.TargetPeriod{
			Unit: crm.PeriodCustom, From: value.Date(2024, time.July, 1), To: value.Date(2024, time.July, 8),
		}},
		{
			Name: "growth", KPI: "deals_won", Pace: crm.PaceLinear, Period: quarterOf2024(3),
			Growth: &crm.Growth{Ratio: 0.2, Over: crm.OverPreviousQuarter},
		},
		{Name: "thousands", KPI: "revenue_won", Value: 500_000, Period: quarterOf2024(4), Pace: crm.PaceLinear},
	}
	for _, file := range []string{"targets.xlsx", "targets.XLSM"} {
		if err := os.WriteFile(filepath.Join(folder, file), content.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		config := knowntest.MustParse(t, "currency: EUR\n"+knowntest.DemoSource+"targets_files: ["+file+"]\n", folder)
		if diff := cmp.Diff(want, config.Targets, compareInstants); diff != "" {
			t.Errorf("%s: targets (-want +got):\n%s", file, diff)
		}
	}
	_, err := knowntest.Parse([]byte("currency: USD\n"+knowntest.DemoSource+"targets_files: [targets.xlsx]\n"), folder)
	if err == nil || !strings.Contains(err.Error(), ":2: column C (value): \"500.125\" is not in USD") {
		t.Errorf("euros under dollars: %v", err)
	}
}
