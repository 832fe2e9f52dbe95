package app

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // The tests name zones, wherever they run.

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.uber.org/goleak"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simhubspot "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	simsalesforce "github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
)

func TestMain(m *testing.M) {
	if configFile := os.Getenv(killConfig); configFile != "" {
		os.Exit(exporterToKill(configFile))
	}
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

// secret is the credential of every simulated account. It must never show in anything that the exporter prints.
const secret = "canary-5ecret-value"

// testClock is real time that a test can push forward.
type testClock struct {
	mu     sync.Mutex
	offset time.Duration
}

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *testClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// account is a simulated CRM account that a test looks into.
type account struct {
	kind     string
	world    *crmsim.World
	script   *wire.Script
	recorder *wire.Recorder
	server   *httptest.Server
}

// serve puts a world behind a vendor's API.
func serve(
	t *testing.T, kind string, world *crmsim.World, now func() time.Time, adjust ...func(*simhubspot.Options),
) *account {
	t.Helper()
	a := &account{kind: kind, world: world, script: wire.NewScript(), recorder: wire.NewRecorder(now)}
	var handler http.Handler
	if kind == "hubspot" {
		options := simhubspot.Options{
			Tokens: []string{secret}, Limits: simhubspot.Limits{TenSecondly: 1 << 20, SearchSecondly: 1 << 20},
		}
		for _, f := range adjust {
			f(&options)
		}
		handler = simhubspot.NewHandler(world, options)
	} else {
		handler = simsalesforce.NewHandler(world, simsalesforce.Options{Clients: map[string]string{"key": secret}})
	}
	handler = a.recorder.Wrap(a.script.Wrap(handler))
	a.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", now().UTC().Format(http.TimeFormat))
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		a.server.CloseClientConnections() // A test may have left a call hanging.
		a.server.Close()
	})
	return a
}

// yaml is the account's entry in a configuration.
func (a *account) yaml(name, secretFile string) string {
	connect := fmt.Sprintf("hubspot: {token_file: %q, base_url: %s}", secretFile, a.server.URL)
	territory := "region"
	if a.kind == "salesforce" {
		connect = fmt.Sprintf("salesforce: {instance_url: %s, client_credentials: {client_id: key, client_secret_file: %q}}",
			a.server.URL, secretFile)
		territory = "Region__c"
	}
	return fmt.Sprintf(`
  - name: %s
    %s
    interval: 10s
    full_sync_interval: 1h
    api_budget: {daily_share: 1, requests_per_second: 1000}
    map: {territory: {property: %s}}
`, name, connect, territory)
}

// harness is an exporter whose syncs a test starts by hand.
type harness struct {
	t    *testing.T
	app  *App
	log  *bytes.Buffer
	dir  string
	file string
}

// newHarness sets up an exporter over a configuration, without web and without schedule.
func newHarness(t *testing.T, yaml string, adjust ...func(*Options)) *harness {
	t.Helper()
	h := &harness{t: t, dir: t.TempDir(), log: &bytes.Buffer{}}
	h.file = filepath.Join(h.dir, "config.yaml")
	h.open(yaml, adjust...)
	return h
}

// open starts an exporter in the harness's folder; after close, it is a restart.
func (h *harness) open(yaml string, adjust ...func(*Options)) {
	h.t.Helper()
	writeFile(h.t, h.file, yaml)
	options := Options{
		ConfigFile:      h.file,
		Logger:          slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		ListenAddresses: []string{"127.0.0.1:0"},
	}
	for _, f := range adjust {
		f(&options)
	}
	options, err := options.withDefaults()
	if err != nil {
		h.t.Fatal(err)
	}
	h.app = &App{options: options, reloads: make(chan chan error)}
	h.app.cleanups.logger = options.Logger
	h.t.Cleanup(h.close)
	if err := h.app.setup(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *harness) close() {
	if err := h.app.Close(); err != nil {
		h.t.Error(err)
	}
}

// secretFile writes the accounts' credential into the harness's folder.
func secretFile(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	writeFile(t, name, secret+"\n")
	return name
}

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// sync syncs every source once, as its schedule would, and returns what failed.
func (h *harness) sync() error {
	h.t.Helper()
	return h.app.syncAll(h.t.Context())
}

// mustSync syncs and demands success.
func (h *harness) mustSync() {
	h.t.Helper()
	if err := h.sync(); err != nil {
		h.t.Fatal(err)
	}
}

// page scrapes.
func (h *harness) page() scraped {
	h.t.Helper()
	var text bytes.Buffer
	if err := h.app.page.WriteText(&text, h.app.exporter.Registry()); err != nil {
		h.t.Fatal(err)
	}
	return parsePage(h.t, text.String())
}

// scraped is a scraped page.
type scraped struct {
	text     string
	families map[string]*dto.MetricFamily
}

func parsePage(t *testing.T, text string) scraped {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return scraped{text: text, families: families}
}

// matching returns the samples of a metric whose labels include all of the pairs.
func (p scraped) matching(name string, pairs ...string) []*dto.Metric {
	var out []*dto.Metric
	for _, m := range p.families[name].GetMetric() {
		fits := true
		for i := 0; i < len(pairs); i += 2 {
			fits = fits && slices.ContainsFunc(m.GetLabel(), func(l *dto.LabelPair) bool {
				return l.GetName() == pairs[i] && l.GetValue() == pairs[i+1]
			})
		}
		if fits {
			out = append(out, m)
		}
	}
	return out
}

// sum adds up the samples of a gauge or counter whose labels include the pairs.
func (p scraped) sum(name string, pairs ...string) float64 {
	total := 0.0
	for _, m := range p.matching(name, pairs...) {
		total += m.GetGauge().GetValue() + m.GetCounter().GetValue()
	}
	return total
}

var errAmbiguous = errors.New("not exactly one sample")

// one returns the only sample of a gauge whose labels include the pairs.
func (p scraped) one(name string, pairs ...string) (float64, error) {
	found := p.matching(name, pairs...)
	if len(found) != 1 {
		return 0, fmt.Errorf("%s %q: %w but %d", name, pairs, errAmbiguous, len(found))
	}
	return found[0].GetGauge().GetValue() + found[0].GetCounter().GetValue(), nil
}

// business returns the KPI lines of the page: what must not change when nothing in the CRM did.
func (p scraped) business() []string {
	var out []string
	for line := range strings.Lines(p.text) {
		if strings.HasPrefix(line, "sales_") && !strings.HasPrefix(line, "sales_exporter_") {
			out = append(out, line)
		}
	}
	return out
}
