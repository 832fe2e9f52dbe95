package cube

import (
	"math"
	"math/bits"
)

// Total is a sum of integers in 128 bits. Sixty-four would do for honest data, but ten deals at 99,999,999,999,999 are
// typed in an afternoon of testing and would wrap round to a plausible negative revenue.
type Total struct {
	high int64
	low  uint64
}

func totalOf(v int64) Total { return Total{high: v >> 63, low: uint64(v)} }

// Add adds a value.
func (t *Total) Add(v int64) { *t = t.plus(totalOf(v)) }

// Plus adds another sum.
func (t *Total) Plus(o *Total) { *t = t.plus(*o) }

func (t Total) plus(o Total) Total {
	low, carry := bits.Add64(t.low, o.low, 0)
	return Total{high: t.high + o.high + int64(carry), low: low}
}

// shifted returns the sum of what the upper halves of values add up to.
func (t Total) shifted() Total {
	return Total{high: t.high<<halfBits | int64(t.low>>(64-halfBits)), low: t.low << halfBits}
}

// Float returns the sum in units of so many steps. It is exact to the last bit while the sum fits 53 bits: 900 billion
// units of money.
func (t Total) Float(steps float64) float64 {
	if t.high == int64(t.low)>>63 {
		return float64(int64(t.low)) / steps
	}
	return (float64(t.high)*math.Exp2(64) + float64(t.low)) / steps
}
