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
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

func TestBackfillReadsEveryPageOnce(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		for id := range uint64(250) {
			f.put(1000 + id)
		}
		m := newMemory()
		m.mustSync(t, newSource(t, f))
		if len(m.deals) != 250 {
			t.Errorf("%d deals landed, want 250", len(m.deals))
		}
		want := crm.Deal{
			Head: record.Head{ID: "1000", Version: 1773088185981}, Pipeline: "default", Stage: "default/appointment", Rep: "41",
			Outcome: crm.OutcomeOpen, Amount: 1500 * value.MoneyScale, AmountKnown: true, Currency: "USD",
			Probability: value.ProbabilityUnknown, Created: value.MomentMilli(1769937300123),
			Closed: value.MomentMilli(1775001600000),
		}
		if diff := cmp.Diff(want, m.deals["1000"], cmp.AllowUnexported(value.Instant{})); diff != "" {
			t.Errorf("deal (-want +got):\n%s", diff)
		}
		// Three pages of deals and an empty archived one; four calls of references; one search.
		if lists, all := f.calls("objects/2026-09/deals"), f.calls(""); lists != 4 || all != 9 {
			t.Errorf("%d list calls of %d, want 4 of 9", lists, all)
		}
		if want := []record.Name{crm.Deals.Name()}; !slices.Equal(m.swept, want) {
			t.Errorf("swept %v, want %v", m.swept, want)
		}
	})
}

func TestReferences(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.pipelines = append(f.pipelines, map[string]any{"id": "7", "label": "Renewals", "stages": []any{
			fakeStage("71", "Half", "true", "0.5"),
			fakeStage("72", "Unclear", "", ""),
		}})
		m := newMemory()
		m.mustSync(t, newSource(t, f, func(cfg *config.Source) {
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
			"41": {
				Head: record.Head{ID: "41", Dimensions: value.Dimensions{"territory": "Europe", "channel": "PERSON"}}, Name: "Ada Rep", Team: "EMEA", Active: true,
			},
			"42": {Head: record.Head{ID: "42", Dimensions: value.Dimensions{"channel": "QUEUE"}}},
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
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				f.intercept = func(w http.ResponseWriter, r *fakeRequest) bool {
					switch {
					case !r.is("/owners/2026-09") || r.get("archived") == "true":
						return false
					case r.get("after") == "":
						writeJSON(w, 200, `{"results":[{"id":"1","firstName":"A"}],"paging":{"next":{"after":"NTAw=="}}}`)
					default:
						writeJSON(w, 200, `{"results":[{"id":"2","teams":[{"name":"B"}]}]`+test.second)
					}
					return true
				}
				m := newMemory()
				err := m.sync(t, newSource(t, f))
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
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				f.pageSize = 2
				for id := range uint64(5) {
					f.put(1000 + id)
				}
				f.put(2000)
				f.archive(2000, "2026-03-10T00:00:00Z")
				f.putCompany(7, map[string]any{"industry": "BANKING"})
				m := newMemory()
				m.failAt = failAt
				err := m.sync(t, newSource(t, f, mapCompany))
				if done = err == nil; !done && !errors.Is(err, errSink) {
					t.Fatal(err)
				}
				f.forget()
				m.failAt = 0
				m.mustSync(t, newSource(t, f, mapCompany))
				if want := []string{"1000", "1001", "1002", "1003", "1004"}; !slices.Equal(m.ids(), want) {
					t.Errorf("deals %v, want %v", m.ids(), want)
				}
				if m.removals["2000"].Reason != record.RemovedDeleted || m.accounts["7"].ID == "" {
					t.Errorf("removals %v, accounts %v", m.removals, m.accounts)
				}
				// Of the pages of deals (3), archived ones (1) and companies (1), none behind a commit is read again.
				const references = 2 // the account and what deals refer to
				read := f.calls("objects/2026-09/deals") + f.calls("objects/2026-09/companies")
				if want := 5 - max(0, failAt-references-1); !done && read != max(want, 0) {
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
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.pageSize = 1
		f.put(1000)
		f.put(1001)
		m := newMemory()
		m.failAt = 4 // account, references, first page, second page
		if err := m.sync(t, newSource(t, f)); !errors.Is(err, errSink) {
			t.Fatal(err)
		}
		refused := false
		f.intercept = func(w http.ResponseWriter, r *fakeRequest) bool {
			if refused || r.get("after") == "" {
				return false
			}
			refused = true
			writeJSON(w, 400, `{"status":"error","category":"VALIDATION_ERROR"}`)
			return true
		}
		m.mustSync(t, newSource(t, f))
		if want := []string{"1000", "1001"}; !refused || !slices.Equal(m.ids(), want) {
			t.Errorf("deals %v, want %v", m.ids(), want)
		}
	})
}

func TestIdleSyncCosts(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.put(1000)
		f.put(1001, "hs_lastmodifieddate", f.changed()) // in the overlap of the next search
		m := newMemory()
		s := newSource(t, f)
		m.mustSync(t, s)

		f.forget()
		m.mustSync(t, s)
		if got := f.calls(""); got != 1 {
			t.Errorf("an idle Sync made %d calls, want 1", got)
		}
		f.forget()
		m.mustSync(t, newSource(t, f))
		if got := f.calls(""); got != 5 {
			t.Errorf("the first idle Sync of a process made %d calls, want 5", got)
		}
		time.Sleep(overlap + time.Minute)
		m.mustSync(t, s)
		f.forget()
		m.mustSync(t, newSource(t, f))
		if got := f.calls(""); got != 2 {
			t.Errorf("the first Sync of a process without a change made %d calls, want 2", got)
		}
		time.Sleep(time.Hour)
		f.forget()
		m.mustSync(t, s)
		if got := f.calls(""); got != 5 {
			t.Errorf("a Sync an hour later made %d calls, want 5: references and a search", got)
		}
		time.Sleep(24 * time.Hour)
		f.forget()
		m.mustSync(t, s)
		if got := f.calls("objects/2026-09/deals"); got != 2 {
			t.Errorf("a Sync a day later made %d list calls, want 2: a full pass", got)
		}
	})
}

func TestArchivedRestoredAndVanishedDeals(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		for id := range uint64(4) {
			f.put(1000 + id)
		}
		m := newMemory()
		s := newSource(t, f)
		m.mustSync(t, s)

		f.archive(1000, "2026-03-10T00:00:00.000Z")
		f.archive(1001, "2026-03-10T00:00:00.000Z")
		f.remove(1002)
		time.Sleep(24 * time.Hour)
		m.mustSync(t, s)
		if want := []string{"1003"}; !slices.Equal(m.ids(), want) {
			t.Errorf("deals %v, want %v", m.ids(), want)
		}
		want := record.Removal{
			Kind: crm.Deals.Name(), ID: "1000", Reason: record.RemovedDeleted,
			Version: time.Date(2026, time.March, 10, 0, 0, 0, 0, time.UTC).UnixMilli(),
		}
		if m.removals["1000"] != want {
			t.Errorf("removal %+v, want %+v", m.removals["1000"], want)
		}

		f.archive(1001, "")
		time.Sleep(24 * time.Hour)
		m.mustSync(t, s)
		if want := []string{"1001", "1003"}; !slices.Equal(m.ids(), want) {
			t.Errorf("deals %v after a restore, want %v", m.ids(), want)
		}
	})
}

func TestArchivedListingOfTheLivingIsRefused(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.put(1000)
		f.intercept = func(w http.ResponseWriter, r *fakeRequest) bool {
			if r.get("archived") == "true" && strings.Contains(r.Path, "objects") {
				writeJSON(w, 200, `{"results":[{"id":"1000","properties":{},"archived":false}]}`)
				return true
			}
			return false
		}
		m := newMemory()
		err := m.sync(t, newSource(t, f))
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
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				pages := 0
				f.intercept = func(w http.ResponseWriter, r *fakeRequest) bool {
					if !r.is("objects/2026-09/deals") {
						return false
					}
					pages++
					writeJSON(w, 200, answer(pages))
					return true
				}
				m := newMemory()
				if err := m.sync(t, newSource(t, f)); source.ReasonOf(err) != source.ReasonDecode || pages > 10 {
					t.Errorf("got %v after %d pages, want a decode error within 10", err, pages)
				}
				if len(m.swept) != 0 {
					t.Error("the unfinished pass was swept")
				}
			})
		})
	}
}

func TestEmptyPageIsNoEnd(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.put(1000)
		f.intercept = func(w http.ResponseWriter, r *fakeRequest) bool {
			if r.is("objects/2026-09/deals") && r.get("after") == "" && r.get("archived") == "" {
				writeJSON(w, 200, `{"results":[],"paging":{"next":{"after":"1000"}}}`)
				return true
			}
			return false
		}
		m := newMemory()
		m.mustSync(t, newSource(t, f))
		if want := []string{"1000"}; !slices.Equal(m.ids(), want) {
			t.Errorf("deals %v, want %v", m.ids(), want)
		}
	})
}

func TestChangedAPIIsNotBadData(t *testing.T) {
	for bad, want := range map[int]source.Reason{10: "", 11: source.ReasonDecode} {
		t.Run(fmt.Sprintf("%d of 20", bad), func(t *testing.T) {
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				for id := range 20 {
					amount := "1"
					if id < bad {
						amount = "one"
					}
					f.put(uint64(1000+id), "amount", amount)
				}
				m := newMemory()
				err := m.sync(t, newSource(t, f))
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
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				f.put(1000)
				s, log := newLoggedSource(t, f)
				m := newMemory()
				m.cursor = []byte(cursor)
				m.mustSync(t, s)
				if len(m.deals) != 1 || !strings.Contains(log.String(), "level=WARN") {
					t.Errorf("%d deals, log %q", len(m.deals), log)
				}
			})
		})
	}
}

func TestNothingPersonalIsRequested(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.put(1000, "hs_lastmodifieddate", f.changed())
		m := newMemory()
		m.mustSync(t, newSource(t, f, mapCompany))
		asked := func() string {
			var all strings.Builder
			for _, r := range f.requests {
				fmt.Fprintln(&all, r.Query, r.Body)
				if strings.Contains(r.Path, "objects") && !r.is("/search") && r.get("properties") == "" {
					t.Errorf("%s asks for HubSpot's default properties, which hold the name", r.Path)
				}
			}
			return all.String()
		}
		for _, personal := range []string{"name", "email", "phone", "description", "domain"} {
			if strings.Contains(asked(), personal) {
				t.Errorf("requests ask for %q:\n%s", personal, asked())
			}
		}
		f.forget()
		m = newMemory()
		m.mustSync(t, newSource(t, f, exclude(t, `name contains "Canary"`)))
		if !strings.Contains(asked(), "dealname") || m.deals["1000"].Excluded != "expression" {
			t.Errorf("an expression over the name did not read it: excluded %q", m.deals["1000"].Excluded)
		}
	})
}

func TestSelection(t *testing.T) {
	tests := map[string]struct {
		pipelines  []string
		expression string
		want       string
	}{
		"no filter":         {want: ""},
		"pipeline by label": {pipelines: []string{"sales pipeline"}, want: ""},
		"pipeline by id":    {pipelines: []string{"default"}, want: ""},
		"other pipeline":    {pipelines: []string{"Renewals"}, want: "pipeline"},
		"everything an expression sees": {
			expression: `id == "1000" && pipeline == "Sales Pipeline" && stage == "Appointment" && rep == "Ada Rep" ` +
				`&& team == "EMEA" && outcome == "open" && amount == 1500 && currency == "USD" && channel == "Web" ` +
				`&& territory == "EMEA" && probability == 0.25 && forecast_category == "best_case"`,
			want: "expression",
		},
		"no match": {expression: `amount > 1500`, want: ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				f.pipelines = append(f.pipelines, map[string]any{"id": "7", "label": "Renewals", "stages": []any{}})
				f.put(1000, "hs_analytics_source", "ORGANIC", "hs_deal_stage_probability", "0.25",
					"hs_manual_forecast_category", "BEST_CASE")
				edits := []func(*config.Source){func(cfg *config.Source) {
					cfg.Pipelines = test.pipelines
					cfg.Map = map[string]config.Mapping{
						"channel":   {Property: "hs_analytics_source", Values: map[string]string{"ORGANIC": "Web"}},
						"territory": {Object: "owner", Property: "team"},
					}
				}}
				if test.expression != "" {
					edits = append(edits, exclude(t, test.expression))
				}
				m := newMemory()
				m.mustSync(t, newSource(t, f, edits...))
				if got := m.deals["1000"].Excluded; got != test.want {
					t.Errorf("excluded %q, want %q", got, test.want)
				}
			})
		})
	}
}

// TestUnknownPipeline holds that a filter on a pipeline which HubSpot does not have fails the sync: taken at its word it
// would turn every KPI into 0.
func TestUnknownPipeline(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.put(1000)
		m := newMemory()
		err := m.sync(t, newSource(t, f, func(cfg *config.Source) { cfg.Pipelines = []string{"Sales Pipelin"} }))
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
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.put(1000)
		m := newMemory()
		s := newSource(t, f)
		m.mustSync(t, s)
		f.intercept = func(w http.ResponseWriter, r *fakeRequest) bool {
			if !r.is("/search") {
				return false
			}
			writeValue(w, 200, map[string]any{"total": 1, "results": []any{map[string]any{"id": "abc"}}})
			return true
		}
		m.mustSync(t, s)
		if len(m.deals) != 1 || m.quarantined[""].Reason != record.BadID {
			t.Errorf("deals %v, quarantined %v", m.ids(), m.quarantined)
		}
	})
}
