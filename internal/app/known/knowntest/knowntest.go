// Package knowntest reads configurations for the tests of the configuration, which cannot name what may stand in one.
package knowntest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/sales-exporter/sales_exporter/internal/app/known"
	"github.com/sales-exporter/sales_exporter/internal/config"
)

// DemoSource is a source that needs no account.
const DemoSource = "sources: [{name: a, demo: {crm: hubspot}}]\n"

// Parse reads a configuration whose paths are relative to a folder.
func Parse(text []byte, folder string) (*config.Validated, error) {
	return config.Parse("config.yaml", text, folder, known.Names())
}

// MustParse reads a configuration that is valid.
func MustParse(t *testing.T, text, folder string) config.Config {
	t.Helper()
	validated, err := Parse([]byte(text), folder)
	if err != nil {
		t.Fatal(err)
	}
	return validated.Config()
}

// Write writes a file and returns its path.
func Write(t *testing.T, folder, name, text string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// WriteWorkbook writes rows into the first sheet of a new workbook.
func WriteWorkbook(t *testing.T, path string, rows [][]any) {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close() //nolint:errcheck // It only removes temporary files of large workbooks.
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
