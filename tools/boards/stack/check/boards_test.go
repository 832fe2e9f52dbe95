package check

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
	"github.com/sales-exporter/sales_exporter/tools/boards/stack/promtest"
	"github.com/sales-exporter/sales_exporter/tools/boards/stack/query"
)

// testBoard has two panels, one of them with two queries, and an annotation.
const testBoard = `{
  "uid": "test", "time": {"from": "now-1h", "to": "now"},
  "panels": [
    {"id": 1, "type": "stat", "title": "Won", "targets": [{"refId": "A", "instant": true, "expr": "won"}]},
    {"id": 2, "type": "stat", "title": "Both", "targets": [
      {"refId": "A", "instant": true, "expr": "won"}, {"refId": "B", "instant": true, "expr": "lost"}
    ]}
  ],
  "annotations": {"list": [{"name": "Stale data", "expr": "stale"}]}
}`

func testBoards(t *testing.T) []*board.Board {
	t.Helper()
	b, err := board.Parse([]byte(testBoard))
	if err != nil {
		t.Fatal(err)
	}
	return []*board.Board{b}
}

func vectorOf(values ...float64) model.Vector {
	vector := model.Vector{}
	for _, v := range values {
		vector = append(vector, &model.Sample{Metric: model.Metric{}, Value: model.SampleValue(v)})
	}
	return vector
}

func matrixOf(value float64) model.Matrix {
	pair := model.SamplePair{Timestamp: 1, Value: model.SampleValue(value)}
	return model.Matrix{{Metric: model.Metric{}, Values: []model.SamplePair{pair}}}
}

func newBoardCheck(t *testing.T, p promtest.Prometheus, exceptions ...Exception) *boardCheck {
	t.Helper()
	return &boardCheck{
		source: query.Source{API: p.Start(t), ScrapeInterval: 5 * time.Second}, boards: testBoards(t),
		exceptions: exceptions, answers: map[key]answer{},
	}
}

func TestBoards(t *testing.T) {
	stale := Exception{Panel: "Stale data", Reason: "nothing is stale"}
	for name, c := range map[string]struct {
		lost       model.Vector
		exceptions []Exception
		problem    string
	}{
		"full":                 {vectorOf(1), []Exception{stale}, ""},
		"zero is a number":     {vectorOf(0), []Exception{stale}, ""},
		"empty":                {nil, []Exception{stale}, `test, "Both" B is empty: lost`},
		"NaN":                  {vectorOf(math.NaN()), []Exception{stale}, `test, "Both" B is empty`},
		"excepted":             {nil, []Exception{stale, {Board: "test", Panel: "Both", Ref: "B", Reason: "r"}}, ""},
		"other query excepted": {nil, []Exception{stale, {Panel: "Both", Ref: "B", Board: "other", Reason: "r"}}, ""},
		"nothing excepted":     {vectorOf(1), nil, `test, "Stale data" annotation is empty`},
		"needless": {
			vectorOf(1), []Exception{stale, {Panel: "Won", Reason: "r"}}, `the exception for panel "Won" is not needed any more`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := promtest.Prometheus{Vectors: map[string]model.Vector{"won": vectorOf(1), "lost": c.lost}}
			got := newBoardCheck(t, p, c.exceptions...).look(t.Context())
			if name == "other query excepted" {
				// The query is empty, and the exception of the other board covers nothing.
				if len(got.problems) != 2 {
					t.Errorf("found %q, want two", got.problems)
				}
				return
			}
			expectProblem(t, got, c.problem)
		})
	}
}

// TestBoardsAtTheNextStep has a range query that is empty now, and will not be at the next step.
func TestBoardsAtTheNextStep(t *testing.T) {
	one := vectorOf(1)
	c := newBoardCheck(t, promtest.Prometheus{Vectors: map[string]model.Vector{"won": one, "lost": one, "stale": one}})
	expectProblem(t, c.look(t.Context()), "")
	row := c.report()[0].Rows[3]
	if row.Panel != "Stale data" || row.Samples != 1 || !strings.Contains(row.Reason, "next step") {
		t.Errorf("the annotation is reported as %+v", row)
	}
}

// TestBoardsAgain lets a query return something at the second look. The others must not be asked again.
func TestBoardsAgain(t *testing.T) {
	asked := make(chan string, 10)
	p := promtest.Prometheus{
		Vectors:  map[string]model.Vector{"won": vectorOf(1)},
		Matrices: map[string]model.Matrix{"stale": matrixOf(1)},
		Asked:    asked,
	}
	c := newBoardCheck(t, p)
	expectProblem(t, c.look(t.Context()), `"Both" B is empty`)
	p.Vectors["lost"] = vectorOf(2, 3)
	expectProblem(t, c.look(t.Context()), "")
	close(asked)
	var queries []string
	for a := range asked {
		queries = append(queries, strings.Fields(a)[0])
	}
	if len(queries) != 5 || queries[4] != "query=lost" {
		t.Errorf("asked %q, want four queries and then the one that was empty", queries)
	}
	want := []BoardReport{{UID: "test", Rows: []Row{
		{Panel: "Won", Ref: "A", Expr: "won", Samples: 1},
		{Panel: "Both", Ref: "A", Expr: "won", Samples: 1},
		{Panel: "Both", Ref: "B", Expr: "lost", Samples: 2},
		{Panel: "Stale data", Ref: "annotation", Expr: "stale", Samples: 1},
	}}}
	if diff := cmp.Diff(want, c.report()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"won", "lost", "stale"}, c.expressions()); diff != "" {
		t.Error(diff)
	}
	if panels := c.dump(nil).Boards["test"].Panels; len(panels) != 2 || len(panels["2"]) != 2 {
		t.Errorf("the dump holds %v", panels)
	}
}
