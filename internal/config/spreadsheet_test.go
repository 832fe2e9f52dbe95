package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
)

// TestPatternsOfFiles holds that a pattern may leave the ending of its files open.
func TestPatternsOfFiles(t *testing.T) {
	for file, ok := range map[string]bool{
		"exp/*": true, "exp/*.*": true, "exp/2024.*": true, "exp/*.[ct]sv": true, "exp/deals.xls?": true, "exp/*.csv": true,
		"exp/deals-?": true, "exp/deals": false, "exp/*.pdf": false, "*/deals": false, "exp/deals.ods": false,
	} {
		text := fmt.Sprintf("sources: [{name: a, spreadsheet: {deals: {file: %q, columns: {id: id, stage: s}, stages: {Won: won}}}}]\n", file)
		_, err := knowntest.Parse([]byte(text), t.TempDir())
		if ok != (err == nil) || err != nil && !strings.Contains(err.Error(), "is not a kind of file") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestPipelinesOfSheets holds that pipelines are chosen only where the sheet says which one a deal is in.
func TestPipelinesOfSheets(t *testing.T) {
	for columns, ok := range map[string]bool{"": false, ", name: pipeline": false, ", pipeline: P": true} {
		text := "sources: [{name: a, pipelines: [New], spreadsheet: {deals: {file: a.csv, columns: {id: id, stage: s" + columns +
			"}, stages: {Won: won}}}}]\n"
		_, err := knowntest.Parse([]byte(text), t.TempDir())
		if ok != (err == nil) || err != nil && !strings.Contains(err.Error(), "has no effect on a sheet without a column of pipelines") {
			t.Errorf("%s: %v", columns, err)
		}
	}
}
