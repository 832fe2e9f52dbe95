package expression

import (
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"
)

// Part is a condition out of which an expression is made by and, or and not alone.
type Part struct {
	fields []string
	env    bool
	holds  func(*Record) bool
}

// Parts returns the conditions that an expression is made of. What they say decides what it says.
func (e *Expression) Parts() []Part {
	var parts []Part
	for _, leaf := range conditions(e.program.Node()) {
		read := &Expression{}
		ast.Walk(&leaf, fieldVisitor{read})
		parts = append(parts, Part{fields: read.fields, env: read.env, holds: compiled(leaf)})
	}
	return parts
}

// Uses reports whether the part reads a field.
func (p *Part) Uses(field string) bool {
	read := Expression{fields: p.fields, env: p.env}
	return read.Uses(field)
}

// Compiled returns the part as a function that is much faster than the evaluation of an expression; nil where it is more
// than a comparison of one field with a constant.
func (p *Part) Compiled() func(*Record) bool { return p.holds }

// conditions takes a tree apart down to what is no and, or or not.
func conditions(node ast.Node) []ast.Node {
	switch n := node.(type) {
	case *ast.BinaryNode:
		switch n.Operator {
		case "&&", "and", "||", "or":
			return append(conditions(n.Left), conditions(n.Right)...)
		}
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			return conditions(n.Node)
		}
	}
	return []ast.Node{node}
}

// compiled returns the function of a condition, nil where it has none.
func compiled(node ast.Node) func(*Record) bool {
	switch n := node.(type) {
	case *ast.IdentifierNode:
		return flagOf(n.Value)
	case *ast.BinaryNode:
		field, ok := n.Left.(*ast.IdentifierNode)
		if !ok {
			return nil
		}
		switch constant := n.Right.(type) {
		case *ast.IntegerNode:
			return compareNumbers(n.Operator, numberOf(field.Value), float64(constant.Value))
		case *ast.FloatNode:
			return compareNumbers(n.Operator, numberOf(field.Value), constant.Value)
		case *ast.StringNode:
			return compareTexts(n.Operator, textOf(field.Value), constant.Value)
		case *ast.ConstantNode:
			if at, ok := constant.Value.(time.Time); ok {
				return compareTimes(n.Operator, timeOf(field.Value), at)
			}
		}
	}
	return nil
}

func flagOf(name string) func(*Record) bool {
	switch name {
	case knownFlag("amount"):
		return func(r *Record) bool { return r.AmountKnown }
	case knownFlag("probability"):
		return func(r *Record) bool { return r.ProbabilityKnown }
	case knownFlag("created"):
		return func(r *Record) bool { return r.CreatedKnown }
	case knownFlag("closed"):
		return func(r *Record) bool { return r.ClosedKnown }
	}
	return nil
}

func numberOf(field string) func(*Record) float64 {
	switch field {
	case "amount":
		return func(r *Record) float64 { return r.Amount }
	case "probability":
		return func(r *Record) float64 { return r.Probability }
	}
	return nil
}

func timeOf(field string) func(*Record) time.Time {
	switch field {
	case "created":
		return func(r *Record) time.Time { return r.Created }
	case "closed":
		return func(r *Record) time.Time { return r.Closed }
	}
	return nil
}

func textOf(field string) func(*Record) string {
	switch field {
	case "id":
		return func(r *Record) string { return r.ID }
	case "name":
		return func(r *Record) string { return r.Name }
	}
	return nil
}

func compareNumbers(operator string, of func(*Record) float64, with float64) func(*Record) bool {
	if of == nil {
		return nil
	}
	switch operator {
	case "==":
		return func(r *Record) bool { return of(r) == with }
	case "!=":
		return func(r *Record) bool { return of(r) != with }
	case "<":
		return func(r *Record) bool { return of(r) < with }
	case "<=":
		return func(r *Record) bool { return of(r) <= with }
	case ">":
		return func(r *Record) bool { return of(r) > with }
	case ">=":
		return func(r *Record) bool { return of(r) >= with }
	}
	return nil
}

func compareTimes(operator string, of func(*Record) time.Time, with time.Time) func(*Record) bool {
	if of == nil {
		return nil
	}
	switch operator {
	case "==":
		return func(r *Record) bool { return of(r).Equal(with) }
	case "!=":
		return func(r *Record) bool { return !of(r).Equal(with) }
	case "<":
		return func(r *Record) bool { return of(r).Before(with) }
	case "<=":
		return func(r *Record) bool { return !of(r).After(with) }
	case ">":
		return func(r *Record) bool { return of(r).After(with) }
	case ">=":
		return func(r *Record) bool { return !of(r).Before(with) }
	}
	return nil
}

func compareTexts(operator string, of func(*Record) string, with string) func(*Record) bool {
	if of == nil {
		return nil
	}
	switch operator {
	case "==":
		return func(r *Record) bool { return of(r) == with }
	case "!=":
		return func(r *Record) bool { return of(r) != with }
	case "contains":
		return func(r *Record) bool { return strings.Contains(of(r), with) }
	case "startsWith":
		return func(r *Record) bool { return strings.HasPrefix(of(r), with) }
	case "endsWith":
		return func(r *Record) bool { return strings.HasSuffix(of(r), with) }
	}
	return nil
}
