package record

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/value"
)

// ErrContent is a content that no layout of this program has written.
var ErrContent = errors.New("content of a record is damaged")

// maxInterned bounds the texts that a reader keeps: stages, reps and currencies repeat, ids of accounts may not.
const maxInterned = 1 << 16

// reader reads the values of a content one after another. After the first fault it returns zero values.
type reader struct {
	rest  []byte
	fault bool
	// texts holds one copy of each text that was read, so that a million deals share the ids of their stages.
	texts map[string]string
}

func (r *reader) fail() { r.rest, r.fault = nil, true }

func (r *reader) unsigned() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *reader) signed() int64 {
	n, size := binary.Varint(r.rest)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *reader) bytes() []byte {
	n := r.unsigned()
	if n > uint64(len(r.rest)) {
		r.fail()
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) text() string {
	b := r.bytes()
	if len(b) == 0 {
		return ""
	}
	if s, known := r.texts[string(b)]; known { // The conversion does not allocate.
		return s
	}
	s := string(b)
	if r.texts != nil && len(r.texts) < maxInterned {
		r.texts[s] = s
	}
	return s
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendAmount(b []byte, amount value.Money, known bool) []byte {
	if !known {
		return append(b, 0)
	}
	return binary.AppendVarint(append(b, 1), int64(amount))
}

func (r *reader) amount() (amount value.Money, known bool) {
	if r.unsigned() == 0 {
		return 0, false
	}
	amount = value.Money(r.signed())
	return amount, !r.fault
}

// appendProbability moves every probability up by one: 0 is the unknown one.
func appendProbability(b []byte, p value.Probability) []byte {
	if p == value.ProbabilityUnknown {
		return append(b, 0)
	}
	return binary.AppendVarint(append(b, 1), int64(p))
}

func (r *reader) probability() value.Probability {
	if r.unsigned() == 0 {
		return value.ProbabilityUnknown
	}
	p := r.signed()
	if int64(value.Probability(p)) != p {
		r.fail()
		return value.ProbabilityUnknown
	}
	return value.Probability(p)
}

const (
	instantUnknown = iota
	instantMoment
	instantDate
)

const dayMilli = int64(24 * time.Hour / time.Millisecond)

func appendInstant(b []byte, i value.Instant) []byte {
	switch {
	case !i.Known():
		return append(b, instantUnknown)
	case i.IsDate():
		return binary.AppendVarint(append(b, instantDate), i.Milli()/dayMilli)
	default:
		return binary.AppendVarint(append(b, instantMoment), i.Milli())
	}
}

func (r *reader) instant() value.Instant {
	switch r.unsigned() {
	case instantUnknown:
		return value.Instant{}
	case instantMoment:
		return value.MomentMilli(r.signed())
	case instantDate:
		return value.DateMilli(r.signed() * dayMilli)
	default:
		r.fail()
		return value.Instant{}
	}
}

// appendDimensions writes them in the order of their names, so that equal records have equal contents.
func appendDimensions(b []byte, d value.Dimensions) []byte {
	b = binary.AppendUvarint(b, uint64(len(d)))
	for _, name := range slices.Sorted(maps.Keys(d)) {
		b = appendText(appendText(b, name), d[name])
	}
	return b
}

func (r *reader) dimensions() value.Dimensions {
	n := r.unsigned()
	if n == 0 || n > uint64(len(r.rest)) {
		if n > 0 {
			r.fail()
		}
		return nil
	}
	d := make(value.Dimensions, n)
	for range n {
		name := r.text()
		d[name] = r.text()
	}
	return d
}

func appendFlag(b []byte, set bool) []byte {
	if set {
		return append(b, 1)
	}
	return append(b, 0)
}

// skippers pass over a value of each type.
var skippers = map[Type]func(*reader){
	TypeText:        func(r *reader) { r.bytes() },
	TypeReference:   func(r *reader) { r.bytes() },
	TypeWord:        func(r *reader) { r.bytes() },
	TypeAmount:      func(r *reader) { r.amount() },
	TypeProbability: func(r *reader) { r.probability() },
	TypeInstant:     func(r *reader) { r.instant() },
	TypeWhole:       func(r *reader) { r.signed() },
	TypeFlag:        func(r *reader) { r.unsigned() },
	TypeDimensions:  func(r *reader) { r.dimensions() },
}
