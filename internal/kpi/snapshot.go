package kpi

import "time"

// Snapshot is the result of one Compute: immutable, and equal for equal input.
type Snapshot struct {
	At       time.Time // the instant the numbers are as of
	Families []Family  // in catalogue order; families without samples are left out
	// Mismatches are the targets of which nothing can be said, for their scope matches nothing.
	Mismatches []Mismatch
}

// Family holds the samples of one metric, in the order of their label values.
type Family struct {
	Metric  *Metric
	Samples []Sample
	// Folded counts the combinations of dimension values that a limit folded into "other".
	Folded int
}

// Sample is one series of a family. Labels and Values are parallel; several samples share one Labels slice.
type Sample struct {
	Labels    []string
	Values    []string
	Value     float64    // of a gauge
	Histogram *Histogram // of a histogram, else nil
}

// Histogram is the distribution of a window's population.
type Histogram struct {
	Bounds []float64 // upper bounds, ascending, inclusive, without +Inf; shared
	Counts []uint64  // cumulative, one per bound
	Count  uint64
	Sum    float64
}
