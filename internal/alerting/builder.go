package alerting

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

// metric is what rules know of a metric.
type known struct {
	labels []string
	kpi    metric.Metric // zero for the exporter's own metrics and for recorded ones
}

// builder writes expressions over known metrics and remembers what was wrong.
type builder struct {
	metrics  map[string]known
	recorded []Rule
	problems []error
}

func newBuilder() *builder {
	b := &builder{metrics: map[string]known{
		// Neither is in a catalogue: Prometheus makes the one, client_golang the other.
		"up":                        {},
		"sales_exporter_build_info": {},
	}}
	for _, m := range kpi.Catalogue() {
		b.metrics[m.Name] = known{labels: m.PossibleLabels(), kpi: m}
	}
	for _, d := range telemetry.Definitions() {
		b.metrics[d.Name] = known{labels: d.Labels}
		if d.Kind == "histogram" {
			b.metrics[d.Name+"_sum"] = known{labels: d.Labels}
			b.metrics[d.Name+"_count"] = known{labels: d.Labels}
		}
	}
	return b
}

// lookup returns a metric of the catalogue.
func (b *builder) lookup(name string) known {
	m, ok := b.metrics[name]
	if !ok {
		b.problems = append(b.problems, fmt.Errorf("no metric %s", name))
	}
	return m
}

// has checks that a metric carries a label for everybody who configures no more than dimensions; job and instance come
// from the scrape.
func (b *builder) has(name, label string) {
	m := b.lookup(name)
	carried := slices.Contains(m.labels, label)
	if m.kpi.Name != "" {
		carried = m.kpi.Serves(label)
	}
	if label != "job" && label != "instance" && !carried {
		b.problems = append(b.problems, fmt.Errorf("metric %s has no label %s", name, label))
	}
}

// hasWindows checks the same of the windows that a matcher asks for.
func (b *builder) hasWindows(name, matcher string) {
	m := b.lookup(name)
	if m.kpi.Name == "" || labelOf(matcher) != "window" {
		return
	}
	for window := range strings.SplitSeq(matcher[strings.Index(matcher, `"`)+1:len(matcher)-1], "|") {
		if !m.kpi.ServesWindow(window, false) {
			b.problems = append(b.problems, fmt.Errorf("metric %s has no window %s by default", name, window))
		}
	}
}

// series selects series of a metric: series("up", `job="x"`) is up{job="x"}.
func (b *builder) series(name string, matchers ...string) string {
	b.lookup(name)
	for _, m := range matchers {
		b.has(name, labelOf(m))
		b.hasWindows(name, m)
	}
	if len(matchers) == 0 {
		return name
	}
	return name + "{" + strings.Join(matchers, ",") + "}"
}

// labelOf returns the label that a matcher is about.
func labelOf(matcher string) string { return matcher[:strings.IndexAny(matcher, "!=")] }

// max merges replicas: it keeps the job and all labels of the metric but those that a matcher fixes.
func (b *builder) max(name string, matchers ...string) string {
	var fixed []string
	for _, m := range matchers {
		if label := labelOf(m); strings.HasPrefix(m, label+`="`) {
			fixed = append(fixed, label)
		}
	}
	keep := slices.DeleteFunc(slices.Clone(b.lookup(name).labels), func(label string) bool {
		return slices.Contains(fixed, label)
	})
	return b.over("max", keep, name, b.series(name, matchers...))
}

// maxBy merges replicas where the matchers leave no other labels than those that are kept.
func (b *builder) maxBy(keep []string, name string, matchers ...string) string {
	return b.over("max", keep, name, b.series(name, matchers...))
}

// sum adds up a base metric after its replicas were merged.
func (b *builder) sum(keep []string, name string, matchers ...string) string {
	if shape := b.lookup(name).kpi.Form; shape != metric.FormBase {
		b.problems = append(b.problems, fmt.Errorf("metric %s of shape %s must not be summed", name, shape))
	}
	return b.over("sum", keep, name, b.max(name, matchers...))
}

// sumOf adds up what happened to a counter in a range, over its labels and over replicas: each does its own syncs and
// its own calls.
func (b *builder) sumOf(function string, keep []string, span time.Duration, name string, matchers ...string) string {
	of := fmt.Sprintf("%s(%s[%s])", function, b.series(name, matchers...), model.Duration(span))
	return b.over("sum", keep, name, of)
}

// highest returns the best value of a range of recorded samples. A look back survives what a long `for` does not: one
// missed scrape, or a restart of Prometheus.
func (b *builder) highest(name string, span time.Duration, matchers ...string) string {
	return fmt.Sprintf("max_over_time(%s[%s])", b.series(name, matchers...), model.Duration(span))
}

// lowest is highest for what is bad when it is high.
func (b *builder) lowest(name string, span time.Duration, matchers ...string) string {
	return fmt.Sprintf("min_over_time(%s[%s])", b.series(name, matchers...), model.Duration(span))
}

func (b *builder) over(aggregation string, keep []string, name, of string) string {
	for _, label := range keep {
		b.has(name, label)
	}
	return fmt.Sprintf("%s by (%s) (%s)", aggregation, strings.Join(append([]string{"job"}, keep...), ", "), of)
}

// record names an expression for the rules that follow and returns its name.
func (b *builder) record(name string, labels []string, why, expr string) string {
	b.metrics[name] = known{labels: labels}
	b.recorded = append(b.recorded, Rule{Record: name, Expr: expr, Why: why})
	return name
}

// file puts the alerts of a group behind the rules that were recorded for it. What it recorded is unknown from then on:
// groups are evaluated side by side, so that one would read what another recorded a round ago, or not at all.
func (b *builder) file(name, group string, alerts []Rule) File {
	rules := append(b.recorded, alerts...)
	for _, r := range b.recorded {
		delete(b.metrics, r.Record)
	}
	b.recorded = nil
	return File{Name: name, Groups: []Group{{Name: group, Rules: rules}}}
}

func (b *builder) err() error { return errors.Join(b.problems...) }

// on returns the labels by which two sides of an operator match.
func on(labels ...string) string { return "on (job, " + strings.Join(labels, ", ") + ")" }

// lines joins the conditions of an expression, one a line.
func lines(conditions ...string) string { return strings.Join(conditions, "\n") }
