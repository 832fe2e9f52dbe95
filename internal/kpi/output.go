package kpi

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/cube"
)

// output collects samples by metric. It can also only count them, by the same calls: so the size of a page is known
// before it is made.
type output struct {
	families []*family
	places   map[string]int
}

// family is a Family in the making.
type family struct {
	Family
	off       bool // switched off: it takes nothing
	withheld  bool // it is about money, and the source that is emitted has none
	moneyless bool // the source has none, and some of the samples are about money
	counting  bool
	samples   int // counted
	lines     int // of the text format, counted
}

func newOutput(metrics []Metric, disabled []string) *output {
	o := &output{places: make(map[string]int, len(metrics))}
	for i := range metrics {
		o.places[metrics[i].Name] = i
		f := &family{Family: Family{Metric: &metrics[i]}}
		f.off = slices.Contains(disabled, metrics[i].Name)
		o.families = append(o.families, f)
	}
	return o
}

func (o *output) family(metric string) *family { return o.families[o.places[metric]] }

// count makes the families count samples from now on instead of taking them.
func (o *output) count() {
	for _, f := range o.families {
		f.counting, f.samples, f.lines = true, 0, 0
	}
}

// take makes the families take samples again, with room for as many as were counted.
func (o *output) take() {
	for _, f := range o.families {
		f.counting = false
		f.Samples = slices.Grow(f.Samples, f.samples)
	}
}

// series returns how many lines the samples are that were counted or taken.
func (o *output) series() int {
	total := 0
	for _, f := range o.families {
		if f.off {
			continue
		}
		total += f.lines
		for i := range f.Samples {
			total += f.Samples[i].Series()
		}
	}
	return total
}

// finish returns the families that have samples, each in the order of its label values. The large ones are made in
// that order from the start, source by source and label by label: sorting them would cost more than making them.
func (o *output) finish() []Family {
	var families []Family
	for _, f := range o.families {
		if f.off || len(f.Samples) == 0 {
			continue
		}
		if f.Metric.Shape == ShapeTarget || f.Metric.Shape == ShapeInfo {
			slices.SortFunc(f.Samples, compareSamples)
		}
		families = append(families, f.Family)
	}
	return families
}

func compareSamples(a, b Sample) int { return slices.Compare(a.Values, b.Values) }

// takes reports whether a sample is to be made; it counts one that is not.
func (f *family) takes(lines int) bool {
	if f.withheld {
		return false
	}
	if f.counting {
		f.samples++
		f.lines += lines
	}
	return !f.off && !f.counting
}

// empty reports whether nothing was counted or taken.
func (f *family) empty() bool { return f.samples == 0 && len(f.Samples) == 0 }

// gauge appends a gauge's sample.
func (f *family) gauge(labels, values []string, value float64) {
	if f.moneyless && values != nil && restsOnMoney(labels, values) {
		return
	}
	if f.takes(1) {
		f.Samples = append(f.Samples, Sample{Labels: labels, Values: values, Value: value})
	}
}

// histogram appends a histogram's sample.
func (f *family) histogram(labels, values []string, h *Histogram) {
	if f.takes(histogramSeries(len(h.Bounds))) {
		f.Samples = append(f.Samples, Sample{Labels: labels, Values: values, Histogram: h})
	}
}

// tally appends a histogram's sample that is made of a tally, whose sum is in units of step integers.
func (f *family) tally(labels, values []string, t *cube.Tally, b *cube.Buckets, step float64) {
	if f.takes(histogramSeries(len(b.Bounds))) {
		f.Samples = append(f.Samples, Sample{Labels: labels, Values: values, Histogram: newHistogram(t, b, step)})
	}
}

// rows hands out label values from large pieces of memory: a snapshot has a hundred thousand of them. Where samples are
// only counted it hands out none.
type rows struct {
	counting bool
	free     []string
}

const rowChunk = 4096

// join returns the values of head and tail in one slice.
func (r *rows) join(head []string, tail ...string) []string {
	if r.counting {
		return nil
	}
	n := len(head) + len(tail)
	if len(r.free) < n {
		r.free = make([]string, max(n, rowChunk))
	}
	row := r.free[:n:n]
	r.free = r.free[n:]
	copy(row[copy(row, head):], tail)
	return row
}

// newHistogram returns a tally for exposition, with its sum in units of step integers.
func newHistogram(t *cube.Tally, b *cube.Buckets, step float64) *Histogram {
	h := &Histogram{Bounds: b.Bounds, Sum: t.Sum.Float(step)}
	h.Counts, h.Count = t.Cumulative(b)
	return h
}
