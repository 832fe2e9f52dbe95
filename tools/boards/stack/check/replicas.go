package check

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"golang.org/x/sync/errgroup"
)

// tolerance is how far replicas may differ, relative to the larger value: ages and expected values grow with the clock,
// and replicas compute them seconds apart. A value that is counted twice differs by half.
const tolerance = 1e-4

// recorded reports whether a metric is made by rules, and so belongs to no instance.
func recorded(metric string) bool {
	return strings.Contains(metric, ":") || metric == "ALERTS" || metric == "ALERTS_FOR_STATE"
}

// personal reports whether a metric speaks of a process rather than of sales. Replicas differ in those by nature.
func personal(metric string) bool {
	return metric == "up" || slices.ContainsFunc([]string{"sales_exporter_", "process_", "go_", "scrape_", "promhttp_"},
		func(prefix string) bool { return strings.HasPrefix(metric, prefix) })
}

// agreed reports whether replicas must agree on an expression.
func agreed(expr string) (bool, error) {
	u, err := usageOf(expr)
	if err != nil {
		return false, err
	}
	for metric := range u.matched {
		if personal(metric) || recorded(metric) {
			return false, nil
		}
	}
	return len(u.matched) > 0, nil
}

// replicas looks whether each replica alone shows the same numbers as all of them together.
func (o Options) replicas(ctx context.Context, expressions []string) finding {
	if len(o.Replicas) < 2 {
		return problem("there are %d replicas, at least 2 are needed", len(o.Replicas))
	}
	var compared []string
	for _, expr := range expressions {
		yes, err := agreed(expr)
		if err != nil {
			return problem("%v", err)
		}
		if yes {
			compared = append(compared, expr)
		}
	}
	at := time.Now()
	problems := make([][]string, len(compared))
	var group errgroup.Group
	group.SetLimit(parallel)
	for i, expr := range compared {
		group.Go(func() error {
			problems[i] = o.compareReplicas(ctx, expr, at)
			return nil
		})
	}
	_ = group.Wait() // The errors are among the problems.
	return finding{slices.Concat(problems...), fmt.Sprintf("%d queries", len(compared))}
}

func (o Options) compareReplicas(ctx context.Context, expr string, at time.Time) []string {
	escaped := make([]string, len(o.Replicas))
	for i, replica := range o.Replicas {
		escaped[i] = regexp.QuoteMeta(replica)
	}
	both, err := o.queryWithin(ctx, expr, strings.Join(escaped, "|"), at)
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	for i, replica := range o.Replicas {
		one, err := o.queryWithin(ctx, expr, escaped[i], at)
		if err != nil {
			return []string{err.Error()}
		}
		for _, difference := range differences(one, both) {
			problems = append(problems, fmt.Sprintf("%s alone and all together: %s in %s", replica, difference, expr))
		}
	}
	return problems
}

func (o Options) queryWithin(ctx context.Context, expr, instances string, at time.Time) (model.Vector, error) {
	expr, err := within(expr, instances)
	if err != nil {
		return nil, err
	}
	value, _, _, err := o.API.Query(ctx, expr, at)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", expr, err)
	}
	vector, ok := value.(model.Vector)
	if !ok {
		return nil, fmt.Errorf("query %s: it returned a %s", expr, value.Type())
	}
	return vector, nil
}

// differences says which series of two results are missing in one of them, or have another value.
func differences(one, both model.Vector) []string {
	values := map[model.Fingerprint]model.SampleValue{}
	for _, s := range one {
		values[s.Metric.Fingerprint()] = s.Value
	}
	var found []string
	for _, s := range both {
		series := s.Metric.Fingerprint()
		value, ok := values[series]
		delete(values, series)
		switch {
		case !ok:
			found = append(found, fmt.Sprintf("nothing and %v for %s", s.Value, s.Metric))
		case !same(float64(value), float64(s.Value)):
			found = append(found, fmt.Sprintf("%v and %v for %s", value, s.Value, s.Metric))
		}
	}
	for _, s := range one {
		if value, ok := values[s.Metric.Fingerprint()]; ok {
			found = append(found, fmt.Sprintf("%v and nothing for %s", value, s.Metric))
		}
	}
	return found
}

func same(a, b float64) bool {
	if math.IsNaN(a) || math.IsNaN(b) || math.IsInf(a, 0) || math.IsInf(b, 0) {
		return a == b || math.IsNaN(a) && math.IsNaN(b)
	}
	return math.Abs(a-b) <= tolerance*max(math.Abs(a), math.Abs(b))
}
