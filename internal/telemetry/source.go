package telemetry

import (
	"slices"
	"time"
)

// Source records what happens to one source. It implements the connectors' Observer.
type Source struct {
	name string
	e    *Exporter
}

// Source returns the recorder of a source that SetSources declared.
func (e *Exporter) Source(name string) *Source { return &Source{name: name, e: e} }

// Interval records the configured time between two syncs.
func (s *Source) Interval(every time.Duration) {
	s.e.syncInterval.WithLabelValues(s.name).Set(every.Seconds())
}

// SyncStarted records the begin of a sync.
func (s *Source) SyncStarted(at time.Time) { s.e.lastAttempt.WithLabelValues(s.name).Set(unix(at)) }

// SyncSucceeded records a sync that ended well.
func (s *Source) SyncSucceeded(at time.Time, took time.Duration) {
	s.e.up.WithLabelValues(s.name).Set(1)
	s.e.syncDuration.WithLabelValues(s.name).Observe(took.Seconds())
	s.Fresh(at)
}

// Fresh records when the data that is served was last known to be complete; the zero time says that none is served.
func (s *Source) Fresh(at time.Time) {
	if at.IsZero() {
		s.e.lastSuccess.DeleteLabelValues(s.name)
		return
	}
	s.e.lastSuccess.WithLabelValues(s.name).Set(unix(at))
}

// SyncFailed records a sync that did not.
func (s *Source) SyncFailed(reason string, took time.Duration) {
	s.e.up.WithLabelValues(s.name).Set(0)
	s.e.syncErrors.WithLabelValues(s.name, reason).Inc()
	s.e.syncDuration.WithLabelValues(s.name).Observe(took.Seconds())
}

// Records counts records by what became of them.
func (s *Source) Records(object, operation string, n int) {
	s.e.syncRecords.WithLabelValues(s.name, object, operation).Add(float64(n))
}

// Mirrored records how many live records of an object the mirror holds, and the newest modification among them in
// milliseconds since 1970, 0 where there is none.
func (s *Source) Mirrored(object string, records int, newest int64) {
	s.e.records.WithLabelValues(s.name, object).Set(float64(records))
	if newest > 0 {
		s.e.watermark.WithLabelValues(s.name, object).Set(float64(newest) / 1000)
	}
}

// Quarantined records how many records of an object cannot be read, by reason. A reason that is not among them has
// none.
func (s *Source) Quarantined(object string, reasons map[string]int) {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	known := s.e.known.Quarantines
	for reason := range reasons {
		if !slices.Contains(known[object], reason) {
			known[object] = append(known[object], reason) // From now on its count can go back to 0.
		}
	}
	for _, reason := range known[object] {
		s.e.quarantined.WithLabelValues(s.name, object, reason).Set(float64(reasons[reason]))
	}
}

// Quotas sets what is asked for the API allowances on every scrape.
func (s *Source) Quotas(ask func() []Quota) { s.e.quotas.set(s.name, ask) }

// Request records one API call.
func (s *Source) Request(endpoint, code string, took time.Duration) {
	s.e.requests.WithLabelValues(s.name, endpoint, code).Inc()
	s.e.requestDuration.WithLabelValues(s.name).Observe(took.Seconds())
}

// Throttled records time spent waiting.
func (s *Source) Throttled(took time.Duration) {
	s.e.throttled.WithLabelValues(s.name).Add(took.Seconds())
}
