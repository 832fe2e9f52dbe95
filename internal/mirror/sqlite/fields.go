package sqlite

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// errField is a row that its table cannot have been given.
var errField = errors.New("a column holds what was never written there")

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

func (f *fields) amount() (crm.Money, bool) {
	value, known := f.optional()
	return crm.Money(value), known
}

func (f *fields) probability() crm.Probability {
	value, known := f.optional()
	if !known {
		return crm.ProbabilityUnknown
	}
	if value < math.MinInt32 || value > math.MaxInt32 {
		f.err = errField
		return crm.ProbabilityUnknown
	}
	return crm.Probability(value)
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
func (f *fields) instant() crm.Instant {
	text := f.text()
	if text == "" {
		return crm.Instant{}
	}
	milli, err := strconv.ParseInt(text[1:], 10, 64)
	switch {
	case err == nil && text[0] == 'm':
		return crm.MomentMilli(milli)
	case err == nil && text[0] == 'd':
		return crm.Date(time.UnixMilli(milli).UTC().Date())
	}
	f.err = errField
	return crm.Instant{}
}

func (f *fields) dimensions() crm.Dimensions {
	text := f.text()
	if text == "" {
		return nil
	}
	var dimensions crm.Dimensions
	if err := json.Unmarshal([]byte(text), &dimensions); err != nil {
		f.err = errField
	}
	return dimensions
}

func encodeDimensions(d crm.Dimensions) string {
	if len(d) == 0 {
		return ""
	}
	text, _ := json.Marshal(d) // A map of strings always has a JSON form, and its keys come sorted.
	return string(text)
}

func encodeAmount(amount crm.Money, known bool) any {
	if !known {
		return nil
	}
	return int64(amount)
}

func encodeProbability(p crm.Probability) any {
	if p == crm.ProbabilityUnknown {
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
