package cube

import "math/bits"

// Buckets are the upper bounds of a histogram in the integers in which its population is kept, so that a value on a
// bound falls into the bucket for certain.
type Buckets struct {
	Bounds []float64 // as exposed
	Limits []int64   // the same in integers, ascending
	first  [65]uint8 // by bit length of a value: the first bucket that it can be in
}

// maxBuckets is what a byte can number. Nobody draws as many.
const maxBuckets = 255

// NewBuckets returns the buckets of some bounds.
func NewBuckets(bounds []float64, limits []int64) Buckets {
	b := Buckets{Bounds: bounds, Limits: limits}
	for length := range b.first {
		least := int64(0)
		if length > 0 {
			least = 1 << (min(length, 63) - 1)
		}
		for int(b.first[length]) < min(len(limits), maxBuckets) && limits[b.first[length]] < least {
			b.first[length]++
		}
	}
	return b
}

// of returns the bucket of a value, of which none is negative: the first whose limit is not below it.
func (b *Buckets) of(value int64) int {
	i := int(b.first[bits.Len64(uint64(value))])
	for i < len(b.Limits) && b.Limits[i] < value {
		i++
	}
	return i
}

// Tally is a histogram that is counted: one count for each bucket and one beyond, none where it is empty.
type Tally struct {
	counts []int64
	Sum    Total
	owned  bool
}

// Plus adds another tally.
func (t *Tally) Plus(o *Tally) {
	if o.counts == nil {
		return
	}
	if !t.owned {
		counts := make([]int64, len(o.counts))
		copy(counts, t.counts)
		t.counts, t.owned = counts, true
	}
	for i, n := range o.counts {
		t.counts[i] += n
	}
	t.Sum.Plus(&o.Sum)
}

// Empty reports whether nothing was counted.
func (t *Tally) Empty() bool { return t.counts == nil }

// Cumulative returns how many values are not above each limit, and how many there are.
func (t *Tally) Cumulative(b *Buckets) (counts []uint64, count uint64) {
	counts = make([]uint64, len(b.Limits))
	for i, n := range t.counts {
		count += uint64(n)
		if i < len(counts) {
			counts[i] = count
		}
	}
	return counts, count
}
