package deals_test

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/kpi/deals"
	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
)

func TestGolden(t *testing.T) {
	kpitest.Golden(t, deals.Family(), "sales_revenue_won_cumulative_amount")
}
