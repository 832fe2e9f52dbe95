package app

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
)

// TestSeriesLimit gives the exporter more reps than it may show: the page stays within its limit, sums are preserved in
// "other", and the exporter says that it folded.
func TestSeriesLimit(t *testing.T) {
	clock := &testClock{}
	world := crmsim.Generate(crmsim.GenerateOptions{Seed: 9, Deals: 600, Now: clock.now, Still: true})
	for _, id := range openDeals(t, world, 60) {
		rep := world.AddRep(crmsim.Rep{FirstName: "Rep", LastName: strings.Repeat("x", int(id%97)) + "y", Active: true})
		if err := world.Reassign(id, rep); err != nil {
			t.Fatal(err)
		}
		if err := world.Win(id); err != nil {
			t.Fatal(err)
		}
	}
	a := serve(t, "hubspot", world, clock.now)
	entry := a.yaml("crm", secretFile(t))
	wide := newHarness(t, changesConfig+entry)
	wide.mustSync()
	narrow := newHarness(t, "limits: {series: 1400}"+changesConfig+entry)
	narrow.mustSync()

	all, few := wide.page(), narrow.page()
	if n := len(all.business()); n <= 1400 {
		t.Fatalf("the unlimited page has only %d series, there is nothing to test", n)
	}
	if n := len(few.business()); n > 1400 {
		t.Errorf("%d series on a page limited to 1400", n)
	}
	for _, name := range []string{"sales_deals_won", "sales_deals_lost", "sales_pipeline_deals"} {
		same(t, name, few.sum(name), all.sum(name))
	}
	if got, want := few.sum("sales_revenue_won_amount"), all.sum("sales_revenue_won_amount"); got-want > 0.01 || want-got > 0.01 {
		t.Errorf("revenue: got %v, want %v", got, want)
	}
	if len(few.matching("sales_deals_won", "rep", "other")) == 0 {
		t.Error("nothing was folded into other")
	}
	if few.sum("sales_exporter_series_folded", "metric", "sales_deals_won") == 0 || all.sum("sales_exporter_series_folded") != 0 {
		t.Error("the exporter does not say what it folded")
	}
}

// TestComputeFollowsTheClock holds that windows move on although nothing is synced.
func TestComputeFollowsTheClock(t *testing.T) {
	clock := &testClock{}
	clock.advance(time.Until(time.Now().Truncate(24 * time.Hour).Add(36 * time.Hour))) // A noon, far from any midnight.
	world := crmsim.Generate(crmsim.GenerateOptions{Seed: 9, Deals: 100, Now: clock.now, Still: true})
	a := serve(t, "salesforce", world, clock.now)
	config := strings.Replace(changesConfig, "windows: [all_time]", "windows: [today, all_time]", 1) + a.yaml("crm", secretFile(t))
	h := newHarness(t, config, func(o *Options) { o.Now = clock.now })
	if err := world.Win(openDeals(t, world, 1)[0]); err != nil {
		t.Fatal(err)
	}
	h.mustSync()
	before := h.page()
	same(t, "won today", before.sum("sales_deals_won", "window", "today"), 1)
	clock.advance(24 * time.Hour)
	h.app.engine.recompute()
	after := h.page()
	same(t, "won on the next day", after.sum("sales_deals_won", "window", "today"), 0)
	same(t, "won in all", after.sum("sales_deals_won", "window", "all_time"), before.sum("sales_deals_won", "window", "all_time"))
	if slices.Equal(before.business(), after.business()) {
		t.Error("nothing was computed anew")
	}
}
