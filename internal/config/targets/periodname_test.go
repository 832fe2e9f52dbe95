package targets

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

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
