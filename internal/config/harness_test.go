package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/sales-exporter/sales_exporter/internal/app/known"
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// demoSource is a source that needs no account.
const demoSource = "sources: [{name: a, demo: {crm: hubspot}}]\n"

// parse reads a configuration whose paths are relative to a folder.
func parse(text []byte, folder string) (*config.Validated, error) {
	return config.Parse("config.yaml", text, folder, known.Names())
}

func mustParse(t *testing.T, text, folder string) config.Config {
	t.Helper()
	validated, err := parse([]byte(text), folder)
	if err != nil {
		t.Fatal(err)
	}
	return validated.Config()
}

// compareInstants lets cmp look at value.Instant, whose fields are private.
var compareInstants = cmp.Comparer(func(a, b value.Instant) bool { return a == b })

func write(t *testing.T, folder, name, text string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

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
