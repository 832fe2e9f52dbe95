package mirrortest_test

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/mirrortest"
)

func TestOracle(t *testing.T) {
	mirrortest.Run(t, func(*testing.T) mirror.Store { return mirrortest.NewOracle() })
}
