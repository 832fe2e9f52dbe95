package body

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/naming"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/refusal"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// Filter is one condition.
type Filter struct {
	PropertyName string     `json:"propertyName"`
	Operator     string     `json:"operator"`
	Value        *Flexible  `json:"value"`
	HighValue    *Flexible  `json:"highValue"`
	Values       []Flexible `json:"values"`
}

// compile turns a filter into a predicate. A record without a value matches NOT_HAS_PROPERTY and nothing else.
func (f Filter) compile(object *naming.Object) (Predicate, *refusal.Refusal) {
	column, ok := object.Column(f.PropertyName)
	if !ok {
		return nil, refusal.Invalid("There was a problem with the request: no property %q to filter by", f.PropertyName)
	}
	property, value := column.Property, column.Value
	var test func(naming.Value) bool
	var bad *refusal.Refusal
	switch f.Operator {
	case "HAS_PROPERTY":
		return func(r world.Record) bool { return !value(r).Null() }, nil
	case "NOT_HAS_PROPERTY":
		return func(r world.Record) bool { return value(r).Null() }, nil
	case "IN", "NOT_IN":
		test, bad = f.oneOf(property)
	case "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN":
		test, bad = f.token()
	case "BETWEEN":
		test, bad = f.between(property)
	default:
		test, bad = f.against(property)
	}
	if bad != nil {
		return nil, bad
	}
	return func(r world.Record) bool {
		v := value(r)
		return !v.Null() && test(v)
	}, nil
}

// against compares with one value.
func (f Filter) against(property naming.Property) (func(naming.Value) bool, *refusal.Refusal) {
	fits, ok := map[string]func(c int) bool{
		"EQ": func(c int) bool { return c == 0 }, "NEQ": func(c int) bool { return c != 0 },
		"LT": func(c int) bool { return c < 0 }, "LTE": func(c int) bool { return c <= 0 },
		"GT": func(c int) bool { return c > 0 }, "GTE": func(c int) bool { return c >= 0 },
	}[f.Operator]
	if !ok {
		return nil, refusal.Invalid("unknown operator %q", f.Operator)
	}
	operand, bad := f.operand(property, f.Value, "value")
	if bad != nil {
		return nil, bad
	}
	compare := comparison(property)
	return func(v naming.Value) bool {
		c, ok := compare(v, operand)
		return ok && fits(c)
	}, nil
}

func (f Filter) between(property naming.Property) (func(naming.Value) bool, *refusal.Refusal) {
	low, bad := f.operand(property, f.Value, "value")
	if bad != nil {
		return nil, bad
	}
	high, bad := f.operand(property, f.HighValue, "highValue")
	if bad != nil {
		return nil, bad
	}
	compare := comparison(property)
	return func(v naming.Value) bool {
		l, ok := compare(v, low)
		h, okToo := compare(v, high)
		return ok && okToo && l >= 0 && h <= 0
	}, nil
}

// oneOf compares with a list. On strings HubSpot lowers its own values and not those of the list.
func (f Filter) oneOf(property naming.Property) (func(naming.Value) bool, *refusal.Refusal) {
	if len(f.Values) == 0 {
		return nil, refusal.Invalid("%s needs values", f.Operator)
	}
	list := make([]naming.Value, 0, len(f.Values))
	for _, v := range f.Values {
		operand, bad := f.operand(property, &v, "values")
		if bad != nil {
			return nil, bad
		}
		list = append(list, operand)
	}
	compare := comparison(property)
	if property.Type == "string" {
		compare = func(a, b naming.Value) (int, bool) { return cmp.Compare(strings.ToLower(a.Text), b.Text), true }
	}
	wanted := f.Operator == "IN"
	return func(v naming.Value) bool {
		return wanted == slices.ContainsFunc(list, func(operand naming.Value) bool {
			c, ok := compare(v, operand)
			return ok && c == 0
		})
	}, nil
}

// token looks for one of the words of a value; a star stands for any end or beginning of it.
func (f Filter) token() (func(naming.Value) bool, *refusal.Refusal) {
	if f.Value == nil || *f.Value == "" {
		return nil, refusal.Invalid("%s needs a value", f.Operator)
	}
	wanted := f.Operator == "CONTAINS_TOKEN"
	word := strings.ToLower(string(*f.Value))
	bare := strings.Trim(word, "*")
	fits := func(token string) bool {
		switch {
		case strings.HasPrefix(word, "*") && strings.HasSuffix(word, "*"):
			return strings.Contains(token, bare)
		case strings.HasPrefix(word, "*"):
			return strings.HasSuffix(token, bare)
		case strings.HasSuffix(word, "*"):
			return strings.HasPrefix(token, bare)
		default:
			return token == bare
		}
	}
	return func(v naming.Value) bool {
		return wanted == slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(v.String()), separator), fits)
	}, nil
}

func separator(r rune) bool { return strings.ContainsRune(" \t\n;,.:/-_@", r) }

// operand reads a value of a filter as the type of its property demands.
func (f Filter) operand(property naming.Property, v *Flexible, field string) (naming.Value, *refusal.Refusal) {
	if v == nil {
		return naming.Value{}, refusal.Invalid("%s needs %s", f.Operator, field)
	}
	text := string(*v)
	switch property.Type {
	case "number":
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return naming.Value{}, refusal.Invalid("%q is not a number for %s", text, f.PropertyName)
		}
	case "datetime":
		at, ok := parseTime(text)
		if !ok {
			return naming.Value{}, refusal.Invalid("%q is not a time for %s", text, f.PropertyName)
		}
		if at.UnixMilli() == 0 { // HubSpot breaks on the very first moment of its calendar
			return naming.Value{}, &refusal.Refusal{
				Code: http.StatusInternalServerError, Violation: "validation",
				Message: "internal error", Category: "INTERNAL_ERROR",
			}
		}
		return naming.Value{At: at}, nil
	}
	return naming.Value{Text: text}, nil
}

// parseTime reads milliseconds since 1970 or ISO 8601.
func parseTime(text string) (time.Time, bool) {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.UnixMilli(ms), true
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// comparison returns how two values of a property compare. It reports false for a value that is not of the type, such
// as the "N/A" that people write into amounts.
func comparison(property naming.Property) func(a, b naming.Value) (int, bool) {
	switch property.Type {
	case "number":
		return compareNumbers
	case "datetime": // what is finer than a millisecond does not count
		return func(a, b naming.Value) (int, bool) { return cmp.Compare(a.At.UnixMilli(), b.At.UnixMilli()), true }
	case "enumeration":
		return func(a, b naming.Value) (int, bool) { return cmp.Compare(a.Text, b.Text), true }
	default:
		return func(a, b naming.Value) (int, bool) {
			return cmp.Compare(strings.ToLower(a.Text), strings.ToLower(b.Text)), true
		}
	}
}

// compareNumbers keeps whole numbers exact: ids of 64 bits do not fit a float.
func compareNumbers(a, b naming.Value) (int, bool) {
	x, errX := strconv.ParseInt(a.Text, 10, 64)
	y, errY := strconv.ParseInt(b.Text, 10, 64)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y), true
	}
	f, errF := strconv.ParseFloat(a.Text, 64)
	g, errG := strconv.ParseFloat(b.Text, 64)
	return cmp.Compare(f, g), errF == nil && errG == nil
}
