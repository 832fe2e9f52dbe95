package record

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Column is one column of the records R: its name, its type and where its value lies.
type Column[R any] struct {
	field Field
	// at returns the pointer to the value, of which a test or an export may ask the type.
	at func(*R) any
	// forget makes the value unknown.
	forget func(*R)
	encode func([]byte, *R) []byte
	decode func(*reader, *R)
	// text writes the value for people, "" where it is unknown.
	text func(*R) string
	// unsaid reports that the CRM did not say the value this time; nil where it always does.
	unsaid func(*R) bool
	// take copies the value of another record.
	take func(to, from *R)
}

// UnlessSaid keeps the stored value of the column where unsaid reports that the CRM did not say it this time: not to
// know a link is not to know that there is none.
func (c Column[R]) UnlessSaid(unsaid func(*R) bool) Column[R] {
	c.unsaid = unsaid
	return c
}

// column makes a column of the pointer to its value and of what its type does with it.
func column[R, T any](
	name string, kind Type, at func(*R) *T, unknown T,
	encode func([]byte, T) []byte, decode func(*reader) T, text func(T) string,
) Column[R] {
	return Column[R]{
		field:  Field{Name: name, Type: kind},
		at:     func(r *R) any { return at(r) },
		forget: func(r *R) { *at(r) = unknown },
		encode: func(b []byte, r *R) []byte { return encode(b, *at(r)) },
		decode: func(in *reader, r *R) { *at(r) = decode(in) },
		text:   func(r *R) string { return text(*at(r)) },
		take:   func(to, from *R) { *at(to) = *at(from) },
	}
}

func same(s string) string { return s }

// Text declares a column of text.
func Text[R any](name string, at func(*R) *string) Column[R] {
	return column(name, TypeText, at, "", appendText, (*reader).text, same)
}

// Reference declares a column that holds the id of another record.
func Reference[R any](name string, at func(*R) *string) Column[R] {
	return column(name, TypeReference, at, "", appendText, (*reader).text, same)
}

// Word declares a column of a closed set. Its zero value is the unknown one, which a word becomes that this program
// does not know.
func Word[R any, T interface {
	comparable
	fmt.Stringer
}](name string, at func(*R) *T, words ...T) Column[R] {
	var unknown T
	byText := map[string]T{}
	for _, w := range words {
		byText[w.String()] = w
	}
	text := func(w T) string {
		if w == unknown {
			return ""
		}
		return w.String()
	}
	c := column(name, TypeWord, at, unknown,
		func(b []byte, w T) []byte { return appendText(b, text(w)) },
		func(r *reader) T { return byText[string(r.bytes())] },
		text)
	c.at = func(r *R) any {
		return Choice{Words: len(words), Choose: func(i int) { *at(r) = words[i] }}
	}
	return c
}

// Choice is what List.At returns of a word: how many there are, and what sets the value to one of them.
type Choice struct {
	Words  int
	Choose func(i int)
}

// Amount declares a column of money that may be unknown; at returns the amount and whether it is known.
func Amount[R any](name string, at func(*R) (*value.Money, *bool)) Column[R] {
	return Column[R]{
		field: Field{Name: name, Type: TypeAmount},
		at: func(r *R) any {
			amount, known := at(r)
			return OptionalMoney{amount, known}
		},
		forget: func(r *R) {
			amount, known := at(r)
			*amount, *known = 0, false
		},
		encode: func(b []byte, r *R) []byte {
			amount, known := at(r)
			return appendAmount(b, *amount, *known)
		},
		decode: func(in *reader, r *R) {
			amount, known := at(r)
			*amount, *known = in.amount()
		},
		text: func(r *R) string {
			if amount, known := at(r); *known {
				return amount.String()
			}
			return ""
		},
		take: func(to, from *R) {
			a, aKnown := at(to)
			b, bKnown := at(from)
			*a, *aKnown = *b, *bKnown
		},
	}
}

// OptionalMoney is what List.At returns of an amount.
type OptionalMoney struct {
	Amount *value.Money
	Known  *bool
}

// Probability declares a column of a probability that may be unknown.
func Probability[R any](name string, at func(*R) *value.Probability) Column[R] {
	return column(name, TypeProbability, at, value.ProbabilityUnknown, appendProbability, (*reader).probability,
		value.Probability.String)
}

// Instant declares a column of a moment or a bare date.
func Instant[R any](name string, at func(*R) *value.Instant) Column[R] {
	return column(name, TypeInstant, at, value.Instant{}, appendInstant, (*reader).instant, value.Instant.String)
}

// Whole declares a column of a whole number.
func Whole[R any](name string, at func(*R) *int) Column[R] {
	return column(name, TypeWhole, at, 0,
		func(b []byte, n int) []byte { return binary.AppendVarint(b, int64(n)) },
		func(r *reader) int { return int(r.signed()) },
		strconv.Itoa)
}

// Flag declares a column of yes or no.
func Flag[R any](name string, at func(*R) *bool) Column[R] {
	return column(name, TypeFlag, at, false, appendFlag, func(r *reader) bool { return r.unsigned() != 0 },
		strconv.FormatBool)
}

// dimensionsColumn is the column that every kind has, of its head.
func dimensionsColumn[R any](head func(*R) *Head) Column[R] {
	return column("dimensions", TypeDimensions, func(r *R) *value.Dimensions { return &head(r).Dimensions }, nil,
		appendDimensions, (*reader).dimensions, dimensionsText)
}

// dimensionsText writes dimensions as a JSON object, "" where there are none.
func dimensionsText(d value.Dimensions) string {
	if len(d) == 0 {
		return ""
	}
	text, _ := json.Marshal(d) // A map of strings always has a JSON form, and its keys come sorted.
	return string(text)
}

// versionText writes a version as the moment that it is, "" where the CRM tells none.
func versionText(version int64) string {
	if version == 0 {
		return ""
	}
	return time.UnixMilli(version).UTC().Format(time.RFC3339Nano)
}
