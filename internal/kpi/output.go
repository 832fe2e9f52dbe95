package kpi

import "slices"

// output collects samples by metric.
type output struct {
	families []Family
	places   map[string]int
}

func newOutput(metrics []Metric) *output {
	o := &output{places: make(map[string]int, len(metrics))}
	for i := range metrics {
		o.places[metrics[i].Name] = i
		o.families = append(o.families, Family{Metric: &metrics[i]})
	}
	return o
}

func (o *output) family(metric string) *Family { return &o.families[o.places[metric]] }

// finish returns the families that have samples, each in the order of its label values. The large ones are made in
// that order from the start, source by source and label by label: sorting them would cost more than making them.
func (o *output) finish() []Family {
	var families []Family
	for _, f := range o.families {
		if len(f.Samples) == 0 {
			continue
		}
		if f.Metric.Shape == ShapeTarget || f.Metric.Shape == ShapeInfo {
			slices.SortFunc(f.Samples, compareSamples)
		}
		families = append(families, f)
	}
	return families
}

func compareSamples(a, b Sample) int { return slices.Compare(a.Values, b.Values) }

// reserve makes room for n more samples.
func (f *Family) reserve(n int) { f.Samples = slices.Grow(f.Samples, n) }

// gauge appends a gauge's sample.
func (f *Family) gauge(labels, values []string, value float64) {
	f.Samples = append(f.Samples, Sample{Labels: labels, Values: values, Value: value})
}

// histogram appends a histogram's sample.
func (f *Family) histogram(labels, values []string, h *Histogram) {
	f.Samples = append(f.Samples, Sample{Labels: labels, Values: values, Histogram: h})
}

// rows hands out label values from large pieces of memory: a snapshot has a hundred thousand of them.
type rows struct{ free []string }

const rowChunk = 4096

// join returns the values of head and tail in one slice.
func (r *rows) join(head []string, tail ...string) []string {
	n := len(head) + len(tail)
	if len(r.free) < n {
		r.free = make([]string, max(n, rowChunk))
	}
	row := r.free[:n:n]
	r.free = r.free[n:]
	copy(row[copy(row, head):], tail)
	return row
}
