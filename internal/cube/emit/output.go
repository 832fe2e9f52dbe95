// Package emit collects the samples of a computation by metric.
package emit

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// Output collects samples by metric. It can also only count them, by the same calls: so the size of a page is known
// before it is made.
type Output struct {
	Families []*Family
	indexes  map[string]int
	money    map[string]bool // KPIs that are amounts
}

// Family is a Family in the making.
type Family struct {
	metric.Family
	Off       bool            // switched off: it takes nothing
	withheld  bool            // it is about money, and the source that is emitted has none
	moneyless map[string]bool // the source has none: the KPIs about which samples of a rollup are withheld
	Counting  bool
	samples   int // counted
	lines     int // of the text format, counted
}

// New returns an Output of some metrics, which keeps no samples of the disabled ones.
func New(metrics []metric.Metric, disabled []string) *Output {
	o := &Output{indexes: make(map[string]int, len(metrics)), money: map[string]bool{}}
	for i := range metrics {
		o.indexes[metrics[i].Name] = i
		f := &Family{Family: metric.Family{Metric: &metrics[i]}}
		f.Off = slices.Contains(disabled, metrics[i].Name)
		o.Families = append(o.Families, f)
		if metrics[i].Money && metrics[i].KPI != "" {
			o.money[metrics[i].KPI] = true
		}
	}
	return o
}

// Family returns the samples of a metric.
func (o *Output) Family(metric string) *Family { return o.Families[o.indexes[metric]] }

// Count makes the families count samples from now on instead of taking them.
func (o *Output) Count() {
	for _, f := range o.Families {
		f.Counting, f.samples, f.lines = true, 0, 0
	}
}

// Take makes the families take samples again, with room for as many as were counted.
func (o *Output) Take() {
	for _, f := range o.Families {
		f.Counting = false
		f.Samples = slices.Grow(f.Samples, f.samples)
	}
}

// Series returns how many lines the samples are that were counted or taken.
func (o *Output) Series() int {
	total := 0
	for _, f := range o.Families {
		if f.Off {
			continue
		}
		total += f.lines
		for i := range f.Samples {
			total += f.Samples[i].Series()
		}
	}
	return total
}

// Finish returns the families that have samples, each in the order of its label values. The large ones are made in
// that order from the start, source by source and label by label: sorting them would cost more than making them.
func (o *Output) Finish() []metric.Family {
	var families []metric.Family
	for _, f := range o.Families {
		if f.Off || len(f.Samples) == 0 {
			continue
		}
		if f.Metric.Form == metric.FormTarget || f.Metric.Form == metric.FormInfo {
			slices.SortFunc(f.Samples, compareSamples)
		}
		families = append(families, f.Family)
	}
	return families
}

func compareSamples(a, b metric.Sample) int { return slices.Compare(a.Values, b.Values) }

// takes reports whether a sample is to be made; it counts one that is not.
func (f *Family) takes(lines int) bool {
	if f.withheld {
		return false
	}
	if f.Counting {
		f.samples++
		f.lines += lines
	}
	return !f.Off && !f.Counting
}

// Empty reports whether nothing was counted or taken.
func (f *Family) Empty() bool { return f.samples == 0 && len(f.Samples) == 0 }

// Gauge appends a gauge's sample.
func (f *Family) Gauge(labels, values []string, value float64) {
	if f.moneyless != nil && values != nil && restsOnMoney(labels, values, f.moneyless) {
		return
	}
	if f.takes(1) {
		f.Samples = append(f.Samples, metric.Sample{Labels: labels, Values: values, Value: value})
	}
}

// Histogram appends a histogram's sample.
func (f *Family) Histogram(labels, values []string, h *metric.Histogram) {
	if f.takes(metric.HistogramSeries(len(h.Bounds))) {
		f.Samples = append(f.Samples, metric.Sample{Labels: labels, Values: values, Histogram: h})
	}
}

// Tally appends a histogram's sample that is made of a tally, whose sum is in units of step integers.
func (f *Family) Tally(labels, values []string, t *cube.Tally, b *cube.Buckets, step float64) {
	if f.takes(metric.HistogramSeries(len(b.Bounds))) {
		f.Samples = append(f.Samples, metric.Sample{Labels: labels, Values: values, Histogram: newHistogram(t, b, step)})
	}
}

// Rows hands out label values from large pieces of memory: a snapshot has a hundred thousand of them. Where samples are
// only counted it hands out none.
type Rows struct {
	counting bool
	free     []string
}

const rowChunk = 4096

// Join returns the values of head and tail in one slice.
func (r *Rows) Join(head []string, tail ...string) []string {
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
func newHistogram(t *cube.Tally, b *cube.Buckets, step float64) *metric.Histogram {
	h := &metric.Histogram{Bounds: b.Bounds, Sum: t.Sum.Float(step)}
	h.Counts, h.Count = t.Cumulative(b)
	return h
}

// Rows returns what hands out label values to a family.
func (f *Family) Rows() Rows { return Rows{counting: f.Counting} }

// CountFolded counts what a limit merged into the combinations of a family.
func (f *Family) CountFolded(folded func() int) {
	if !f.Counting && !f.withheld {
		f.Folded += folded()
	}
}
