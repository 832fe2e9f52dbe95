package check

import (
	"fmt"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// dimensions are the labels that the exporter's configuration chooses from. Boards and rules serve every choice: they
// group by all of them, and match those that must be empty.
var dimensions = []string{
	"pipeline", "rep", "team", "territory", "business_type", "segment", "channel", "product",
}

// usage is what an expression needs to exist.
type usage struct {
	// matched are the labels that selectors match, by metric.
	matched map[string][]string
	// grouped are lists of labels that are grouped or joined by, each with the metrics below: one of them must have it.
	grouped []grouping
}

type grouping struct {
	labels, metrics []string
}

// usageOf takes an expression apart.
func usageOf(expr string) (usage, error) {
	parsed, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		return usage{}, fmt.Errorf("parse %s: %w", expr, err)
	}
	u := usage{matched: map[string][]string{}}
	parser.Inspect(parsed, func(node parser.Node, _ []parser.Node) error {
		u.node(node)
		return nil
	})
	return u, nil
}

func (u *usage) node(node parser.Node) {
	switch n := node.(type) {
	case *parser.VectorSelector:
		name := metricOf(n)
		if _, ok := u.matched[name]; !ok {
			u.matched[name] = nil
		}
		for _, m := range n.LabelMatchers {
			optional := m.Name == model.MetricNameLabel || slices.Contains(dimensions, m.Name) && m.Matches("")
			if !optional && !slices.Contains(u.matched[name], m.Name) {
				u.matched[name] = append(u.matched[name], m.Name)
			}
		}
	case *parser.AggregateExpr:
		// What `without` names need not exist: rules name there what a company's targets may carry.
		if !n.Without {
			u.group(n.Expr, n.Grouping)
		}
	case *parser.BinaryExpr:
		if n.VectorMatching != nil {
			if n.VectorMatching.On {
				u.group(n, n.VectorMatching.MatchingLabels)
			}
			u.group(n, n.VectorMatching.Include)
		}
	}
}

// group notes that labels are used of what is below a node. Dimensions, and labels that are made there, need no metric.
func (u *usage) group(below parser.Node, names []string) {
	g := grouping{}
	made := slices.Clone(dimensions)
	parser.Inspect(below, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			g.metrics = append(g.metrics, metricOf(n))
		case *parser.Call:
			if n.Func.Name == "label_replace" || n.Func.Name == "label_join" {
				if text, ok := n.Args[1].(*parser.StringLiteral); ok {
					made = append(made, text.Val)
				}
			}
		}
		return nil
	})
	g.labels = slices.DeleteFunc(slices.Clone(names), func(s string) bool { return slices.Contains(made, s) })
	if len(g.labels) > 0 && len(g.metrics) > 0 {
		u.grouped = append(u.grouped, g)
	}
}

// metricOf returns the name of the metric that is selected. A selector without a name is named by its text.
func metricOf(n *parser.VectorSelector) string {
	for _, m := range n.LabelMatchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual {
			return m.Value
		}
	}
	return n.String()
}

// within returns an expression that looks only at some instances, matched by a regular expression. Series that rules
// record belong to no instance and are left alone.
func within(expr, instances string) (string, error) {
	parsed, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		return "", fmt.Errorf("parse %s: %w", expr, err)
	}
	matcher, err := labels.NewMatcher(labels.MatchRegexp, "instance", instances)
	if err != nil {
		return "", fmt.Errorf("match instances: %w", err)
	}
	parser.Inspect(parsed, func(node parser.Node, _ []parser.Node) error {
		if n, ok := node.(*parser.VectorSelector); ok && !recorded(metricOf(n)) {
			n.LabelMatchers = append(n.LabelMatchers, matcher)
		}
		return nil
	})
	return parsed.String(), nil
}
