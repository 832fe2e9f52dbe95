package soql

import (
	"cmp"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

type kind uint8

const (
	kindNull kind = iota
	kindText
	kindID
	kindBoolean
	kindInteger
	kindNumber
	kindDate
	kindDateTime
)

// Value is one field's content. The zero Value is null.
type Value struct {
	kind   kind
	text   string
	number float64 // of dates and times, milliseconds since 1970 UTC
}

// Text returns a text; Salesforce keeps an empty one as null.
func Text(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{kind: kindText, text: s}
}

// ID returns a record id, or null where it is empty.
func ID(id string) Value {
	if id == "" {
		return Value{}
	}
	return Value{kind: kindID, text: id}
}

// Number returns a double.
func Number(f float64) Value { return Value{kind: kindNumber, number: f} }

// Integer returns a whole number.
func Integer(n int) Value { return Value{kind: kindInteger, number: float64(n)} }

// Boolean returns a truth value.
func Boolean(b bool) Value {
	if b {
		return Value{kind: kindBoolean, number: 1}
	}
	return Value{kind: kindBoolean}
}

// DateOf returns the day of t in UTC.
func DateOf(t time.Time) Value {
	return Value{kind: kindDate, number: float64(day(t).UnixMilli())}
}

// DateTimeOf returns the second of t: Salesforce stamps records no finer.
func DateTimeOf(t time.Time) Value {
	return Value{kind: kindDateTime, number: float64(t.Unix() * 1000)}
}

// Null reports whether there is no value.
func (v Value) Null() bool { return v.kind == kindNull }

// String returns the text of a text or id, else "".
func (v Value) String() string { return v.text }

func fold(s string) string { return strings.ToLower(s) }

// compareFolded orders two values of one kind, neither null: texts as they are, so fold them first, ids by the bytes of
// their 15-character form.
func compareFolded(a, b Value) int {
	switch a.kind {
	case kindText:
		return cmp.Compare(a.text, b.text)
	case kindID:
		return cmp.Compare(short(a.text), short(b.text))
	default:
		return cmp.Compare(a.number, b.number)
	}
}

// The layouts of REST answers; the offset has no colon, which RFC 3339 readers must survive.
const (
	dateLayout     = time.DateOnly
	dateTimeLayout = "2006-01-02T15:04:05.000-0700"
)

// AppendJSON appends the value as a REST answer writes it.
func (v Value) AppendJSON(b []byte) []byte {
	switch v.kind {
	case kindText, kindID:
		return appendString(b, v.text)
	case kindBoolean:
		return strconv.AppendBool(b, v.number != 0)
	case kindInteger:
		return strconv.AppendInt(b, int64(v.number), 10)
	case kindNumber:
		return appendDouble(b, v.number)
	case kindDate:
		return v.appendTime(b, dateLayout)
	case kindDateTime:
		return v.appendTime(b, dateTimeLayout)
	default:
		return append(b, "null"...)
	}
}

func (v Value) appendTime(b []byte, layout string) []byte {
	b = append(b, '"')
	b = time.UnixMilli(int64(v.number)).UTC().AppendFormat(b, layout)
	return append(b, '"')
}

func appendString(b []byte, s string) []byte {
	quoted, err := json.Marshal(s)
	if err != nil {
		return append(b, "null"...) // unreachable: a string always has a JSON form
	}
	return append(b, quoted...)
}

// appendDouble writes a double as Java prints it: 35000.0, and 1.39E8 from ten million upwards.
func appendDouble(b []byte, f float64) []byte {
	if size := math.Abs(f); size != 0 && (size < 1e-3 || size >= 1e7) {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'E', -1, 64), "E")
		if !strings.Contains(mantissa, ".") {
			mantissa += ".0"
		}
		n, _ := strconv.Atoi(exponent)
		b = append(b, mantissa...)
		b = append(b, 'E')
		return strconv.AppendInt(b, int64(n), 10)
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return append(b, text...)
}
