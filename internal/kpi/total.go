package kpi

import (
	"math"
	"math/bits"

	"github.com/sales-exporter/sales_exporter/internal/value"
)

// total is a sum of integers in 128 bits. Sixty-four would do for honest data, but ten deals at 99,999,999,999,999 are
// typed in an afternoon of testing and would wrap round to a plausible negative revenue.
type total struct {
	high int64
	low  uint64
}

func (t *total) add(v int64) { t.plus(&total{high: v >> 63, low: uint64(v)}) }

func (t *total) plus(o *total) {
	low, carry := bits.Add64(t.low, o.low, 0)
	t.low = low
	t.high += o.high + int64(carry)
}

// float returns the sum in units of so many steps. It is exact to the last bit while the sum fits 53 bits: 900 billion
// units of money.
func (t total) float(steps float64) float64 {
	if t.high == int64(t.low)>>63 {
		return float64(int64(t.low)) / steps
	}
	return (float64(t.high)*math.Exp2(64) + float64(t.low)) / steps
}

// money returns the sum in currency units.
func (t total) money() float64 { return t.float(value.MoneyScale) }
