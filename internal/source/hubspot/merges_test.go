package hubspot

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/objects"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// knowing is a memory that tells what it never heard of, as a mirror does.
type knowing struct{ *memory }

func (k knowing) Unknown(_ context.Context, object record.Name, ids []string) ([]string, error) {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		_, deal := k.deals[id]
		_, account := k.accounts[id]
		removal, gone := k.removals[id]
		return object == crm.Deals.Name() && deal || object == crm.Accounts.Name() && account || gone && removal.Kind == object
	}), nil
}

// TestChainsOfMerges holds case C8 and its kind: whatever merged between two syncs, the one after them leaves the deals
// that HubSpot has, and reads everything again only where it must.
func TestChainsOfMerges(t *testing.T) {
	merge := func(p *simulation, primary, other int64) int64 {
		t.Helper()
		survivor, err := p.world.Merge(primary, other)
		p.must(err)
		return survivor
	}
	// keep merges deals into one that keeps its id.
	keep := func(p *simulation, into int64, listed string, gone ...int64) {
		t.Helper()
		for _, id := range gone {
			p.must(p.world.Purge(id))
		}
		p.show(objects.Deals, simulator.DealID(into), "hs_merged_object_ids", listed)
		p.change(amount("2"), into)
	}
	all := func(*simulator.Options) {}
	direct := func(o *simulator.Options) { o.DirectMerges = true }
	for name, test := range map[string]struct {
		happen func(p *simulation) (stale string) // a deal that the search still shows
		names  func(*simulator.Options)           // whom a survivor names
		again  bool                               // everything is read again
	}{
		"nothing":   {func(*simulation) string { return "" }, all, false},
		"one merge": {func(p *simulation) string { merge(p, 1, 2); return "" }, all, false},
		"C8 a chain, only its last link named": {
			func(p *simulation) string { merge(p, merge(p, 1, 2), 3); return "" }, direct, true,
		},
		"C8 a chain, all of it named": {
			func(p *simulation) string { merge(p, merge(p, 1, 2), 3); return "" }, all, true,
		},
		"a chain of three": {
			func(p *simulation) string { merge(p, merge(p, merge(p, 1, 2), 3), 4); return "" }, direct, true,
		},
		"two chains that meet": {
			func(p *simulation) string { merge(p, merge(p, 1, 2), merge(p, 3, 4)); return "" }, direct, true,
		},
		"a link that the page still holds": {func(p *simulation) string {
			link := merge(p, 1, 2)
			stale := simulator.DealID(link)
			changed := p.now().Format(time.RFC3339)
			merge(p, link, 3)
			p.rewrite("/deals/search", func(answer map[string]any) {
				answer["total"] = 2
				answer["results"] = append([]any{map[string]any{"id": stale, "properties": map[string]any{
					"hs_lastmodifieddate": changed, "hs_is_closed": "false", "pipeline": "default",
					"dealstage": "appointment", "hs_merged_object_ids": strings.Join(dealIDs(1, 2), ";"),
				}}}, answer["results"].([]any)...)
			})
			return stale
		}, direct, false},
		"a survivor that keeps its id": {
			func(p *simulation) string { keep(p, 1, simulator.DealID(2), 2); return "" }, all, false,
		},
		"a new one into a survivor of old id": {
			func(p *simulation) string { keep(p, 1, simulator.DealID(2)+";10", 2, 3); return "" }, all, true,
		},
		"a survivor that cannot be read": {func(p *simulation) string {
			p.change(amount("?"), merge(p, merge(p, 1, 2), 3))
			return ""
		}, direct, true},
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				for range 5 {
					p.put()
				}
				old := simulator.DealID(p.put())
				p.show(objects.Deals, old, "hs_merged_object_ids", "18;19") // An old merge of deals that nobody has seen.
				m, s := newMemory(), p.source()
				sync := func() {
					t.Helper()
					if err := cycle(t.Context(), s, knowing{m}, m.cursors); err != nil {
						t.Fatal(err)
					}
				}
				sync()
				time.Sleep(time.Hour)
				sync()
				before := p.calls("/deals")
				stale := test.happen(p)
				sync()
				again := p.calls("/deals") > before+1 // Pipelines are read by a path of that ending too.
				var alive []string
				for _, d := range p.world.Truth() {
					if d.Amount != "?" {
						alive = append(alive, simulator.DealID(d.ID))
					}
				}
				slices.Sort(alive)
				got := slices.DeleteFunc(m.ids(), func(id string) bool { return id == stale && m.removals[id].MergedInto != "" })
				if !slices.Equal(got, alive) {
					t.Errorf("deals are %v, want %v", got, alive)
				}
				if again != test.again {
					t.Errorf("everything was read again: %v, want %v", again, test.again)
				}
				calls := p.calls("/deals")
				sync()
				if p.calls("/deals") > calls+1 {
					t.Error("and once more by the next sync")
				}
			}, test.names)
		})
	}
}

// TestOverlookedDeals holds case C9 and its kind: what an answer about companies leaves out is unread, not nothing.
func TestOverlookedDeals(t *testing.T) {
	for name, test := range map[string]struct {
		company int64 // 0 is none
		silent  bool  // from the second sync on
		want    int64
		warned  bool
	}{
		"told again":               {1, false, 1, false},
		"told another one":         {2, false, 2, false},
		"told that there is none":  {0, false, 0, false},
		"C9 left out twice":        {2, true, 1, true},
		"left out, and there none": {0, true, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				p.company("RETAIL")
				p.company("RETAIL")
				deal := p.put(func(d *crmsim.Deal) { d.Account = 1 })
				p.put()
				s, log := p.loggedSource(mapCompany)
				m := newMemory()
				m.mustSync(t, s)
				if test.silent {
					p.silence(deal, 100)
				}
				p.change(func(d *crmsim.Deal) { d.Amount, d.Account = "7", test.company }, deal)
				m.mustSync(t, s)
				want := ""
				if test.want != 0 {
					want = simulator.CompanyID(test.want)
				}
				if got := m.deals[simulator.DealID(deal)]; got.Account != want || got.Amount != 7*value.MoneyScale {
					t.Errorf("got %+v, want account %q", got, want)
				}
				if warned := strings.Contains(log.String(), "keeping their previous company"); warned != test.warned {
					t.Errorf("warned: %v, want %v", warned, test.warned)
				}
			})
		})
	}
}
