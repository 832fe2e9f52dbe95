package hubspot

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// TestIdentities holds that a stream is read anew where its own records come to say something else, and no other one.
func TestIdentities(t *testing.T) {
	mapped := func(edited ...string) func(*config.Source) {
		return func(cfg *config.Source) {
			cfg.Map = map[string]config.Mapping{
				"segment":   {Object: "company", Property: "industry"},
				"territory": {Object: "owner", Property: "team"},
				"channel":   {Property: "hs_analytics_source"},
			}
			for _, name := range edited {
				m := cfg.Map[name]
				m.Values = map[string]string{"a": "b"}
				cfg.Map[name] = m
			}
		}
	}
	identities := func(edits ...func(*config.Source)) map[string]source.Identity {
		found := map[string]source.Identity{}
		for _, s := range newSimulation(t).source(append([]func(*config.Source){mapped()}, edits...)...).Streams() {
			identity := s.Identity()
			identity.Former = nil
			found[s.Name()] = identity
		}
		return found
	}
	before := identities()
	if got, want := slices.Sorted(maps.Keys(before)), []string{"accounts", "deals", "references"}; !slices.Equal(got, want) {
		t.Fatalf("streams are %q, want %q", got, want)
	}
	for name, test := range map[string]struct {
		change func(*config.Source)
		anew   []string
	}{
		"nothing that matters":   {func(cfg *config.Source) { cfg.FullSyncInterval = time.Hour }, nil},
		"a label of accounts":    {mapped("segment"), []string{"accounts"}},
		"a label of reps":        {mapped("territory"), []string{"references"}},
		"a label of deals":       {mapped("channel"), []string{"deals"}},
		"what is excluded":       {exclude(t, `team == "East" && segment == "SMB"`), nil},
		"excluded by name":       {exclude(t, `name contains "TEST"`), []string{"deals"}},
		"pipelines":              {func(cfg *config.Source) { cfg.Pipelines = []string{"New Business"} }, nil},
		"the currency":           {func(cfg *config.Source) { cfg.Currency = "EUR" }, []string{"deals"}},
		"the property of amount": {func(cfg *config.Source) { cfg.Amount = "arr" }, []string{"deals"}},
		// Deals name their company only where companies are read.
		"no company is read": {func(cfg *config.Source) { delete(cfg.Map, "segment") }, []string{"accounts", "deals"}},
	} {
		t.Run(name, func(t *testing.T) {
			after := identities(test.change)
			var anew []string
			for stream := range before {
				if !reflect.DeepEqual(after[stream], before[stream]) {
					anew = append(anew, stream)
				}
			}
			slices.Sort(anew)
			if !slices.Equal(anew, test.anew) {
				t.Errorf("read anew are %q, want %q", anew, test.anew)
			}
		})
	}
}

// TestStrangerIsCommittedByItsStream has a deal name a rep who came after the reps were read. The reps are read once
// more for it, and their stream hands them over in the same cycle without a call. In a process that dies in between they
// are read again.
func TestStrangerIsCommittedByItsStream(t *testing.T) {
	for name, killed := range map[string]bool{"in one cycle": false, "killed in between": true} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				deal := p.put()
				m, s := newMemory(), p.source()
				m.mustSync(t, s)
				time.Sleep(20 * time.Minute)
				rep := p.world.AddRep(crmsim.Rep{FirstName: "New", LastName: "Rep", Email: "n@example.test", Active: true})
				p.change(func(d *crmsim.Deal) { d.Rep = rep }, deal)
				references := s.Streams()[0]
				for _, stream := range []source.Stream{references, dealsOf(s)} {
					p.must(syncStream(t.Context(), stream, m, m.cursors))
				}
				if !references.(source.Follower).Behind() || m.reps[simulator.OwnerID(rep)].ID != "" {
					t.Error("the reps were not left to their stream")
				}
				p.forget()
				if killed {
					time.Sleep(20 * time.Minute) // so that no search finds the deal again
					s = p.source()
					m.mustSync(t, s)
				} else {
					p.must(syncStream(t.Context(), references, m, m.cursors))
					if n := p.calls(""); n != 0 || references.(source.Follower).Behind() {
						t.Errorf("their stream made %d calls, behind: %v", n, references.(source.Follower).Behind())
					}
				}
				if got := m.reps[simulator.OwnerID(rep)].Name; got != "New Rep" {
					t.Errorf("the new rep is %q", got)
				}
				p.forget()
				m.mustSync(t, s)
				if n := p.calls("/owners/2026-09"); n != 0 {
					t.Errorf("the reps were read %d times again", n/2)
				}
			})
		})
	}
}

// TestReferencesOfAnotherAccountAreForgotten has the credential replaced while the references are read for a deal, and
// put back before their stream could hand them over.
func TestReferencesOfAnotherAccountAreForgotten(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		t.Setenv("HUBSPOT_TOKEN", "pat-canary")
		p.world.UpdateInfo(func(i *crmsim.Info) { i.Number = 1111 })
		deal := p.put()
		m := &pinned{memory: newMemory(), id: "1111"}
		s := p.source(func(cfg *config.Source) { settingsOf(*cfg).Token = secret.Env("HUBSPOT_TOKEN") })
		p.must(m.sync(t, s))
		time.Sleep(20 * time.Minute)
		rep := p.world.AddRep(crmsim.Rep{FirstName: "Other", Email: "n@example.test", Active: true})
		p.change(func(d *crmsim.Deal) { d.Rep = rep }, deal)
		p.must(syncStream(t.Context(), s.Streams()[0], m, m.cursors))
		t.Setenv("HUBSPOT_TOKEN", "pat-other")
		p.world.UpdateInfo(func(i *crmsim.Info) { i.Number = 2222 })
		if err := syncStream(t.Context(), dealsOf(s), m, m.cursors); !errors.Is(err, errOtherAccount) {
			t.Fatalf("got %v, want the refusal of another account", err)
		}
		t.Setenv("HUBSPOT_TOKEN", "pat-canary")
		p.world.UpdateInfo(func(i *crmsim.Info) { i.Number = 1111 })
		p.must(p.world.UpdateRep(rep, func(r *crmsim.Rep) { r.FirstName = "Own" }))
		p.must(m.sync(t, s))
		if got := m.reps[simulator.OwnerID(rep)].Name; got != "Own" {
			t.Errorf("the rep is %q, as the other account has it", got)
		}
	}, func(o *simulator.Options) { o.Tokens = append(o.Tokens, "pat-other") })
}

// TestEachReadingOfReferencesIsAPass holds that a pipeline which HubSpot no longer has, and a rep whose data were purged,
// leave the mirror.
func TestEachReadingOfReferencesIsAPass(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		var batches []record.Batch
		m := newMemory()
		sink := watching{m, func(b record.Batch) {
			if slices.Contains(b.Sweep, crm.Reps.Name()) {
				batches = append(batches, b)
			}
		}}
		s := p.source()
		for range 3 {
			if err := cycle(t.Context(), s, sink, m.cursors); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
		}
		if len(batches) != 3 {
			t.Fatalf("%d readings of the references", len(batches))
		}
		for i, b := range batches {
			if i > 0 && b.Pass <= batches[i-1].Pass || !slices.Equal(b.Sweep, s.Streams()[0].Kinds()) || b.Rows.Len() == 0 {
				t.Errorf("reading %d is pass %d with %d rows, sweeping %v", i, b.Pass, b.Rows.Len(), b.Sweep)
			}
		}
	})
}

// TestAccountsFailAlone breaks the companies while the deals are read: the deals go on from where they were.
func TestAccountsFailAlone(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		p.put()
		p.company("RETAIL")
		p.refuse(1, "/companies", 400, `{}`)
		m, s := newMemory(), p.source(mapCompany)
		if err := m.sync(t, s); source.ReasonOf(err) != source.ReasonClient {
			t.Fatalf("sync without companies: %v", err)
		}
		if c, ok := decodeCursor(m.cursors["deals"]); !ok || c.PassEnded == 0 || c.Phase != "" {
			t.Errorf("the deals stand at %+v", c)
		}
		time.Sleep(20 * time.Minute)
		p.forget()
		m.mustSync(t, s)
		if n := p.calls("objects/2026-09/deals"); n != 0 {
			t.Errorf("%d pages of deals were read again", n)
		}
		if len(m.accounts) != 1 {
			t.Errorf("%d accounts, want 1", len(m.accounts))
		}
	})
}

// TestEveryKill kills the connector after each page of a first pass, of an increment and of a full pass, with companies
// and with a rep whom the connector does not know yet. It ends with what an account holds that was read without a kill.
func TestEveryKill(t *testing.T) {
	change := func(p *simulation) {
		rep := p.world.AddRep(crmsim.Rep{FirstName: "New", LastName: "Rep", Email: "n@example.test", Active: true})
		for n := range int64(5) {
			p.change(func(d *crmsim.Deal) { d.Amount, d.Rep = strconv.FormatInt(n, 10), rep }, n+1)
			p.must(p.world.UpdateAccount(n+1, func(a *crmsim.Account) { a.Properties["industry"] = "ENERGY" }))
		}
	}
	for name, prepare := range map[string]func(p *simulation, sync func()){
		"first pass": func(*simulation, func()) {},
		"increment":  func(p *simulation, sync func()) { sync(); time.Sleep(20 * time.Minute); change(p) },
		"full pass":  func(p *simulation, sync func()) { sync(); time.Sleep(25 * time.Hour); change(p) },
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				p.pageSize(crmsim.KindDeal, 2)
				p.pageSize(crmsim.KindAccount, 2)
				for range 7 {
					account := p.company("RETAIL")
					p.put(func(d *crmsim.Deal) { d.Account = account })
				}
				m := newMemory()
				prepare(p, func() { m.mustSync(t, p.source(mapCompany)) })
				kills := 0
				for m.failAt = 1; ; m.failAt++ {
					m.commits = 0
					err := m.sync(t, p.source(mapCompany))
					if err == nil {
						break
					}
					if !errors.Is(err, errSink) {
						t.Fatal(err)
					}
					if kills++; kills > 200 {
						t.Fatal("the connector does not get on")
					}
				}
				m.failAt = 0
				m.mustSync(t, p.source(mapCompany))
				whole := newMemory()
				whole.mustSync(t, p.source(mapCompany))
				if diff := cmp.Diff(held(whole), held(m), cmp.AllowUnexported(value.Instant{})); diff != "" {
					t.Errorf("after %d kills (-at once +killed):\n%s", kills, diff)
				}
				if kills < 3 {
					t.Errorf("only %d kills", kills)
				}
			})
		})
	}
}

// held returns what a memory holds.
func held(m *memory) map[string]any {
	return map[string]any{"deals": m.deals, "accounts": m.accounts, "reps": m.reps, "stages": m.stages}
}
