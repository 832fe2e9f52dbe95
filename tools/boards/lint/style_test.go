package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/tools/boards/lint"
)

// TestBreakVariable breaks variables in the ways in which Grafana recognises no function, and opens a blank board
// .
func TestBreakVariable(t *testing.T) {
	const targets = `label_values(sales_target_value{job=~\"$job\",period=\"$period\"}, target)`
	const oneLine, promQL = "template-one-line", "template-label-promql"
	tests := []breakage{
		{
			name: "query_result over two lines", old: targets,
			new:  `query_result(sales_target_value{job=~\"$job\",period=\"$period\"}\nor sales_target_value{job=~\"$job\"})`,
			rule: oneLine, where: "variable target", text: "line break",
		},
		{name: "label_values over two lines", old: `, target)`, new: `,\ntarget)`, rule: oneLine, text: "on one line"},
		{name: "label_names over two lines", old: targets, new: `label_names(\nsales_.*)`, rule: oneLine, text: "line break"},
		{name: "metrics over two lines", old: targets, new: `metrics(\nsales_.*)`, rule: oneLine, text: "line break"},
		{name: "carriage return", old: `, target)`, new: `,\r\ntarget)`, rule: oneLine, text: "line break"},
		{name: "line break at the end", old: `, target)`, new: `, target)\n`, rule: oneLine, text: "line break"},
		{
			name: "line break in a list", rule: oneLine, text: "line break",
			old: `"query": "prometheus"
      },`, new: `"query": "prometheus"
      },
      {
        "name": "rep",
        "type": "textbox",
        "label": "$rep",
        "query": "a\nb"
      },`,
		},
		{name: "blank before the function", old: targets, new: ` ` + targets, rule: promQL, text: "Grafana recognises no"},
		{name: "no label", old: `, target)`, new: `)`, rule: promQL, text: "Grafana recognises no"},
		{name: "blank after the label", old: `, target)`, new: `, target )`, rule: promQL, text: "Grafana recognises no"},
		{name: "empty query_result", old: targets, new: `query_result()`, rule: promQL, text: "Grafana recognises no"},
		{name: "unknown function", old: targets, new: `query_results(up)`, rule: promQL, text: "Grafana recognises no"},
	}
	for _, tt := range tests {
		tt.file = overview
		t.Run(tt.name, tt.test)
	}
}

// TestBreakAbsence breaks the mapping without which absence is painted as a verdict.
func TestBreakAbsence(t *testing.T) {
	const attainment = `panel "Attainment"`
	const grey = `"match": "null+nan"`
	tests := []breakage{
		{name: "null alone", old: grey, new: `"match": "null"`, where: attainment, text: "make a special mapping"},
		{name: "NaN alone", old: grey, new: `"match": "nan"`, where: attainment, text: "make a special mapping"},
		{name: "another mapping", old: `"type": "special"`, new: `"type": "value"`, where: attainment, text: "null+nan"},
		{name: "no text", old: `"text": "no data"`, new: `"text": ""`, where: attainment, text: "to a text"},
		{name: "red", old: `"color": "#7B7F85"`, new: `"color": "#D55E00"`, where: attainment, text: "is a verdict"},
		{name: "green by name", old: `"color": "#7B7F85"`, new: `"color": "green"`, where: attainment, text: "use a grey"},
		{name: "no colour", old: `"color": "#7B7F85"`, new: `"color": ""`, where: attainment, text: "use a grey"},
		{name: "no mapping", old: `"mappings": [`, new: `"others": [`, where: attainment, text: "make a special mapping"},
		{
			name: "not the first", where: attainment, text: "the first",
			old: `"mappings": [
`, new: `"mappings": [
            {
              "type": "value",
              "options": {}
            },
`,
		},
		{
			name: "a cell that judges", where: `panel "Teams"`, text: `byName "Deals"`,
			old: `"id": "decimals",
                "value": 0
              }`, new: `"id": "thresholds",
                "value": {
                  "mode": "absolute",
                  "steps": [
                    {
                      "color": "red",
                      "value": null
                    },
                    {
                      "color": "green",
                      "value": 1
                    }
                  ]
                }
              }`,
		},
	}
	for _, tt := range tests {
		tt.file, tt.rule = overview, "absence"
		t.Run(tt.name, tt.test)
	}
}

// TestAbsenceOnTiles: every type of tile paints absence alike.
func TestAbsenceOnTiles(t *testing.T) {
	for _, kind := range []string{"stat", "gauge", "bargauge"} {
		tile := []string{`"type": "gauge"`, `"type": "` + kind + `"`}
		if found := changed(t, overview, tile...); len(found) > 0 {
			t.Errorf("a whole %s: %v", kind, found)
		}
		found := changed(t, overview, append(tile, `"match": "null+nan"`, `"match": "empty"`)...)
		if len(found) != 1 || found[0].Rule != "absence" {
			t.Errorf("a %s without a mapping for absence: %v", kind, found)
		}
	}
}

// TestBreakTable gives names a unit, or values none.
func TestBreakTable(t *testing.T) {
	const textUnit, teams = "unit-of-text", `panel "Teams"`
	tests := []breakage{
		{name: "time by default", old: `"unit": "string"`, new: `"unit": "dateTimeFromNow"`, text: "applied to names"},
		{name: "currency by default", old: `"unit": "string"`, new: `"unit": "currencyUSD"`, text: "make it string"},
		{name: "short by default", old: `"unit": "string"`, new: `"unit": "short"`, text: "applied to names"},
		{name: "per cent by default", old: `"unit": "string"`, new: `"unit": "percentunit"`, text: "applied to names"},
		{name: "values without a unit", old: `"options": "Deals"`, new: `"options": "Count"`, text: "values of query B"},
		{
			name: "time on a label", old: `"id": "byName",
              "options": "Deals"`, new: `"id": "byRegexp",
              "options": "/Deals|Team/"`, text: "column Team is text",
		},
		{
			name: "unit on all texts", text: "is text, but has the unit",
			old: `"overrides": [
          {
            "matcher": {
              "id": "byName",
              "options": "Won"`, new: `"overrides": [
          {
            "matcher": {
              "id": "byType",
              "options": "string"
            },
            "properties": [
              {
                "id": "unit",
                "value": "s"
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Won"`,
		},
	}
	for _, tt := range tests {
		tt.file, tt.rule, tt.where = overview, textUnit, teams
		t.Run(tt.name, tt.test)
	}
}

// TestBreakAxis prints on axes what does not belong there, and drops digits of counts.
func TestBreakAxis(t *testing.T) {
	const bars, line = `panel "Won by team"`, `panel "Revenue per deal"`
	const x = `"id": "unit",
                "value": "string"`
	tests := []breakage{
		{name: "unit of the bars on x", rule: "axis", where: bars, old: x, new: `"id": "min",
                "value": 0`, text: `has the unit "currencyUSD"`},
		{name: "time on x", rule: "axis", where: bars, old: x, new: `"id": "unit",
                "value": "s"`, text: "unit string by an override"},
		{name: "text at every tick", rule: "axis", where: bars, old: `"value": " "`, new: `"value": "no deal"`, text: "printed at each tick"},
		{name: "default text at every tick", rule: "axis", where: bars, old: `"id": "noValue"`, new: `"id": "displayName"`, text: "override noValue of team"},
		{name: "no x field", rule: "axis", where: bars, old: `"xField": "team"`, new: `"xTickLabelSpacing": 100`, text: "set xField"},
		{
			name: "whole numbers of money on a line", rule: "axis", where: line, text: "leave decimals out",
			old: `"unit": "currency:USD",`, new: `"unit": "currency:USD",
          "decimals": 0,`,
		},
		{
			name: "whole numbers on bars", rule: "axis", where: bars, text: "leave decimals out",
			old: `"value": " "
              }`, new: `"value": " "
              },
              {
                "id": "decimals",
                "value": 0
              }`,
		},
		{
			name: "short count", rule: "unit-of-count", where: `panel "Teams"`, text: "use the unit locale",
			old: `"value": "locale"`, new: `"value": "short"`,
		},
	}
	for _, tt := range tests {
		tt.file = overview
		t.Run(tt.name, tt.test)
	}
}

// TestBreakRatioOnAxis leaves two ticks on the axis of a ratio: 0 % and 100 %.
func TestBreakRatioOnAxis(t *testing.T) {
	found := changed(t, operations, `"unit": "reqps",`, `"unit": "percentunit",
          "decimals": 0,`)
	found = slices.DeleteFunc(found, func(f lint.Finding) bool { return f.Rule != "axis" })
	if len(found) != 1 || !strings.Contains(found[0].Text, "leave decimals out") {
		t.Errorf("found %v, want that decimals are left out", found)
	}
}

// TestBreakTimeline hides the words of a timeline.
func TestBreakTimeline(t *testing.T) {
	for name, mode := range map[string]string{"thresholds": `"mode": "thresholds"`, "no mode": `"mode": ""`} {
		t.Run(name, breakage{
			file: operations, old: `"mode": "fixed"`, new: mode,
			rule: "state-colour", where: `panel "Sources"`, text: "colour mode fixed",
		}.test)
	}
}

// TestBreakLink ends a parameter at the & of a name.
func TestBreakLink(t *testing.T) {
	for name, field := range map[string]string{
		"as it is": `Team}`, "as a list": `Team:csv}`, "in quotes": `Team:doublequote}`,
	} {
		t.Run(name, breakage{
			file: overview, old: `Team:percentencode}`, new: field, rule: "link-encoding", text: "percentencode}",
		}.test)
	}
}
