package expression

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

func mustCompile(t *testing.T, text string) *Expression {
	t.Helper()
	e, err := Compile(text, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestExpressionMatch(t *testing.T) {
	record := Record{
		ID: "1", Name: "Acme TEST", Pipeline: "Sales Pipeline", Stage: "Closed Won", Rep: "Ada Adler", Team: "East",
		Outcome: "won", Currency: "USD", ForecastCategory: "closed",
		Amount: 100, AmountKnown: true, Probability: 1, ProbabilityKnown: true, CreatedKnown: true, ClosedKnown: true,
		Created: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Closed: time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC),
		Territory: "EMEA", BusinessType: "new", Segment: "smb", Channel: "web", Product: "basic",
	}
	for text, want := range map[string]bool{
		`amount == 0 && name contains "TEST"`:                 false,
		`amount == 100 && name contains "TEST"`:               true,
		`id == "1" && stage == "Closed Won"`:                  true,
		`created.Year() == 2026 && created.Before(closed)`:    true,
		`lower(pipeline) in ["renewals", "sales pipeline"]`:   true,
		`any(["x", "TEST"], name contains #)`:                 true,
		`created < date("2026-03-02")`:                        true,
		`closed - created > duration("24h")`:                  true,
		`closed < created`:                                    false,
		`team + rep + currency == "EastAda AdlerUSD"`:         true,
		`forecast_category == "closed" && probability >= 0.5`: true,
		`territory == "EMEA" && business_type == "new"`:       true,
		`segment != "smb" || channel != "web"`:                false,
		`product matches "^bas" && outcome == "won"`:          true,
		`$env.amount > 50`:                                    true,
	} {
		if got, err := mustCompile(t, text).Match(record); err != nil || got != want {
			t.Errorf("%s = %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestExpressionUses(t *testing.T) {
	e := mustCompile(t, `amount == 0 && (stage == "x" || any(["a"], business_type contains #))`)
	for field, want := range map[string]bool{
		"amount": true, "stage": true, "business_type": true, "name": false, "rep": false,
	} {
		if got := e.Uses(field); got != want {
			t.Errorf("Uses(%s) = %v, want %v", field, got, want)
		}
	}
	if !mustCompile(t, `$env["name"] == "x"`).Uses("name") {
		t.Error("an expression over the whole record does not use its fields")
	}
}

func TestExpressionIsBounded(t *testing.T) {
	for _, text := range []string{
		`name == "` + strings.Repeat("x", maxExpression) + `"`,
		strings.Repeat("!", 600) + "true",
		strings.Repeat("(", 3000),
		`len(repeat("x", 1000000000)) > 0`,
		`toJSON(1..10) == ""`,
	} {
		if _, err := Compile(text, time.UTC); err == nil {
			t.Errorf("%.40s… compiles", text)
		}
	}
	greedy := mustCompile(t, `all(1..900, all(1..900, all(1..900, amount > -1)))`)
	if _, err := greedy.Match(Record{AmountKnown: true}); err == nil {
		t.Error("an expression over a billion items is evaluated")
	}
}

func TestExpressionErrorsTellNothingOfTheRecord(t *testing.T) {
	_, err := mustCompile(t, `date(name) < created`).Match(Record{Name: "CANARY", CreatedKnown: true})
	if err == nil || strings.Contains(err.Error(), "CANARY") {
		t.Errorf("Match = %v", err)
	}
	if want := "evaluate expression: failed at line 1, character 1"; err != nil && err.Error() != want {
		t.Errorf("Match = %q, want %q", err, want)
	}
}

func TestExpressionIsSafeForConcurrentUse(t *testing.T) {
	e := mustCompile(t, `name contains "x"`)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				if got, err := e.Match(Record{Name: "xyz"}); err != nil || !got {
					t.Errorf("Match = %v, %v", got, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func FuzzCompileExpression(f *testing.F) {
	for _, seed := range []string{`amount == 0 && name contains "TEST"`, `any(["a"], # == name)`, `1..2`, `((((`, `$env`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Compile(text, time.UTC)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n") {
				t.Errorf("a message of several lines: %q", err)
			}
			return
		}
		_, _ = e.Match(Record{Name: "n", Outcome: crm.OutcomeOpen.String()})
	})
}
