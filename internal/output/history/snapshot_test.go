package history_test

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
)

var at = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func wonMetric() *kpi.Metric {
	return &kpi.Metric{Name: "sales_deals_won", Title: "Won deals", Help: "Number of won deals.", Type: kpi.Gauge, Shape: kpi.ShapeBase}
}

func snapshot(m *kpi.Metric, samples ...kpi.Sample) *kpi.Snapshot {
	return &kpi.Snapshot{At: at, Families: []kpi.Family{{Metric: m, Samples: samples}}}
}

func gauge(value float64, labels ...string) kpi.Sample {
	s := kpi.Sample{Value: value}
	for i := 0; i < len(labels); i += 2 {
		s.Labels, s.Values = append(s.Labels, labels[i]), append(s.Values, labels[i+1])
	}
	return s
}
