package hubspot

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

func TestBackfillReadsEveryPageOnce(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		for range 250 {
			p.put()
		}
		m := newMemory()
		m.mustSync(t, p.source())
		if len(m.deals) != 250 {
			t.Errorf("%d deals landed, want 250", len(m.deals))
		}
		want := crm.Deal{
			Head: record.Head{ID: simulator.DealID(1), Version: 1773088185981}, Pipeline: "default",
			Stage: "default/appointment", Rep: simulator.OwnerID(1),
			Outcome: crm.OutcomeOpen, Amount: 1500 * value.MoneyScale, AmountKnown: true, Currency: "USD",
			Probability: 200_000, Created: value.MomentMilli(1769937300123), Closed: value.MomentMilli(1775001600000),
		}
		if diff := cmp.Diff(want, m.deals[want.ID], cmp.AllowUnexported(value.Instant{})); diff != "" {
			t.Errorf("deal (-want +got):\n%s", diff)
		}
		// Three pages of deals and an empty archived one; four calls of references; one search.
		if lists, all := p.calls("objects/2026-09/deals"), p.calls(""); lists != 4 || all != 9 {
			t.Errorf("%d list calls of %d, want 4 of 9", lists, all)
		}
		swept := []record.Name{crm.Reps.Name(), crm.Pipelines.Name(), crm.Stages.Name(), crm.Deals.Name()}
		if !slices.Equal(m.swept, swept) {
			t.Errorf("swept %v, want %v", m.swept, swept)
		}
	})
}

func TestReferences(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		p.world.AddPipeline(crmsim.Pipeline{ID: "7", Label: "Renewals", Stages: []crmsim.Stage{
			{ID: "71", Label: "Half", Closed: true, Probability: "0.5"}, {ID: "72", Label: "Unclear"},
		}})
		p.rewrite("/pipelines/2026-09/deals", func(answer map[string]any) {
			renewals := answer["results"].([]any)[1].(map[string]any)
			unclear := renewals["stages"].([]any)[1].(map[string]any)
			unclear["metadata"] = map[string]any{"isClosed": "", "probability": ""}
		})
		p.world.AddRep(crmsim.Rep{Email: "q@example.test"}) // deactivated
		p.rewriteOne("owners/2026-09", simulator.OwnerID(1), func(ada map[string]any) {
			ada["teams"] = append([]any{map[string]any{"name": "Overlay"}}, ada["teams"].([]any)...)
		})
		p.rewriteOne("owners/2026-09", simulator.OwnerID(2), func(queue map[string]any) {
			queue["type"], queue["lastName"] = "QUEUE", nil
		})
		m := newMemory()
		m.mustSync(t, p.source(func(cfg *config.Source) {
			cfg.Map = map[string]config.Mapping{
				"territory": {Object: "owner", Property: "team", Values: map[string]string{"EMEA": "Europe"}},
				"channel":   {Object: "owner", Property: "type"},
			}
		}))
		outcomes := map[string]crm.Outcome{}
		for key, stage := range m.stages {
			outcomes[key] = stage.Outcome
		}
		wantOutcomes := map[string]crm.Outcome{
			"default/appointment": crm.OutcomeOpen, "default/closedwon": crm.OutcomeWon,
			"default/closedlost": crm.OutcomeLost, "7/71": crm.OutcomeUnknown, "7/72": crm.OutcomeUnknown,
		}
		if diff := cmp.Diff(wantOutcomes, outcomes); diff != "" {
			t.Errorf("outcomes (-want +got):\n%s", diff)
		}
		wantReps := map[string]crm.Rep{
			simulator.OwnerID(1): {
				Head: record.Head{
					ID: simulator.OwnerID(1), Dimensions: value.Dimensions{"territory": "Europe", "channel": "PERSON"},
				},
				Name: "Ada Rep", Team: "EMEA", Active: true,
			},
			simulator.OwnerID(2): {
				Head: record.Head{ID: simulator.OwnerID(2), Dimensions: value.Dimensions{"channel": "QUEUE"}},
			},
		}
		if diff := cmp.Diff(wantReps, m.reps); diff != "" {
			t.Errorf("reps (-want +got):\n%s", diff)
		}
	})
}

func TestOwnersHavePages(t *testing.T) {
	tests := map[string]struct {
		second string // what the second page ends with
		want   source.Reason
	}{
		"two pages":         {second: `}`},
		"the token is back": {second: `,"paging":{"next":{"after":"NTAw=="}}}`, want: source.ReasonDecode},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				p.answer("/owners/2026-09", func(r *http.Request) (int, string) {
					switch query := r.URL.Query(); {
					case query.Get("archived") == "true":
						return 0, ""
					case query.Get("after") == "":
						return 200, `{"results":[{"id":"1","firstName":"A"}],"paging":{"next":{"after":"NTAw=="}}}`
					default:
						return 200, `{"results":[{"id":"2","teams":[{"name":"B"}]}]` + test.second
					}
				})
				m := newMemory()
				err := m.sync(t, p.source())
				switch {
				case test.want == "" && (err != nil || m.reps["1"].Name != "A" || m.reps["2"].Team != "B"):
					t.Errorf("got %v, reps %v", err, m.reps)
				case test.want != "" && source.ReasonOf(err) != test.want:
					t.Errorf("got %v, want a %s error", err, test.want)
				}
			})
		})
	}
}

// TestPassResumesBehindTheLastCommit fails each commit of a first Sync in turn, as a crash would, and goes on in a new
// process.
func TestPassResumesBehindTheLastCommit(t *testing.T) {
	for failAt := 1; ; failAt++ {
		done := false
		t.Run(fmt.Sprintf("commit %d", failAt), func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				p.pageSize(crmsim.KindDeal, 2)
				var deals []int64
				for range 5 {
					deals = append(deals, p.put())
				}
				archived := p.put()
				p.must(p.world.Archive(archived))
				company := simulator.CompanyID(p.company("BANKING"))
				m := newMemory()
				m.failAt = failAt
				err := m.sync(t, p.source(mapCompany))
				if done = err == nil; !done && !errors.Is(err, errSink) {
					t.Fatal(err)
				}
				p.forget()
				m.failAt = 0
				m.mustSync(t, p.source(mapCompany))
				if want := dealIDs(deals...); !slices.Equal(m.ids(), want) {
					t.Errorf("deals %v, want %v", m.ids(), want)
				}
				if m.removals[simulator.DealID(archived)].Reason != record.RemovedDeleted || m.accounts[company].ID == "" {
					t.Errorf("removals %v, accounts %v", m.removals, m.accounts)
				}
				// Of the pages of deals (3), archived ones (1) and companies (1), none behind a commit is read again.
				committed := max(0, min(failAt-4, 4)) // before: the account and the references, and the account of the deals
				if failAt > 10 {                      // and the sweep of the deals and the account of the companies
					committed = 5
				}
				read := p.calls("objects/2026-09/deals") + p.calls("objects/2026-09/companies")
				if want := 5 - committed; !done && read != want {
					t.Errorf("the second Sync read %d pages, want %d", read, want)
				}
			})
		})
		if done {
			break
		}
	}
}

func TestRefusedPageTokenStartsThePassAnew(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		p.pageSize(crmsim.KindDeal, 1)
		deals := dealIDs(p.put(), p.put())
		m := newMemory()
		m.failAt = 5 // account, references, account of the deals, first page, second page
		if err := m.sync(t, p.source()); !errors.Is(err, errSink) {
			t.Fatal(err)
		}
		refused := false
		p.answer("/deals", func(r *http.Request) (int, string) {
			if refused || r.URL.Query().Get("after") == "" {
				return 0, ""
			}
			refused = true
			return 400, `{"status":"error","category":"VALIDATION_ERROR"}`
		})
		m.mustSync(t, p.source())
		if !refused || !slices.Equal(m.ids(), deals) {
			t.Errorf("deals %v, want %v", m.ids(), deals)
		}
	})
}

func TestIdleSyncCosts(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		p.put()
		p.put(p.fresh) // in the overlap of the next search
		m := newMemory()
		s := p.source()
		m.mustSync(t, s)

		p.forget()
		m.mustSync(t, s)
		if got := p.calls(""); got != 1 {
			t.Errorf("an idle Sync made %d calls, want 1", got)
		}
		p.forget()
		m.mustSync(t, p.source())
		if got := p.calls(""); got != 5 {
			t.Errorf("the first idle Sync of a process made %d calls, want 5", got)
		}
		time.Sleep(overlap + time.Minute)
		m.mustSync(t, s)
		p.forget()
		m.mustSync(t, p.source())
		if got := p.calls(""); got != 2 {
			t.Errorf("the first Sync of a process without a change made %d calls, want 2", got)
		}
		time.Sleep(time.Hour)
		p.forget()
		m.mustSync(t, s)
		if got := p.calls(""); got != 5 {
			t.Errorf("a Sync an hour later made %d calls, want 5: references and a search", got)
		}
		time.Sleep(24 * time.Hour)
		p.forget()
		m.mustSync(t, s)
		if got := p.calls("objects/2026-09/deals"); got != 2 {
			t.Errorf("a Sync a day later made %d list calls, want 2: a full pass", got)
		}
	})
}

func TestArchivedRestoredAndVanishedDeals(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		var deals []int64
		for range 4 {
			deals = append(deals, p.put())
		}
		m := newMemory()
		s := p.source()
		m.mustSync(t, s)

		time.Sleep(time.Hour)
		archived := p.world.Moment().UnixMilli()
		p.must(p.world.Archive(deals[0]))
		p.must(p.world.Archive(deals[1]))
		p.must(p.world.Purge(deals[2]))
		time.Sleep(24 * time.Hour)
		m.mustSync(t, s)
		if want := dealIDs(deals[3]); !slices.Equal(m.ids(), want) {
			t.Errorf("deals %v, want %v", m.ids(), want)
		}
		want := record.Removal{
			Kind: crm.Deals.Name(), ID: simulator.DealID(deals[0]), Reason: record.RemovedDeleted, Version: archived,
		}
		if m.removals[want.ID] != want {
			t.Errorf("removal %+v, want %+v", m.removals[want.ID], want)
		}

		p.must(p.world.Restore(deals[1]))
		time.Sleep(24 * time.Hour)
		m.mustSync(t, s)
		if want := dealIDs(deals[1], deals[3]); !slices.Equal(m.ids(), want) {
			t.Errorf("deals %v after a restore, want %v", m.ids(), want)
		}
	})
}

func TestArchivedListingOfTheLivingIsRefused(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		p.put()
		p.answer("/objects/2026-09/deals", func(r *http.Request) (int, string) {
			if r.URL.Query().Get("archived") != "true" {
				return 0, ""
			}
			return 200, `{"results":[{"id":"1000","properties":{},"archived":false}]}`
		})
		m := newMemory()
		err := m.sync(t, p.source())
		if source.ReasonOf(err) != source.ReasonDecode || len(m.deals) != 1 {
			t.Errorf("got %v with %d deals, want a decode error and the deal kept", err, len(m.deals))
		}
	})
}

func TestListingThatDoesNotEnd(t *testing.T) {
	tests := map[string]func(page int) string{
		"the same token": func(int) string { return `{"results":[],"paging":{"next":{"after":"5"}}}` },
		"tokens in a circle": func(page int) string {
			return fmt.Sprintf(`{"results":[],"paging":{"next":{"after":%d}}}`, page%3)
		},
		"no results at all": func(int) string { return `{}` },
		"null results":      func(int) string { return `{"results":null}` },
	}
	for name, answer := range tests {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				pages := 0
				p.answer("objects/2026-09/deals", func(*http.Request) (int, string) {
					pages++
					return 200, answer(pages)
				})
				m := newMemory()
				if err := m.sync(t, p.source()); source.ReasonOf(err) != source.ReasonDecode || pages > 10 {
					t.Errorf("got %v after %d pages, want a decode error within 10", err, pages)
				}
				if slices.Contains(m.swept, crm.Deals.Name()) {
					t.Error("the unfinished pass was swept")
				}
			})
		})
	}
}

func TestEmptyPageIsNoEnd(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		deals := dealIDs(p.put())
		p.answer("objects/2026-09/deals", func(r *http.Request) (int, string) {
			if query := r.URL.Query(); query.Get("after") != "" || query.Get("archived") != "" {
				return 0, ""
			}
			return 200, `{"results":[],"paging":{"next":{"after":"` + deals[0] + `"}}}`
		})
		m := newMemory()
		m.mustSync(t, p.source())
		if !slices.Equal(m.ids(), deals) {
			t.Errorf("deals %v, want %v", m.ids(), deals)
		}
	})
}

func TestChangedAPIIsNotBadData(t *testing.T) {
	for bad, want := range map[int]source.Reason{10: "", 11: source.ReasonDecode} {
		t.Run(fmt.Sprintf("%d of 20", bad), func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				for i := range 20 {
					text := "1"
					if i < bad {
						text = "one"
					}
					p.put(amount(text))
				}
				m := newMemory()
				err := m.sync(t, p.source())
				switch {
				case want == "" && (err != nil || len(m.deals) != 10 || len(m.quarantined) != 10):
					t.Errorf("got %v with %d deals and %d quarantined", err, len(m.deals), len(m.quarantined))
				case want != "" && (source.ReasonOf(err) != want || len(m.deals)+len(m.quarantined) != 0):
					t.Errorf("got %v with %d deals and %d quarantined, want a %s error and none", err, len(m.deals),
						len(m.quarantined), want)
				}
			})
		})
	}
}

func TestUnreadableCursorStartsFromNothing(t *testing.T) {
	for _, cursor := range []string{"{", `{"version":99,"phase":"deals","after":"2000"}`, "[]"} {
		t.Run(cursor, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				p.put()
				s, log := p.loggedSource()
				m := newMemory()
				m.cursors["deals"] = []byte(cursor)
				m.mustSync(t, s)
				if len(m.deals) != 1 || !strings.Contains(log.String(), "level=WARN") {
					t.Errorf("%d deals, log %q", len(m.deals), log)
				}
			})
		})
	}
}

func TestNothingPersonalIsRequested(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		deal := simulator.DealID(p.put(p.fresh))
		m := newMemory()
		m.mustSync(t, p.source(mapCompany))
		asked := func() string {
			var all strings.Builder
			for _, r := range p.asked("") {
				fmt.Fprintln(&all, r.Query, r.Body)
				if strings.Contains(r.Path, "objects") && !strings.HasSuffix(r.Path, "/search") && r.Query.Get("properties") == "" {
					t.Errorf("%s asks for HubSpot's default properties, which hold the name", r.Path)
				}
			}
			return all.String()
		}
		if p.calls("/search") == 0 || p.calls("/companies") == 0 {
			t.Error("there is no search, or no listing of companies")
		}
		for _, personal := range []string{"name", "email", "phone", "description", "domain"} {
			if strings.Contains(asked(), personal) {
				t.Errorf("requests ask for %q:\n%s", personal, asked())
			}
		}
		p.forget()
		m = newMemory()
		m.mustSync(t, p.source(exclude(t, `name contains "Canary"`)))
		if !strings.Contains(asked(), "dealname") || !strings.Contains(m.deals[deal].Name, "Canary") {
			t.Errorf("an expression over the name did not read it: %q", m.deals[deal].Name)
		}
	})
}

// TestUnknownPipeline holds that a filter on a pipeline which HubSpot does not have fails the sync: taken at its word it
// would turn every KPI into 0.
func TestUnknownPipeline(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		p.put()
		m := newMemory()
		err := m.sync(t, p.source(func(cfg *config.Source) { cfg.Pipelines = []string{"Sales Pipelin"} }))
		if source.ReasonOf(err) != source.ReasonConfig || !strings.Contains(err.Error(), "Sales Pipeline") {
			t.Errorf("got %v, want a config error that names the pipelines there are", err)
		}
		if len(m.deals) > 0 {
			t.Errorf("%d deals landed", len(m.deals))
		}
	})
}

// TestLoneUnreadableID holds that one record without an id, alone in a search, is quarantined and ends the search.
func TestLoneUnreadableID(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		p.put()
		m := newMemory()
		s := p.source()
		m.mustSync(t, s)
		p.answer("/search", func(*http.Request) (int, string) { return 200, `{"total":1,"results":[{"id":"abc"}]}` })
		m.mustSync(t, s)
		if len(m.deals) != 1 || m.quarantined[""].Reason != record.BadID {
			t.Errorf("deals %v, quarantined %v", m.ids(), m.quarantined)
		}
	})
}
