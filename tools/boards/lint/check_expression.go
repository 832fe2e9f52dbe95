package lint

import (
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// expressionChecks are about PromQL wherever it stands, on boards and in rules.
func expressionChecks() []check[expression] {
	return []check[expression]{
		{"metric-exists", checkMetricExists},
		{"label-exists", checkLabelExists},
		{"counter-in-rate", checkCounter},
		{"gauge-not-in-rate", checkGauge},
		{"replica-safe", checkReplicas},
		{"adds-up", checkAddsUp},
		{"division-guarded", checkDivision},
	}
}

func checkMetricExists(in *Input, e expression, report reporter) {
	for _, name := range e.metrics() {
		if _, ok := in.Scrape.labels(name); !ok {
			report("the exporter has no metric %s; correct the name", name)
		}
	}
}

func checkLabelExists(in *Input, e expression, report reporter) {
	if e.expr == nil {
		return
	}
	flow{scrape: in.Scrape, unknown: func(label, clause string) {
		report("no series has the label %s in the %s; correct the name", label, clause)
	}}.of(e.expr)
}

func checkCounter(in *Input, e expression, report reporter) {
	for _, s := range e.selections() {
		if in.Scrape.isCounter(s.Name) && !s.within("rate", "irate", "increase") && !s.filters() {
			report("%s is a counter, its value restarts with the exporter; put it inside rate or increase", s.Name)
		}
	}
}

func checkGauge(in *Input, e expression, report reporter) {
	rising := []string{"rate", "irate", "increase"}
	differing := []string{"delta", "idelta"}
	for _, s := range e.selections() {
		f := s.function()
		if in.Scrape.isGauge(s.Name) && slices.Contains(rising, f) || isKPI(s.Name) && slices.Contains(differing, f) {
			report("%s over %s, which is a gauge and falls, too; use its value", f, s.Name)
		}
	}
}

// checkReplicas wants a maximum between a KPI and everything that adds: two replicas, or the two pods of a rolling
// update, expose the same numbers twice.
func checkReplicas(in *Input, e expression, report reporter) {
	for _, s := range e.selections() {
		if !isKPI(s.Name) || s.filters() || e.lists || s.within("absent", "absent_over_time", "changes") {
			continue
		}
		around := s.aggregations()
		if len(around) == 0 {
			report("%s comes once from each replica; put max by (...) around it", s.Name)
			continue
		}
		if op := around[0].Op; op != parser.MAX && op != parser.MIN && op != parser.GROUP {
			report("%s over %s doubles with a second replica; put max by (...) between them", op, s.Name)
			continue
		}
		if slices.ContainsFunc(around[1:], adds) {
			in.checkLossless(s, around[0], report)
		}
	}
}

// checkLossless wants the maximum under a sum to keep every label that tells series apart: else it is a sum of the
// largest parts.
func (in *Input) checkLossless(s selection, inner *parser.AggregateExpr, report reporter) {
	exposed, _ := in.Scrape.labels(s.Name)
	for _, name := range slices.Sorted(maps.Keys(exposed.names)) {
		if name == "job" || name == "instance" || name == "method" && oneMethod(s.Name) {
			continue
		}
		if !keeps(inner, name) && !s.pins(name) {
			report("%s by (%s) over %s drops the label %s before a sum, which loses all but the largest; add it",
				inner.Op, strings.Join(inner.Grouping, ", "), s.Name, name)
		}
	}
}

// oneMethod reports whether a metric exists for each target by the one method that the target is planned by.
func oneMethod(series string) bool {
	return slices.Contains([]string{
		"sales_target_expected_value", "sales_target_projection_value", "sales_target_pace_ratio",
		"sales_target_trailing_pace_ratio",
	}, series)
}

func adds(a *parser.AggregateExpr) bool { return a.Op == parser.SUM || a.Op == parser.AVG }

// alternatives are labels whose values are views of the same deals, not parts of a whole.
func alternatives() []string {
	return []string{
		"window", "currency", "target", "kpi", "period", "day", "method", "probability", "basis", "denominator", "rollup",
		"le",
	}
}

// checkAddsUp finds sums of what overlaps.
func checkAddsUp(in *Input, e expression, report reporter) {
	for _, s := range e.selections() {
		if !isKPI(s.Name) || s.filters() {
			continue
		}
		around := s.aggregations()
		for i, a := range around {
			if !adds(a) {
				continue
			}
			if part, ok := ownStatistic(s.Name); ok && !s.weighted() {
				report("%s over %s: a %s of groups is not one of the whole; show it by group", a.Op, s.Name, part)
			}
			for _, label := range in.overlaps(s, a, around[:i]) {
				report("%s over %s adds its values of %s, which overlap; fix or keep the label", a.Op, s.Name, label)
			}
		}
	}
}

// overlaps are the labels of views of the same deals that reach a sum and are lost in it.
func (in *Input) overlaps(s selection, sum *parser.AggregateExpr, inner []*parser.AggregateExpr) []string {
	exposed, _ := in.Scrape.labels(s.Name)
	return slices.DeleteFunc(alternatives(), func(label string) bool {
		lost := slices.ContainsFunc(inner, func(a *parser.AggregateExpr) bool { return !keeps(a, label) })
		return !exposed.names[label] || s.pins(label) || keeps(sum, label) || lost
	})
}

// ownStatistic reports whether a metric's values are ratios, means or medians.
func ownStatistic(series string) (string, bool) {
	if strings.HasSuffix(series, "_bucket") || strings.HasSuffix(series, "_count") {
		return "", false
	}
	for _, s := range []string{"ratio", "mean", "median"} {
		if strings.HasSuffix(series, "_"+s) || strings.Contains(series, "_"+s+"_") {
			return s, true
		}
	}
	return "", false
}

// checkDivision wants nothing where there is nothing to divide by, not infinity.
func checkDivision(_ *Input, e expression, report reporter) {
	e.walk(func(node parser.Node, _ []parser.Node) {
		b, ok := node.(*parser.BinaryExpr)
		if ok && (b.Op == parser.DIV || b.Op == parser.MOD) && !nonZero(b.RHS) {
			report("divides by %s, which may be 0; divide by (... > 0)", b.RHS)
		}
	})
}

// nonZero reports whether an expression never yields 0.
func nonZero(e parser.Expr) bool {
	switch e := unwrap(e).(type) {
	case *parser.NumberLiteral:
		return e.Val != 0
	case *parser.BinaryExpr:
		return nonZeroBinary(e)
	case *parser.AggregateExpr:
		switch e.Op {
		case parser.COUNT, parser.GROUP:
			return true // There is no group without a member.
		case parser.SUM, parser.MAX, parser.MIN, parser.AVG:
			return nonZero(e.Expr)
		}
	case *parser.Call:
		switch e.Func.Name {
		case "label_replace", "label_join", "scalar":
			return nonZero(e.Args[0])
		case "clamp_min":
			return nonZero(e.Args[1])
		case "time":
			return true
		}
	}
	return false
}

func nonZeroBinary(b *parser.BinaryExpr) bool {
	zero, ok := unwrap(b.RHS).(*parser.NumberLiteral)
	switch {
	case b.ReturnBool:
		return false
	case b.Op == parser.GTR && ok && zero.Val >= 0, b.Op == parser.GTE && ok && zero.Val > 0:
		return true
	case b.Op == parser.NEQ && ok && zero.Val == 0:
		return true
	case b.Op == parser.MUL, b.Op == parser.DIV:
		return nonZero(b.LHS) && nonZero(b.RHS)
	case b.Op == parser.LAND, b.Op == parser.LUNLESS:
		return nonZero(b.LHS)
	default:
		return false
	}
}
