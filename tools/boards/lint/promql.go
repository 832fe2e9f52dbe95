package lint

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// selection is a selector with the expressions around it, outermost first.
type selection struct {
	*parser.VectorSelector

	path []parser.Node
}

// selections returns every selector of an expression, none if it did not parse.
func (e expression) selections() []selection {
	var found []selection
	e.walk(func(node parser.Node, path []parser.Node) {
		if v, ok := node.(*parser.VectorSelector); ok {
			found = append(found, selection{v, slices.Clone(path)})
		}
	})
	return found
}

// walk visits every node, with its ancestors.
func (e expression) walk(visit func(node parser.Node, path []parser.Node)) {
	if e.expr == nil {
		return
	}
	parser.Inspect(e.expr, func(node parser.Node, path []parser.Node) error {
		if node != nil {
			visit(node, path)
		}
		return nil
	})
}

// metrics returns the names that an expression selects.
func (e expression) metrics() []string {
	var names []string
	for _, s := range e.selections() {
		if s.Name != "" && !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
}

// aggregations are those around a selector, innermost first.
func (s selection) aggregations() []*parser.AggregateExpr {
	var all []*parser.AggregateExpr
	for _, node := range slices.Backward(s.path) {
		if a, ok := node.(*parser.AggregateExpr); ok {
			all = append(all, a)
		}
	}
	return all
}

// function is the one around the selector's range, "" if there is none.
func (s selection) function() string {
	for _, node := range slices.Backward(s.path) {
		switch node := node.(type) {
		case *parser.MatrixSelector, *parser.SubqueryExpr, *parser.ParenExpr, parser.Expressions:
		case *parser.Call:
			return node.Func.Name
		default:
			return ""
		}
	}
	return ""
}

// within reports whether a function is called around the selector.
func (s selection) within(names ...string) bool {
	return slices.ContainsFunc(s.path, func(node parser.Node) bool {
		call, ok := node.(*parser.Call)
		return ok && slices.Contains(names, call.Func.Name)
	})
}

// filters reports whether the selector only decides which series of another expression stay: the right side of and or
// unless. Its values are not seen, and a replica more changes nothing.
func (s selection) filters() bool {
	for i, node := range s.path {
		b, ok := node.(*parser.BinaryExpr)
		if !ok || (b.Op != parser.LAND && b.Op != parser.LUNLESS) {
			continue
		}
		next := parser.Node(s.VectorSelector)
		if i+1 < len(s.path) {
			next = s.path[i+1]
		}
		if next == parser.Node(b.RHS) {
			return true
		}
	}
	return false
}

// weighted reports whether the selector's values are multiplied before they are aggregated further.
func (s selection) weighted() bool {
	return slices.ContainsFunc(s.path, func(node parser.Node) bool {
		b, ok := node.(*parser.BinaryExpr)
		return ok && b.Op == parser.MUL
	})
}

// pins reports whether the selector fixes a label to one value.
func (s selection) pins(label string) bool {
	return slices.ContainsFunc(s.LabelMatchers, func(m *labels.Matcher) bool {
		return m.Name == label && m.Type == labels.MatchEqual
	})
}

// keeps reports whether a label survives an aggregation.
func keeps(a *parser.AggregateExpr, label string) bool {
	return slices.Contains(a.Grouping, label) != a.Without
}

// unwrap removes parentheses.
func unwrap(e parser.Expr) parser.Expr {
	for {
		p, ok := e.(*parser.ParenExpr)
		if !ok {
			return e
		}
		e = p.Expr
	}
}
