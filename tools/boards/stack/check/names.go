package check

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
)

// recent is how far back series count as existing.
const recent = 15 * time.Minute

// names looks whether the metrics and labels of expressions and of the rules exist.
func (o Options) names(ctx context.Context, expressions []string) finding {
	rules, err := o.rules(ctx)
	if err != nil {
		return problem("%v", err)
	}
	for _, r := range rules {
		expressions = append(expressions, r.query)
	}
	exposed, err := scrape(ctx, http.DefaultClient, o.Replicas[0])
	if err != nil {
		return problem("%v", err)
	}
	book := labelBook{api: o.API, now: time.Now(), exposed: exposed, rules: rules, known: map[string][]string{}}
	var problems []string
	for _, expr := range expressions {
		u, err := usageOf(expr)
		if err != nil {
			return problem("%v", err)
		}
		missing, err := book.missing(ctx, u)
		if err != nil {
			return problem("%v", err)
		}
		problems = append(problems, missing...)
	}
	slices.Sort(problems)
	problems = o.except(slices.Compact(problems))
	return finding{problems, fmt.Sprintf("%d metrics in %d expressions", len(book.known), len(expressions))}
}

// noSuchMetric is the problem of a metric that does not exist.
func noSuchMetric(name string) string { return "there is no metric " + name }

// noSuchLabel is the problem of a label that none of some metrics has.
func noSuchLabel(name string, metrics ...string) string {
	return fmt.Sprintf("there is no label %s of %s", name, strings.Join(metrics, ", "))
}

// except removes the problems that are excepted, and adds the exceptions that are not needed.
func (o Options) except(problems []string) []string {
	for _, e := range o.Exceptions {
		if e.Metric == "" {
			continue
		}
		if i := slices.Index(problems, noSuchMetric(e.Metric)); i >= 0 {
			problems = slices.Delete(problems, i, i+1)
		} else {
			problems = append(problems, unneeded(e))
		}
	}
	return problems
}

// labelBook knows the labels of metrics.
type labelBook struct {
	api     v1.API
	now     time.Time
	exposed map[string][]string // by the exporter, even if empty
	rules   []rule
	known   map[string][]string
}

// labels returns the names of a metric's labels, none if there is no such metric.
func (b *labelBook) labels(ctx context.Context, metric string) ([]string, error) {
	if known, ok := b.known[metric]; ok {
		return known, nil
	}
	selector := "{__name__=" + strconv.Quote(metric) + "}"
	found, _, _, err := b.api.LabelNames(ctx, []string{selector}, b.now.Add(-recent), b.now)
	if err != nil {
		return nil, fmt.Errorf("list labels of %s: %w", metric, err)
	}
	var names []string
	for _, name := range found {
		names = append(names, string(name))
	}
	b.known[metric] = names
	if len(names) == 0 {
		return nil, nil
	}
	names = append(names, b.exposed[metric]...)
	for _, r := range b.rules {
		if r.name != metric {
			continue
		}
		u, err := usageOf(r.query)
		if err != nil {
			return nil, err
		}
		// A recorded series may have every label of those that it is made from.
		for below := range u.matched {
			has, err := b.labels(ctx, below)
			if err != nil {
				return nil, err
			}
			names = append(names, has...)
		}
	}
	b.known[metric] = names
	return names, nil
}

// missing says what an expression uses that does not exist. What depends on a missing metric is not repeated.
func (b *labelBook) missing(ctx context.Context, u usage) ([]string, error) {
	var problems []string
	for _, metric := range slices.Sorted(maps.Keys(u.matched)) {
		has, err := b.labels(ctx, metric)
		if err != nil {
			return nil, err
		}
		if len(has) == 0 {
			problems = append(problems, noSuchMetric(metric))
			continue
		}
		for _, label := range u.matched[metric] {
			if !slices.Contains(has, label) {
				problems = append(problems, noSuchLabel(label, metric))
			}
		}
	}
	for _, g := range u.grouped {
		grouped, err := b.grouped(ctx, g)
		if err != nil {
			return nil, err
		}
		problems = append(problems, grouped...)
	}
	return problems, nil
}

func (b *labelBook) grouped(ctx context.Context, g grouping) ([]string, error) {
	var has []string
	for _, metric := range g.metrics {
		of, err := b.labels(ctx, metric)
		if err != nil {
			return nil, err
		}
		if len(of) == 0 {
			return nil, nil
		}
		has = append(has, of...)
	}
	var problems []string
	for _, label := range g.labels {
		if !slices.Contains(has, label) {
			problems = append(problems, noSuchLabel(label, g.metrics...))
		}
	}
	return problems, nil
}
