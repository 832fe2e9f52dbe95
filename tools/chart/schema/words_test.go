package schema

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/app/known"
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
)

// targetWith is a configuration in which one key of a target has another value.
const targetWith = `sources: [{name: demo, demo: {crm: hubspot}}]
targets:
  - {name: t, %s}
`

// TestWords holds the schema to the exporter: of each of these words, both say the same. A word that only the schema
// takes would end the pod that runs; one that only the exporter takes could not be installed.
func TestWords(t *testing.T) {
	words := []struct {
		key, format string
		words       []string
	}{
		{"kpi", fmt.Sprintf(targetWith, "kpi: %s, value: 0.5, every: month"), slices.Concat(kpi.TargetKPIs(), []string{
			"revenue", "Revenue_won", "win_rate", "deals_won2", "mean_cycle",
		})},
		{"every", fmt.Sprintf(targetWith, "kpi: deals_won, value: 5, every: %s"), []string{
			"day", "week", "month", "quarter", "year", "Month", "monthly", "montly", "months", "quarterly",
		}},
		{"over", fmt.Sprintf(targetWith, "kpi: deals_won, growth: 0.2, over: %s, every: year"), []string{
			"previous_week", "previous_year", "previous_years", "last_year", "year",
		}},
		{"over", fmt.Sprintf(targetWith, "kpi: deals_won, growth: 0.2, over: %s, every: month"), []string{
			"previous_month", "previous month",
		}},
		{"over", fmt.Sprintf(targetWith, "kpi: deals_won, growth: 0.2, over: %s, every: quarter"), []string{
			"previous_quarter", "previous-quarter",
		}},
		{"pace", fmt.Sprintf(targetWith, "kpi: deals_won, value: 5, every: month, pace: %s"), []string{
			"linear", "working_days", "workingdays", "working days", "Linear", "seasonal", "curve", "auto",
		}},
		{"rep_label", "rep_label: %s\nsources: [{name: demo, demo: {crm: hubspot}}]\n", []string{
			"name", "id", "Name", "names", "email", "none",
		}},
		{"crm", "sources: [{name: demo, demo: {crm: %s}}]\n", []string{
			"hubspot", "salesforce", "HubSpot", "pipedrive",
		}},
		{"decimal", "sources: [{name: s, spreadsheet: {decimal: \"%s\", deals: " +
			"{file: deals.csv, columns: {id: Id, stage: Stage}, stages: {Won: won}}}}]\n", []string{
			".", ",", ";", "comma", "point",
		}},
	}
	schema := compile(t)
	for _, w := range words {
		taken := 0
		for _, word := range w.words {
			t.Run(w.key+"/"+word, func(t *testing.T) {
				text := fmt.Sprintf(w.format, word)
				values := decoded(t, readValues(t))
				values["config"] = decoded(t, []byte(text))
				bySchema := schema.Validate(asJSON(t, values))
				byExporter := load(t, text)
				if (bySchema == nil) != (byExporter == nil) {
					t.Errorf("the schema says %v, the exporter %v", bySchema, byExporter)
				}
				if byExporter == nil {
					taken++
				}
			})
		}
		if taken == 0 {
			t.Errorf("%s: the exporter takes none of %q; the test looks at something else", w.key, w.words)
		}
	}
}

// load reads a configuration as the exporter does.
func load(t *testing.T, text string) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := config.Load(path, known.Names())
	return err
}
