package targets_test

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
	"github.com/sales-exporter/sales_exporter/internal/kpi/targets"
)

func TestGolden(t *testing.T) { kpitest.Golden(t, targets.Family()) }
