package kpi

import (
	"github.com/sales-exporter/sales_exporter/internal/kpi/deals"
	"github.com/sales-exporter/sales_exporter/internal/kpi/family"
	"github.com/sales-exporter/sales_exporter/internal/kpi/info"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pipeline"
	"github.com/sales-exporter/sales_exporter/internal/kpi/targets"
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// families lists all of them, in the order of the catalogue.
func families() []family.Family {
	return []family.Family{
		deals.Family(),
		pipeline.Family(),
		targets.Family(),
		info.Family(),
	}
}

// Catalogue returns every metric that Compute can make, in the order of a Snapshot's families.
func Catalogue() []metric.Metric {
	var metrics []metric.Metric
	for _, f := range families() {
		metrics = append(metrics, f.Metrics...)
	}
	return metrics
}
