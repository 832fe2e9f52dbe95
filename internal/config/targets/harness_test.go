package targets_test

import (
	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/value"
)

// compareInstants lets cmp look at value.Instant, whose fields are private.
var compareInstants = cmp.Comparer(func(a, b value.Instant) bool { return a == b })
