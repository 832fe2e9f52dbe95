package preview

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// vector is the answer to an instant query: pairs of a label's value and a number.
func vector(label string, pairs ...any) []Series {
	var out []Series
	for i := 0; i < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		value, _ := pairs[i+1].(float64)
		out = append(out, Series{
			Metric: map[string]string{label: name}, Value: Sample{Time: 1000, Value: value},
		})
	}
	return out
}

// rows writes frames as text: a line of names, then a line per row.
func rows(t *testing.T, frames []Frame) string {
	t.Helper()
	var b strings.Builder
	for i := range frames {
		frame := &frames[i]
		for _, f := range frame.Fields {
			b.WriteString(f.Name + " | ")
		}
		b.WriteString("\n")
		for row := range frame.Len() {
			for j := range frame.Fields {
				b.WriteString(strings.ReplaceAll(frame.Fields[j].key(row), "\x00", "-") + " | ")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func TestTransform(t *testing.T) {
	targets := []board.Target{{RefID: "A", Format: "table"}, {RefID: "B", Format: "table"}}
	results := map[string]Result{
		"A": {Result: vector("team", "North", 3.0, "South", 1.0)},
		"B": {Result: vector("team", "South", 20.0, "West", 30.0)},
	}
	for _, tt := range []struct {
		name  string
		steps string
		want  string
	}{
		{
			name:  "merge joins rows on the columns that all frames have",
			steps: `[{"id": "merge", "options": {}}]`,
			want: "Time | team | Value #A | Value #B | \n" +
				"1e+06 | North | 3 | - | \n1e+06 | South | 1 | 20 | \n1e+06 | West | - | 30 | \n",
		},
		{
			name: "organize hides, orders and renames",
			steps: `[{"id": "merge", "options": {}}, {"id": "organize", "options": {
				"excludeByName": {"Time": true}, "indexByName": {"Value #B": 0, "team": 1},
				"renameByName": {"Value #A": "won", "team": "Team"}}}]`,
			want: "Value #B | Team | won | \n- | North | 3 | \n20 | South | 1 | \n30 | West | - | \n",
		},
		{
			name: "sortBy leaves what was not measured at the end",
			steps: `[{"id": "merge", "options": {}},
				{"id": "sortBy", "options": {"sort": [{"field": "Value #B", "desc": true}]}}]`,
			want: "Time | team | Value #A | Value #B | \n" +
				"1e+06 | West | - | 30 | \n1e+06 | South | 1 | 20 | \n1e+06 | North | 3 | - | \n",
		},
		{
			name: "limit keeps the first rows",
			steps: `[{"id": "merge", "options": {}}, {"id": "sortBy", "options": {"sort": [{"field": "team"}]}},
				{"id": "limit", "options": {"limitField": 1}}]`,
			want: "Time | team | Value #A | Value #B | \n1e+06 | North | 3 | - | \n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var steps []board.Transformation
			if err := json.Unmarshal([]byte(tt.steps), &steps); err != nil {
				t.Fatal(err)
			}
			got, err := transform(framesOf(targets, results), steps)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, rows(t, got)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMergeKeepsRowsApartThatContradict(t *testing.T) {
	frames := framesOf([]board.Target{{RefID: "A", Format: "table"}, {RefID: "B", Format: "table"}}, map[string]Result{
		"A": {Result: vector("team", "North", 3.0)},
		"B": {Result: []Series{
			{Metric: map[string]string{"team": "North", "target": "stretch"}, Value: Sample{1000, 1}},
			{Metric: map[string]string{"team": "North", "target": "plan"}, Value: Sample{1000, 2}},
		}},
	})
	want := "Time | team | Value #A | target | Value #B | \n" +
		"1e+06 | North | 3 | stretch | 1 | \n1e+06 | North | - | plan | 2 | \n"
	if diff := cmp.Diff(want, rows(t, merge(frames))); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestTransformRefusesWhatItDoesNotKnow(t *testing.T) {
	_, err := transform(nil, []board.Transformation{{ID: "joinByLabels"}})
	if err == nil || !strings.Contains(err.Error(), "joinByLabels") {
		t.Errorf("got %v, want an error that names the transformation", err)
	}
}

func TestFramesOf(t *testing.T) {
	targets := []board.Target{
		{RefID: "A", LegendFormat: "{{team}} of {{ source }}"},
		{RefID: "B", LegendFormat: "__auto"},
		{RefID: "C", Hide: true},
	}
	series := []Series{{Metric: map[string]string{"team": "North"}, Values: []Sample{{1, 2}, {3, 4}}}}
	frames := framesOf(targets, map[string]Result{"A": {Result: series}, "B": {Result: series}, "C": {Result: series}})
	var titles []string
	for _, f := range frames {
		titles = append(titles, f.Fields[1].Title())
	}
	if diff := cmp.Diff([]string{"North of ", "North"}, titles); diff != "" {
		t.Errorf("titles (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]float64{1000, 3000}, frames[0].Fields[0].numbers()); diff != "" {
		t.Errorf("times (-want +got):\n%s", diff)
	}
}

func TestFramesOfTableReadsBoundsAsNumbers(t *testing.T) {
	frames := framesOf([]board.Target{{RefID: "A", Format: "table"}}, map[string]Result{
		"A": {Result: vector("le", "+Inf", 9.0, "10", 4.0)},
	})
	sortRows(&frames[0], frames[0].field("le"), false)
	want := "Time | le | Value | \n1e+06 | 10 | 4 | \n1e+06 | +Inf | 9 | \n"
	if diff := cmp.Diff(want, rows(t, frames)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}
