package hubspot

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
)

// TestCallsOfADay counts the calls of a day of cycles, with changes, with reps whom the connector does not know yet, with
// restarts and with full passes: the account's allowance is shared with other integrations.
func TestCallsOfADay(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		for range 250 {
			account := p.company("RETAIL")
			p.put(func(d *crmsim.Deal) { d.Account = account })
		}
		edits := []func(*config.Source){mapCompany, func(cfg *config.Source) { cfg.FullSyncInterval = 6 * time.Hour }}
		m, s := newMemory(), p.source(edits...)
		for cycle := range 288 {
			m.mustSync(t, s)
			time.Sleep(5 * time.Minute)
			switch {
			case cycle%4 == 0:
				p.change(amount("7"), int64(1+cycle%250))
			case cycle%20 == 1:
				rep := p.world.AddRep(crmsim.Rep{FirstName: "New", Email: "n@example.test", Active: true})
				p.change(func(d *crmsim.Deal) { d.Rep = rep }, 1)
			case cycle%50 == 2:
				s = p.source(edits...)
			}
		}
		counts := map[string]int{}
		for _, r := range p.asked("") {
			what := strings.TrimPrefix(r.Path, "/crm/")
			if r.Query.Get("archived") == "true" {
				what += " archived"
			}
			counts[what]++
		}
		want := map[string]int{
			"/account-info/2026-09/details":                   27,
			"associations/2026-09/deals/companies/batch/read": 296,
			"objects/2026-09/companies":                       12,
			"objects/2026-09/companies/search":                288,
			"objects/2026-09/deals":                           12,
			"objects/2026-09/deals archived":                  4,
			"objects/2026-09/deals/search":                    288,
			"owners/2026-09":                                  35,
			"owners/2026-09 archived":                         35,
			"pipelines/2026-09/deals":                         35,
			"properties/2026-09/companies":                    4,
		}
		if diff := cmp.Diff(want, counts); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
}
