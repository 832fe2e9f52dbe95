package board_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// TestParse reads what Grafana spells in two ways in both of them.
func TestParse(t *testing.T) {
	b, err := board.Parse([]byte(`{
		"uid": "x", "editable": false,
		"templating": {"list": [
			{"name": "old", "query": "metrics(x)", "datasource": "Prometheus", "current": {"text": "a", "value": "a"}},
			{"name": "new", "query": {"query": "label_names()", "refId": "A"}, "datasource": {"type": "prometheus", "uid": "p"},
			 "current": {"text": ["a", "b"], "value": ["a", "b"]}}
		]},
		"annotations": {"list": [{"name": "one", "useValueForTime": "on"}, {"name": "two", "useValueForTime": true}]},
		"panels": [
			{"id": 1, "type": "row", "panels": [{"id": 2, "type": "stat", "datasource": null}]},
			{"id": 3, "type": "stat", "fieldConfig": {"defaults": {"thresholds": {"steps": [{"value": null}, {"value": 0.5}]}}}}
		]}`))
	if err != nil {
		t.Fatal(err)
	}
	type variable struct {
		Name, Query, Datasource string
		Current                 board.StringList
	}
	var variables []variable
	for _, v := range b.Variables {
		variables = append(variables, variable{v.Name, string(v.Query), v.Datasource.UID, v.Current.Value})
	}
	want := []variable{
		{"old", "metrics(x)", "Prometheus", board.StringList{"a"}},
		{"new", "label_names()", "p", board.StringList{"a", "b"}},
	}
	if diff := cmp.Diff(want, variables); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
	for _, a := range b.Annotations {
		if !a.UseValueForTime {
			t.Errorf("annotation %s: useValueForTime is false", a.Name)
		}
	}
	var ids []int
	for _, p := range b.AllPanels() {
		ids = append(ids, p.ID)
	}
	if diff := cmp.Diff([]int{1, 2, 3}, ids); diff != "" {
		t.Errorf("panels (-want +got):\n%s", diff)
	}
	steps := b.Panels[1].FieldConfig.Defaults.Thresholds.Steps
	if steps[0].Value != nil || *steps[1].Value != 0.5 {
		t.Errorf("thresholds: %v", steps)
	}
}

func TestLoadDir(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{"1.json": `{"uid": "b"}`, "2.json": `{"uid": "a"}`, "README.md": "no board"}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	boards, err := board.LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var uids []string
	for _, b := range boards {
		uids = append(uids, b.UID)
	}
	if diff := cmp.Diff([]string{"a", "b"}, uids); diff != "" {
		t.Errorf("uids (-want +got):\n%s", diff)
	}
	if err := os.WriteFile(filepath.Join(dir, "3.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := board.LoadDir(dir); err == nil {
		t.Error("a file that is no JSON was read without error")
	}
}

func TestQuery(t *testing.T) {
	tests := []struct {
		query string
		want  board.VariableQuery
	}{
		{`label_values(team)`, board.VariableQuery{Func: "label_values", Label: "team"}},
		{
			`label_values(x{a="1,2",b=~"$b"}, team)`,
			board.VariableQuery{Func: "label_values", Expr: `x{a="1,2",b=~"$b"}`, Label: "team"},
		},
		{`label_names()`, board.VariableQuery{Func: "label_names"}},
		{`metrics(sales_.*)`, board.VariableQuery{Func: "metrics", Expr: "sales_.*"}},
		{`label_names({job="a"}) `, board.VariableQuery{Func: "label_names", Expr: `{job="a"}`}},
		{`label_values(x,team)`, board.VariableQuery{Func: "label_values", Expr: "x", Label: "team"}},
		{`label_values({__name__=~"a|b"}, $label)`, board.VariableQuery{
			Func: "label_values", Expr: `{__name__=~"a|b"}`, Label: "$label",
		}},
		{`query_result(max by (x) (y))`, board.VariableQuery{Func: "query_result", Expr: "max by (x) (y)"}},
	}
	for _, tt := range tests {
		got, err := board.Query(board.Variable{Query: board.QueryText(tt.query)})
		if err != nil {
			t.Errorf("Query(%q): %v", tt.query, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Query(%q) (-want +got):\n%s", tt.query, diff)
		}
	}
	for _, wrong := range []string{
		"", "up", "label_values(x{})", "label_values()", "metrics()", "query_result()", "query_results(x)",
		"query_result(a\nor b)", "query_result(\na)", "query_result(a\n)", "query_result(a\r\nor b)", "query_result(a\u2028b)",
		"label_values(x,\ny{}, team)", "label_values(x, team\n)", "label_names(\n)", "metrics(a\nb)",
		" query_result(a)", "\nquery_result(a)", "query_result (a)", "label_values(x, team )", "sum(query_result(a))",
	} {
		if got, err := board.Query(board.Variable{Query: board.QueryText(wrong)}); err == nil {
			t.Errorf("Query(%q) = %+v, want an error", wrong, got)
		}
	}
}
