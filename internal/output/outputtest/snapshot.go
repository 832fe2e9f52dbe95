// Package outputtest makes small snapshots for the tests of outputs.
package outputtest

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// At returns when the snapshots are as of.
func At() time.Time { return time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC) }

// WonMetric returns a metric of the kind that most metrics are.
func WonMetric() *metric.Metric {
	return &metric.Metric{Name: "sales_deals_won", Title: "Won deals", Help: "Number of won deals.", Type: metric.Gauge, Form: metric.FormBase}
}

// Snapshot returns a snapshot of one metric.
func Snapshot(m *metric.Metric, samples ...metric.Sample) *metric.Snapshot {
	return &metric.Snapshot{At: At(), Families: []metric.Family{{Metric: m, Samples: samples}}}
}

// Gauge returns a sample with a value. Names and values of its labels alternate.
func Gauge(value float64, labels ...string) metric.Sample {
	s := metric.Sample{Value: value}
	for i := 0; i < len(labels); i += 2 {
		s.Labels, s.Values = append(s.Labels, labels[i]), append(s.Values, labels[i+1])
	}
	return s
}
