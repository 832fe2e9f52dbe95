package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sales-exporter/sales_exporter/internal/output"
)

// Served is what the page shows of a snapshot.
type Served interface {
	// Served returns when the served snapshot is as of and the size of each of its families; the zero time where none is.
	Served() (time.Time, []output.Size)
}

// sizeCollector reports the served snapshot's age and size.
type sizeCollector struct {
	served               Served
	time, series, folded *prometheus.Desc
}

func newSizeCollector(d *definitions, served Served) sizeCollector {
	return sizeCollector{
		served: served,
		time:   d.desc("snapshot_timestamp_seconds", "Instant for which the served KPI values were computed."),
		series: d.desc("series", "Number of series of a KPI metric on this page.", "metric"),
		folded: d.desc("series_folded", "Combinations of label values of a KPI metric that were merged to respect the limits: names are merged into \"other\", a dropped dimension gets an empty label.", "metric"),
	}
}

// Describe implements prometheus.Collector.
func (c sizeCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.time
	ch <- c.series
	ch <- c.folded
}

// Collect implements prometheus.Collector.
func (c sizeCollector) Collect(ch chan<- prometheus.Metric) {
	if c.served == nil {
		return
	}
	at, sizes := c.served.Served()
	if at.IsZero() {
		return
	}
	ch <- prometheus.MustNewConstMetric(c.time, prometheus.GaugeValue, unix(at))
	for _, s := range sizes {
		ch <- prometheus.MustNewConstMetric(c.series, prometheus.GaugeValue, float64(s.Series), s.Metric)
		ch <- prometheus.MustNewConstMetric(c.folded, prometheus.GaugeValue, float64(s.Folded), s.Metric)
	}
}
