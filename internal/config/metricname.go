package config

import (
	"path"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/spelling"
)

// MetricName is a KPI metric as `metrics` may name it.
type MetricName struct {
	Name     string
	Grained  bool // broken down by dimensions that can be chosen
	Windowed bool
}

// metrics reads what is configured of single metrics.
func (c *checker) metrics(m metricsYAML) Metrics {
	metrics := Metrics{Disabled: c.disabled(m.Disable)}
	for _, e := range m.Grain.Entries {
		grained := func(n MetricName) bool { return n.Grained }
		if c.metric(e.Key, metrics.Disabled, grained, "has no configurable dimensions") && e.Value.Usable() {
			metrics.Grain = with(metrics.Grain, e.Key.Text, c.inOrder(c.configuredSubset(e.Value)))
		}
	}
	for _, e := range m.Windows.Entries {
		windowed := func(n MetricName) bool { return n.Windowed }
		if c.metric(e.Key, metrics.Disabled, windowed, "has no windows") && e.Value.Usable() {
			metrics.Windows = with(metrics.Windows, e.Key.Text, c.windows(e.Value))
		}
	}
	return metrics
}

func with[T []string | []calendar.Window](m map[string]T, key string, value T) map[string]T {
	if m == nil {
		m = map[string]T{}
	}
	m[key] = value
	return m
}

// metric reports whether a key names a metric that is switched on and fits.
func (c *checker) metric(key document.Scalar, disabled []string, fits func(MetricName) bool, complaint string) bool {
	names := c.known.Metrics
	i := slices.IndexFunc(names, func(n MetricName) bool { return n.Name == key.Text })
	switch {
	case i < 0:
		c.Add(key.Position, document.Quote(key.Text)+" is not a metric", c.nearestMetric(key.Text))
	case !fits(names[i]):
		c.Add(key.Position, document.Quote(key.Text)+" "+complaint, "remove it")
	case slices.Contains(disabled, key.Text):
		c.Add(key.Position, document.Quote(key.Text)+" is disabled by metrics.disable", "remove it here or there")
	default:
		return true
	}
	return false
}

// disabled returns the metrics that a list of names and patterns switches off.
func (c *checker) disabled(l document.List[document.Scalar]) []string {
	var disabled []string
	for _, item := range l.Items {
		if !item.Usable() {
			continue
		}
		matched := false
		for _, n := range c.known.Metrics {
			if !matchesName(item.Text, n.Name) {
				continue
			}
			matched = true
			if !slices.Contains(disabled, n.Name) {
				disabled = append(disabled, n.Name)
			}
		}
		if !matched {
			c.Add(item.Position, document.Quote(item.Text)+" matches no metric", c.nearestMetric(item.Text))
		}
	}
	c.Distinct(l.Items)
	return disabled
}

// matchesName reports whether a name matches a pattern, in which * stands for any letters.
func matchesName(pattern, name string) bool {
	if strings.ContainsAny(pattern, `?[]\`) {
		return false
	}
	matched, err := path.Match(pattern, name)
	return matched && err == nil
}

// nearestMetric is the hint about a name that is not known. Some leave out the sales_ that all metrics begin with.
func (c *checker) nearestMetric(word string) string {
	var names []string
	for _, n := range c.known.Metrics {
		names = append(names, n.Name)
	}
	for _, try := range []string{word, "sales_" + word} {
		if near := spelling.Nearest(try, names); near != "" {
			return "did you mean " + near + "?"
		}
	}
	return "docs/metrics.md and `sales_exporter metrics` list the metrics"
}
