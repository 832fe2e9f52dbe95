package hubspot

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	simwire "github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// simulation is a simulated account, and what goes wrong there.
type simulation struct {
	t      testing.TB
	began  time.Time
	world  *crmsim.World
	api    *simulator.Handler
	faults *simwire.Script
}

// simulate runs a test in virtual time against a simulated account without deals.
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
	p.world.AddRep(crmsim.Rep{FirstName: "Ada", LastName: "Rep", Team: p.world.AddTeam("EMEA"), Active: true})
	options := simulator.Options{
		Tokens: []string{"pat-canary"}, Faults: p.faults,
		Limits: simulator.Limits{TenSecondly: -1, SearchSecondly: -1, Daily: -1},
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
	if inbound.Body == nil {
		inbound.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	w.Header().Set("Date", p.now().Format(http.TimeFormat))
	p.api.ServeHTTP(w, inbound)
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

// add makes open deals that are modified now.
func (p *simulation) add(n int) {
	for range n {
		p.world.AddDeal(crmsim.Deal{
			Name: "Canary GmbH renewal", Pipeline: "default", Stage: "appointment", Rep: 1, Amount: "1500.00",
			Close: p.now().AddDate(0, 4, 0), StageEntered: p.now(),
		})
	}
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

// calls counts the requests whose path ends so; "" counts all.
func (p *simulation) calls(suffix string) int { return p.api.Count("", "*"+suffix) }

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
