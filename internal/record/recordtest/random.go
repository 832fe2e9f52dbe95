// Package recordtest makes random records of any kind from its declaration.
package recordtest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Random returns a list of one record of a kind, under an id, with a random version and random values: common ones, the
// unknown ones, and those at the ends of their types.
func Random(r *rand.Rand, k record.Kind, id string) record.List {
	list := k.Unknown(id)
	list.Head(0).Version = Number(r)
	for _, at := range list.At(0) {
		fill(r, at)
	}
	return list
}

func fill(r *rand.Rand, at any) {
	if r.IntN(5) == 0 {
		return // It stays unknown.
	}
	switch to := at.(type) {
	case *string:
		*to = Text(r)
	case *int:
		*to = int(Number(r))
	case *bool:
		*to = r.IntN(2) == 0
	case *value.Instant:
		*to = Instant(r)
	case *value.Probability:
		*to = value.Probability(Number(r)) //nolint:gosec // any of them will do
	case *value.Dimensions:
		*to = Dimensions(r)
	case record.OptionalMoney:
		*to.Amount, *to.Known = value.Money(Number(r)), true
	case record.Choice:
		to.Choose(r.IntN(to.Words))
	default:
		panic(fmt.Sprintf("no random values of %T", at)) // A new type of columns: only tests run into it.
	}
}

// Number returns a small number, a large one, or one at an end of its type.
func Number(r *rand.Rand) int64 {
	switch r.IntN(6) {
	case 0:
		return []int64{0, 1, -1, math.MaxInt64, math.MinInt64, math.MaxInt32, math.MinInt32, 1 << 62}[r.IntN(8)]
	case 1:
		return int64(r.Uint64()) //nolint:gosec // any bits will do
	case 2:
		return 1_700_000_000_000 + r.Int64N(100_000_000_000)
	default:
		return r.Int64N(2_000) - 1_000
	}
}

// Text returns a text, which may be empty, long, or no UTF-8.
func Text(r *rand.Rand) string {
	switch r.IntN(6) {
	case 0:
		return []string{"", "\x00", "\xff\xfe", "=1+1", "a,\"b\"\n", "Jos\u00e9"}[r.IntN(6)]
	case 1:
		long := make([]byte, r.IntN(400))
		for i := range long {
			long[i] = byte(r.IntN(256)) //nolint:gosec // it is a byte
		}
		return string(long)
	default:
		return fmt.Sprint("text", r.IntN(50))
	}
}

// Instant returns a moment or a bare date.
func Instant(r *rand.Rand) value.Instant {
	if r.IntN(2) == 0 {
		return value.MomentMilli(Number(r))
	}
	const day = 24 * 60 * 60 * 1000
	return value.DateMilli(Number(r) / day * day)
}

// Dimensions returns up to three dimensions, nil where there are none.
func Dimensions(r *rand.Rand) value.Dimensions {
	var d value.Dimensions
	for range r.IntN(4) {
		if d == nil {
			d = value.Dimensions{}
		}
		d[Text(r)] = Text(r)
	}
	return d
}
