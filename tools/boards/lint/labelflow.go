package lint

import (
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// labelSet are the labels that series may carry. An open one may carry any.
type labelSet struct {
	names map[string]bool
	open  bool
}

func newLabelSet(names ...string) labelSet {
	return labelSet{}.with(names...)
}

func (l labelSet) has(name string) bool { return l.open || l.names[name] }

func (l labelSet) with(names ...string) labelSet {
	all := maps.Clone(l.names)
	if all == nil {
		all = map[string]bool{}
	}
	for _, name := range names {
		all[name] = true
	}
	return labelSet{names: all, open: l.open}
}

func (l labelSet) without(names ...string) labelSet {
	rest := l.with()
	for _, name := range names {
		delete(rest.names, name)
	}
	return rest
}

func (l labelSet) union(o labelSet) labelSet {
	both := l.with(slices.Collect(maps.Keys(o.names))...)
	both.open = l.open || o.open
	return both
}

// flow follows labels from the selectors up to the result of an expression, and reports each label that an expression
// groups or matches by although no series has it there.
type flow struct {
	scrape  *Scrape
	unknown func(label, clause string)
}

// of returns the labels of an expression's result.
func (f flow) of(e parser.Expr) labelSet {
	switch e := e.(type) {
	case *parser.VectorSelector:
		return f.selector(e)
	case *parser.MatrixSelector:
		return f.of(e.VectorSelector)
	case *parser.SubqueryExpr:
		return f.of(e.Expr)
	case *parser.ParenExpr:
		return f.of(e.Expr)
	case *parser.UnaryExpr:
		return f.of(e.Expr)
	case *parser.StepInvariantExpr:
		return f.of(e.Expr)
	case *parser.AggregateExpr:
		return f.aggregate(e)
	case *parser.BinaryExpr:
		return f.binary(e)
	case *parser.Call:
		return f.call(e)
	default:
		return newLabelSet()
	}
}

func (f flow) selector(e *parser.VectorSelector) labelSet {
	exposed, _ := f.scrape.labels(e.Name)
	optional := f.scrape.groupable(e.Name)
	for _, m := range e.LabelMatchers {
		// A matcher of the empty string selects series without the label, too.
		if m.Name != model.MetricNameLabel && !exposed.has(m.Name) && (!m.Matches("") || !optional.has(m.Name)) {
			f.unknown(m.Name, "matcher of "+e.Name)
		}
	}
	return optional
}

func (f flow) aggregate(e *parser.AggregateExpr) labelSet {
	inner := f.of(e.Expr)
	f.require(inner, e.Grouping, "grouping of "+e.Op.String())
	switch {
	case e.Op == parser.TOPK || e.Op == parser.BOTTOMK || e.Op == parser.LIMITK || e.Op == parser.LIMIT_RATIO:
		return inner
	case e.Without:
		return inner.without(e.Grouping...)
	}
	result := newLabelSet(e.Grouping...)
	if name, ok := e.Param.(*parser.StringLiteral); ok && e.Op == parser.COUNT_VALUES {
		return result.with(name.Val)
	}
	return result
}

func (f flow) binary(e *parser.BinaryExpr) labelSet {
	left, right := f.of(e.LHS), f.of(e.RHS)
	if e.VectorMatching == nil {
		return left.union(right) // At least one side is a scalar and has none.
	}
	m := e.VectorMatching
	if m.On {
		f.require(left, m.MatchingLabels, "on of "+e.Op.String())
		f.require(right, m.MatchingLabels, "on of "+e.Op.String())
	}
	switch {
	case e.Op == parser.LOR:
		return left.union(right)
	case e.Op == parser.LAND || e.Op == parser.LUNLESS:
		return left
	case m.Card == parser.CardManyToOne:
		f.require(right, m.Include, "group_left")
		return left.with(m.Include...)
	case m.Card == parser.CardOneToMany:
		f.require(left, m.Include, "group_right")
		return right.with(m.Include...)
	case m.On:
		return newLabelSet(m.MatchingLabels...)
	default:
		return left.without(m.MatchingLabels...)
	}
}

func (f flow) call(e *parser.Call) labelSet {
	result := newLabelSet()
	for _, arg := range e.Args {
		if t := arg.Type(); t == parser.ValueTypeVector || t == parser.ValueTypeMatrix {
			result = f.of(arg)
		}
	}
	switch e.Func.Name {
	case "label_replace":
		f.require(result, nonEmpty(text(e.Args[3])), "source of label_replace")
		return result.with(text(e.Args[1]))
	case "label_join":
		for _, source := range e.Args[3:] {
			f.require(result, nonEmpty(text(source)), "source of label_join")
		}
		return result.with(text(e.Args[1]))
	case "absent", "absent_over_time":
		return equalities(e.Args[0])
	case "scalar", "vector", "time":
		return newLabelSet()
	case "histogram_quantile", "histogram_fraction":
		return result.without("le")
	default:
		return result
	}
}

func (f flow) require(have labelSet, wanted []string, clause string) {
	for _, name := range wanted {
		if !have.has(name) {
			f.unknown(name, strings.ToLower(clause))
		}
	}
}

// equalities are the labels that absent gives its result: those that the selector fixes.
func equalities(e parser.Expr) labelSet {
	result := newLabelSet()
	for _, matchers := range parser.ExtractSelectors(e) {
		for _, m := range matchers {
			if m.Type == labels.MatchEqual && m.Name != model.MetricNameLabel {
				result = result.with(m.Name)
			}
		}
	}
	return result
}

func text(e parser.Expr) string {
	if s, ok := e.(*parser.StringLiteral); ok {
		return s.Val
	}
	return ""
}

func nonEmpty(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}
