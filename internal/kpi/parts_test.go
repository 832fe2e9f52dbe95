package kpi

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

func TestTotalDoesNotOverflow(t *testing.T) {
	deals := make([]crm.Deal, 20)
	for i := range deals {
		deals[i] = crm.Deal{
			Head: record.Head{ID: strconv.Itoa(i)}, Outcome: crm.OutcomeWon, Amount: 99_999_999_999_999 * value.MoneyScale, AmountKnown: true,
			Closed: value.Moment(goldenNow.AddDate(0, 0, -1)),
		}
	}
	f := NewFacts(goldenOptions())
	f.Source("acme").Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(deals...)}})
	f.Source("acme").MarkReady()
	snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: goldenNow})
	wantValue(t, snapshot, 20*99_999_999_999_999.0, "sales_revenue_won_amount", "window", "month_to_date")
	wantValue(t, snapshot, 99_999_999_999_999.0, "sales_deal_size_mean_amount", "rollup", "all", "window", "month_to_date")
}

func TestBucketBoundsAreExact(t *testing.T) {
	money := moneyBuckets([]float64{0.1, 0.3, 1e6, 1e300})
	if want := []int64{1000, 3000, 1e10, math.MaxInt64}; !slices.Equal(money.Limits, want) {
		t.Errorf("limits are %v, want %v", money.Limits, want)
	}
}
