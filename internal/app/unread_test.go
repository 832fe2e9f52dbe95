package app

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
)

// TestMonthEndsWhileTheAccountIsDown lets an account fail over the end of a month. What began since then is absent, for
// nobody looked; what began before stays, and is there again with the rest once the account answers.
func TestMonthEndsWhileTheAccountIsDown(t *testing.T) {
	const targets = `
targets:
  - {name: month, kpi: deals_won, value: 10, every: month}
  - {name: year, kpi: deals_won, value: 100, every: year}
`
	for _, kind := range []string{"hubspot", "salesforce"} {
		t.Run(kind, func(t *testing.T) {
			file := secretFile(t)
			synctest.Test(t, func(t *testing.T) { failOverMonthsEnd(t, kind, file, targets) })
		})
	}
}

func failOverMonthsEnd(t *testing.T, kind, secretFile, targets string) {
	time.Sleep(time.Until(time.Date(2000, time.March, 28, 12, 0, 0, 0, time.UTC))) // A bubble begins in January 2000.
	world := crmsim.Generate(crmsim.GenerateOptions{Seed: 11, Deals: 150, Now: time.Now})
	a, network := inMemory(kind, world)
	config := `
timezone: UTC
dimensions: [rep, territory]
histogram_dimensions: []
windows: [today, trailing_7d, month_to_date, year_to_date, all_time]
rollups: [[]]
sources:` + a.yaml("crm", secretFile) + targets
	h := newHarness(t, config, func(o *Options) { o.Transport = network })
	began := map[string]bool{"today": true, "trailing_7d": true, "month_to_date": true, "year_to_date": false, "all_time": false}
	expect := func(when string, down bool) {
		t.Helper()
		p := h.page()
		for window, fresh := range began {
			if got, want := len(p.matching("sales_deals_won", "window", window)) > 0, !down || !fresh; got != want {
				t.Errorf("%s: %s is there: %v, want %v", when, window, got, want)
			}
		}
		for target, fresh := range map[string]bool{"month": true, "year": false} {
			missing := 0.0
			if down && fresh {
				missing = 1
			}
			h.mustHave("sales_target_missing_sources", missing, "target", target)
			if got := len(p.matching("sales_target_actual_value", "target", target)) > 0; got != (missing == 0) {
				t.Errorf("%s: the actual of %s is there: %v", when, target, got)
			}
		}
	}
	h.mustSync()
	expect("the first sync", false)

	a.script.Add(wire.Rule{Path: "*", Fault: wire.HTML(http.StatusInternalServerError)})
	time.Sleep(10 * 24 * time.Hour)
	if h.sync() == nil {
		t.Fatal("the sync succeeded")
	}
	h.app.engine.recompute()
	expect("down", true)
	h.close()
	h.open(config, func(o *Options) { o.Transport = network })
	expect("restarted while down", true)

	a.script.Clear()
	time.Sleep(time.Hour)
	h.mustSync()
	expect("the recovery", false)
	h.close()
}
