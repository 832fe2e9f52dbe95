package expression

import (
	"slices"
	"testing"
	"time"
)

// TestParts holds which conditions an expression is made of, that comparisons of one field with a constant are compiled, and
// that they say what the expression says.
func TestParts(t *testing.T) {
	for text, c := range map[string]struct{ compiled, others int }{
		`amount == 0`:                                 {2, 0},
		`amount == 0 && name contains "TEST"`:         {3, 0},
		`not (amount > 1.5) || !(created < closed)`:   {4, 1},
		`closed >= date("2024-01-01") or team == "A"`: {2, 1},
		`!known(probability)`:                         {1, 0},
		`probability in [0, 1]`:                       {1, 1},
		`name == rep`:                                 {0, 1},
		`id startsWith "0" && lower(name) != "x"`:     {1, 1},
		`amount > 0 ? true : name endsWith "x"`:       {0, 1},
		`let big = amount > 5; big`:                   {0, 1},
		`amount < 1 and amount <= 2 and amount != 3`:  {6, 0},
		`created == date("2024-05-01")`:               {2, 0},
		`created != date("2024-05-01")`:               {2, 0},
		`created <= date("2024-05-01")`:               {2, 0},
		`created > date("2024-05-01")`:                {2, 0},
		`amount >= -1`:                                {2, 0},
		`name != "TEST" || id == "1"`:                 {2, 0},
	} {
		e, err := Compile(text, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		parts := e.Parts()
		compiled := slices.DeleteFunc(slices.Clone(parts), func(p Part) bool { return p.Compiled() == nil })
		if len(compiled) != c.compiled || len(parts)-len(compiled) != c.others {
			t.Errorf("%s: %d parts, %d of them compiled; want %d and %d more", text, len(parts), len(compiled), c.compiled, c.others)
		}
	}
}

// TestCompiledSaysTheSame compares every comparison with the evaluation of the same expression, around its constant.
func TestCompiledSaysTheSame(t *testing.T) {
	day := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	var records []Record
	for _, of := range []int{-1, 0, 1} {
		records = append(records, Record{
			ID: []string{"", "ab", "abc"}[of+1], Name: []string{"xab", "ab", "abx"}[of+1], Amount: 2 + float64(of)/2, Probability: 2 + float64(of)/2,
			Created: day.Add(time.Duration(of)), Closed: day.Add(time.Duration(of)).In(time.FixedZone("x", 3600)),
			AmountKnown: true, ProbabilityKnown: true, CreatedKnown: true, ClosedKnown: true,
		})
	}
	for _, operator := range []string{"==", "!=", "<", "<=", ">", ">=", "contains", "startsWith", "endsWith"} {
		for field, constant := range map[string]string{
			"amount": "2", "probability": "2.0", "created": `date("2024-05-01")`, "closed": `date("2024-05-01")`, "id": `"ab"`, "name": `"ab"`,
		} {
			text := field + " " + operator + " " + constant
			e, err := Compile(text, time.UTC)
			if err != nil {
				continue // not for this type
			}
			parts := e.Parts()
			holds := parts[len(parts)-1].Compiled()
			if holds == nil {
				if field != "id" && field != "name" {
					t.Errorf("%s is not compiled", text)
				}
				continue
			}
			for _, r := range records {
				if want, err := e.Match(r); err != nil || holds(&r) != want {
					t.Errorf("%s: compiled says %t, want %t, %v, of %+v", text, holds(&r), want, err, r)
				}
			}
		}
	}
}
