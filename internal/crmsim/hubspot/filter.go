package hubspot

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

type filter struct {
	PropertyName string     `json:"propertyName"`
	Operator     string     `json:"operator"`
	Value        *flexible  `json:"value"`
	HighValue    *flexible  `json:"highValue"`
	Values       []flexible `json:"values"`
}

// compile turns a filter into a predicate. A record without a value matches NOT_HAS_PROPERTY and nothing else.
func (f filter) compile(definitions map[string]property) (predicate, *failure) {
	definition, ok := definitions[f.PropertyName]
	if !ok {
		return nil, invalid("There was a problem with the request: no property %q to filter by", f.PropertyName)
	}
	name := f.PropertyName
	var test func(value) bool
	var bad *failure
	switch f.Operator {
	case "HAS_PROPERTY":
		return func(r record) bool { return !r.value(name).null() }, nil
	case "NOT_HAS_PROPERTY":
		return func(r record) bool { return r.value(name).null() }, nil
	case "IN", "NOT_IN":
		test, bad = f.oneOf(definition)
	case "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN":
		test, bad = f.token()
	case "BETWEEN":
		test, bad = f.between(definition)
	default:
		test, bad = f.against(definition)
	}
	if bad != nil {
		return nil, bad
	}
	return func(r record) bool {
		v := r.value(name)
		return !v.null() && test(v)
	}, nil
}

// against compares with one value.
func (f filter) against(definition property) (func(value) bool, *failure) {
	fits, ok := map[string]func(c int) bool{
		"EQ": func(c int) bool { return c == 0 }, "NEQ": func(c int) bool { return c != 0 },
		"LT": func(c int) bool { return c < 0 }, "LTE": func(c int) bool { return c <= 0 },
		"GT": func(c int) bool { return c > 0 }, "GTE": func(c int) bool { return c >= 0 },
	}[f.Operator]
	if !ok {
		return nil, invalid("unknown operator %q", f.Operator)
	}
	operand, bad := f.operand(definition, f.Value, "value")
	if bad != nil {
		return nil, bad
	}
	compare := comparison(definition)
	return func(v value) bool {
		c, ok := compare(v, operand)
		return ok && fits(c)
	}, nil
}

func (f filter) between(definition property) (func(value) bool, *failure) {
	low, bad := f.operand(definition, f.Value, "value")
	if bad != nil {
		return nil, bad
	}
	high, bad := f.operand(definition, f.HighValue, "highValue")
	if bad != nil {
		return nil, bad
	}
	compare := comparison(definition)
	return func(v value) bool {
		l, ok := compare(v, low)
		h, okToo := compare(v, high)
		return ok && okToo && l >= 0 && h <= 0
	}, nil
}

// oneOf compares with a list. On strings HubSpot lowers its own values and not those of the list.
func (f filter) oneOf(definition property) (func(value) bool, *failure) {
	if len(f.Values) == 0 {
		return nil, invalid("%s needs values", f.Operator)
	}
	list := make([]value, 0, len(f.Values))
	for _, v := range f.Values {
		operand, bad := f.operand(definition, &v, "values")
		if bad != nil {
			return nil, bad
		}
		list = append(list, operand)
	}
	compare := comparison(definition)
	if definition.Type == "string" {
		compare = func(a, b value) (int, bool) { return cmp.Compare(strings.ToLower(a.text), b.text), true }
	}
	wanted := f.Operator == "IN"
	return func(v value) bool {
		return wanted == slices.ContainsFunc(list, func(operand value) bool {
			c, ok := compare(v, operand)
			return ok && c == 0
		})
	}, nil
}

// token looks for one of the words of a value; a star stands for any end or beginning of it.
func (f filter) token() (func(value) bool, *failure) {
	if f.Value == nil || *f.Value == "" {
		return nil, invalid("%s needs a value", f.Operator)
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
	return func(v value) bool {
		return wanted == slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(v.String()), separator), fits)
	}, nil
}

func separator(r rune) bool { return strings.ContainsRune(" \t\n;,.:/-_@", r) }

// operand reads a value of a filter as the type of its property demands.
func (f filter) operand(definition property, v *flexible, field string) (value, *failure) {
	if v == nil {
		return value{}, invalid("%s needs %s", f.Operator, field)
	}
	text := string(*v)
	switch definition.Type {
	case "number":
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return value{}, invalid("%q is not a number for %s", text, f.PropertyName)
		}
	case "datetime":
		at, ok := parseTime(text)
		if !ok {
			return value{}, invalid("%q is not a time for %s", text, f.PropertyName)
		}
		if at.UnixMilli() == 0 { // HubSpot breaks on the very first moment of its calendar
			return value{}, &failure{
				status: http.StatusInternalServerError, violation: "validation",
				Message: "internal error", Category: "INTERNAL_ERROR",
			}
		}
		return instant(at), nil
	}
	return value{text: text}, nil
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
func comparison(definition property) func(a, b value) (int, bool) {
	switch definition.Type {
	case "number":
		return compareNumbers
	case "datetime": // what is finer than a millisecond does not count
		return func(a, b value) (int, bool) { return cmp.Compare(a.at.UnixMilli(), b.at.UnixMilli()), true }
	case "enumeration":
		return func(a, b value) (int, bool) { return cmp.Compare(a.text, b.text), true }
	default:
		return func(a, b value) (int, bool) {
			return cmp.Compare(strings.ToLower(a.text), strings.ToLower(b.text)), true
		}
	}
}

// compareNumbers keeps whole numbers exact: ids of 64 bits do not fit a float.
func compareNumbers(a, b value) (int, bool) {
	x, errX := strconv.ParseInt(a.text, 10, 64)
	y, errY := strconv.ParseInt(b.text, 10, 64)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y), true
	}
	f, errF := strconv.ParseFloat(a.text, 64)
	g, errG := strconv.ParseFloat(b.text, 64)
	return cmp.Compare(f, g), errF == nil && errG == nil
}
