package family

import (
	"math"
	"slices"
	"testing"
)

func TestBucketBoundsAreExact(t *testing.T) {
	money := MoneyBuckets([]float64{0.1, 0.3, 1e6, 1e300})
	if want := []int64{1000, 3000, 1e10, math.MaxInt64}; !slices.Equal(money.Limits, want) {
		t.Errorf("limits are %v, want %v", money.Limits, want)
	}
}
