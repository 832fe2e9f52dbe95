package check

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/tools/boards/stack/query"
)

func TestLoadExceptions(t *testing.T) {
	for name, c := range map[string]struct {
		yaml string
		want []Exception
		err  string
	}{
		"nothing": {yaml: "# nothing\n"},
		"one of each": {
			yaml: "- {panel: Stale data, reason: a}\n- {board: b, panel: P, ref: A, reason: b}\n- {metric: m, reason: c}\n",
			want: []Exception{
				{Panel: "Stale data", Reason: "a"},
				{Board: "b", Panel: "P", Ref: "A", Reason: "b"},
				{Metric: "m", Reason: "c"},
			},
		},
		"a turn": {
			yaml: "- {turn: _to_date, reason: a}",
			want: []Exception{{Turn: "_to_date", Reason: "a"}},
		},
		"turn and panel": {yaml: "- {turn: _to_date, panel: P, reason: a}", err: "must name"},
		"no reason":      {yaml: "- {panel: P}", err: `exception 1 (panel "P")`},
		"no thing":       {yaml: "- {board: b, reason: r}", err: "must name"},
		"two things":     {yaml: "- {panel: P, metric: m, reason: r}", err: "metric m"},
		"board and one":  {yaml: "- {board: b, metric: m, reason: r}", err: "metric m"},
		"unknown key":    {yaml: "- {pannel: P, reason: r}", err: "pannel"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "exceptions.yaml")
			if err := os.WriteFile(path, []byte(c.yaml), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := LoadExceptions(path)
			if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("the error is %v, want %q", err, c.err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTurnOfMonth(t *testing.T) {
	e := Exception{Turn: "_to_date", Reason: "nothing was won yet"}
	for day, want := range map[string]bool{
		"2026-10-01": true, "2026-10-05": true, "2026-10-06": false, "2026-11-23": false, "2026-11-26": false,
		"2026-11-27": true, "2026-12-31": true, "2027-01-01": true, "2028-02-25": false, "2028-02-26": true,
	} {
		now, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.covers("b", query.Query{Expr: `x{window="month_to_date"}`}, now); got != want {
			t.Errorf("%s: the exception covers the query: %v", day, got)
		}
		if e.covers("b", query.Query{Expr: `x{window="trailing_30d"}`}, now) {
			t.Errorf("%s: the exception covers another query", day)
		}
	}
}

// TestCommittedExceptions reads the file that the check uses.
func TestCommittedExceptions(t *testing.T) {
	if _, err := LoadExceptions(filepath.Join("..", "exceptions.yaml")); err != nil {
		t.Error(err)
	}
}
