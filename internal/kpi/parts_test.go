package kpi

import (
	"strconv"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

func TestTotalDoesNotOverflow(t *testing.T) {
	deals := make([]crm.Deal, 20)
	for i := range deals {
		deals[i] = crm.Deal{
			Head: record.Head{ID: strconv.Itoa(i)}, Outcome: crm.OutcomeWon, Amount: 99_999_999_999_999 * value.MoneyScale, AmountKnown: true,
			Closed: value.Moment(kpitest.Now().AddDate(0, 0, -1)),
		}
	}
	f := NewFacts(kpitest.Options())
	f.Source("acme").Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(deals...)}})
	f.Source("acme").MarkReady()
	snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: kpitest.Now()})
	wantValue(t, snapshot, 20*99_999_999_999_999.0, "sales_revenue_won_amount", "window", "month_to_date")
	wantValue(t, snapshot, 99_999_999_999_999.0, "sales_deal_size_mean_amount", "rollup", "all", "window", "month_to_date")
}
