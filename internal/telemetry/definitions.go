// Package telemetry holds the exporter's metrics about itself: what its syncs did, how fresh its numbers are, what its
// API calls cost. They live in a registry of their own and count from the start of the process, whatever is published.
package telemetry

import (
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Definition is what the documentation and the boards know of one of the exporter's own metrics.
type Definition struct {
	Name   string // full metric name: "sales_exporter_source_up"
	Kind   string // gauge, counter or histogram
	Help   string
	Labels []string
}

// Definitions returns the exporter's own metrics in the order of their names, without those of client_golang.
func Definitions() []Definition {
	own := NewExporter(nil, Vocabulary{}).defined.list
	slices.SortFunc(own, func(a, b Definition) int { return strings.Compare(a.Name, b.Name) })
	return own
}

// definitions makes the exporter's own metrics and remembers them: what is registered and what is documented are one
// list.
type definitions struct {
	list       []Definition
	collectors []prometheus.Collector
}

func (d *definitions) define(kind, name, help string, labels []string) string {
	name = namespace + "_" + name
	d.list = append(d.list, Definition{Name: name, Kind: kind, Help: help, Labels: labels})
	return name
}

func (d *definitions) gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	name = d.define("gauge", name, help, labels)
	vec := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	d.collectors = append(d.collectors, vec)
	return vec
}

func (d *definitions) counters(name, help string, labels ...string) *prometheus.CounterVec {
	name = d.define("counter", name, help, labels)
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	d.collectors = append(d.collectors, vec)
	return vec
}

// histograms keep classic buckets beside the native ones, for servers that scrape the text format.
func (d *definitions) histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	name = d.define("histogram", name, help, labels)
	vec := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: name, Help: help, Buckets: buckets,
		NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100,
		NativeHistogramMinResetDuration: time.Hour,
	}, labels)
	d.collectors = append(d.collectors, vec)
	return vec
}

// desc defines a gauge that a collector computes when it is scraped.
func (d *definitions) desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(d.define("gauge", name, help, labels), help, labels, nil)
}
