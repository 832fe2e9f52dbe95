package expression

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestB24Unknown holds the rule that a comparison with something unknown is false, on a deal of which neither amount
// nor probability nor dates are known, and on one of which all of them are.
func TestB24Unknown(t *testing.T) {
	unknown := Record{ID: "1", Stage: "Won"}
	known := Record{
		ID: "1", Stage: "Won", Amount: 0, AmountKnown: true, Probability: 0.5, ProbabilityKnown: true,
		Created: time.Date(2019, 5, 1, 0, 0, 0, 0, time.UTC), CreatedKnown: true,
		Closed: time.Date(2024, 8, 1, 0, 0, 0, 0, time.UTC), ClosedKnown: true,
	}
	for _, c := range []struct {
		text               string
		ofUnknown, ofKnown bool
	}{
		{`created < date("2020-01-01")`, false, true},
		{`created <= date("2019-05-01")`, false, true},
		{`created > date("2010-01-01")`, false, true},
		{`created >= date("2019-05-01")`, false, true},
		{`created == date("2019-05-01")`, false, true},
		{`created != date("2020-01-01")`, false, true},
		{`date("2020-01-01") > created`, false, true},
		{`closed < created`, false, false},
		{`closed - created > duration("24h")`, false, true},
		{`closed - created < duration("24h")`, false, false},
		{`created + duration("24h") < closed`, false, true},
		{`created.Year() < 2020`, false, true},
		{`created.Before(date("2020-01-01"))`, false, true},
		{`date("2020-01-01").After(created)`, false, true},
		{`created.IsZero()`, false, false},
		{`created in [date("2019-05-01")]`, false, true},
		{`amount == 0`, false, true},
		{`amount != 1`, false, true},
		{`amount < 1000`, false, true},
		{`-1 < amount < 1000`, false, true},
		{`amount in [0, 1]`, false, true},
		{`amount not in [1, 2]`, false, true},
		{`not (amount in [1, 2])`, true, true},
		{`amount * 2 + 1 == 1`, false, true},
		{`abs(amount) == 0`, false, true},
		{`max(amount, 1) == 1`, false, true},
		{`len([amount]) == 1`, false, true},
		{`any([0, 1], # == amount)`, false, true},
		{`any([amount, 7], # == 7)`, false, true},
		{`none([0, 1], # == amount)`, true, false},
		{`count([1, 2], # > amount) == 2`, false, true},
		{`let x = amount; x == 0`, false, true},
		{`let x = amount; let y = x + 1; stage == "Won" && y == 1`, false, true},
		{`(stage == "Won" ? amount : 1) == 0`, false, true},
		{`stage == "Won" ? amount == 0 : false`, false, true},
		{`$env.amount == 0`, false, true},
		{`$env["amount"] == 0`, false, true},
		{`$env["created"] < date("2020-01-01")`, false, true},
		{`probability <= 0.5`, false, true},
		{`probability == 0`, false, false},
		{`probability > 0.9 || created < date("2020-01-01")`, false, true},
		{`not (created < date("2020-01-01"))`, true, false},
		{`!(amount > 100)`, true, true},
		{`(amount == 0) == false`, true, false},
		{`known(created)`, false, true},
		{`!known(amount) && stage == "Won"`, true, false},
		{`known(closed - created)`, false, true},
		{`stage == "Won" && territory == ""`, true, true},
		{`territory not in ["x"]`, true, true},
		{`stage not contains "x"`, true, true},
		{`id matches "^1$"`, true, true},
	} {
		e := mustCompile(t, c.text)
		for of, want := range map[string]bool{"unknown": c.ofUnknown, "known": c.ofKnown} {
			record := map[string]Record{"unknown": unknown, "known": known}[of]
			if got, err := e.Match(record); err != nil || got != want {
				t.Errorf("%s of the %s deal = %v, %v, want %v", c.text, of, got, err, want)
			}
		}
	}
}

// TestExpressionDatesAreOfTheZone: a date is a day of the configured zone.
func TestExpressionDatesAreOfTheZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	evening := Record{Created: time.Date(2024, 8, 31, 22, 30, 0, 0, time.UTC).In(berlin), CreatedKnown: true} // 00:30 there
	for text, want := range map[string]bool{
		`created >= date("2024-09-01")`:                                  true,
		`created < date("2024-09-01")`:                                   false,
		`created < date("2024-09-01T00:00:00Z")`:                         true,
		`created.Day() == 1`:                                             true,
		`created >= date("01.09.2024", "02.01.2006")`:                    true,
		`created - date("2024-09-01") == duration("30m")`:                true,
		`date("2024-09-01") == date("2024-08-31T22:00:00Z") && id == ""`: true,
	} {
		e, err := Compile(text, berlin)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := e.Match(evening); err != nil || got != want {
			t.Errorf("%s = %v, %v, want %v", text, got, err, want)
		}
	}
}

// TestExpressionHints: a mistake comes with what to write.
func TestExpressionHints(t *testing.T) {
	for text, want := range map[string]string{
		`amount = 0`:                   "write ==",
		`name = "x" && amount > 1`:     "write ==",
		`amount <> 0`:                  "write !=",
		`amount == 0 & name == "x"`:    "write &&",
		`amount == 0 AND name == "x"`:  "write &&",
		`amount == 0 OR name == "x"`:   "write ||",
		`amuont == 0`:                  "known names are: amount, ",
		`$env.createdd < date("2020")`: " known names are: created, ",
		`dealstage == "x"`:             "known names are: stage, ",
		`knwon(amount)`:                "known names are: known, ",
		`created < date("2024-13-01")`: `date("2024-13-01") is not a date; write it as 2024-08-31`,
		`lowr(name) == "x"`:            "known names are: lower, ",
		"id == \"\"\n&& known(name)":   "line 2, character 4: known() takes amount, probability, created or closed",
	} {
		if _, err := Compile(text, time.UTC); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", text, err, want)
		}
	}
	_, err := Compile(`nothing == ""`, time.UTC)
	for _, name := range append(nullableFields(), "business_type", "forecast_category") {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("the message does not name %s: %v", name, err)
		}
	}
	if strings.Contains(err.Error(), "amount known") {
		t.Errorf("the message names what nobody can write: %v", err)
	}
}

// TestUnknownAgainstThreeValues compares random expressions with a slow evaluation in which a value may be unknown.
func TestUnknownAgainstThreeValues(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 24))
	for range 3000 {
		w := writer{r: r}
		text, truth := w.condition(3)
		e, err := Compile(text, time.UTC)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for range 8 {
			record := randomRecord(r)
			got, err := e.Match(record)
			if want := truth(record); err != nil || got != want {
				t.Fatalf("%s of %+v = %v, %v, want %v", text, record, got, err, want)
			}
		}
	}
}

func randomRecord(r *rand.Rand) Record {
	record := Record{Stage: []string{"", "Won"}[r.IntN(2)]}
	if record.AmountKnown = r.IntN(2) == 0; record.AmountKnown {
		record.Amount = float64(r.IntN(4))
	}
	if record.ProbabilityKnown = r.IntN(2) == 0; record.ProbabilityKnown {
		record.Probability = float64(r.IntN(3)) / 2
	}
	if record.CreatedKnown = r.IntN(2) == 0; record.CreatedKnown {
		record.Created = year(r.IntN(3))
	}
	if record.ClosedKnown = r.IntN(2) == 0; record.ClosedKnown {
		record.Closed = year(r.IntN(3))
	}
	return record
}

func year(n int) time.Time { return time.Date(2020+n, 1, 1, 0, 0, 0, 0, time.UTC) }

// figure is a number of a record, of a date its seconds since 1970; it may be unknown.
type figure func(Record) (v float64, known bool)

// writer writes random expressions and what they mean.
type writer struct{ r *rand.Rand }

func (w writer) condition(depth int) (string, func(Record) bool) {
	if depth == 0 {
		return w.comparison()
	}
	a, truthA := w.condition(depth - 1)
	b, truthB := w.condition(depth - 1)
	switch w.r.IntN(7) {
	case 0:
		return "not (" + a + ")", func(r Record) bool { return !truthA(r) }
	case 1:
		return "(" + a + ") && (" + b + ")", func(r Record) bool { return truthA(r) && truthB(r) }
	case 2:
		return "(" + a + ") || (" + b + ")", func(r Record) bool { return truthA(r) || truthB(r) }
	case 3:
		return "(" + a + ") == (" + b + ")", func(r Record) bool { return truthA(r) == truthB(r) }
	case 4:
		return `any([true, false], # == (` + a + `) && (` + b + `))`, func(r Record) bool { return truthB(r) }
	case 5:
		return `(stage == "Won" ? (` + a + `) : (` + b + `))`, func(r Record) bool {
			if r.Stage == "Won" {
				return truthA(r)
			}
			return truthB(r)
		}
	default:
		return w.comparison()
	}
}

func (w writer) comparison() (string, func(Record) bool) {
	operand := w.number
	if w.r.IntN(2) == 0 {
		operand = w.time
	}
	a, valueA := operand(2)
	b, valueB := operand(2)
	both := func(compare func(a, b float64) bool) func(Record) bool {
		return func(r Record) bool {
			x, knownX := valueA(r)
			y, knownY := valueB(r)
			return knownX && knownY && compare(x, y)
		}
	}
	switch w.r.IntN(9) {
	case 0:
		return "known(" + w.always(a) + ")", func(r Record) bool {
			_, known := valueA(r)
			return known && r.AmountKnown
		}
	case 1:
		return a + " in [" + b + "]", both(func(a, b float64) bool { return a == b })
	case 2:
		return a + " not in [" + b + "]", both(func(a, b float64) bool { return a != b })
	case 3:
		return "let x = " + a + "; x <= " + b, both(func(a, b float64) bool { return a <= b })
	case 4:
		return a + " == " + b, both(func(a, b float64) bool { return a == b })
	case 5:
		return a + " != " + b, both(func(a, b float64) bool { return a != b })
	case 6:
		return a + " < " + b, both(func(a, b float64) bool { return a < b })
	case 7:
		return a + " >= " + b, both(func(a, b float64) bool { return a >= b })
	default:
		return a + " > " + b, both(func(a, b float64) bool { return a > b })
	}
}

// always makes a figure that known() can be asked of, for a constant is refused.
func (w writer) always(text string) string { return "[" + text + ", amount]" }

func (w writer) number(depth int) (string, figure) {
	if depth > 0 {
		a, valueA := w.number(depth - 1)
		b, valueB := w.number(depth - 1)
		both := func(of func(a, b float64) float64) figure {
			return func(r Record) (float64, bool) {
				x, knownX := valueA(r)
				y, knownY := valueB(r)
				return of(x, y), knownX && knownY
			}
		}
		switch w.r.IntN(6) {
		case 0:
			return "(" + a + " + " + b + ")", both(func(a, b float64) float64 { return a + b })
		case 1:
			return "max(" + a + ", " + b + ")", both(func(a, b float64) float64 { return max(a, b) })
		case 2:
			return "abs(" + a + " - 3)", func(r Record) (float64, bool) {
				x, known := valueA(r)
				return max(x-3, 3-x), known
			}
		}
	}
	switch n := w.r.IntN(4); w.r.IntN(3) {
	case 0:
		return "amount", func(r Record) (float64, bool) { return r.Amount, r.AmountKnown }
	case 1:
		return "$env.probability", func(r Record) (float64, bool) { return r.Probability, r.ProbabilityKnown }
	default:
		// With a point, for Expr takes max(2, amount) for a whole number and fails.
		return fmt.Sprintf("%d.0", n), func(Record) (float64, bool) { return float64(n), true }
	}
}

func (w writer) time(int) (string, figure) {
	seconds := func(t time.Time, known bool) (float64, bool) { return float64(t.Unix()), known }
	switch n := w.r.IntN(3); w.r.IntN(4) {
	case 0:
		return "created", func(r Record) (float64, bool) { return seconds(r.Created, r.CreatedKnown) }
	case 1:
		return `$env["closed"]`, func(r Record) (float64, bool) { return seconds(r.Closed, r.ClosedKnown) }
	default:
		text := slices.Concat([]string{`date("`}, []string{year(n).Format(time.DateOnly)}, []string{`")`})
		return strings.Join(text, ""), func(Record) (float64, bool) { return seconds(year(n), true) }
	}
}
