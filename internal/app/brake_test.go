package app

import (
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
)

// TestBrake lets most deals vanish at once, as they do when a credential loses a permission. The exporter keeps them and
// says so, while what else changes in the CRM goes on arriving.
func TestBrake(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			clock := &testClock{}
			world := crmsim.Generate(crmsim.GenerateOptions{Seed: 21, Deals: 120, Now: clock.now, Still: true})
			a := serve(t, kind, world, clock.now)
			entry := a.yaml("crm", secretFile(t))
			h := newHarness(t, changesConfig+entry, func(o *Options) { o.Now = clock.now })
			h.mustSync()
			before := h.page().sum("sales_deals_won") + h.page().sum("sales_deals_lost") + h.page().sum("sales_pipeline_deals")

			// Gone for so long that no list of deletions tells of them any more.
			kept := openDeals(t, world, 2)
			for _, d := range world.Truth() {
				if d.ID != kept[0] && d.ID != kept[1] {
					if err := world.Purge(d.ID); err != nil {
						t.Fatal(err)
					}
				}
			}
			clock.advance(20 * 24 * time.Hour)
			if err := h.sync(); err == nil || !strings.Contains(err.Error(), "missing from a full sync") {
				t.Fatalf("a sync in which nearly all deals vanished: %v", err)
			}
			p := h.page()
			same(t, "deals", p.sum("sales_deals_won")+p.sum("sales_deals_lost")+p.sum("sales_pipeline_deals"), before)
			same(t, "errors of scope", p.sum("sales_exporter_sync_errors_total", "reason", "scope"), 1)
			same(t, "source_up", p.sum("sales_exporter_source_up"), 0)

			won := p.sum("sales_deals_won")
			if err := world.Win(kept[0]); err != nil {
				t.Fatal(err)
			}
			if err := h.sync(); err == nil {
				t.Error("the exporter forgot that it keeps deals that may be gone")
			}
			same(t, "deals won", h.page().sum("sales_deals_won"), won+1)
			same(t, "source_up", h.page().sum("sales_exporter_source_up"), 0)
		})
	}
}

// TestRestartAfterBrokenPass breaks a full read that finds nothing new and restarts while the CRM is down: the mirror
// still holds the complete picture, so it is served.
func TestRestartAfterBrokenPass(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			clock := &testClock{}
			world := crmsim.Generate(crmsim.GenerateOptions{Seed: 22, Deals: 250, Now: clock.now, Still: true})
			a := serve(t, kind, world, clock.now)
			entry := changesConfig + a.yaml("crm", secretFile(t))
			h := newHarness(t, entry, func(o *Options) { o.Now = clock.now })
			h.mustSync()
			good := booksOf(h.page())

			clock.advance(2 * time.Hour)
			a.recorder.Forget()
			a.script.Add(wire.Rule{Path: "*", From: 3, To: 10_000, Fault: wire.Answer(404, nil, "{}")})
			if err := h.sync(); err == nil {
				t.Fatal("the sync succeeded")
			}
			h.close()
			h.open(entry, func(o *Options) { o.Now = clock.now })
			if !h.app.engine.anyReady() {
				t.Fatal("the complete picture in the mirror is not served")
			}
			for rep, n := range booksOf(h.page()).Won {
				same(t, "won by "+rep, n, good.Won[rep])
			}
			same(t, "reps", float64(len(booksOf(h.page()).Won)), float64(len(good.Won)))
		})
	}
}
