// Package output is what becomes of a computed snapshot: it is checked once and then handed to every output.
//
// An output is a folder beneath this one: page is what Prometheus scrapes.
package output

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// Snapshot is a metric.Snapshot that was checked, in the order in which the formats of Prometheus write it. It is immutable
// and shared by all outputs.
type Snapshot struct {
	At       time.Time
	Families []Family // by name, without those that have no samples
	Sizes    []Size   // of every family, in the order of the catalogue
	// Reads is when each source that the numbers rest on was last read completely, by its name.
	Reads map[string]time.Time
	// Origin identifies what made the snapshot: program, catalogue and configuration.
	Origin Origin
	// Data counts the changes of the data behind the snapshots of this process: where it is the same, only time passed.
	Data uint64
}

// Origin is a hash.
type Origin [32]byte

// Family holds the series of one metric, in the order in which client_golang writes them: few labels before many, then
// by the values of the labels, which are in the order of their names.
type Family struct {
	Name      string
	Help      string
	Histogram bool // else it is a gauge
	Samples   []Sample
}

// Sample is one series.
type Sample struct {
	*metric.Sample
	Labels *Labels // the names of its labels, shared with other samples
	place  int32   // in metric.Family.Samples
}

// Labels are the names of a sample's labels in the order in which they are written.
type Labels struct {
	Names  []string
	places []int // of the values in metric.Sample.Values
}

// LabelValue returns the value of the i-th label.
func (s *Sample) LabelValue(i int) string { return s.Values[s.Labels.places[i]] }

// Size says how large a family is.
type Size struct {
	Metric string
	Series int // lines of the text format
	Folded int // label values that went into "other"
}
