package kpi

// kpiFamily is some KPIs that are computed together.
type kpiFamily struct {
	name    string
	metrics []Metric
	// lay declares what the pass over the deals of a source adds up for the family, emit makes samples of it. Each may be
	// nil. What a target says is of several sources and not made by emit.
	lay, emit func(*scan)
}

// families lists all of them, in the order of the catalogue.
func families() []kpiFamily {
	return []kpiFamily{
		{"deals", dealMetrics(), (*scan).layDeals, (*scan).emitDeals},
		{"cumulative", cumulativeMetrics(), (*scan).layCumulative, (*scan).emitCumulative},
		{"rollups", dealRollupMetrics(), (*scan).layRollups, (*scan).emitRollups},
		{"pipeline", pipelineMetrics(), (*scan).layPipeline, (*scan).emitPipeline},
		{"targets", targetMetrics(), (*scan).layScopes, nil},
		{"info", infoMetrics(), nil, (*scan).emitInfo},
	}
}

// Catalogue returns every metric that Compute can make, in the order of a Snapshot's families.
func Catalogue() []Metric {
	var metrics []Metric
	for _, f := range families() {
		metrics = append(metrics, f.metrics...)
	}
	return metrics
}
