package lint_test

import "testing"

// TestBreakBoard breaks the board as a whole: its settings, variables, links and layout.
func TestBreakBoard(t *testing.T) {
	tests := []breakage{
		{
			name: "uid", file: overview, old: `"uid": "sales-overview"`, new: `"uid": "sales"`,
			rule: "uid-is-file-name", text: "sales.json",
		},
		{
			name: "editable", file: overview, old: `"editable": false`, new: `"editable": true`,
			rule: "uneditable", text: "set editable to false",
		},
		{
			name: "schema", file: overview, old: `"schemaVersion": 41`, new: `"schemaVersion": 27`,
			rule: "conventions", text: "schemaVersion is 27",
		},
		{
			name: "time zone", file: overview, old: `"timezone": "browser"`, new: `"timezone": "utc"`,
			rule: "conventions", text: "timezone",
		},
		{
			name: "refresh", file: overview, old: `"refresh": "5m"`, new: `"refresh": ""`,
			rule: "conventions", text: "refresh",
		},
		{
			name: "indent", file: overview, old: `  "editable"`, new: `    "editable"`,
			rule: "canonical-json", text: "two spaces",
		},
		{
			name: "HTML escapes", file: overview, old: `> 0`, new: `\u003e 0`,
			rule: "canonical-json", text: "HTML",
		},
		{
			name: "plugin", file: operations, old: `"type": "state-timeline"`, new: `"type": "grafana-clock-panel"`,
			rule: "core-panels-only", text: "grafana-clock-panel",
		},
		{
			name: "library panel", file: overview, old: `"targets"`, new: `"libraryPanel": {
        "uid": "x"
      },
      "targets"`,
			rule: "core-panels-only", text: "library panel",
		},
		{
			name: "no data source", file: overview, old: `"type": "datasource"`, new: `"type": "custom"`,
			rule: "template-datasource", text: "no variable chooses",
		},
		{
			name: "job is no query", file: overview, old: `"type": "query"`, new: `"type": "custom"`,
			rule: "template-job", text: "does not query",
		},
		{
			name: "data source's label", file: overview, old: `"label": "Data source"`, new: `"label": "Datasource"`,
			rule: "template-datasource", text: "label it Data source",
		},
		{
			name: "data source's type", file: overview, old: `"query": "prometheus"`, new: `"query": "loki"`,
			rule: "template-datasource", text: "list prometheus",
		},
		{
			name: "job's label", file: overview, old: `"label": "Job"`, new: `"label": "job"`,
			rule: "template-job", text: "label it Job",
		},
		{
			name: "job without all", file: overview, old: `"includeAll": true`, new: `"includeAll": false`,
			rule: "template-job", text: "multi and includeAll",
		},
		{
			name: "all jobs", file: overview, old: `"allValue": ".+"`, new: `"allValue": ".*"`,
			rule: "template-job", text: "use .+",
		},
		{
			name: "instance", file: operations, old: `"label": "Instance"`, new: `"label": "Pod"`,
			rule: "template-instance", text: "label it Instance",
		},
		{
			name: "undefined", file: overview, old: `"title": "Won revenue"`, new: `"title": "Won by $rep"`,
			rule: "variable-undefined", text: "$rep is used",
		},
		{
			name: "unused", file: operations, old: `{
        "name": "datasource",`, new: `{
        "name": "rep",
        "type": "textbox",
        "query": ""
      },
      {
        "name": "datasource",`,
			rule: "variable-unused", text: "rep",
		},
		{
			name: "same id", file: operations, old: `"id": 2`, new: `"id": 1`,
			rule: "panel-ids", text: "share an id",
		},
		{
			name: "no id", file: operations, old: `"id": 2`, new: `"id": 0`,
			rule: "panel-ids", text: "has no id",
		},
		{
			name: "outside", file: operations, old: `"x": 12,`, new: `"x": 13,`,
			rule: "grid", text: "leaves the grid",
		},
		{
			name: "overlap", file: operations, old: `"x": 12,`, new: `"x": 11,`,
			rule: "grid", text: "overlaps",
		},
		{
			name: "clipped", file: overview, old: `"y": 20`, new: `"y": 12`,
			rule: "first-screen", text: "ends at row 20, the screen at 17",
		},
		{
			name: "unreadable", file: overview, old: `"w": 6`, new: `"w": 2`,
			rule: "first-screen", text: "readable from 3 x 3",
		},
		{
			name: "link without variables", file: overview, old: `"includeVars": true`, new: `"includeVars": false`,
			rule: "board-links", text: "includeVars",
		},
		{
			name: "no menu", file: overview, old: `"type": "dashboards"`, new: `"type": "link"`,
			rule: "board-links", text: "no link lists the other boards",
		},
		{
			name: "dead link", file: overview, old: `/d/sales-exporter-operations?`, new: `/d/sales-funnel?`,
			rule: "link-target", text: "/d/sales-funnel, which is no board",
		},
		{
			name: "link without time", file: overview, old: `&${__url_time_range}`, new: ``,
			rule: "link-target", text: "loses variables or time",
		},
		{
			name: "annotation missing", file: overview,
			old: `ALERTS{alertname=\"SalesDataStale\",alertstate=\"firing\"}`, new: `vector(1)`,
			rule: "annotations", text: "stale data",
		},
		{
			name: "annotation without switch", file: overview, old: `"name": "Stale data",
        "datasource": {
          "type": "prometheus",
          "uid": "${datasource}"
        },
        "enable": true,
        "hide": false`, new: `"name": "Stale data",
        "datasource": {
          "type": "prometheus",
          "uid": "${datasource}"
        },
        "enable": true,
        "hide": true`,
			rule: "annotations", text: "has no switch",
		},
		{
			name: "query of a variable", file: overview,
			old:  `label_values(sales_exporter_source_up{job=~\"$job\"}, source)`,
			new:  `label_values(sales_exporter_source_up{job=~\"$job\", source)`,
			rule: "template-label-promql", where: "variable source", text: "PromQL",
		},
		{
			name: "function of a variable", file: overview, old: `label_values(sales_exporter_build_info, job)`,
			new: `jobs()`, rule: "template-label-promql", where: "variable job", text: "label_values",
		},
		{
			name: "refresh of a variable", file: overview, old: `"refresh": 2`, new: `"refresh": 1`,
			rule: "template-refresh", where: "variable job", text: "set refresh to 2",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, tt.test)
	}
}

// TestSize needs more text than a table should hold.
func TestSize(t *testing.T) {
	padding := make([]byte, 120*1024)
	for i := range padding {
		padding[i] = 'x'
	}
	breakage{
		file: overview, old: `Definitions: docs`, new: string(padding), rule: "size", text: "under 120 KiB",
	}.test(t)
}
