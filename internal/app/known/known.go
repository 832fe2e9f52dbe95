// Package known gathers what a configuration may name: the connectors, the metrics and the KPIs that targets can be about.
package known

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/targets"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/source/connectors"
)

// Names returns all of them.
func Names() config.Known {
	return config.Known{Connectors: connectors.Sections(), Metrics: metrics(), KPIs: kpis()}
}

// metrics returns those of the catalogue.
func metrics() []config.MetricName {
	var names []config.MetricName
	for _, m := range kpi.Catalogue() {
		grained := slices.Contains([]metric.Form{metric.FormBase, metric.FormHistogram, metric.FormRollup}, m.Form)
		names = append(names, config.MetricName{Name: m.Name, Grained: grained, Windowed: m.Windowed})
	}
	return names
}

// kpis returns those of the catalogue that a target can be about.
func kpis() []targets.KPI {
	var kpis []targets.KPI
	catalogue := kpi.Catalogue()
	for _, name := range kpi.TargetKPIs() {
		i := slices.IndexFunc(catalogue, func(m metric.Metric) bool { return m.KPI == name })
		unit := catalogue[i].Unit
		kpis = append(kpis, targets.KPI{Name: name, Money: unit == metric.UnitCurrency, Ratio: unit == metric.UnitRatio})
	}
	return kpis
}
