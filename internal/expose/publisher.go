// Package expose serves what was computed and what the exporter saw of itself: two registries on one page.
//
// Business values are const metrics of an immutable snapshot, swapped as a whole, so a label set that vanished from the
// CRM vanishes from the page. The exporter's own counters live in a registry of their own and never reset with it.
package expose

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
)

// Publisher serves the last published snapshot. It is a prometheus.Collector of the unchecked kind, because rollups of
// one metric carry different labels. It is safe for concurrent use.
type Publisher struct {
	current atomic.Pointer[published]
}

// published is a snapshot in the form in which it is scraped.
type published struct {
	at      time.Time
	metrics []prometheus.Metric
	stats   []FamilyStats
}

// FamilyStats says how large a family is.
type FamilyStats struct {
	Metric string
	Series int // lines of the text format
	Folded int // label values that went into "other"
}

// Publish validates the snapshot and, when all of it is sound, serves it in place of the one before. A snapshot with a
// fault is refused as a whole, so that a scrape never meets one: client_golang would answer every scrape with an error.
func (p *Publisher) Publish(snapshot *kpi.Snapshot) error {
	next, err := build(snapshot)
	if err != nil {
		return fmt.Errorf("validate snapshot: %w", err)
	}
	p.current.Store(next)
	return nil
}

// Published reports when the served snapshot is as of, and false before the first one.
func (p *Publisher) Published() (at time.Time, ok bool) {
	current := p.current.Load()
	if current == nil {
		return time.Time{}, false
	}
	return current.at, true
}

// Stats returns the size of each served family.
func (p *Publisher) Stats() []FamilyStats {
	if current := p.current.Load(); current != nil {
		return current.stats
	}
	return nil
}

// Describe implements prometheus.Collector: sending nothing makes the collector unchecked.
func (p *Publisher) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (p *Publisher) Collect(ch chan<- prometheus.Metric) {
	current := p.current.Load()
	if current == nil {
		return
	}
	for _, m := range current.metrics {
		ch <- m
	}
}
