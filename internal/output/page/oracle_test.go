package page_test

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// constCollector is a snapshot in the form that exporters commonly scrape: a const metric for each series, gathered,
// sorted, encoded and compressed by client_golang on every scrape. It is the oracle of the page and its peer in the
// benchmarks.
type constCollector []prometheus.Metric

func newConstCollector(s *metric.Snapshot) constCollector {
	var c constCollector
	for _, family := range s.Families {
		for _, sample := range family.Samples {
			desc := prometheus.NewDesc(family.Metric.Name, family.Metric.FullHelp(), sample.Labels, nil)
			if h := sample.Histogram; h != nil {
				buckets := map[float64]uint64{}
				for i, bound := range h.Bounds {
					buckets[bound] = h.Counts[i]
				}
				c = append(c, prometheus.MustNewConstHistogram(desc, h.Count, h.Sum, buckets, sample.Values...))
			} else {
				c = append(c, prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, sample.Value, sample.Values...))
			}
		}
	}
	return c
}

// Describe implements prometheus.Collector: sending nothing makes the collector unchecked, because rollups of one
// metric carry different labels.
func (c constCollector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c constCollector) Collect(ch chan<- prometheus.Metric) {
	for _, m := range c {
		ch <- m
	}
}
