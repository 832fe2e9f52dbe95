package record

import (
	"encoding/binary"
	"errors"
	"math"
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

// wide marks a number that has no room for the marks of its type beside it: it follows in full.
const wide = 2

// zigzag makes small numbers of those around 0, whatever their sign.
func zigzag(n int64) uint64 { return uint64(n)<<1 ^ uint64(n>>63) } //nolint:gosec // bits, not a number

func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

// appendAmount writes 0 where the amount is unknown, else the amount with a 1 behind it.
func appendAmount(b []byte, amount value.Money, known bool) []byte {
	u := zigzag(int64(amount))
	switch {
	case !known:
		return append(b, 0)
	case u >= 1<<63:
		return binary.AppendUvarint(append(b, wide), u)
	default:
		return binary.AppendUvarint(b, u<<1|1)
	}
}

func (r *reader) amount() (amount value.Money, known bool) {
	u := r.unsigned()
	switch {
	case u == 0:
		return 0, false
	case u == wide:
		u = r.unsigned()
	case u&1 == 1:
		u >>= 1
	default:
		r.fail()
	}
	if r.fault {
		return 0, false
	}
	return value.Money(unzigzag(u)), true
}

// appendProbability moves every probability up by one: 0 is the unknown one.
func appendProbability(b []byte, p value.Probability) []byte {
	if p == value.ProbabilityUnknown {
		return append(b, 0)
	}
	return binary.AppendUvarint(b, zigzag(int64(p))+1)
}

func (r *reader) probability() value.Probability {
	u := r.unsigned()
	if u == 0 {
		return value.ProbabilityUnknown
	}
	p := unzigzag(u - 1)
	if p < math.MinInt32 || p > math.MaxInt32 {
		r.fail()
		return value.ProbabilityUnknown
	}
	return value.Probability(p)
}

// The marks of instants, behind their numbers: milliseconds of a moment, days of a bare date. What is wide has its mark
// in front.
const (
	instantUnknown = iota
	instantMoment
	instantDate
	instantWide
	instantBits = 2
)

const dayMilli = int64(24 * time.Hour / time.Millisecond)

func appendInstant(b []byte, i value.Instant) []byte {
	u, mark := zigzag(i.Milli()), uint64(instantMoment)
	if i.IsDate() {
		u, mark = zigzag(i.Milli()/dayMilli), instantDate
	}
	switch {
	case !i.Known():
		return append(b, instantUnknown)
	case u >= 1<<(64-instantBits):
		return binary.AppendUvarint(append(b, instantWide, byte(mark)), u)
	default:
		return binary.AppendUvarint(b, u<<instantBits|mark)
	}
}

func (r *reader) instant() value.Instant {
	u := r.unsigned()
	mark := u & (1<<instantBits - 1)
	if u >>= instantBits; mark == instantWide {
		mark = r.unsigned()
		u = r.unsigned()
	}
	switch {
	case r.fault || u == 0 && mark == instantUnknown:
		return value.Instant{}
	case mark == instantMoment:
		return value.MomentMilli(unzigzag(u))
	case mark == instantDate:
		return value.DateMilli(unzigzag(u) * dayMilli)
	default:
		r.fail()
		return value.Instant{}
	}
}

// appendDimensions writes them in the order of their names, so that equal records have equal contents.
func appendDimensions(b []byte, d value.Dimensions) []byte {
	b = binary.AppendUvarint(b, uint64(len(d)))
	if len(d) == 0 {
		return b
	}
	var room [8]string // They are few, and this is done for each record.
	names := room[:0]
	for name := range d {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
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
