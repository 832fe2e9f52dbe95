package lint

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// queryChecks are about expressions as boards use them, with variables.
func queryChecks() []check[query] {
	return []check[query]{
		{"target-promql", checkPromQL},
		{"target-job", checkJobMatcher},
		{"target-instance", checkInstanceMatcher},
		{"target-rate-interval", checkRateInterval},
	}
}

func annotationChecks() []check[onBoard[board.Annotation]] {
	return []check[onBoard[board.Annotation]]{
		{"datasource", checkAnnotationDatasource},
	}
}

func checkAnnotationDatasource(_ *Input, s onBoard[board.Annotation], report reporter) {
	if s.part.BuiltIn == 0 && !templated(s.part.Datasource) {
		report(`queries the data source %q; use {"type": "prometheus", "uid": "${datasource}"}`, s.part.Datasource.UID)
	}
}

func checkPromQL(_ *Input, q query, report reporter) {
	if q.err != nil && q.variable == nil { // checkVariableQuery is about variables.
		report("%v; correct the PromQL", q.err)
	}
}

func checkJobMatcher(_ *Input, q query, report reporter) {
	if q.own || q.variable != nil && q.variable.Name == "job" {
		return // The reader's query, or the list of jobs to choose from.
	}
	for _, s := range q.selections() {
		if !isAlerts(s.Name) && !s.matchesVariable("job") {
			report(`%s is not limited to the chosen jobs; add job=~"$job"`, s.Name)
		}
	}
}

// isAlerts recognises the series that alerts make. Their labels depend on the rules.
func isAlerts(series string) bool {
	return series == "ALERTS" || series == "ALERTS_FOR_STATE"
}

// checkInstanceMatcher is about the exporter's own metrics on its operations board.
func checkInstanceMatcher(_ *Input, q query, report reporter) {
	if q.board.UID != operationsBoard || q.panel == nil {
		return
	}
	for _, s := range q.selections() {
		recorded := strings.Contains(s.Name, ":") // Rules aggregate over instances.
		if !isAlerts(s.Name) && !isKPI(s.Name) && !recorded && !s.matchesVariable("instance") {
			report(`%s is not limited to the chosen instances; add instance=~"$instance"`, s.Name)
		}
	}
}

// matchesVariable reports whether a label is matched by the variable of its name.
func (s selection) matchesVariable(label string) bool {
	return slices.ContainsFunc(s.LabelMatchers, func(m *labels.Matcher) bool {
		spellings := []string{"$" + label, "${" + label + "}", "[[" + label + "]]"}
		return m.Name == label && m.Type == labels.MatchRegexp && slices.Contains(spellings, m.Value)
	})
}

// checkRateInterval wants the interval that Grafana keeps above four scrapes: a fixed one is empty or misleading once
// the reader zooms or the scrape interval changes.
func checkRateInterval(_ *Input, q query, report reporter) {
	q.walk(func(node parser.Node, _ []parser.Node) {
		call, ok := node.(*parser.Call)
		if !ok || (call.Func.Name != "rate" && call.Func.Name != "irate") {
			return
		}
		if m, ok := call.Args[0].(*parser.MatrixSelector); ok && m.Range != rateWindow {
			report("%s over a fixed range; use [$__rate_interval]", call.Func.Name)
		}
	})
}
