package soql

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql/syntax"
)

// predicate compiles a condition. SOQL knows true and false only: what compares with null is false, its NOT is true.
func (c *compiler) predicate(object *Object, node *syntax.Condition) (func(Row) bool, error) {
	if node.Logic == syntax.LogicCompare {
		return c.comparison(object, node)
	}
	terms := make([]func(Row) bool, len(node.Terms))
	for i, term := range node.Terms {
		var err error
		if terms[i], err = c.predicate(object, term); err != nil {
			return nil, err
		}
	}
	switch node.Logic {
	case syntax.LogicNot:
		return func(row Row) bool { return !terms[0](row) }, nil
	case syntax.LogicOr:
		return func(row Row) bool {
			return slices.ContainsFunc(terms, func(term func(Row) bool) bool { return term(row) })
		}, nil
	default:
		return func(row Row) bool {
			return !slices.ContainsFunc(terms, func(term func(Row) bool) bool { return !term(row) })
		}, nil
	}
}

func (c *compiler) comparison(object *Object, node *syntax.Condition) (func(Row) bool, error) {
	col, err := c.column(object, node.Path)
	if err != nil {
		return nil, err
	}
	if !col.field.Filterable {
		return nil, c.errorAt(node.Path, InvalidField, "field '%s' can not be filtered in a query call", col.field.Name)
	}
	kind := col.field.Type.kind()
	ordered := strings.ContainsAny(node.Operator, "<>")
	if (ordered && kind == kindBoolean) || (node.Operator == "LIKE" && kind != kindText) {
		return nil, c.errorAt(node.Path, InvalidFilterOperator, "invalid operator on %s field", col.field.Type)
	}
	if node.Operator == "LIKE" {
		return c.like(col, node)
	}
	tests := make([]func(Value) bool, len(node.Literals))
	for i, literal := range node.Literals {
		operator := node.Operator
		if strings.HasSuffix(operator, "IN") {
			operator = "="
		}
		if tests[i], err = c.test(col.field, operator, literal); err != nil {
			return nil, err
		}
	}
	matches := func(row Row) bool {
		v := col.read(row)
		return slices.ContainsFunc(tests, func(test func(Value) bool) bool { return test(v) })
	}
	if node.Operator == "NOT IN" {
		return func(row Row) bool { return !matches(row) }, nil
	}
	return matches, nil
}

func (c *compiler) like(col column, node *syntax.Condition) (func(Row) bool, error) {
	literal := node.Literals[0]
	if literal.Kind != syntax.TokenString {
		return nil, c.wrongType(col.field, literal)
	}
	p, bad := newPattern(literal.Text)
	if bad != "" {
		return nil, c.badEscape(literal, bad)
	}
	return func(row Row) bool {
		v := col.read(row)
		return !v.Null() && p.match(v.text)
	}, nil
}

// test compiles one comparison of a value with a literal, which must be of the field's type.
func (c *compiler) test(field *Field, operator string, literal syntax.Token) (func(Value) bool, error) {
	if literal.Is("NULL") {
		if operator != "=" && operator != "!=" {
			return nil, c.errorAt(literal, MalformedQuery, "unexpected token: %s", literal)
		}
		return nullTest(operator), nil
	}
	kind := field.Type.kind()
	if kind == kindDate || kind == kindDateTime {
		s, err := c.span(field, literal)
		return spanTest(operator, kind, s), err
	}
	value, err := c.literal(field, literal)
	if err != nil {
		return nil, err
	}
	if value.Null() { // an empty string
		return nullTest(operator), nil
	}
	if kind == kindText {
		return textTest(operator, fold(value.text)), nil
	}
	return func(v Value) bool {
		if v.Null() {
			return operator == "!="
		}
		return holds(operator, compareFolded(v, value))
	}, nil
}

// nullTest compares with null, which only null equals and every value exceeds.
func nullTest(operator string) func(Value) bool {
	return func(v Value) bool {
		if v.Null() {
			return holds(operator, 0)
		}
		return holds(operator, 1)
	}
}

// textTest compares without case.
func textTest(operator, folded string) func(Value) bool {
	return func(v Value) bool {
		if v.Null() {
			return operator == "!="
		}
		return holds(operator, strings.Compare(fold(v.text), folded))
	}
}

func holds(operator string, order int) bool {
	switch operator {
	case "=":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	default:
		return order >= 0
	}
}

// spanTest compares a time with a stretch of it: "=" is inside, "<" before its start, ">" after its end.
func spanTest(operator string, kind kind, s span) func(Value) bool {
	from, to := float64(s.from.UnixMilli()), float64(s.to.UnixMilli())
	return func(v Value) bool {
		if v.Null() {
			return operator == "!="
		}
		order := 0
		switch {
		case v.number < from:
			order = -1
		case v.number >= to:
			order = 1
		}
		return holds(operator, order)
	}
}

// span reads a literal for a date or dateTime field. A dateTime is the span of one millisecond.
func (c *compiler) span(field *Field, literal syntax.Token) (span, error) {
	wanted := syntax.TokenDate
	if field.Type == TypeDateTime {
		wanted = syntax.TokenDateTime
	}
	if literal.Kind == syntax.TokenName {
		if s, ok := relativeSpan(literal.Text, c.now); ok {
			return s, nil
		}
	}
	if literal.Kind != wanted {
		return span{}, c.wrongType(field, literal)
	}
	if wanted == syntax.TokenDate {
		if t, ok := parseDate(literal.Text); ok {
			return span{t, t.AddDate(0, 0, 1)}, nil
		}
	} else if t, ok := parseDateTime(literal.Text); ok {
		return span{t, t.Add(time.Millisecond)}, nil
	}
	return span{}, c.errorAt(literal, MalformedQuery, "Invalid %s: %s", field.Type, literal.Text)
}

// literal reads a literal for a field that is not a date.
func (c *compiler) literal(field *Field, literal syntax.Token) (Value, error) {
	switch kind := field.Type.kind(); {
	case kind == kindText && literal.Kind == syntax.TokenString, kind == kindID && literal.Kind == syntax.TokenString:
		text, bad := unescape(literal.Text, false, nil)
		if bad != "" {
			return Value{}, c.badEscape(literal, bad)
		}
		if kind == kindText || text == "" {
			return Text(text), nil
		}
		if !ValidID(text) {
			return Value{}, c.errorAt(literal, InvalidFilterOperator, "invalid ID field: %s", text)
		}
		return ID(text), nil
	case kind == kindBoolean && (literal.Is("TRUE") || literal.Is("FALSE")):
		return Boolean(literal.Is("TRUE")), nil
	case (kind == kindNumber || kind == kindInteger) && literal.Kind == syntax.TokenNumber:
		if f, err := strconv.ParseFloat(literal.Text, 64); err == nil {
			return Number(f), nil
		}
	}
	return Value{}, c.wrongType(field, literal)
}

func (c *compiler) wrongType(field *Field, literal syntax.Token) error {
	quotes := "should not"
	if kind := field.Type.kind(); kind == kindText || kind == kindID {
		quotes = "should"
	}
	spelled := string(field.Type)
	if field.Type == TypeDateTime {
		spelled = "dateTime"
	}
	return c.errorAt(literal, InvalidField,
		"value of filter criterion for field '%s' must be of type %s and %s be enclosed in quotes",
		field.Name, spelled, quotes)
}

func (c *compiler) badEscape(literal syntax.Token, bad string) error {
	return c.errorAt(literal, MalformedQuery,
		"Invalid string literal '%s'. Illegal character sequence '%s' in string literal.", literal.Text, bad)
}
