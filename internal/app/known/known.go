// Package known gathers what a configuration may name: the connectors, the metrics and the KPIs that targets can be about.
package known

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/targets"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
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
		grained := slices.Contains([]kpi.Shape{kpi.ShapeBase, kpi.ShapeHistogram, kpi.ShapeRollup}, m.Shape)
		names = append(names, config.MetricName{Name: m.Name, Grained: grained, Windowed: m.Windowed})
	}
	return names
}

// kpis returns those of the catalogue that a target can be about.
func kpis() []targets.KPI {
	var kpis []targets.KPI
	catalogue := kpi.Catalogue()
	for _, name := range kpi.TargetKPIs() {
		i := slices.IndexFunc(catalogue, func(m kpi.Metric) bool { return m.KPI == name })
		unit := catalogue[i].Unit
		kpis = append(kpis, targets.KPI{Name: name, Money: unit == kpi.UnitCurrency, Ratio: unit == kpi.UnitRatio})
	}
	return kpis
}
