package connectors_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source/demo"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/settings"
)

// TestTraits says for which labels a record without a value is "(none)", and for which the label is empty.
func TestTraits(t *testing.T) {
	mapped := map[string]config.Mapping{"territory": {Property: "x"}}
	sheet := func(columns ...string) *settings.Settings {
		s := &settings.Settings{Deals: settings.Sheet{Columns: map[string]string{}}}
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
		"HubSpot":           {config.Source{Settings: &hubspot.Settings{}}, []string{"pipeline", "rep", "team"}, false},
		"HubSpot, mapped":   {config.Source{Settings: &hubspot.Settings{}, Map: mapped}, []string{"pipeline", "rep", "team", "territory"}, false},
		"Salesforce":        {config.Source{Settings: &salesforce.Settings{}}, []string{"rep", "team"}, true},
		"demo of HubSpot":   {config.Source{Settings: &demo.Settings{CRM: "hubspot"}}, []string{"pipeline", "rep", "team"}, false},
		"demo of the other": {config.Source{Settings: &demo.Settings{CRM: "salesforce"}, Map: mapped}, []string{"rep", "team", "territory"}, true},
		"a bare sheet":      {config.Source{Settings: sheet("id", "stage")}, nil, true},
		"a sheet with reps": {config.Source{Settings: sheet("id", "rep", "segment")}, []string{"rep", "segment"}, true},
		"a sheet with all":  {config.Source{Settings: sheet("pipeline", "rep", "team", "product")}, []string{"pipeline", "product", "rep", "team"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			got := test.source.Settings.Traits(test.source.Map)
			slices.Sort(got.Dimensions)
			if diff := cmp.Diff(test.want, got.Dimensions); diff != "" || got.StagesByName != test.byName {
				t.Errorf("stages by name: %v; dimensions (-want +got):\n%s", got.StagesByName, diff)
			}
		})
	}
}
