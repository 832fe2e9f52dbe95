package hubspot

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/objects"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// TestManyChangesOfOneMillisecond changes more records at once than a search may be paged by offset.
func TestManyChangesOfOneMillisecond(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		m := newMemory()
		s := p.source()
		m.mustSync(t, s)
		time.Sleep(time.Minute)
		before := p.add(1_400)
		for _, id := range before {
			p.must(p.world.Purge(id))
		}
		deals := p.add(450)
		if first, last := simulator.DealID(deals[0]), simulator.DealID(deals[449]); len(first) != 10 || len(last) != 11 {
			t.Fatalf("ids from %s to %s do not grow by a digit", first, last)
		}
		p.forget()
		m.mustSync(t, s)
		if len(m.deals) != 450 || p.calls("/search") != 3 {
			t.Errorf("%d deals by %d searches, want 450 by 3", len(m.deals), p.calls("/search"))
		}
	})
}

func TestShortPagesAreNoEnd(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		m := newMemory()
		s := p.source()
		m.mustSync(t, s)
		p.pageSize(crmsim.KindDeal, 3)
		p.add(10)
		m.mustSync(t, s)
		if len(m.deals) != 10 {
			t.Errorf("%d deals, want 10", len(m.deals))
		}
	})
}

// TestChangesWhileSearching lets records leave and enter the window between two pages, which shifts offsets.
func TestChangesWhileSearching(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		m := newMemory()
		s := p.source()
		old := p.put()
		m.mustSync(t, s)
		p.pageSize(crmsim.KindDeal, 2)
		time.Sleep(time.Minute)
		deals := p.add(9)
		searches := 0
		p.before("/search", func(*http.Request) {
			if searches++; searches == 2 {
				time.Sleep(time.Minute)
				p.change(amount("2"), deals[0], deals[8], old)
			}
		})
		m.mustSync(t, s)
		if len(m.deals) < 8 {
			t.Errorf("%d deals, want the old one and all that did not change meanwhile", len(m.deals))
		}
		m.mustSync(t, s)
		if len(m.deals) != 10 {
			t.Errorf("%d deals: %v", len(m.deals), m.ids())
		}
		for _, id := range dealIDs(deals[0], deals[8], old) {
			if m.deals[id].Amount != 2*value.MoneyScale {
				t.Errorf("deal %s is %+v", id, m.deals[id])
			}
		}
	})
}

func TestLateIndexedRecordsAreFound(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		m := newMemory()
		s := p.source()
		m.mustSync(t, s)
		deals := dealIDs(p.add(1)...)
		time.Sleep(2 * time.Minute)
		m.mustSync(t, s)
		if len(m.deals) != 0 {
			t.Fatalf("deals %v, which the index does not show yet", m.ids())
		}
		time.Sleep(5 * time.Minute)
		m.mustSync(t, s)
		if !slices.Equal(m.ids(), deals) {
			t.Errorf("deals %v, want %v", m.ids(), deals)
		}
	}, func(o *simulator.Options) { o.IndexLag = 3 * time.Minute })
}

func TestChangesDuringThePassAreFound(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		deal := p.put()
		p.before("/objects/2026-09/deals", func(r *http.Request) {
			if r.URL.Query().Get("archived") == "true" {
				time.Sleep(3 * time.Hour)
				p.change(amount("2"), deal)
				time.Sleep(3 * time.Hour)
			}
		})
		m := newMemory()
		m.mustSync(t, p.source())
		if got := m.deals[simulator.DealID(deal)].Amount; got != 2*value.MoneyScale {
			t.Errorf("amount %v, want the changed one", got.Float())
		}
	})
}

func TestInterruptedSearchGoesOn(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		m := newMemory()
		s := p.source()
		m.mustSync(t, s)
		p.pageSize(crmsim.KindDeal, 2)
		time.Sleep(time.Minute)
		deals := p.add(6)
		m.failAt = m.commits + 3
		if err := m.sync(t, s); err == nil || len(m.deals) != 4 {
			t.Fatalf("got %v with %d deals, want a failure behind the second page", err, len(m.deals))
		}
		time.Sleep(time.Hour)
		p.change(amount("2"), deals[0])
		p.forget()
		m.mustSync(t, p.source())
		// The rest of the old window, and a new one up to the present.
		if len(m.deals) != 6 || m.deals[simulator.DealID(deals[0])].Amount != 2*value.MoneyScale {
			t.Errorf("deals %v", m.ids())
		}
		if search := p.asked("/search")[0]; !strings.Contains(search.Body,
			`"hs_object_id","operator":"GT","value":"`+simulator.DealID(deals[3])+`"`) {
			t.Errorf("the search did not go on behind the last id: %s", search.Body)
		}
	})
}

func TestMergedDealsAreRemovedOnce(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		one, other, old := p.put(), p.put(), simulator.DealID(p.put())
		p.show(objects.Deals, old, "hs_merged_object_ids", ";800;801:1700000000000;"+old+"; ;x")
		m := newMemory()
		s := p.source()
		m.mustSync(t, s)
		for _, id := range []string{"800", "801"} {
			want := record.Removal{Kind: crm.Deals.Name(), ID: id, Reason: record.RemovedMerged, MergedInto: old}
			if m.removals[id] != want {
				t.Errorf("removal %+v, want %+v", m.removals[id], want)
			}
		}
		if len(m.removals) != 2 {
			t.Errorf("removals %v, want those two", m.removals)
		}
		survivor, err := p.world.Merge(one, other)
		p.must(err)
		p.change(amount("unreadable"), survivor)
		m.mustSync(t, s)
		if want := []string{old}; !slices.Equal(m.ids(), want) || len(m.quarantined) != 1 {
			t.Errorf("deals %v and %d quarantined, want %v and the survivor", m.ids(), len(m.quarantined), want)
		}
	})
}

func TestSearchesThatGoInCircles(t *testing.T) {
	record := `{"id":"%s","properties":{"hs_lastmodifieddate":"2026-11-23T12:00:00Z","hs_is_closed":"false"}}`
	tests := map[string]struct {
		answer string
		want   source.Reason
	}{
		"the same record for ever": {`{"total":9,"results":[` + fmt.Sprintf(record, "5") + `]}`, source.ReasonDecode},
		"ids that descend": {
			`{"total":2,"results":[` + fmt.Sprintf(record, "10") + "," + fmt.Sprintf(record, "9") + `]}`,
			source.ReasonDecode,
		},
		"no id at all":   {`{"total":9,"results":[{"id":"x"}]}`, source.ReasonDecode},
		"no results":     {`{"total":0}`, source.ReasonDecode},
		"empty for ever": {`{"total":9,"results":[],"paging":{"next":{"after":"200"}}}`, source.ReasonServer},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				searches := 0
				p.answer("/search", func(*http.Request) (int, string) {
					searches++
					return 200, test.answer
				})
				err := newMemory().sync(t, p.source())
				if source.ReasonOf(err) != test.want || searches > maxEmptyPages {
					t.Errorf("got %v after %d searches, want a %s error", err, searches, test.want)
				}
			})
		})
	}
}

func TestEndOfASearch(t *testing.T) {
	record := `{"id":"%d","properties":{"hs_lastmodifieddate":"2026-11-23T12:00:00Z","hs_is_closed":"false"}}`
	one := func(id int) string { return fmt.Sprintf(record, id) }
	tests := map[string]struct {
		answers []string
		want    int
	}{
		"an empty page that promises more": {[]string{
			`{"total":1,"results":[],"paging":{"next":{"after":"200"}}}`, `{"total":1,"results":[` + one(5) + `]}`,
		}, 1},
		"a total that counts too much": {[]string{
			`{"total":3,"results":[` + one(5) + `]}`, `{"total":0,"results":[]}`,
		}, 1},
		"no total, but a token": {[]string{
			`{"results":[` + one(5) + `],"paging":{"next":{"after":1}}}`, `{"results":[` + one(6) + `]}`,
		}, 2},
		"a token behind everything": {[]string{`{"total":1,"results":[` + one(5) + `],"paging":{"next":{"after":"1"}}}`}, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				searches := 0
				p.answer("/search", func(*http.Request) (int, string) {
					if searches++; searches > len(test.answers) {
						t.Errorf("search %d was not needed", searches)
						return 400, "{}"
					}
					return 200, test.answers[searches-1]
				})
				m := newMemory()
				m.mustSync(t, p.source())
				if len(m.deals) != test.want || searches != len(test.answers) {
					t.Errorf("%d deals by %d searches, want %d by %d", len(m.deals), searches, test.want, len(test.answers))
				}
			})
		})
	}
}

// TestWindowTrustsNeitherClock sets the connector's clock wrong against HubSpot's.
func TestWindowTrustsNeitherClock(t *testing.T) {
	for name, skew := range map[string]time.Duration{"slow": -3 * time.Hour, "right": 0, "fast": 3 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				cfg := testConfig(t)
				s, err := New("acme", cfg, source.Environment{
					Now: func() time.Time { return p.now().Add(skew) }, Transport: p, Currency: "USD",
				})
				if err != nil {
					t.Fatal(err)
				}
				m := newMemory()
				m.mustSync(t, s)
				for range 3 {
					time.Sleep(time.Minute)
					p.add(1)
					m.mustSync(t, s)
				}
				if len(m.deals) != 3 {
					t.Errorf("%d deals, want 3", len(m.deals))
				}
			})
		})
	}
}

// TestUnknownReferences covers a stage, a pipeline and an owner that were made since the references were read.
func TestUnknownReferences(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		m := newMemory()
		s := p.source(func(cfg *config.Source) { cfg.Pipelines = []string{"sales pipeline"} })
		m.mustSync(t, s)
		p.world.AddPipeline(crmsim.Pipeline{
			ID: "7", Label: "Renewals", Stages: []crmsim.Stage{crmsim.WonStage("71", "Signed")},
		})
		renewal := simulator.DealID(p.put(p.fresh, stage("7", "71")))
		p.put(p.fresh, func(d *crmsim.Deal) { d.Rep = 999 }) // purged
		unknown := simulator.DealID(p.put(p.fresh, stage("default", "gone")))
		p.show(objects.Deals, unknown, "hs_is_closed", nil, "hs_is_closed_won", "")
		lost := simulator.DealID(p.put(p.fresh, stage("default", "gone")))
		p.show(objects.Deals, lost, "hs_is_closed", "true")
		p.forget()
		m.mustSync(t, s)
		if got := p.calls("pipelines/2026-09/deals"); got != 1 {
			t.Errorf("the references were read %d times, want once", got)
		}
		if d := m.deals[renewal]; d.Pipeline != "7" || m.stages["7/71"].Outcome != crm.OutcomeWon {
			t.Errorf("deal %+v of stage %+v", d, m.stages["7/71"])
		}
		if m.quarantined[unknown].Reason != record.BadOutcome || m.deals[lost].Outcome != crm.OutcomeLost {
			t.Errorf("quarantined %v, deal %+v", m.quarantined, m.deals[lost])
		}
		p.forget()
		m.mustSync(t, s)
		if got := p.calls(""); got != 1 {
			t.Errorf("what cannot be found was looked for again: %d calls, want 1", got)
		}
	})
}

func TestDisagreementsAreLogged(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		lagging := simulator.DealID(p.put(stage("default", "closedwon")))
		p.show(objects.Deals, lagging, "hs_is_closed", "false", "hs_is_closed_won", "false")
		p.put(stage("default", "closedwon"))
		s, log := p.loggedSource()
		newMemory().mustSync(t, s)
		if !strings.Contains(log.String(), "deals=1") {
			t.Errorf("log %q, want one disagreement", log)
		}
	})
}
