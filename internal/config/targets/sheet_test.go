package targets_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
)

// TestTargetsSheets holds which sheet of a workbook the targets are read from, and that one number for several rows is
// none.
func TestTargetsSheets(t *testing.T) {
	grid := [][]any{{"rep", "2026-Q1"}, {"Ann", 100}, {"Bo", 200}}
	list := [][]any{{"name", "kpi", "value", "period"}, {"a", "deals_won", 1, 2026}}
	notes := [][]any{{"How to use this file"}, {"Fill in the other sheet"}}
	tests := []struct {
		name    string
		sheets  map[string][][]any // A is the first
		prepare func(*excelize.File) error
		want    int
		says    string
	}{
		{"one", map[string][][]any{"A": grid}, nil, 2, ""},
		{"a hidden first one", map[string][][]any{"A": list, "B": grid}, func(f *excelize.File) error { return f.SetSheetVisible("A", false) }, 2, ""},
		{"notes in front", map[string][][]any{"A": notes, "B": grid}, nil, 2, ""},
		{"two grids", map[string][][]any{"A": grid, "B": grid}, nil, 0, "2 of its sheets hold such a table: A, B"},
		{"a grid and a list", map[string][][]any{"A": grid, "B": list}, nil, 0, "2 of its sheets hold such a table: A, B"},
		{"a merged value", map[string][][]any{"A": grid}, func(f *excelize.File) error { return f.MergeCell("A", "B2", "B3") }, 0, "B2:B3 is merged over 2 rows: one amount for all or for each?"},
		{"a merged name", map[string][][]any{"A": {{"team", "rep", "2026-Q1"}, {"East", "Ann", 1}, {nil, "Bo", 2}}}, func(f *excelize.File) error { return f.MergeCell("A", "A2", "A3") }, 2, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			book := excelize.NewFile()
			defer book.Close()
			fill(t, book, test.sheets)
			if test.prepare != nil {
				if err := test.prepare(book); err != nil {
					t.Fatal(err)
				}
			}
			if err := book.SaveAs(filepath.Join(folder, "targets.xlsx")); err != nil {
				t.Fatal(err)
			}
			validated, err := knowntest.Parse([]byte(knowntest.DemoSource+"dimensions: [rep, team]\ntargets_files: [targets.xlsx]"), folder)
			if test.says != "" {
				if err == nil || !strings.Contains(err.Error(), test.says) {
					t.Errorf("got %v, want %q", err, test.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := len(validated.Config().Targets); got != test.want {
				t.Errorf("got %d targets, want %d", got, test.want)
			}
		})
	}
}

// fill writes the sheets A and B of a new workbook.
func fill(t *testing.T, book *excelize.File, sheets map[string][][]any) {
	t.Helper()
	if err := book.SetSheetName("Sheet1", "A"); err != nil {
		t.Fatal(err)
	}
	if _, two := sheets["B"]; two {
		if _, err := book.NewSheet("B"); err != nil {
			t.Fatal(err)
		}
		book.SetActiveSheet(1)
	}
	for name, rows := range sheets {
		for i, cells := range rows {
			corner, err := excelize.CoordinatesToCellName(1, i+1)
			if err == nil {
				err = book.SetSheetRow(name, corner, &cells)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}
