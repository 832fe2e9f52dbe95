package history

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// pastSeries is a series and its points, packed. A point is the number of instants that it skips and then, for each of
// its words, what differs from the point before: from one day to the next most numbers stay, and such a word is one
// byte. A gauge has one word; a histogram has its counts, its total count and its sum.
type pastSeries struct {
	labels string    // as they are written, without braces
	bounds []float64 // of a histogram, else nil
	packed []byte
	points int
	next   int // the instant after the last point
	last   []uint64
}

func newPastSeries(labels string, sample *metric.Sample) *pastSeries {
	s := &pastSeries{labels: labels, last: make([]uint64, 1)}
	if sample.Histogram != nil {
		s.bounds = sample.Histogram.Bounds
		s.last = make([]uint64, len(s.bounds)+2)
	}
	return s
}

// add appends a point.
func (s *pastSeries) add(instant int, words []uint64, sample *metric.Sample) error {
	if instant < s.next {
		return errDuplicate
	}
	if len(words) != len(s.last) || sample.Histogram != nil && !slices.Equal(sample.Histogram.Bounds, s.bounds) {
		return fmt.Errorf("the buckets changed: %w", errShape)
	}
	s.packed = binary.AppendUvarint(s.packed, uint64(instant-s.next)) //nolint:gosec // checked above
	for i, word := range words {
		s.packed = binary.AppendUvarint(s.packed, word^s.last[i])
	}
	copy(s.last, words)
	s.next = instant + 1
	s.points++
	return nil
}

// each visits the points in the order of their instants. The words are only good until the next point.
func (s *pastSeries) each(visit func(instant int, words []uint64) error) error {
	words := make([]uint64, len(s.last))
	instant, rest := -1, s.packed
	next := func() uint64 {
		word, n := binary.Uvarint(rest)
		rest = rest[n:]
		return word
	}
	for range s.points {
		instant += 1 + int(next()) //nolint:gosec // it was an int when it was packed
		for i := range words {
			words[i] ^= next()
		}
		if err := visit(instant, words); err != nil {
			return err
		}
	}
	return nil
}

// lines returns the number of lines of a point: one, or of a histogram those of its buckets, +Inf, sum and count.
func (s *pastSeries) lines() int {
	if s.bounds == nil {
		return 1
	}
	return len(s.bounds) + 3
}

// wordOf turns a number's bytes around: those at its end, which are zero in most numbers, then cost nothing.
func wordOf(value float64) uint64 { return bits.ReverseBytes64(math.Float64bits(value)) }

func valueOf(word uint64) float64 { return math.Float64frombits(bits.ReverseBytes64(word)) }
