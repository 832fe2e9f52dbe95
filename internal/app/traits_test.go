package app

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/config"
)

// TestTraits says for which labels a record without a value is "(none)", and for which the label is empty.
func TestTraits(t *testing.T) {
	mapped := map[string]config.Mapping{"territory": {Property: "x"}}
	sheet := func(columns ...string) *config.Spreadsheet {
		s := &config.Spreadsheet{Deals: config.Sheet{Columns: map[string]string{}}}
		for _, c := range columns {
			s.Deals.Columns[c] = c
		}
		return s
	}
	for name, test := range map[string]struct {
		source config.Source
		want   []string
		byName bool
	}{
		"HubSpot":           {config.Source{HubSpot: &config.HubSpot{}}, []string{"pipeline", "rep", "team"}, false},
		"HubSpot, mapped":   {config.Source{HubSpot: &config.HubSpot{}, Map: mapped}, []string{"pipeline", "rep", "team", "territory"}, false},
		"Salesforce":        {config.Source{Salesforce: &config.Salesforce{}}, []string{"rep", "team"}, true},
		"demo of HubSpot":   {config.Source{Demo: &config.Demo{CRM: "hubspot"}}, []string{"pipeline", "rep", "team"}, false},
		"demo of the other": {config.Source{Demo: &config.Demo{CRM: "salesforce"}, Map: mapped}, []string{"rep", "team", "territory"}, true},
		"a bare sheet":      {config.Source{Spreadsheet: sheet("id", "stage")}, nil, true},
		"a sheet with reps": {config.Source{Spreadsheet: sheet("id", "rep", "segment")}, []string{"rep", "segment"}, true},
		"a sheet with all":  {config.Source{Spreadsheet: sheet("pipeline", "rep", "team", "product")}, []string{"pipeline", "product", "rep", "team"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			got := traitsOf(test.source)
			slices.Sort(got.Dimensions)
			if diff := cmp.Diff(test.want, got.Dimensions); diff != "" || got.StagesByName != test.byName {
				t.Errorf("stages by name: %v; dimensions (-want +got):\n%s", got.StagesByName, diff)
			}
		})
	}
}
