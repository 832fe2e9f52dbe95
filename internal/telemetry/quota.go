package telemetry

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// Quota is one API allowance of a source, in calls.
type Quota struct {
	Name             string
	Limit, Remaining float64
}

// quotaCollector asks the sources for their allowances when it is scraped: what is left of ten seconds is no longer true
// a minute after the last call.
type quotaCollector struct {
	limit, remaining *prometheus.Desc

	mu      sync.Mutex
	sources map[string]func() []Quota
}

func newQuotaCollector(d *definitions) *quotaCollector {
	return &quotaCollector{
		limit:     d.desc("api_quota_limit", "API calls that the quota allows.", "source", "quota"),
		remaining: d.desc("api_quota_remaining", "API calls left in the quota.", "source", "quota"),
		sources:   map[string]func() []Quota{},
	}
}

func (c *quotaCollector) set(source string, quotas func() []Quota) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sources[source] = quotas
}

func (c *quotaCollector) forget(source string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sources, source)
}

// Describe implements prometheus.Collector.
func (c *quotaCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.limit
	ch <- c.remaining
}

// Collect implements prometheus.Collector.
func (c *quotaCollector) Collect(ch chan<- prometheus.Metric) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for source, quotas := range c.sources {
		for _, q := range quotas() {
			ch <- prometheus.MustNewConstMetric(c.limit, prometheus.GaugeValue, q.Limit, source, q.Name)
			ch <- prometheus.MustNewConstMetric(c.remaining, prometheus.GaugeValue, q.Remaining, source, q.Name)
		}
	}
}
