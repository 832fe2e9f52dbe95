package lint_test

import "testing"

// TestBreakPanel breaks what a reader sees of a panel.
func TestBreakPanel(t *testing.T) {
	const attainment, won, perDeal, teams = `panel "Attainment"`, `panel "Won revenue"`, `panel "Revenue per deal"`,
		`panel "Teams"`
	tests := []breakage{
		{
			name: "no title", file: overview, old: `"title": "Teams"`, new: `"title": ""`,
			rule: "panel-title", where: `panel "" (5)`, text: "has no title",
		},
		{
			name: "long title", file: overview, old: `"title": "Teams"`,
			new: `"title": "Won revenue and won deals by team, largest first"`, rule: "panel-title", text: "48 characters",
		},
		{
			name: "no description", file: operations,
			old: `"description": "1 is up (https://example.com/docs/metrics.md#the-exporter-itself)"`,
			new: `"description": ""`, rule: "panel-description", where: `panel "Sources"`, text: "no description",
		},
		{
			name: "no query", file: operations, old: `"targets"`, new: `"queries"`,
			rule: "panel-no-targets", where: `panel "API requests"`, text: "no query",
		},
		{
			name: "no unit", file: overview, old: `"value": "locale"`, new: `"value": ""`,
			rule: "panel-units", where: teams, text: "has no unit",
		},
		{
			name: "unknown unit", file: overview, old: `"value": "locale"`, new: `"value": "deals"`,
			rule: "panel-units", where: teams, text: `"deals"`,
		},
		{
			name: "no value", file: overview, old: `"noValue": "no data yet"`, new: `"noValue": ""`,
			rule: "panel-no-value", where: attainment, text: "set noValue",
		},
		{
			name: "no judgement", file: overview, old: `Good: 100 %.`, new: `100 % is the target.`,
			rule: "panel-description", where: attainment, text: "what good looks like",
		},
		{
			name: "no formula", file: overview, old: `Attainment = actual`, new: `Attainment: actual`,
			rule: "panel-docs", where: attainment, text: "no formula",
		},
		{
			name: "no docs", file: overview, old: `docs/metrics.md#sales_target_attainment_ratio`, new: `the documentation`,
			rule: "panel-docs", where: attainment, text: "does not link",
		},
		{
			name: "dead docs", file: overview, old: `#sales_target_attainment_ratio`, new: `#sales_target_attainment`,
			rule: "panel-docs", where: attainment, text: "no heading",
		},
		{
			name: "literal data source of a query", file: operations, old: `"refId": "A",
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"`, new: `"refId": "A",
          "datasource": {
            "type": "prometheus",
            "uid": "P1809F7CD0C75ACF3"`,
			rule: "datasource", where: `panel "API requests"`, text: "P1809F7CD0C75ACF3",
		},
		{
			name: "literal data source of an annotation", file: operations, old: `"name": "Periods",
        "datasource": {
          "type": "prometheus",
          "uid": "${datasource}"`, new: `"name": "Periods",
        "datasource": {
          "type": "prometheus",
          "uid": "main"`,
			rule: "datasource", where: "annotation Periods", text: "main",
		},
		{
			name: "thresholds fall", file: overview, old: `"value": 0.85`, new: `"value": 1.85`,
			rule: "thresholds", where: attainment, text: "do not rise",
		},
		{
			name: "first threshold", file: overview, old: `"value": null`, new: `"value": 0`,
			rule: "thresholds", where: attainment, text: "first without a value",
		},
		{
			name: "range in a gauge", file: overview, old: `"instant": true,
          "range": false`, new: `"instant": false,
          "range": true`,
			rule: "instant", where: attainment, text: "set instant",
		},
		{
			name: "instant in a graph", file: operations, old: `"instant": false,
          "range": true`, new: `"instant": true,
          "range": false`,
			rule: "instant", where: `panel "API requests"`, text: "unset instant",
		},
		{
			name: "colour alone", file: overview, old: `"options": {},`, new: `"options": {
        "textMode": "none"
      },`,
			rule: "not-colour-alone", where: attainment, text: "colour alone",
		},
		{
			name: "money without currency", file: overview, old: `"unit": "currencyUSD"`, new: `"unit": "short"`,
			rule: "unit-of-money", where: won, text: "use the currency",
		},
		{
			name: "money per deal without currency", file: overview, old: `"unit": "currency:USD"`,
			new:  `"unit": "none"`,
			rule: "unit-of-money", where: perDeal, text: "use the currency",
		},
		{
			name: "money column without currency", file: overview, old: `"value": "currencyUSD"`, new: `"value": "none"`,
			rule: "unit-of-money", where: teams, text: "query A",
		},
		{
			name: "currency on a count", file: overview, old: `"value": "locale"`, new: `"value": "currencyUSD"`,
			rule: "unit-of-money", where: teams, text: "query B is no amount",
		},
		{
			name: "currency on a ratio", file: overview, old: `"unit": "percentunit"`, new: `"unit": "currencyEUR"`,
			rule: "unit-of-money", where: attainment, text: "is no amount",
		},
		{
			name: "per cent on a count", file: overview, old: `"value": "locale"`, new: `"value": "percentunit"`,
			rule: "unit-of-ratio", where: teams, text: "query B is no ratio",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, tt.test)
	}
}
