package telemetry

import (
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"
)

const namespace = "sales_exporter"

// Exporter holds the metrics of the exporter itself. They count from the start of the process, whatever is reloaded.
type Exporter struct {
	registry *prometheus.Registry
	defined  definitions

	up           *prometheus.GaugeVec
	lastSuccess  *prometheus.GaugeVec
	streams      streamMetrics
	lastAttempt  *prometheus.GaugeVec
	syncInterval *prometheus.GaugeVec
	syncDuration *prometheus.HistogramVec
	syncErrors   *prometheus.CounterVec
	syncRecords  *prometheus.CounterVec
	watermark    *prometheus.GaugeVec
	records      *prometheus.GaugeVec
	quarantined  *prometheus.GaugeVec

	requests        *prometheus.CounterVec
	requestDuration *prometheus.HistogramVec
	quotas          *quotaCollector
	throttled       *prometheus.CounterVec

	computeDuration prometheus.Observer
	reloadSuccess   prometheus.Gauge
	reloadTime      prometheus.Gauge
	configHash      prometheus.Gauge

	known   Vocabulary
	runtime bool
	mu      sync.Mutex
	reads   map[string]Reads // by source
}

// Vocabulary lists the closed sets of label values, so that counters exist at 0 from the start: a rate over a counter
// that appears with its first error misses that error.
type Vocabulary struct {
	Reasons     []string // of failed syncs
	Operations  []string
	Quarantines map[string][]string // by object, reasons for which a record cannot be read
}

// Reads is what is read of a source. Of other objects there are no series: a 0 would say that they were looked for.
type Reads struct {
	Source  string
	Objects []string
	Streams []string // of a source that has several
}

// NewExporter returns the exporter's own metrics, the size of what is served among them; served is nil
// where nothing ever is.
func NewExporter(served Served, known Vocabulary) *Exporter {
	e := &Exporter{registry: prometheus.NewRegistry(), known: known, reads: map[string]Reads{}}
	d := &e.defined

	e.up = d.gauges("source_up", "1 if the last sync of the source succeeded, else 0.", "source")
	e.lastSuccess = d.gauges("sync_last_success_timestamp_seconds", "When the last successful sync of the source ended: its KPI values are as fresh as this. The values of a spreadsheet are as fresh as its file: see sales_exporter_data_watermark_timestamp_seconds for its modification time.", "source")
	e.streams = newStreamMetrics(d)
	e.lastAttempt = d.gauges("sync_last_attempt_timestamp_seconds", "When the last sync of the source began.", "source")
	e.syncInterval = d.gauges("sync_interval_seconds", "Configured time between two syncs of the source.", "source")
	e.syncDuration = d.histograms("sync_duration_seconds", "Duration of syncs, including failed ones.", []float64{.1, .5, 1, 5, 15, 60, 300, 900, 3600}, "source")
	e.syncErrors = d.counters("sync_errors_total", "Failed syncs by reason.", "source", "reason")
	e.syncRecords = d.counters("sync_records_total", "Records that syncs passed to the mirror, by operation.", "source", "object", "op")
	e.watermark = d.gauges("data_watermark_timestamp_seconds", "Newest modification time among the mirrored records. For a spreadsheet, the modification time of its newest file.", "source", "object")
	e.records = d.gauges("mirror_records", "Live records in the mirror.", "source", "object")
	e.quarantined = d.gauges("records_quarantined", "Records that currently cannot be read, by reason. They count in no KPI. \"sales_exporter rejects\" lists them.", "source", "object", "reason")

	e.requests = d.counters("api_requests_total", "API calls by endpoint and HTTP status (\"error\" if there was no answer), as the vendor counts them.", "source", "endpoint", "code")
	e.requestDuration = d.histograms("api_request_duration_seconds", "Duration of API calls.", []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30}, "source")
	e.quotas = newQuotaCollector(d)
	e.throttled = d.counters("api_throttled_seconds_total", "Time spent waiting for rate limits, the exporter's own and the vendor's.", "source")

	e.computeDuration = d.histograms("kpi_compute_duration_seconds", "Time to compute all KPIs.", []float64{.001, .005, .01, .05, .1, .5, 1, 5}).WithLabelValues()
	e.reloadSuccess = d.gauges("config_last_reload_successful", "1 if the last load of the configuration succeeded, else 0. After a failed load, the previous configuration stays in force.").WithLabelValues()
	e.reloadTime = d.gauges("config_last_reload_success_timestamp_seconds", "When the configuration in force was loaded.").WithLabelValues()
	e.configHash = d.gauges("config_hash", "Hash of the configuration in force.").WithLabelValues()
	size := newSizeCollector(d, served)

	for _, c := range d.collectors {
		e.registry.MustRegister(c)
	}
	e.registry.MustRegister(size, e.quotas, versioncollector.NewCollector(namespace))
	return e
}

// IncludeRuntime adds the metrics of the process: go_*, process_* and promhttp_*. It is called at most once.
func (e *Exporter) IncludeRuntime() {
	e.runtime = true
	e.registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
}

// Registry returns the registry that holds the exporter's own metrics.
func (e *Exporter) Registry() *prometheus.Registry { return e.registry }

// Instruments returns the registry for the metrics of the page's handler, nil unless the metrics of the process are
// included.
func (e *Exporter) Instruments() prometheus.Registerer {
	if !e.runtime {
		return nil
	}
	return e.registry
}

// Computed records one computation of all KPIs.
func (e *Exporter) Computed(took time.Duration) { e.computeDuration.Observe(took.Seconds()) }

// Reloaded records a load of the configuration.
func (e *Exporter) Reloaded(ok bool, hash uint64, at time.Time) {
	if !ok {
		e.reloadSuccess.Set(0)
		return
	}
	e.reloadSuccess.Set(1)
	e.reloadTime.Set(unix(at))
	// 48 bits fit a float64 exactly, so that two hashes that differ look different.
	e.configHash.Set(float64(hash >> 16))
}

// SetSources declares the configured sources: series of others vanish, counters of new ones start at 0. So it is with
// the objects that are read of them, and with their streams.
func (e *Exporter) SetSources(sources []Reads) {
	e.mu.Lock()
	defer e.mu.Unlock()
	reads := map[string]Reads{}
	for _, s := range sources {
		reads[s.Source] = s
	}
	for name, before := range e.reads {
		now, stays := reads[name]
		if !stays {
			e.forget(prometheus.Labels{"source": name})
			e.quotas.forget(name)
		}
		for _, object := range before.Objects {
			if !slices.Contains(now.Objects, object) {
				e.forget(prometheus.Labels{"source": name, "object": object})
			}
		}
		for _, stream := range before.Streams {
			if !slices.Contains(now.Streams, stream) {
				e.forget(prometheus.Labels{"source": name, "stream": stream})
			}
		}
	}
	for _, r := range reads {
		e.start(r)
	}
	e.reads = reads
}

// start makes every series of a source whose label values are known. Those that exist keep their values.
func (e *Exporter) start(r Reads) {
	name := r.Source
	e.up.WithLabelValues(name)
	e.throttled.WithLabelValues(name)
	e.syncDuration.WithLabelValues(name)
	e.requestDuration.WithLabelValues(name)
	for _, stream := range r.Streams {
		e.streams.up.WithLabelValues(name, stream)
		e.streams.enabled.WithLabelValues(name, stream).Set(1) // until a cycle says otherwise
	}
	for _, reason := range e.known.Reasons {
		e.syncErrors.WithLabelValues(name, reason)
	}
	for _, object := range r.Objects {
		for _, op := range e.known.Operations {
			e.syncRecords.WithLabelValues(name, object, op)
		}
	}
}

// forget removes every series with the labels.
func (e *Exporter) forget(labels prometheus.Labels) {
	for _, c := range e.defined.collectors {
		if vec, ok := c.(interface {
			DeletePartialMatch(labels prometheus.Labels) int
		}); ok {
			vec.DeletePartialMatch(labels)
		}
	}
}

func unix(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
