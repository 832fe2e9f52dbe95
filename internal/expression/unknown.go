package expression

import (
	"errors"
	"reflect"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
)

// An unknown amount is not 0 and an unknown date is before nothing. Expr has no such values, so an expression is
// rewritten: a comparison in which a field stands that may be unknown is true only where that field is known.
//
//	amount == 0             becomes   amount known && amount == 0
//	closed not in [created] becomes   closed known && created known && closed not in [created]
//	known(amount)           becomes   amount known

// nullableFields returns the fields that may be unknown.
func nullableFields() []string { return []string{"amount", "probability", "created", "closed"} }

// knownFlag returns the name of the field that says whether a nullable field is known.
func knownFlag(field string) string { return field + " known" }

// functionKnown is what asks in an expression whether a field is known.
const functionKnown = "known"

// knownFunction declares known(). It is never called: guardUnknowns replaces each call.
func knownFunction() expr.Option {
	return expr.Function(functionKnown, func(...any) (any, error) { return nil, errors.ErrUnsupported },
		new(func(any) bool))
}

// guardUnknowns rewrites an expression whose types were checked.
func guardUnknowns(root *ast.Node) *file.Error {
	g := &guard{bound: map[ast.Node]ast.Node{}}
	ast.Walk(root, visitor(g.bind))
	ast.Walk(root, visitor(g.rewrite))
	return g.err
}

type guard struct {
	// bound is what a variable or the # of a predicate stands for: a value, or the list that it is an item of.
	bound map[ast.Node]ast.Node
	err   *file.Error
}

type visitor func(*ast.Node)

// Visit implements ast.Visitor.
func (v visitor) Visit(node *ast.Node) { v(node) }

// bind notes what the variables and the pointers below a node stand for. Inner nodes are visited first, so that an inner
// binding wins.
func (g *guard) bind(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.VariableDeclaratorNode:
		ast.Walk(&n.Expr, visitor(func(below *ast.Node) {
			if identifier, ok := (*below).(*ast.IdentifierNode); ok && identifier.Value == n.Name {
				g.bindOnce(identifier, n.Value)
			}
		}))
	case *ast.BuiltinNode:
		for i := range n.Arguments {
			if _, ok := n.Arguments[i].(*ast.PredicateNode); !ok {
				continue
			}
			ast.Walk(&n.Arguments[i], visitor(func(below *ast.Node) {
				if pointer, ok := (*below).(*ast.PointerNode); ok {
					g.bindOnce(pointer, n.Arguments[0])
				}
			}))
		}
	}
}

func (g *guard) bindOnce(name, value ast.Node) {
	if _, bound := g.bound[name]; !bound {
		g.bound[name] = value
	}
}

// rewrite guards a comparison and replaces a call of known().
func (g *guard) rewrite(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.BinaryNode:
		if comparison(n.Operator) {
			*node = guarded(append(g.fields(n.Left), g.fields(n.Right)...), n)
		}
	case *ast.UnaryNode:
		if compared, ok := negatedOperator(n); ok {
			*node = guarded(append(g.fields(compared.Left), g.fields(compared.Right)...), n)
		}
	case *ast.CallNode:
		_, method := n.Callee.(*ast.MemberNode)
		switch {
		case named(n.Callee, functionKnown):
			g.replaceKnown(node, n)
		case method && isBool(n): // created.Before(…) compares as well.
			*node = guarded(g.all(append(slices.Clone(n.Arguments), n.Callee)), n)
		}
	}
}

// negatedOperator returns the comparison of "a not in b", which the parser makes a negation of "a in b" in the same
// place. "not (a in b)" stands in another place, and is true where "a in b" is false.
func negatedOperator(n *ast.UnaryNode) (*ast.BinaryNode, bool) {
	if n.Operator != "not" {
		return nil, false
	}
	inner := n.Node
	for { // The comparison has been guarded before.
		binary, ok := inner.(*ast.BinaryNode)
		switch {
		case !ok:
			return nil, false
		case comparison(binary.Operator):
			return binary, binary.Location() == n.Location()
		case binary.Operator != "&&" || binary.Location() != n.Location():
			return nil, false
		}
		inner = binary.Right
	}
}

func (g *guard) replaceKnown(node *ast.Node, call *ast.CallNode) {
	fields := g.all(call.Arguments)
	if len(fields) == 0 {
		if g.err == nil {
			g.err = &file.Error{
				Location: call.Location(),
				Message:  "known() takes amount, probability, created or closed; an unknown text is \"\"",
			}
		}
		return
	}
	*node = guarded(fields, at(&ast.BoolNode{Value: true}, call))
}

// guarded returns a condition that is true only where all fields are known.
func guarded(fields []string, condition ast.Node) ast.Node {
	slices.Sort(fields)
	for _, field := range slices.Backward(slices.Compact(fields)) {
		flag := at(&ast.IdentifierNode{Value: knownFlag(field)}, condition)
		condition = at(&ast.BinaryNode{Operator: "&&", Left: flag, Right: condition}, condition)
	}
	return condition
}

// at gives a node the place of another one, for messages.
func at(node, other ast.Node) ast.Node {
	node.SetLocation(other.Location())
	return node
}

// fields returns the nullable fields that a value is made of. What is true or false is known: its comparisons are
// guarded by themselves.
func (g *guard) fields(node ast.Node) []string {
	if node == nil || isBool(node) {
		return nil
	}
	if value, ok := g.bound[node]; ok {
		return g.fields(value)
	}
	switch n := node.(type) {
	case *ast.IdentifierNode:
		if slices.Contains(nullableFields(), n.Value) {
			return []string{n.Value}
		}
	case *ast.MemberNode:
		if named(n.Node, "$env") {
			return fieldOfRecord(n.Property)
		}
		return g.all([]ast.Node{n.Node, n.Property})
	case *ast.UnaryNode:
		return g.fields(n.Node)
	case *ast.BinaryNode:
		return g.all([]ast.Node{n.Left, n.Right})
	case *ast.ChainNode:
		return g.fields(n.Node)
	case *ast.SliceNode:
		return g.all([]ast.Node{n.Node, n.From, n.To})
	case *ast.CallNode:
		return g.all(append(slices.Clone(n.Arguments), n.Callee))
	case *ast.BuiltinNode:
		return g.all(n.Arguments)
	case *ast.PredicateNode:
		return g.fields(n.Node)
	case *ast.ConditionalNode:
		return g.all([]ast.Node{n.Exp1, n.Exp2})
	case *ast.VariableDeclaratorNode:
		return g.fields(n.Expr)
	case *ast.SequenceNode:
		return g.all(n.Nodes)
	case *ast.ArrayNode:
		return g.all(n.Nodes)
	case *ast.MapNode:
		return g.all(n.Pairs)
	case *ast.PairNode:
		return g.all([]ast.Node{n.Key, n.Value})
	}
	return nil
}

func (g *guard) all(nodes []ast.Node) (fields []string) {
	for _, node := range nodes {
		fields = append(fields, g.fields(node)...)
	}
	return fields
}

// fieldOfRecord returns the nullable fields that $env[property] may be.
func fieldOfRecord(property ast.Node) []string {
	name, ok := property.(*ast.StringNode)
	switch {
	case !ok:
		return nullableFields()
	case slices.Contains(nullableFields(), name.Value):
		return []string{name.Value}
	default:
		return nil
	}
}

func comparison(operator string) bool {
	return slices.Contains([]string{
		"==", "!=", "<", "<=", ">", ">=", "in", "contains", "startsWith", "endsWith", "matches",
	}, operator)
}

func named(node ast.Node, name string) bool {
	identifier, ok := node.(*ast.IdentifierNode)
	return ok && identifier.Value == name
}

func isBool(node ast.Node) bool { return node.Type() != nil && node.Type().Kind() == reflect.Bool }
