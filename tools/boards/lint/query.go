package lint

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// expression is PromQL of a board or a rule. expr is nil if Prometheus refuses the text, with err saying why.
type expression struct {
	text string
	expr parser.Expr
	err  error
	// lists says that only the labels of the result are read, to fill a variable.
	lists bool
}

// query is an expression of a board.
type query struct {
	expression
	board *board.Board
	// panel and target are nil for the queries of annotations and variables.
	panel  *board.Panel
	target *board.Target
	// variable is nil for all other queries.
	variable *board.Variable
	// own says that the reader writes the query into a text box.
	own   bool
	where string
}

// rateWindow stands for $__rate_interval in parsed expressions. Nobody would write such a duration.
const rateWindow = 4242 * time.Second

var rateInterval = regexp.MustCompile(`\$\{?__rate_interval\}?`)

func parse(text string) expression {
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(text)
	if err != nil {
		return expression{text: text, err: err}
	}
	return expression{text: text, expr: expr}
}

// queries returns every PromQL text of a board, parsed after its variables are expanded.
func queries(b *board.Board) []query {
	values := samples(b)
	var all []query
	add := func(q query, text string) {
		q.board = b
		text = rateInterval.ReplaceAllString(text, "4242s")
		q.expression = parse(board.Expand(text, values, sampleWindow()))
		q.lists = q.variable != nil
		all = append(all, q)
	}
	for _, p := range b.AllPanels() {
		for _, t := range p.Targets {
			add(query{panel: &p, target: &t, own: inTextBox(b, t.Expr), where: panelName(p)}, t.Expr)
		}
	}
	for _, a := range b.Annotations {
		if a.BuiltIn == 0 {
			add(query{where: "annotation " + a.Name}, a.Expr)
		}
	}
	for _, v := range b.Variables {
		parts, err := board.Query(v)
		if v.Type == "query" && err == nil && parts.Func != "metrics" && parts.Expr != "" {
			add(query{variable: &v, where: "variable " + v.Name}, parts.Expr)
		}
	}
	return all
}

// inTextBox reports whether a query is the value of a text box and nothing else.
func inTextBox(b *board.Board, text string) bool {
	text = strings.TrimSpace(text)
	return slices.ContainsFunc(b.Variables, func(v board.Variable) bool {
		return v.Type == "textbox" && (text == "$"+v.Name || text == "${"+v.Name+"}" || text == "${"+v.Name+":raw}")
	})
}

// samples are values that variables may take. Those of job and instance are left out, so that their matchers keep the
// variable's name and can be recognised.
func samples(b *board.Board) map[string]board.Value {
	values := map[string]board.Value{}
	for _, v := range b.Variables {
		switch {
		case v.Name == "job" || v.Name == "instance":
		case v.AllValue != "":
			values[v.Name] = board.Value{All: v.AllValue, Pattern: true}
		case v.Type == "query":
			values[v.Name] = board.Value{Values: []string{"sample"}, Pattern: v.Multi || v.IncludeAll}
		case len(v.Current.Value) > 0:
			values[v.Name] = board.Value{All: strings.Join(v.Current.Value, "|")}
		default:
			values[v.Name] = board.Value{All: string(v.Query)}
		}
	}
	return values
}

func sampleWindow() board.Window {
	to := time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC)
	return board.Window{From: to.Add(-6 * time.Hour), To: to}
}

// mentions reports whether a text holds a name as a whole word.
func mentions(text, name string) bool {
	return regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(name) + `(\W|$)`).MatchString(text)
}
