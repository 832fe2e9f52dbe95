package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

func variableChecks() []check[onBoard[board.Variable]] {
	return []check[onBoard[board.Variable]]{
		{"template-one-line", checkVariableLines},
		{"template-label-promql", checkVariableQuery},
		{"template-refresh", checkVariableRefresh},
		{"datasource", checkVariableDatasource},
	}
}

func checkDatasourceVariable(_ *Input, b *board.Board, report reporter) {
	i := slices.IndexFunc(b.Variables, func(v board.Variable) bool { return v.Type == "datasource" })
	if i < 0 {
		report("no variable chooses the data source; add one named datasource of type datasource")
		return
	}
	v := b.Variables[i]
	if v.Name != "datasource" && v.Name != "prometheus_datasource" {
		report("the data source's variable is named %q; name it datasource", v.Name)
	}
	if v.Label != "Data source" && v.Label != "Prometheus data source" {
		report("the data source's variable is labelled %q; label it Data source", v.Label)
	}
	if v.Query != "prometheus" {
		report("the data source's variable lists %q; list prometheus", v.Query)
	}
}

func checkJobVariable(_ *Input, b *board.Board, report reporter) {
	checkTargetVariable(b, "job", "Job", report)
}

// checkInstanceVariable is about the operations board alone: business boards show the same numbers for each instance.
func checkInstanceVariable(_ *Input, b *board.Board, report reporter) {
	if b.UID == operationsBoard {
		checkTargetVariable(b, "instance", "Instance", report)
	}
}

func checkTargetVariable(b *board.Board, name, label string, report reporter) {
	v, ok := b.Variable(name)
	if !ok {
		report("the variable %s is missing; add it, so that a reader can choose between deployments", name)
		return
	}
	if v.Type != "query" || !templated(v.Datasource) {
		report("the variable %s does not query the chosen data source; make it a query of ${datasource}", name)
	}
	if v.Label != label {
		report("the variable %s is labelled %q; label it %s", name, v.Label, label)
	}
	if !v.Multi || !v.IncludeAll {
		report("the variable %s allows one value; set multi and includeAll", name)
	}
	if v.AllValue != ".+" {
		report("the allValue of variable %s is %q; use .+, which any number of targets fits into", name, v.AllValue)
	}
}

// checkVariableLines: Grafana recognises its functions on one line only, and would ask for the series of the text.
func checkVariableLines(_ *Input, s onBoard[board.Variable], report reporter) {
	if broken(s.part) {
		report("the query has a line break, so that Grafana recognises no function in it; write it on one line")
	}
}

func broken(v board.Variable) bool { return strings.ContainsAny(string(v.Query), "\n\r\u2028\u2029") }

func checkVariableQuery(_ *Input, s onBoard[board.Variable], report reporter) {
	v := s.part
	if v.Type != "query" || broken(v) {
		return
	}
	parts, err := board.Query(v)
	if err != nil {
		report("%v; use one of them", err)
		return
	}
	if parts.Expr == "" {
		return
	}
	if parts.Func == "metrics" {
		if _, err := regexp.Compile(parts.Expr); err != nil {
			report("%v; correct the pattern", err)
		}
		return
	}
	if e := parse(board.Expand(parts.Expr, samples(s.board), sampleWindow())); e.err != nil {
		report("%v; correct the PromQL", e.err)
	}
}

func checkVariableRefresh(_ *Input, s onBoard[board.Variable], report reporter) {
	if s.part.Type == "query" && s.part.Refresh != 2 {
		report("the values are not asked for again when the time range changes; set refresh to 2")
	}
}

func checkVariableDatasource(_ *Input, s onBoard[board.Variable], report reporter) {
	if s.part.Type == "query" && !templated(s.part.Datasource) {
		report(`queries the data source %q; use {"type": "prometheus", "uid": "${datasource}"}`, s.part.Datasource.UID)
	}
}

// templated reports whether a data source is the chosen one, not one that only exists in somebody's Grafana.
func templated(d board.Datasource) bool {
	names := []string{"$datasource", "${datasource}", "$prometheus_datasource", "${prometheus_datasource}"}
	return d.Type == "prometheus" && slices.Contains(names, d.UID)
}

// checkUndefinedVariables looks at the file as a whole: titles, links and options use variables, too.
func checkUndefinedVariables(_ *Input, b *board.Board, report reporter) {
	for _, name := range board.Uses(string(b.Raw)) {
		if _, ok := b.Variable(name); !ok {
			report("$%s is used, but not defined; add the variable or correct the name", name)
		}
	}
}

func checkUnusedVariables(_ *Input, b *board.Board, report reporter) {
	used := board.Uses(string(b.Raw))
	for _, p := range b.AllPanels() {
		used = append(used, p.Repeat)
	}
	for _, v := range b.Variables {
		if !slices.Contains(used, v.Name) {
			report("nothing uses the variable %s; remove it, or a reader changes it in vain", v.Name)
		}
	}
}
