package check

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestPatiently(t *testing.T) {
	for name, c := range map[string]struct {
		failures, looks int
		problem         string
	}{
		"at once": {0, 1, ""},
		"at last": {3, 4, ""},
		"in vain": {100, 6, "not yet"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := Options{Patience: time.Now().Add(10 * time.Second), Pause: 2 * time.Second}
				looks := 0
				got := o.patiently(t.Context(), func(context.Context) finding {
					looks++
					if looks <= c.failures {
						return problem("not yet")
					}
					return finding{}
				})
				expectProblem(t, got, c.problem)
				if looks != c.looks {
					t.Errorf("looked %d times, want %d", looks, c.looks)
				}
			})
		})
	}
}

func TestReport(t *testing.T) {
	report := Report{
		Boards: []BoardReport{{UID: "sales-overview", Rows: []Row{
			{Panel: "Pace", Ref: "A", Expr: "sum(\n  won\n)", Samples: 3},
			{Panel: "Gap", Ref: "B", Expr: strings.Repeat("x", 200)},
			{Panel: "Stale data", Ref: "annotation", Expr: "stale", Reason: "nothing is stale"},
		}}},
		Sections: []Section{{Title: "targets", Facts: "2 targets", Took: 1500 * time.Millisecond}},
	}
	if !report.Passed() {
		t.Error("a report without problems did not pass")
	}
	report.Sections = append(report.Sections, Section{Title: "boards", Problems: []string{"one\ntwo"}})
	if report.Passed() {
		t.Error("a report with problems passed")
	}
	var text strings.Builder
	if err := report.Write(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"sales-overview: 3 queries\n", "Pace        A           sum( won )", " 3\n",
		strings.Repeat("x", longestExpr-1) + "…  EMPTY\n", "0: nothing is stale\n",
		"ok        1.5 s  targets (2 targets)\n", "FAILED    0.0 s  boards\n  - one\n    two\n",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, text.String())
		}
	}
}
