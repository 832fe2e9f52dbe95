package spreadsheet_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/settings"
)

// TestOneFileOfSeveralCannotBeRead holds that good files beside a wrong one do not make it right, and that what is said of
// earlier numbers is true.
func TestOneFileOfSeveralCannotBeRead(t *testing.T) {
	const (
		days = "3,Ann,East,Won,10,2016-10-20,31/03/2024,GTX\n4,Ann,East,Won,10,2016-10-20,01/04/2024,GTX\n"
		both = "3,Ann,East,Won,10,2016-10-20,03/04/2024,GTX\n"
		lost = "3,Ann,East,Closed,10,2016-10-20,2017-03-01,GTX\n"
	)
	tests := []struct {
		name, rows, want string // want is a part of the error, "" where the file is read
		hint             string
	}{
		{
			"dates of another layout", days, "read b.csv: 2 of 2 rows cannot be read, the first because of its date: row 2, column close_date",
			"all of its dates are dates as 02/01/2006",
		},
		{"dates of two layouts", both, "read b.csv: 1 of 1 rows", "all of its dates are dates as 02/01/2006 and as 01/02/2006"},
		{"another stage", lost, `row 2, column deal_stage holds "Closed"`, "check columns, stages"},
		{"most rows", won("3") + days, "read b.csv: 2 of 3 rows", "check columns"},
		{"half of the rows", won("5") + won("6") + days, "", ""},
		{"rows of the other file", won("1") + won("2") + won("7"), "", ""},
		{"the same row over and over", won("7") + won("7") + won("7"), "2 of 3 rows cannot be read, the first because of its duplicate", ""},
	}
	good := ledger(won("1"), won("2"), won("11"), won("12"), won("13"), won("14"))
	for _, test := range tests {
		for _, before := range []bool{false, true} {
			t.Run(test.name, func(t *testing.T) {
				dir, to := t.TempDir(), &sink{}
				s := open(t, settings.Sheet{File: filepath.Join(dir, "*.csv")})
				write(t, filepath.Join(dir, "a.csv"), good)
				var at source.Cursor
				if before {
					var err error
					if at, err = s.Sync(t.Context(), nil, &sink{}); err != nil {
						t.Fatal(err)
					}
				}
				write(t, filepath.Join(dir, "b.csv"), ledger(test.rows))
				_, err := s.Sync(t.Context(), at, to)
				if test.want == "" {
					if err != nil {
						t.Error(err)
					}
					return
				}
				e, is := errors.AsType[*source.Error](err)
				if !is || !strings.Contains(e.Err.Error(), test.want) || !strings.Contains(e.Hint, test.hint) || len(to.batches) > 0 {
					t.Fatalf("%d pages, %+v", len(to.batches), err)
				}
				if says := strings.Contains(e.Hint, "the numbers of the previous file are kept"); says != before {
					t.Errorf("with a file before: %t; the hint: %s", before, e.Hint)
				}
			})
		}
	}
}

// TestHeaderAlone holds that a file without rows is no deals, and that somebody is told.
func TestHeaderAlone(t *testing.T) {
	to, logged, err := findings(t, "id;stage\n", nil)
	if err != nil || len(to.batches) != 1 || !strings.Contains(logged, "deals.csv has a header but no rows, and counts as no deals") {
		t.Errorf("%d pages, %v, %s", len(to.batches), err, logged)
	}
	if _, logged, err = findings(t, "id;stage\n1;Won\n", nil); err != nil || strings.Contains(logged, "no rows") {
		t.Errorf("%v, %s", err, logged)
	}
}
