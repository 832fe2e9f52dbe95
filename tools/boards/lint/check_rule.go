package lint

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

func ruleFileChecks() []check[*RuleFile] {
	return []check[*RuleFile]{
		{"rule-unique", checkUniqueRules},
	}
}

func ruleChecks() []check[rule] {
	return []check[rule]{
		{"rule-name", checkRuleName},
		{"rule-regexp", checkRegexp},
		{"alert-compares", checkCompares},
		{"alert-absent-for", checkAbsentFor},
		{"alert-no-topk", checkNoTopk},
		{"alert-labels", checkAlertLabels},
		{"alert-annotations", checkAlertAnnotations},
		{"alert-templates", checkTemplates},
		{"alert-runbook", checkRunbook},
		{"alert-dashboard", checkDashboard},
	}
}

// checkUniqueRules wants a name and severity to mean one alert: silences and inhibitions go by them.
func checkUniqueRules(_ *Input, f *RuleFile, report reporter) {
	seen := map[string]bool{}
	for _, r := range f.Rules {
		if seen[r.where()] {
			report("%s occurs twice; rename one of them", r.where())
		}
		seen[r.where()] = true
	}
}

var (
	alertName  = regexp.MustCompile(`^Sales([A-Z]+[a-z0-9]*)+$`)
	recordName = regexp.MustCompile(`^[a-z_]+:[a-z0-9_]+:[a-z0-9_]+$`)
)

func checkRuleName(_ *Input, r rule, report reporter) {
	if r.Alert != "" && !alertName.MatchString(r.Alert) {
		report("%q is not named like SalesDataStale; rename it", r.Alert)
	}
	if r.Record != "" && !recordName.MatchString(r.Record) {
		report("%q is not named level:metric:operations; rename it", r.Record)
	}
}

// checkRegexp finds patterns that are plain values, or that match everything.
func checkRegexp(_ *Input, r rule, report reporter) {
	for _, s := range r.selections() {
		for _, m := range s.LabelMatchers {
			if m.Type != labels.MatchRegexp && m.Type != labels.MatchNotRegexp {
				continue
			}
			if m.Value == ".*" {
				report("%s matches everything; remove the matcher", m)
			} else if regexp.QuoteMeta(m.Value) == m.Value {
				report("%s is no pattern; compare with = or !=", m)
			}
		}
	}
}

func checkCompares(_ *Input, r rule, report reporter) {
	if r.Alert != "" && !decides(r.expr) {
		report("the alert fires as long as the series exists; compare with a threshold")
	}
}

// decides reports whether an expression may be empty although its series exist.
func decides(e parser.Expr) bool {
	switch e := unwrap(e).(type) {
	case *parser.BinaryExpr:
		switch {
		case e.Op.IsComparisonOperator():
			return !e.ReturnBool
		case e.Op == parser.LOR:
			return decides(e.LHS) && decides(e.RHS)
		case e.Op == parser.LUNLESS:
			return true
		default:
			return decides(e.LHS) || decides(e.RHS)
		}
	case *parser.Call:
		if strings.HasPrefix(e.Func.Name, "absent") {
			return true
		}
		return slices.ContainsFunc(e.Args, func(arg parser.Expr) bool { return decides(arg) })
	case *parser.AggregateExpr:
		return decides(e.Expr)
	case *parser.SubqueryExpr:
		return decides(e.Expr)
	default:
		return false
	}
}

// shortestAbsence is two scrapes: one that fails is no news.
const shortestAbsence = 2 * time.Minute

func checkAbsentFor(_ *Input, r rule, report reporter) {
	r.walk(func(node parser.Node, _ []parser.Node) {
		call, ok := node.(*parser.Call)
		if ok && r.Alert != "" && call.Func.Name == "absent" && time.Duration(r.For) < shortestAbsence {
			report("absent() for %s fires at the first scrape that fails; wait for %s", r.For, model.Duration(shortestAbsence))
		}
	})
}

func checkNoTopk(_ *Input, r rule, report reporter) {
	r.walk(func(node parser.Node, _ []parser.Node) {
		a, ok := node.(*parser.AggregateExpr)
		if ok && r.Alert != "" && (a.Op == parser.TOPK || a.Op == parser.BOTTOMK) {
			report("%s changes its members, so that alerts resolve and fire again; use a threshold", a.Op)
		}
	})
}

func checkAlertLabels(_ *Input, r rule, report reporter) {
	if r.Alert == "" {
		return
	}
	allowed := []struct {
		label  string
		values []string
	}{
		{"severity", []string{"critical", "warning", "info"}},
		{"audience", []string{"sales", "revops", "sre"}},
	}
	for _, a := range allowed {
		if !slices.Contains(a.values, r.Labels[a.label]) {
			report("the label %s is %q; set one of %s, routing goes by it",
				a.label, r.Labels[a.label], strings.Join(a.values, ", "))
		}
	}
}

func checkAlertAnnotations(_ *Input, r rule, report reporter) {
	if r.Alert == "" {
		return
	}
	for _, name := range []string{"summary", "description", "runbook_url", "dashboard_url"} {
		if strings.TrimSpace(r.Annotations[name]) == "" {
			report("the annotation %s is missing; write it", name)
		}
	}
	if strings.Contains(strings.TrimSpace(r.Annotations["summary"]), "\n") {
		report("the summary has several lines; move the rest to the description")
	}
}

var (
	templateLabel = regexp.MustCompile(`(?:\$labels|\.Labels)\.([a-zA-Z_]\w*)`)
	rawValue      = regexp.MustCompile(`\{\{-?\s*(\$value|\.Value)\s*-?\}\}`)
	templateQuery = regexp.MustCompile("printf `([^`]+)`|query `([^`]+)`|query \"([^\"]+)\"")
	printfVerb    = regexp.MustCompile(`%[qsv]`)
)

// checkTemplates finds labels that the expression has dropped, which a template would print as nothing.
func checkTemplates(in *Input, r rule, report reporter) {
	if r.Alert == "" {
		return
	}
	kept := flow{scrape: in.Scrape, unknown: func(string, string) {}}.of(r.expr)
	var texts []string
	for _, templates := range []map[string]string{r.Labels, r.Annotations} {
		for _, name := range slices.Sorted(maps.Keys(templates)) {
			texts = append(texts, templates[name])
		}
	}
	all := strings.Join(texts, "\n")
	for _, m := range templateLabel.FindAllStringSubmatch(all, -1) {
		if !kept.has(m[1]) {
			report("a template uses $labels.%s, which the expression does not keep; keep it or leave it out", m[1])
		}
	}
	if rawValue.MatchString(all) {
		report("a template prints $value as it is; pipe it to humanize, humanizePercentage or humanizeDuration")
	}
	for _, m := range templateQuery.FindAllStringSubmatch(all, -1) {
		q := parse(printfVerb.ReplaceAllString(m[1]+m[2]+m[3], `"x"`))
		if q.err != nil {
			report("a template queries %q: %v; correct the PromQL", q.text, q.err)
		}
		checkMetricExists(in, q, report)
		checkLabelExists(in, q, report)
	}
}

// checkRunbook wants a runbook per alert, under the alert's name.
func checkRunbook(in *Input, r rule, report reporter) {
	address := r.Annotations["runbook_url"]
	if address == "" || !alertName.MatchString(r.Alert) {
		return // Those are findings of their own.
	}
	name := path.Base(address)
	if name != r.Alert+".md" {
		report("the runbook is %s; name it %s.md", name, r.Alert)
		return
	}
	if in.Runbooks == "" {
		return
	}
	if _, err := os.Stat(filepath.Join(in.Runbooks, name)); err != nil {
		report("there is no runbook %s; write it", name)
	}
}

var alertBoard = regexp.MustCompile(`/d/([A-Za-z0-9_-]+)`)

func checkDashboard(in *Input, r rule, report reporter) {
	address := r.Annotations["dashboard_url"]
	if address == "" {
		return
	}
	found := alertBoard.FindStringSubmatch(address)
	switch {
	case found == nil:
		report("dashboard_url leads to no board; link to /d/<uid>")
	case len(in.Boards) > 0 && !in.hasBoard(found[1]):
		report("dashboard_url leads to /d/%s, which is no board; correct the uid", found[1])
	}
}
