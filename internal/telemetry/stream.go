package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// streamMetrics are about the streams of a source that has several.
type streamMetrics struct {
	up, lastSuccess, enabled, off *prometheus.GaugeVec
}

func newStreamMetrics(d *definitions) streamMetrics {
	return streamMetrics{
		up:          d.gauges("stream_up", "1 if the last sync of the stream succeeded, else 0. Sources with a single stream have no metrics of streams: see sales_exporter_source_up.", "source", "stream"),
		lastSuccess: d.gauges("stream_last_success_timestamp_seconds", "When the last complete sync of the stream ended.", "source", "stream"),
		enabled:     d.gauges("stream_enabled", "1 if the stream is synced, 0 if it is off.", "source", "stream"),
		off:         d.gauges("stream_off", "1 while the stream is off because the account does not provide it, by reason. Its metrics are absent.", "source", "stream", "reason"),
	}
}

// Stream records how a stream of the source ended its last cycle: whether its sync succeeded, and why the stream is off,
// "" where it is not.
func (s *Source) Stream(name string, up bool, off string) {
	m := &s.e.streams
	m.up.WithLabelValues(s.name, name).Set(number(up))
	m.enabled.WithLabelValues(s.name, name).Set(number(off == ""))
	m.off.DeletePartialMatch(prometheus.Labels{"source": s.name, "stream": name})
	if off != "" {
		m.off.WithLabelValues(s.name, name, off).Set(1)
	}
}

// StreamFresh records when a stream was last complete.
func (s *Source) StreamFresh(name string, at time.Time) {
	s.e.streams.lastSuccess.WithLabelValues(s.name, name).Set(unix(at))
}

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
