package sqlite

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// errField is a row that its table cannot have been given.
var errField = errors.New("a column has a value that was never written there")

// fields reads the values of a row one after another and remembers the first that is not what it should be.
type fields struct {
	values []any
	err    error
}

func take[T any](f *fields) T {
	value, ok := f.values[0].(T)
	f.values = f.values[1:]
	if !ok {
		f.err = errField
	}
	return value
}

func (f *fields) text() string { return take[string](f) }

func (f *fields) integer() int64 { return take[int64](f) }

func (f *fields) bool() bool { return take[int64](f) != 0 }

// blob reads bytes, where none and NULL are the same.
func (f *fields) blob() []byte {
	if f.values[0] == nil {
		f.values = f.values[1:]
		return nil
	}
	return take[[]byte](f)
}

// optional reads an integer that may be NULL.
func (f *fields) optional() (value int64, known bool) {
	if f.values[0] == nil {
		f.values = f.values[1:]
		return 0, false
	}
	return f.integer(), true
}

func (f *fields) amount() (value.Money, bool) {
	amount, known := f.optional()
	return value.Money(amount), known
}

func (f *fields) probability() value.Probability {
	p, known := f.optional()
	if !known {
		return value.ProbabilityUnknown
	}
	if p < math.MinInt32 || p > math.MaxInt32 {
		f.err = errField
		return value.ProbabilityUnknown
	}
	return value.Probability(p)
}

func (f *fields) outcome() crm.Outcome {
	text := f.text()
	for _, outcome := range []crm.Outcome{crm.OutcomeOpen, crm.OutcomeWon, crm.OutcomeLost, crm.OutcomeUnknown} {
		if text == outcome.String() {
			return outcome
		}
	}
	f.err = errField
	return crm.OutcomeUnknown
}

// instant reads what crm.Instant.Encode wrote.
func (f *fields) instant() value.Instant {
	text := f.text()
	if text == "" {
		return value.Instant{}
	}
	milli, err := strconv.ParseInt(text[1:], 10, 64)
	switch {
	case err == nil && text[0] == 'm':
		return value.MomentMilli(milli)
	case err == nil && text[0] == 'd':
		return value.Date(time.UnixMilli(milli).UTC().Date())
	}
	f.err = errField
	return value.Instant{}
}

func (f *fields) dimensions() value.Dimensions {
	text := f.text()
	if text == "" {
		return nil
	}
	var dimensions value.Dimensions
	if err := json.Unmarshal([]byte(text), &dimensions); err != nil {
		f.err = errField
	}
	return dimensions
}

func encodeDimensions(d value.Dimensions) string {
	if len(d) == 0 {
		return ""
	}
	text, _ := json.Marshal(d) // A map of strings always has a JSON form, and its keys come sorted.
	return string(text)
}

func encodeAmount(amount value.Money, known bool) any {
	if !known {
		return nil
	}
	return int64(amount)
}

func encodeProbability(p value.Probability) any {
	if p == value.ProbabilityUnknown {
		return nil
	}
	return int64(p)
}

func encodeBool(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
