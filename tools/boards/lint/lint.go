// Package lint checks Grafana boards and Prometheus rules against the house rules: PromQL that Prometheus parses,
// metrics and labels that the exporter exposes, numbers that two replicas do not double, and panels that a reader
// understands without asking.
package lint

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// Input is what there is to check, and what to check it against.
type Input struct {
	Boards []*board.Board
	// Rules are the files of recording and alerting rules.
	Rules []*RuleFile
	// Scrape is a golden scrape of the exporter. Without it no name of a metric or label is checked.
	Scrape *Scrape
	// Catalogue is the documentation of the metrics. Without it links into it are not followed.
	Catalogue *Catalogue
	// Runbooks is the directory of the runbooks. Without it links to them are not followed.
	Runbooks string
	// Exceptions are findings that are accepted.
	Exceptions []Exception
}

// Finding is one violation of one rule.
type Finding struct {
	File string
	// Where is the panel, variable, annotation or rule; empty means the file as a whole.
	Where string
	Rule  string
	// Text says what is wrong and, after a semicolon, what to do.
	Text string
}

func (f Finding) String() string {
	if f.Where == "" {
		return fmt.Sprintf("%s: %s: %s", f.File, f.Rule, f.Text)
	}
	return fmt.Sprintf("%s: %s: %s: %s", f.File, f.Where, f.Rule, f.Text)
}

// check is one rule over one kind of subject.
type check[S any] struct {
	name string
	run  func(in *Input, subject S, report reporter)
}

type reporter func(format string, args ...any)

// Run applies every rule and returns what is left of the findings after the exceptions, sorted by file.
func Run(in *Input) []Finding {
	r := &runner{in: in}
	for _, b := range in.Boards {
		r.board(b)
	}
	for _, f := range in.Rules {
		r.ruleFile(f)
	}
	apply(r, corpusChecks(), in, allBoards, "")
	findings := except(in.Exceptions, r.findings)
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(a.File, b.File) })
	return slices.Compact(findings)
}

// allBoards stands for the file in findings about all boards together.
const allBoards = "dashboards"

type runner struct {
	in       *Input
	findings []Finding
}

func (r *runner) board(b *board.Board) {
	file, parsed := filepath.Base(b.Path), queries(b)
	apply(r, boardChecks(), b, file, "")
	for _, v := range b.Variables {
		apply(r, variableChecks(), onBoard[board.Variable]{b, v, parsed}, file, "variable "+v.Name)
	}
	for _, a := range b.Annotations {
		apply(r, annotationChecks(), onBoard[board.Annotation]{b, a, parsed}, file, "annotation "+a.Name)
	}
	for _, p := range b.AllPanels() {
		apply(r, panelChecks(), onBoard[board.Panel]{b, p, parsed}, file, panelName(p))
	}
	for _, q := range parsed {
		apply(r, queryChecks(), q, file, q.where)
		apply(r, expressionChecks(), q.expression, file, q.where)
	}
}

func (r *runner) ruleFile(f *RuleFile) {
	file := filepath.Base(f.Path)
	apply(r, ruleFileChecks(), f, file, "")
	for _, rule := range f.Rules {
		apply(r, ruleChecks(), rule, file, rule.where())
		apply(r, expressionChecks(), rule.expression, file, rule.where())
	}
}

// onBoard is a part of a board, with the board around it.
type onBoard[S any] struct {
	board   *board.Board
	part    S
	queries []query // all of the board
}

func apply[S any](r *runner, checks []check[S], subject S, file, where string) {
	for _, c := range checks {
		c.run(r.in, subject, func(format string, args ...any) {
			r.findings = append(r.findings, Finding{File: file, Where: where, Rule: c.name, Text: fmt.Sprintf(format, args...)})
		})
	}
}

func panelName(p board.Panel) string { return fmt.Sprintf("panel %q (%d)", p.Title, p.ID) }
