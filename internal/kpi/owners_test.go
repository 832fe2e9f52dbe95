package kpi

import (
	"runtime"
	"strconv"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// TestUsersWhoOwnNothingCostNothing gives an org two hundred thousand active users of whom one sells. A Compute must
// not make room for the others: most of a Salesforce org's users never own a deal.
func TestUsersWhoOwnNothingCostNothing(t *testing.T) {
	compute := func(users int) (samples int, allocated uint64) {
		var b record.Batch
		for i := range users {
			n := strconv.Itoa(i)
			crm.Reps.Append(&b.Rows, crm.Rep{Head: record.Head{ID: n}, Name: "User " + n, Active: true})
		}
		crm.Deals.Set(&b.Rows, crm.Deal{Head: record.Head{ID: "1"}, Rep: "0", Outcome: crm.OutcomeWon, Closed: value.Moment(kpitest.Now().AddDate(-9, 0, 0))})
		f := NewFacts(kpitest.Options())
		f.Source("acme").Apply(b)
		f.Source("acme").MarkReady()
		in := Input{Calendar: calendar.New(calendar.Options{}), Now: kpitest.Now(), ValuesPerDimension: 10}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		snapshot := Compute(f, in)
		runtime.ReadMemStats(&after)
		for _, family := range snapshot.Families {
			if family.Metric.Name == "sales_deals_won" {
				samples = len(family.Samples)
			}
		}
		return samples, (after.TotalAlloc - before.TotalAlloc) / uint64(users)
	}
	samples, each := compute(200_000)
	if want := len(kpitest.Options().Windows); samples != want {
		t.Errorf("%d samples of won deals, want %d: one rep in each window", samples, want)
	}
	// Their names alone, which fold to a few values, are about 400 bytes; with a group for each it was twice that.
	if each > 600 {
		t.Errorf("a user without deals costs %d bytes in each Compute", each)
	}
}
