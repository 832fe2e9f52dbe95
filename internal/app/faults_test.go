package app

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simhubspot "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	simsalesforce "github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
)

// fault is something that can go wrong on the vendor's side, and the reason that the exporter must give for it.
type fault struct {
	name   string
	fault  wire.Fault
	reason string
}

func faultsOf(kind string) []fault {
	faults := []fault{
		{"500 with HTML", wire.HTML(http.StatusInternalServerError), "server"},
		{"502 with HTML", wire.HTML(http.StatusBadGateway), "server"},
		{"200 with HTML", wire.HTML(http.StatusOK), "decode"},
		{"truncated JSON", wire.Cut(20), "decode"},
		{"JSON on a cut connection", wire.Truncate(20), "decode"},
		{"a redirect", wire.Redirect("http://127.0.0.1:1/elsewhere"), "client"},
		{"an endless body", wire.Endless(), "decode"},
		{"a reset connection", wire.Reset(), "server"},
		{"nothing at all", wire.Hang(), "timeout"},
	}
	if kind == "hubspot" {
		return append(faults, []fault{
			{"401", simhubspot.Unauthorized("INVALID_AUTHENTICATION"), "auth"},
			{"530", simhubspot.Unreadable(), "auth"},
			{"403 without the scope", simhubspot.ScopeMissing("crm.objects.deals.read", false), "scope"},
			{"403 without the scope, flat", simhubspot.ScopeMissing("crm.objects.deals.read", true), "scope"},
			{"429 of ten seconds", simhubspot.TenSecondlyLimited(), "rate_limited"},
			{"429 of search", simhubspot.SearchLimited(), "rate_limited"},
			{"429 of the day", simhubspot.DailyLimited(), "quota"},
		}...)
	}
	refuse := func(status int, code, message string) wire.Fault {
		return wire.Answer(status, http.Header{"Content-Type": {"application/json"}},
			`[{"message":"`+message+`","errorCode":"`+code+`"}]`)
	}
	return append(faults, []fault{
		{"401", refuse(401, "INVALID_SESSION_ID", "Session expired or invalid"), "auth"},
		{"403 without access", refuse(403, "INSUFFICIENT_ACCESS", "no"), "scope"},
		{"403 of the day", refuse(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), "quota"},
		{"403 of too many at once", refuse(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."), "rate_limited"},
	}...)
}

// inMemory puts a world behind a vendor's API on a network without sockets.
func inMemory(kind string, world *crmsim.World) (*account, http.RoundTripper) {
	a := &account{kind: kind, world: world, script: wire.NewScript(), recorder: wire.NewRecorder(time.Now)}
	var handler http.Handler = simsalesforce.NewHandler(world, simsalesforce.Options{Clients: map[string]string{"key": secret}})
	if kind == "hubspot" {
		handler = simhubspot.NewHandler(world, simhubspot.Options{Tokens: []string{secret}})
	}
	host := hostOf(kind)
	a.server = &httptest.Server{URL: "http://" + host}
	handler = a.recorder.Wrap(a.script.Wrap(handler))
	return a, &memoryNetwork{hosts: map[string]http.Handler{host: handler}}
}

// TestFaults lets the vendor fail in each way in the middle of normal life. The last good numbers must stay, the page
// must say that they are old and why, and the next good sync must bring the news.
func TestFaults(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		for _, f := range faultsOf(kind) {
			t.Run(kind+"/"+f.name, func(t *testing.T) {
				file := secretFile(t)
				synctest.Test(t, func(t *testing.T) { failAndRecover(t, kind, f, file) })
			})
		}
	}
}

func failAndRecover(t *testing.T, kind string, f fault, secretFile string) {
	world := crmsim.Generate(crmsim.GenerateOptions{Seed: 11, Deals: 150, Now: time.Now})
	a, network := inMemory(kind, world)
	h := newHarness(t, changesConfig+a.yaml("crm", secretFile), func(o *Options) { o.Transport = network })
	h.mustSync()
	h.expect("the first sync", world, time.Now())
	good := booksOf(h.page())

	if err := world.Win(openDeals(t, world, 1)[0]); err != nil {
		t.Fatal(err)
	}
	// Every data call fails; the token of Salesforce is still at hand.
	a.script.Add(wire.Rule{Path: "*/crm/*", Fault: f.fault}, wire.Rule{Path: "*/data/*", Fault: f.fault})
	time.Sleep(time.Minute)
	if err := h.sync(); err == nil {
		t.Fatal("the sync succeeded")
	}
	p := h.page()
	if diff := cmp.Diff(good, booksOf(p)); diff != "" {
		t.Errorf("the last good numbers changed:\n%s", diff)
	}
	if up, err := p.one("sales_exporter_source_up"); err != nil || up != 0 {
		t.Errorf("source_up is %v, %v", up, err)
	}
	for _, m := range p.families["sales_exporter_sync_errors_total"].GetMetric() {
		want := 0.0
		for _, l := range m.GetLabel() {
			if l.GetValue() == f.reason {
				want = 1
			}
		}
		if got := m.GetCounter().GetValue(); got != want {
			t.Errorf("%v is %v, want %v", m.GetLabel(), got, want)
		}
	}
	h.checkNoSecret()

	a.script.Clear()
	time.Sleep(25 * time.Hour) // Longer than any wait the vendor asked for.
	h.mustSync()
	h.expect("the recovery", world, time.Now())
	if up, err := h.page().one("sales_exporter_source_up"); err != nil || up != 1 {
		t.Errorf("source_up is %v, %v", up, err)
	}
	h.checkNoSecret()
	h.close()
}

// checkNoSecret looks for the credential in everything that the exporter shows, in the spellings it could leak in.
func (h *harness) checkNoSecret() {
	h.t.Helper()
	recorder := httptest.NewRecorder()
	landing, err := newLandingPage(h.app)
	if err != nil {
		h.t.Fatal(err)
	}
	landing.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/", nil))
	for _, spelling := range []string{
		secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)), secret[:12],
	} {
		for where, text := range map[string]string{
			"log": h.log.String(), "metrics page": h.page().text, "landing page": recorder.Body.String(),
		} {
			if strings.Contains(text, spelling) {
				h.t.Errorf("the %s holds the credential:\n%s", where, text)
			}
		}
	}
}

// TestFaultInTheMiddle breaks the connection at every page of a sync in turn: nothing partial may ever show, and
// nothing may be lost or doubled in the end.
func TestFaultInTheMiddle(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		t.Run(kind, func(t *testing.T) {
			file := secretFile(t)
			synctest.Test(t, func(t *testing.T) {
				world := crmsim.Generate(crmsim.GenerateOptions{Seed: 5, Deals: 450, Now: time.Now})
				a, network := inMemory(kind, world)
				h := newHarness(t, changesConfig+a.yaml("crm", file), func(o *Options) { o.Transport = network })
				for call := 1; ; call++ {
					a.script.Clear()
					a.script.Add(wire.Rule{Path: "*", From: call, To: call + 10_000, Fault: wire.HTML(http.StatusServiceUnavailable)})
					if h.sync() == nil {
						break
					}
					if n := len(booksOf(h.page()).Won); n > 0 {
						t.Fatalf("a first sync that broke at call %d shows numbers of %d reps", call, n)
					}
					if call > 50 {
						t.Fatal("the sync never gets through")
					}
				}
				h.expect("a sync that broke at every call", world, time.Now())
				h.close()
			})
		})
	}
}
