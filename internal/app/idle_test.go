package app

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
)

// TestIdleSync holds that a sync that brings nothing new leaves the page as it is, and says that it is fresh; and that
// the page moves on where a computation would now say something else.
func TestIdleSync(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		t.Run(kind, func(t *testing.T) {
			clock := &testClock{}
			world := crmsim.Generate(crmsim.GenerateOptions{Seed: 3, Deals: 60, Now: clock.now, Still: true})
			crm := serve(t, kind, world, clock.now)
			h := newHarness(t, "sources:"+crm.yaml("acme", secretFile(t)), func(o *Options) { o.Now = clock.now })
			// synced syncs at an instant and reports whether the page was computed anew.
			synced := func(after time.Duration) bool {
				t.Helper()
				clock.advance(after)
				before, _ := h.app.page.Served()
				h.mustSync()
				now, _ := h.app.page.Served()
				return !now.Equal(before)
			}
			success := func() float64 { return h.page().sum("sales_exporter_sync_last_success_timestamp_seconds") }

			// At noon, away from the hours in which days change.
			noon := clock.now().Truncate(24 * time.Hour).Add(36 * time.Hour)
			if !synced(noon.Sub(clock.now())) {
				t.Error("the first sync published nothing")
			}
			for range 3 { // What a full pass leaves to the next increments is read.
				synced(10 * time.Second)
			}
			page, fresh := h.page().business(), success()
			synced(10 * time.Second)
			if diff := cmp.Diff(page, h.page().business()); diff != "" {
				t.Errorf("an idle sync changed the page: %s", diff)
			}
			if success() <= fresh {
				t.Error("an idle sync does not count as a success")
			}
			if synced(5 * time.Second) {
				t.Error("an idle sync published")
			}
			if !synced(2 * time.Minute) {
				t.Error("the page is older than the interval at which it is computed, and stays")
			}
			if synced(5 * time.Second) {
				t.Error("the sync behind that published again")
			}
			midnight := clock.now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
			synced(midnight.Sub(clock.now()) - 20*time.Second)
			if synced(5 * time.Second) {
				t.Error("an idle sync before midnight published")
			}
			if !synced(30 * time.Second) {
				t.Error("a day began, which the source can tell of only now, and the page stays")
			}
			if err := world.SetAmount(openDeals(t, world, 1)[0], "123456.78"); err != nil {
				t.Fatal(err)
			}
			if !synced(10 * time.Second) {
				t.Error("a changed deal was not published")
			}
		})
	}
}
