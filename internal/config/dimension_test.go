package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
)

// TestFreeDimensions holds that a dimension may have any name that a source fills, and that others are typing errors.
func TestFreeDimensions(t *testing.T) {
	const (
		hub   = "{name: a, demo: {crm: hubspot}, map: {NAME: {property: region}}}"
		sheet = "{name: a, spreadsheet: {deals: {file: a.csv, columns: {id: I, stage: S, NAME: N}, stages: {Won: won}}}}"
	)
	for name, want := range map[string]string{ // "" is accepted
		"market": "", "sales_unit2": "", "segment": "",
		"Market": `"Market" cannot be a label`, "a-b": "cannot be a label", "_a": "cannot be a label", "a__b": "cannot be a label",
		"region": "as a label in Prometheus", "job": "as a label in Prometheus", "forecast_category": "as a field of a deal",
		"pace": "as a key of a target", "window": "label of the exporter's own",
		"level": `:1:19: dimensions[1]: "level" is a reserved name: it is or will be a label of the exporter's own; use another, such as deal_level`,
	} {
		for _, source := range []string{hub, sheet} {
			text := "dimensions: [rep, " + name + "]\nsources:\n  - " + strings.ReplaceAll(source, "NAME", name) + "\n"
			validated, err := knowntest.Parse([]byte(text), t.TempDir())
			switch {
			case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
				t.Errorf("%s: %v, want %q", text, err, want)
			case want == "" && err != nil:
				t.Errorf("%s: %v", text, err)
			case want == "":
				c := validated.Config()
				s := c.Sources[0]
				if !slices.Equal(c.Dimensions, []string{"rep", name}) || !slices.Contains(s.Settings.Traits(s.Map).Dimensions, name) {
					t.Errorf("%s: dimensions %v, of the source %v", text, c.Dimensions, s.Settings.Traits(s.Map).Dimensions)
				}
			}
		}
	}
}

// TestDimensionsThatNobodyFills holds that a name that no source fills is a typing error, wherever it stands.
func TestDimensionsThatNobodyFills(t *testing.T) {
	const market = "dimensions: [rep, market]\nsources: [{name: a, demo: {crm: hubspot}, map: {market: {property: region}}}]\n"
	for text, want := range map[string]string{
		market + "targets: [{name: t, kpi: deals_won, value: 1, period: 2026, scope: {market: EMEA}}]\n":       "",
		market + "targets: [{name: t, kpi: deals_won, value: 1, period: 2026, scope: {markt: EMEA}}]\n":        "did you mean market?",
		market + "metrics: {grain: {sales_deals_won: [market]}}\n":                                             "",
		market + "metrics: {grain: {sales_deals_won: [markt]}}\n":                                              "did you mean market?",
		market + "rollups: [[market], [makret]]\n":                                                             "did you mean market?",
		market + "limits: {values_per_dimension: {market: 5}}\n":                                               "",
		strings.Replace(market, "rep, market", "rep, markt", 1):                                                `"markt" is filled by no source; map it at a source, or name its column in a sheet`,
		strings.Replace(market, "rep, market", "rep", 1):                                                       "sources[0].map.market: is not a dimension; known are pipeline, rep, team, territory, business_type, segment, channel, product; or add market to dimensions",
		strings.Replace(market, "rep, market", "rep, tem, market", 1):                                          `"tem" is not a dimension; did you mean team?`,
		strings.Replace(market, "rep, market", "rep, amount", 1):                                               `"amount" is a reserved name: it means something else as a field of a deal; use another, such as deal_amount`,
		"dimensions: [rep]\nsources: [{name: a, spreadsheet: {deals: {file: a.csv, columns: {market: m}}}}]\n": "; or add market to dimensions",
	} {
		_, err := knowntest.Parse([]byte(text), t.TempDir())
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestRollupsOfUnknownNames holds that a rollup with a mistyped name is not the rollup without it, which may be listed too.
func TestRollupsOfUnknownNames(t *testing.T) {
	_, err := knowntest.Parse([]byte("sources: [{name: a, demo: {crm: hubspot}}]\nrollups: [[], [tem]]\n"), t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "did you mean team?") || strings.Contains(err.Error(), "listed twice") {
		t.Errorf("%v, want a suggestion alone", err)
	}
}
