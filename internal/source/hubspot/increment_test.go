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
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// TestManyChangesOfOneMillisecond changes more records at once than a search may be paged by offset.
func TestManyChangesOfOneMillisecond(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		m := newMemory()
		s := newSource(t, f)
		m.mustSync(t, s)
		time.Sleep(time.Minute)
		at := f.changed()
		for id := range uint64(450) {
			f.put(999_900+id, "hs_lastmodifieddate", at) // ids of six and of seven digits
		}
		f.forget()
		m.mustSync(t, s)
		if len(m.deals) != 450 || f.calls("/search") != 3 {
			t.Errorf("%d deals by %d searches, want 450 by 3", len(m.deals), f.calls("/search"))
		}
	})
}

func TestShortPagesAreNoEnd(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		m := newMemory()
		s := newSource(t, f)
		m.mustSync(t, s)
		f.pageSize = 3
		for id := range uint64(10) {
			f.put(1000+id, "hs_lastmodifieddate", f.changed())
		}
		m.mustSync(t, s)
		if len(m.deals) != 10 {
			t.Errorf("%d deals, want 10", len(m.deals))
		}
	})
}

// TestChangesWhileSearching lets records leave and enter the window between two pages, which shifts offsets.
func TestChangesWhileSearching(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		m := newMemory()
		s := newSource(t, f)
		m.mustSync(t, s)
		f.pageSize = 2
		time.Sleep(time.Minute)
		for id := range uint64(9) {
			f.put(1000+id, "hs_lastmodifieddate", f.changed())
		}
		searches := 0
		f.before = func(r *fakeRequest) {
			if !r.is("/search") {
				return
			}
			if searches++; searches == 2 {
				time.Sleep(time.Minute)
				f.put(1000, "amount", "2", "hs_lastmodifieddate", f.changed())
				f.put(1008, "amount", "2", "hs_lastmodifieddate", f.changed())
				f.put(999, "hs_lastmodifieddate", f.changed())
			}
		}
		m.mustSync(t, s)
		if len(m.deals) < 7 {
			t.Errorf("%d deals, want all that did not change meanwhile", len(m.deals))
		}
		m.mustSync(t, s)
		if len(m.deals) != 10 || m.deals["1000"].Amount != 2*value.MoneyScale || m.deals["1008"].Amount != 2*value.MoneyScale {
			t.Errorf("%d deals: %v", len(m.deals), m.ids())
		}
	})
}

func TestLateIndexedRecordsAreFound(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		m := newMemory()
		s := newSource(t, f)
		m.mustSync(t, s)
		f.put(1000, "hs_lastmodifieddate", f.changed())
		f.hidden[1000] = true
		time.Sleep(2 * time.Minute)
		m.mustSync(t, s)
		f.hidden[1000] = false
		time.Sleep(5 * time.Minute)
		m.mustSync(t, s)
		if want := []string{"1000"}; !slices.Equal(m.ids(), want) {
			t.Errorf("deals %v, want %v", m.ids(), want)
		}
	})
}

func TestChangesDuringThePassAreFound(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.put(1000)
		f.before = func(r *fakeRequest) {
			if r.get("archived") == "true" && strings.Contains(r.Path, "objects") {
				time.Sleep(3 * time.Hour)
				f.put(1000, "amount", "2", "hs_lastmodifieddate", f.changed())
				time.Sleep(3 * time.Hour)
			}
		}
		m := newMemory()
		m.mustSync(t, newSource(t, f))
		if got := m.deals["1000"].Amount; got != 2*value.MoneyScale {
			t.Errorf("amount %v, want the changed one", got.Float())
		}
	})
}

func TestInterruptedSearchGoesOn(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		m := newMemory()
		s := newSource(t, f)
		m.mustSync(t, s)
		f.pageSize = 2
		time.Sleep(time.Minute)
		for id := range uint64(6) {
			f.put(1000+id, "hs_lastmodifieddate", f.changed())
		}
		m.failAt = m.commits + 3
		if err := m.sync(t, s); err == nil || len(m.deals) != 4 {
			t.Fatalf("got %v with %d deals, want a failure behind the second page", err, len(m.deals))
		}
		time.Sleep(time.Hour)
		f.put(1000, "amount", "2", "hs_lastmodifieddate", f.changed())
		f.forget()
		m.mustSync(t, newSource(t, f))
		// The rest of the old window, and a new one up to the present.
		if len(m.deals) != 6 || m.deals["1000"].Amount != 2*value.MoneyScale {
			t.Errorf("deals %v", m.ids())
		}
		search := f.requests[slices.IndexFunc(f.requests, func(r fakeRequest) bool { return r.is("/search") })]
		if !strings.Contains(search.Body, `"hs_object_id","operator":"GT","value":"1003"`) {
			t.Errorf("the search did not go on behind the last id: %s", search.Body)
		}
	})
}

func TestMergedDealsAreRemovedOnce(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.put(1000)
		f.put(1001)
		f.put(1002, "hs_merged_object_ids", ";800;801:1700000000000;1002; ;x")
		m := newMemory()
		s := newSource(t, f)
		m.mustSync(t, s)
		for _, id := range []string{"800", "801"} {
			want := record.Removal{Kind: crm.Deals.Name(), ID: id, Reason: record.RemovedMerged, MergedInto: "1002"}
			if m.removals[id] != want {
				t.Errorf("removal %+v, want %+v", m.removals[id], want)
			}
		}
		f.remove(1000)
		f.remove(1001)
		f.put(2000, "hs_lastmodifieddate", f.changed(), "hs_merged_object_ids", "1000;1001", "amount", "unreadable")
		m.mustSync(t, s)
		if want := []string{"1002"}; !slices.Equal(m.ids(), want) || len(m.quarantined) != 1 {
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
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				searches := 0
				f.intercept = func(w http.ResponseWriter, r *fakeRequest) bool {
					if r.is("/search") {
						searches++
						writeJSON(w, 200, test.answer)
					}
					return r.is("/search")
				}
				err := newMemory().sync(t, newSource(t, f))
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
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				searches := 0
				f.intercept = func(w http.ResponseWriter, r *fakeRequest) bool {
					if !r.is("/search") {
						return false
					}
					if searches++; searches > len(test.answers) {
						t.Errorf("search %d was not needed", searches)
						writeJSON(w, 400, "{}")
						return true
					}
					writeJSON(w, 200, test.answers[searches-1])
					return true
				}
				m := newMemory()
				m.mustSync(t, newSource(t, f))
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
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				cfg := testConfig(t)
				s, err := New("acme", cfg, source.Environment{
					Now: func() time.Time { return f.now().Add(skew) }, Transport: f, Currency: "USD",
				})
				if err != nil {
					t.Fatal(err)
				}
				m := newMemory()
				m.mustSync(t, s)
				for id := range uint64(3) {
					time.Sleep(time.Minute)
					f.put(1000+id, "hs_lastmodifieddate", f.changed())
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
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		m := newMemory()
		s := newSource(t, f, func(cfg *config.Source) { cfg.Pipelines = []string{"sales pipeline"} })
		m.mustSync(t, s)
		f.pipelines = append(f.pipelines, map[string]any{
			"id": "7", "label": "Renewals", "stages": []any{fakeStage("71", "Signed", "true", "1.0")},
		})
		f.put(1000, "pipeline", "7", "dealstage", "71", "hs_lastmodifieddate", f.changed())
		f.put(1001, "hubspot_owner_id", "999", "hs_lastmodifieddate", f.changed()) // purged
		f.put(1002, "dealstage", "gone", "hs_is_closed", nil, "hs_is_closed_won", "", "hs_lastmodifieddate", f.changed())
		f.put(1003, "dealstage", "gone", "hs_is_closed", "true", "hs_lastmodifieddate", f.changed())
		f.forget()
		m.mustSync(t, s)
		if got := f.calls("pipelines/2026-09/deals"); got != 1 {
			t.Errorf("the references were read %d times, want once", got)
		}
		if d := m.deals["1000"]; d.Excluded != "pipeline" || m.stages["7/71"].Outcome != crm.OutcomeWon {
			t.Errorf("deal %+v of stage %+v", d, m.stages["7/71"])
		}
		if m.quarantined["1002"].Reason != record.BadOutcome || m.deals["1003"].Outcome != crm.OutcomeLost {
			t.Errorf("quarantined %v, deal %+v", m.quarantined, m.deals["1003"])
		}
		f.forget()
		m.mustSync(t, s)
		if got := f.calls(""); got != 1 {
			t.Errorf("what cannot be found was looked for again: %d calls, want 1", got)
		}
	})
}

func TestDisagreementsAreLogged(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.put(1000, "dealstage", "closedwon")
		f.put(1001, "dealstage", "closedwon", "hs_is_closed", "true", "hs_is_closed_won", "true")
		s, log := newLoggedSource(t, f)
		newMemory().mustSync(t, s)
		if !strings.Contains(log.String(), "deals=1") {
			t.Errorf("log %q, want one disagreement", log)
		}
	})
}
