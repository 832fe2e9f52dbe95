package hubspot

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	simwire "github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// simulation is a simulated account, and what goes wrong there.
type simulation struct {
	t      testing.TB
	began  time.Time
	world  *crmsim.World
	api    *simulator.Handler
	faults *simwire.Script

	mu       sync.Mutex
	requests []request
	edits    []edit
}

// request is a call as it was sent.
type request struct {
	Method, Path, Body, Authorization string
	Query                             url.Values
}

// edit changes the answers to calls whose path ends so.
type edit struct {
	suffix string
	fault  simwire.Fault
}

// simulate runs a test in virtual time, so that rate limits and retries cost nothing, against a simulated account
// without deals.
func simulate(t *testing.T, test func(t *testing.T, p *simulation), adjust ...func(*simulator.Options)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newSimulation(t, adjust...)) })
}

func newSimulation(t testing.TB, adjust ...func(*simulator.Options)) *simulation {
	t.Helper()
	p := &simulation{t: t, began: time.Now(), faults: simwire.NewScript()}
	p.world = crmsim.NewWorld(p.now, crmsim.Info{Number: 62515, Currency: "USD", TimeZone: "US/Eastern"})
	p.world.AddPipeline(crmsim.Pipeline{ID: "default", Label: "Sales Pipeline", Stages: []crmsim.Stage{
		crmsim.OpenStage("appointment", "Appointment", "0.2", "pipeline"),
		crmsim.WonStage("closedwon", "Closed Won"), crmsim.LostStage("closedlost", "Closed Lost"),
	}})
	p.world.AddRep(crmsim.Rep{
		FirstName: "Ada", LastName: "Rep", Email: "ada@example.test", Team: p.world.AddTeam("EMEA"), Active: true,
	})
	options := simulator.Options{
		Tokens: []string{"pat-canary"}, Faults: p.faults,
		Limits: simulator.Limits{TenSecondly: -1, SearchSecondly: -1, Daily: -1},
		// That of HubSpot, scaled down: whoever pages by offset meets it.
		SearchCeiling: 200,
	}
	for _, a := range adjust {
		a(&options)
	}
	p.api = simulator.NewHandler(p.world, options)
	return p
}

// now is the clock of the account and of the connector: noon of a day, and then as fast as the test's own.
func (p *simulation) now() time.Time {
	return time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC).Add(time.Since(p.began))
}

// RoundTrip implements http.RoundTripper, so that no socket stands between a test and its clock.
func (p *simulation) RoundTrip(r *http.Request) (*http.Response, error) {
	inbound := r.Clone(r.Context())
	inbound.RequestURI, inbound.Host = r.URL.RequestURI(), r.URL.Host
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	inbound.Body = io.NopCloser(bytes.NewReader(body))
	handler := http.Handler(p.api)
	p.mu.Lock()
	p.requests = append(p.requests, request{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Body: string(body),
		Authorization: r.Header.Get("Authorization"),
	})
	for _, e := range p.edits {
		if strings.HasSuffix(r.URL.Path, e.suffix) {
			next := handler
			handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { e.fault(w, r, next) })
		}
	}
	p.mu.Unlock()
	w := httptest.NewRecorder()
	w.Header().Set("Date", p.now().Format(http.TimeFormat))
	handler.ServeHTTP(w, inbound)
	if err := r.Context().Err(); errors.Is(err, context.Canceled) {
		return nil, err
	}
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

// asked returns the calls whose path ends so; "" returns all.
func (p *simulation) asked(suffix string) []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	var asked []request
	for _, r := range p.requests {
		if strings.HasSuffix(r.Path, suffix) {
			asked = append(asked, r)
		}
	}
	return asked
}

// calls counts the requests whose path ends so; "" counts all.
func (p *simulation) calls(suffix string) int { return len(p.asked(suffix)) }

// forget begins to count calls anew.
func (p *simulation) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = nil
}

// modifiedLongAgo is before any search window.
var modifiedLongAgo = time.Date(2026, time.March, 9, 20, 29, 45, 981e6, time.UTC)

// put makes a deal that was last modified long ago: an open one, but for what the edits change.
func (p *simulation) put(edits ...func(*crmsim.Deal)) int64 {
	d := crmsim.Deal{
		Head: world.Head{
			Created: time.Date(2026, time.February, 1, 9, 15, 0, 123e6, time.UTC), Modified: modifiedLongAgo,
		},
		Name: "Canary GmbH renewal", Pipeline: "default", Stage: "appointment", Rep: 1, Amount: "1500.00",
		Close: time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC),
	}
	for _, edit := range edits {
		edit(&d)
	}
	return p.world.AddDeal(d)
}

// add makes open deals that are modified now.
func (p *simulation) add(n int) []int64 {
	var ids []int64
	for range n {
		ids = append(ids, p.put(p.fresh))
	}
	return ids
}

// fresh makes a deal one that is modified now.
func (p *simulation) fresh(d *crmsim.Deal) { d.Modified = p.world.Moment() }

// company makes a company that was last modified long ago.
func (p *simulation) company(industry string) int64 {
	return p.world.AddAccount(crmsim.Account{
		Head: world.Head{Modified: modifiedLongAgo, Properties: map[string]string{"industry": industry}},
	})
}

// change edits deals now.
func (p *simulation) change(edit func(*crmsim.Deal), ids ...int64) {
	p.t.Helper()
	for _, id := range ids {
		p.must(p.world.Update(id, edit))
	}
}

func (p *simulation) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// rewrite changes the answers to calls whose path ends so from now on, after what earlier ones have changed.
func (p *simulation) rewrite(suffix string, change func(answer map[string]any)) {
	p.edit(suffix, simwire.Rewrite(change))
}

func (p *simulation) edit(suffix string, fault simwire.Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.edits = append(p.edits, edit{suffix, fault})
}

// rewriteOne changes an entry of the results, wherever it is listed or found.
func (p *simulation) rewriteOne(object, id string, change func(entry map[string]any)) {
	for _, suffix := range []string{"/" + object, "/" + object + "/search"} {
		p.rewrite(suffix, func(answer map[string]any) {
			for _, entry := range answer["results"].([]any) {
				if entry := entry.(map[string]any); entry["id"] == id {
					change(entry)
				}
			}
		})
	}
}

// show gives a record properties that no record of a world can have; they are pairs of a name and a value.
func (p *simulation) show(object, id string, properties ...any) {
	p.rewriteOne(object, id, func(entry map[string]any) {
		for i := 0; i < len(properties); i += 2 {
			entry["properties"].(map[string]any)[properties[i].(string)] = properties[i+1]
		}
	})
}

// answer gives answers of the test's own to calls whose path ends so; status 0 leaves one to the account.
func (p *simulation) answer(suffix string, own func(r *http.Request) (status int, body string)) {
	p.edit(suffix, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		status, body := own(r)
		if status == 0 {
			next.ServeHTTP(w, r)
			return
		}
		header := http.Header{}
		if !strings.HasPrefix(body, "{") {
			header.Set("Content-Type", "text/html")
		}
		simwire.Answer(status, header, body)(w, r, next)
	})
}

// before does something ahead of each answer, such as changing the account while it is being read.
func (p *simulation) before(suffix string, do func(r *http.Request)) {
	p.answer(suffix, func(r *http.Request) (int, string) {
		do(r)
		return 0, ""
	})
}

// refuse answers the first so many requests whose path ends so with a failure.
func (p *simulation) refuse(times int, suffix string, status int, body string, header ...string) {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	if !strings.HasPrefix(body, "{") {
		h.Set("Content-Type", "text/html")
	}
	p.faults.Add(simwire.Rule{Path: "*" + suffix, From: 1, To: times, Fault: simwire.Answer(status, h, body)})
}

// pageSize caps what a page of a kind holds.
func (p *simulation) pageSize(kind string, size int) { p.api.Spoil(kind, simwire.Listing{Size: size}) }

func (p *simulation) source(edits ...func(*config.Source)) *Source {
	p.t.Helper()
	s, _ := p.loggedSource(edits...)
	return s
}

func (p *simulation) loggedSource(edits ...func(*config.Source)) (*Source, *bytes.Buffer) {
	p.t.Helper()
	var log bytes.Buffer
	s, err := New("acme", testConfig(p.t, edits...), source.Environment{
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now:    p.now, Transport: p, Currency: "USD", UserAgent: "sales_exporter/test",
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return s, &log
}

// amount returns an edit of a deal.
func amount(text string) func(*crmsim.Deal) { return func(d *crmsim.Deal) { d.Amount = text } }

// stage returns an edit of a deal.
func stage(pipeline, id string) func(*crmsim.Deal) {
	return func(d *crmsim.Deal) { d.Pipeline, d.Stage = pipeline, id }
}

// dealIDs returns HubSpot's ids of deals.
func dealIDs(numbers ...int64) []string {
	var ids []string
	for _, n := range numbers {
		ids = append(ids, simulator.DealID(n))
	}
	return ids
}
