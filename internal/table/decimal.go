package table

import (
	"errors"
	"fmt"
)

// Decimal is the sign between units and fractions in numbers that are text.
type Decimal byte

// The decimal signs. Undecided is that of a file without any number that shows it.
const (
	Undecided Decimal = 0
	Point     Decimal = '.'
	Comma     Decimal = ','
)

// String returns the sign, as the configuration writes it.
func (d Decimal) String() string {
	if d == Undecided {
		return ""
	}
	return string(rune(d))
}

// DecideDecimal finds the decimal sign of a file from the text cells of the columns that hold numbers. A number that only
// one sign can read decides; two that decide differently, or some that both signs read differently where none decides,
// are an error.
func (g *Grid) DecideDecimal(columns ...int) (Decimal, error) {
	type sighting struct{ place, text string }
	decided := map[Decimal]sighting{}
	var open error
	for _, row := range g.Rows {
		for _, column := range columns {
			c := row.At(column)
			if c.Kind != Text {
				continue
			}
			sign, err := decides(c.Text)
			switch {
			case err != nil && open == nil:
				open = &Error{
					Row: row.Number, What: g.Place(row.Number, column) + ": " + err.Error(),
					Hint: `the file does not show which; set decimal: "." or decimal: ","`,
				}
			case err == nil && sign != Undecided && decided[sign].place == "":
				decided[sign] = sighting{g.Place(row.Number, column), c.Text}
			}
		}
	}
	point, comma := decided[Point], decided[Comma]
	switch {
	case point.place != "" && comma.place != "":
		return Undecided, &Error{
			What: fmt.Sprintf("%s: %q has a decimal point, but %s: %q has a decimal comma", point.place, point.text, comma.place, comma.text),
			Hint: `use one of them, or set decimal: "." or decimal: ","; records that cannot be read are then quarantined`,
		}
	case point.place != "":
		return Point, nil
	case comma.place != "":
		return Comma, nil
	default:
		return Undecided, open
	}
}

// decides returns the only decimal sign that reads a text as a number, Undecided where both read the same or neither
// reads one, and an *Ambiguous error where both read another number.
func decides(text string) (Decimal, error) {
	w, ok := takeApart(text)
	if !ok || w.currency != "" && !isCurrency(w.currency) {
		return Undecided, nil // "v1.2" and "25.5 hrs" are no amounts, and say nothing about those that are.
	}
	_, byPoint := w.read(Point)
	_, byComma := w.read(Comma)
	switch {
	case byPoint && !byComma:
		return Point, nil
	case byComma && !byPoint:
		return Comma, nil
	}
	_, err := ParseAmount(text, Undecided)
	if ambiguous, is := errors.AsType[*Ambiguous](err); is {
		return Undecided, ambiguous
	}
	return Undecided, nil
}
