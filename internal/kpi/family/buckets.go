package family

import (
	"strconv"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

const maxMoney value.Money = 1<<63 - 1

// MoneyBuckets returns the buckets of bounds in currency units.
func MoneyBuckets(bounds []float64) cube.Buckets {
	var limits []int64
	for _, bound := range bounds {
		// Through the decimal text: 0.3 is a little less than 0.3 in a float, and 3000 Money steps must not miss it.
		limit, err := value.ParseMoney(strconv.FormatFloat(bound, 'f', -1, 64))
		if err != nil {
			limit = maxMoney // A bound beyond what Money can hold is one that no amount exceeds.
		}
		limits = append(limits, int64(limit))
	}
	return cube.NewBuckets(bounds, limits)
}

func durationBuckets(durations []time.Duration) cube.Buckets {
	var bounds []float64
	var limits []int64
	for _, d := range durations {
		bounds = append(bounds, d.Seconds())
		limits = append(limits, d.Milliseconds())
	}
	return cube.NewBuckets(bounds, limits)
}
