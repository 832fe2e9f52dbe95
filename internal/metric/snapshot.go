package metric

import "time"

// Snapshot is the result of one Compute: immutable, and equal for equal input.
type Snapshot struct {
	At        time.Time // the instant the numbers are as of
	Families  []Family  // in catalogue order; families without samples are left out
	Reduction Reduction // what the limits took away
	// Mismatches are the targets of which nothing can be said, for their scope matches nothing.
	Mismatches []Mismatch
}

// Series returns the number of lines of the snapshot in the text format.
func (s *Snapshot) Series() int {
	total := 0
	for i := range s.Families {
		for j := range s.Families[i].Samples {
			total += s.Families[i].Samples[j].Series()
		}
	}
	return total
}

// Family holds the samples of one metric, in the order of their label values.
type Family struct {
	Metric  *Metric
	Samples []Sample
	// Folded counts the combinations of dimension values that a limit merged into others.
	Folded int
}

// Sample is one series of a family. Labels and Values are parallel; several samples share one Labels slice.
type Sample struct {
	Labels    []string
	Values    []string
	Value     float64    // of a gauge
	Histogram *Histogram // of a histogram, else nil
}

// Series returns the number of lines that the sample is in the text format.
func (s *Sample) Series() int {
	if s.Histogram == nil {
		return 1
	}
	return HistogramSeries(len(s.Histogram.Bounds))
}

// HistogramSeries counts the buckets of a histogram, +Inf, sum and count.
func HistogramSeries(bounds int) int { return bounds + 3 }

// Histogram is the distribution of a window's population.
type Histogram struct {
	Bounds []float64 // upper bounds, ascending, inclusive, without +Inf; shared
	Counts []uint64  // cumulative, one per bound
	Count  uint64
	Sum    float64
}

// Mismatch is a target whose scope matches nothing.
type Mismatch struct {
	Target string
	Cause  string
	Near   []string // values that may be meant
	// LeftOut says that deals carry the scope, of which filters leave out every one.
	LeftOut bool
}
