package info_test

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/kpi/info"
	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
)

func TestGolden(t *testing.T) { kpitest.Golden(t, info.Family(), "sales_kpi_info") }
