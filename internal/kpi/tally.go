package kpi

import (
	"strconv"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/value"
)

// buckets are the upper bounds of a histogram in the integers in which its population is kept, so that a value on a
// bound falls into the bucket for certain.
type buckets struct {
	bounds []float64 // as exposed
	limits []int64   // the same in Money steps or milliseconds
}

func moneyBuckets(bounds []float64) buckets {
	b := buckets{bounds: bounds}
	for _, bound := range bounds {
		// Through the decimal text: 0.3 is a little less than 0.3 in a float, and 3000 Money steps must not miss it.
		limit, err := value.ParseMoney(strconv.FormatFloat(bound, 'f', -1, 64))
		if err != nil {
			limit = maxMoney // A bound beyond what Money can hold is one that no amount exceeds.
		}
		b.limits = append(b.limits, int64(limit))
	}
	return b
}

const maxMoney value.Money = 1<<63 - 1

func durationBuckets(bounds []time.Duration) buckets {
	b := buckets{}
	for _, bound := range bounds {
		b.bounds = append(b.bounds, bound.Seconds())
		b.limits = append(b.limits, bound.Milliseconds())
	}
	return b
}

// tally is a histogram while it is counted: one count for each bucket and one beyond, none while it is empty.
type tally struct {
	counts []uint64
	sum    total
}

func (t *tally) observe(b *buckets, v int64) {
	if t.counts == nil {
		t.counts = make([]uint64, len(b.limits)+1)
	}
	i := 0
	for i < len(b.limits) && b.limits[i] < v {
		i++
	}
	t.counts[i]++
	t.sum.add(v)
}

func (t *tally) plus(o *tally) {
	if o.counts == nil {
		return
	}
	if t.counts == nil {
		t.counts = make([]uint64, len(o.counts))
	}
	for i, n := range o.counts {
		t.counts[i] += n
	}
	t.sum.plus(&o.sum)
}

func (t *tally) empty() bool { return t.counts == nil }

// histogram returns the tally for exposition, with its sum in units of step integers.
func (t *tally) histogram(b *buckets, step float64) *Histogram {
	h := &Histogram{Bounds: b.bounds, Counts: make([]uint64, len(b.bounds)), Sum: t.sum.float(step)}
	if t.empty() {
		return h
	}
	for i, n := range t.counts {
		h.Count += n
		if i < len(h.Counts) {
			h.Counts[i] = h.Count
		}
	}
	return h
}
