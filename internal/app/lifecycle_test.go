package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlite"
)

// demoConfig has two simulated accounts, one of each CRM.
const demoConfig = `
windows: [all_time]
rollups: [[]]
dimensions: [team]
sources:
  - {name: acme, demo: {crm: hubspot, seed: 1, deals: 50}, interval: 1s}
  - {name: globex, demo: {crm: salesforce, seed: 2, deals: 50}, interval: 1s}
`

// safeBuffer is a log that can be read while it is written.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// running is an exporter that serves on a port of its own and syncs on its schedule.
type running struct {
	t      *testing.T
	app    *App
	client *http.Client
	origin string
	file   string
	log    *safeBuffer
	cancel context.CancelFunc
	ended  chan error
}

// optionsFor returns options for a configuration that stands in a folder of the test.
func optionsFor(t *testing.T, yaml string) (Options, *safeBuffer) {
	t.Helper()
	file, log := filepath.Join(t.TempDir(), "config.yaml"), &safeBuffer{}
	writeFile(t, file, yaml)
	return Options{
		ConfigFile: file, ListenAddresses: []string{"127.0.0.1:0"}, WatchInterval: -1,
		Logger: slog.New(slog.NewTextHandler(log, nil)),
	}, log
}

// run starts an exporter, which the test's end stops.
func run(t *testing.T, yaml string, adjust ...func(*Options)) *running {
	t.Helper()
	options, log := optionsFor(t, yaml)
	for _, f := range adjust {
		f(&options)
	}
	a, err := New(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	transport := &http.Transport{DisableKeepAlives: true}
	r := &running{
		t: t, app: a, log: log, file: options.ConfigFile, cancel: cancel, ended: make(chan error, 1),
		client: &http.Client{Transport: transport, Timeout: time.Minute}, origin: "http://" + a.Addr(),
	}
	go func() { r.ended <- a.Run(ctx) }()
	t.Cleanup(func() { r.stop() })
	return r
}

// stop ends the exporter as SIGTERM does, once.
func (r *running) stop() {
	r.t.Helper()
	r.cancel()
	select {
	case err := <-r.ended:
		if err != nil {
			r.t.Errorf("run: %v", err)
		}
		r.ended <- nil // For the next stop.
	case <-time.After(2 * stopTimeout):
		r.t.Fatal("the exporter does not stop")
	}
}

// answer is what a request got.
type answer struct {
	status int
	header http.Header
	body   string
}

func (r *running) do(method, path string) answer {
	r.t.Helper()
	got, err := r.try(method, path)
	if err != nil {
		r.t.Fatal(err)
	}
	return got
}

func (r *running) try(method, path string) (answer, error) {
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.origin+path, nil)
	if err != nil {
		return answer{}, err
	}
	response, err := r.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(body)}, errors.Join(err, response.Body.Close())
}

func (r *running) get(path string) answer {
	r.t.Helper()
	return r.do(http.MethodGet, path)
}

func (r *running) page() scraped {
	r.t.Helper()
	got := r.get("/metrics")
	if got.status != http.StatusOK {
		r.t.Fatalf("scrape: %d %s", got.status, got.body)
	}
	return parsePage(r.t, got.body)
}

// await waits until something is so.
func (r *running) await(what string, is func() bool) {
	r.t.Helper()
	deadline := time.After(30 * time.Second)
	for !is() {
		select {
		case <-deadline:
			r.t.Fatalf("waited in vain until %s; log:\n%s", what, r.log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// awaitServed waits for numbers of the sources.
func (r *running) awaitServed(sources ...string) {
	r.t.Helper()
	r.await("numbers of "+strings.Join(sources, " and ")+" are served", func() bool {
		p := r.page()
		for _, source := range sources {
			if len(p.matching("sales_revenue_won_amount", "source", source)) == 0 {
				return false
			}
		}
		return true
	})
}

func TestRun(t *testing.T) {
	r := run(t, demoConfig)
	r.awaitServed("acme", "globex")
	p := r.page()
	for _, source := range []string{"acme", "globex"} {
		if revenue := p.sum("sales_revenue_won_amount", "source", source); revenue <= 0 {
			t.Errorf("%s has revenue %v", source, revenue)
		}
		r.await(source+" is up", func() bool {
			up, err := r.page().one("sales_exporter_source_up", "source", source)
			return err == nil && up == 1
		})
	}
	r.stop()
	if _, err := r.try(http.MethodGet, "/metrics"); err == nil {
		t.Error("it still answers after its end")
	}
	if strings.Contains(r.log.String(), "level=ERROR") {
		t.Errorf("the log has errors:\n%s", r.log)
	}
}

// TestReady lets the CRM answer late: alive at once, ready only with numbers.
func TestReady(t *testing.T) {
	crm := serve(t, "hubspot", stillWorld(1), time.Now)
	release := make(chan struct{})
	crm.script.Add(wire.Rule{Fault: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		select {
		case <-release:
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}})
	r := run(t, "windows: [all_time]\nsources:"+crm.yaml("acme", secretFile(t)))
	if got := r.get("/-/healthy"); got.status != http.StatusOK {
		t.Errorf("healthy: %d", got.status)
	}
	if got := r.get("/-/ready"); got.status != http.StatusServiceUnavailable {
		t.Errorf("ready before the first sync: %d", got.status)
	}
	if numbers := r.page().business(); hasDeals(numbers) {
		t.Errorf("numbers before the first sync: %q", numbers)
	}
	if got := r.get("/"); !strings.Contains(got.body, "waiting for the first sync") {
		t.Errorf("the landing page does not say that it waits:\n%s", got.body)
	}
	close(release)
	r.awaitServed("acme")
	r.await("it is ready", func() bool { return r.get("/-/ready").status == http.StatusOK })
}

// TestStopsInTheMiddleOfASync has the CRM hang, which the stop must not wait for.
func TestStopsInTheMiddleOfASync(t *testing.T) {
	crm := serve(t, "salesforce", stillWorld(1), time.Now)
	crm.script.Add(wire.Rule{Path: "*query*", Fault: wire.Hang()})
	secret := secretFile(t)
	leaks := goleak.IgnoreCurrent()
	r := run(t, "sources:"+crm.yaml("globex", secret))
	r.await("the CRM is asked", func() bool { return crm.recorder.Count("", "*token") > 0 })
	begin := time.Now()
	r.stop()
	if took := time.Since(begin); took > stopTimeout {
		t.Errorf("the stop took %v", took)
	}
	if strings.Contains(r.log.String(), "level=ERROR") {
		t.Errorf("a stop is no error:\n%s", r.log)
	}
	crm.server.CloseClientConnections()
	crm.server.Close()
	goleak.VerifyNone(t, leaks)
}

func TestCloseWithoutRun(t *testing.T) {
	leaks := goleak.IgnoreCurrent()
	options, _ := optionsFor(t, demoConfig)
	a, err := New(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	address := a.Addr()
	for range 2 { // The second does nothing.
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	dialer := net.Dialer{}
	if conn, err := dialer.DialContext(t.Context(), "tcp", address); err == nil {
		t.Error("it still listens", conn.Close())
	}
	openMirror(t, options)
	goleak.VerifyNone(t, leaks)
}

// openMirror proves that nobody holds the mirror of a configuration any more.
func openMirror(t *testing.T, options Options) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(filepath.Dir(options.ConfigFile), "data", "mirror.db"),
		mirror.Options{Kinds: crm.Kinds()})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

func TestMirrorHasOneOwner(t *testing.T) {
	options, _ := optionsFor(t, demoConfig)
	a, err := New(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(t.Context(), options)
	if !errors.Is(err, sqlite.ErrInUse) || !strings.Contains(err.Error(), "mirror.db") {
		t.Errorf("a second exporter on the same mirror: %v", err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if a, err = New(t.Context(), options); err != nil {
		t.Fatalf("after the first has gone: %v", err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

func TestTakenPort(t *testing.T) {
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	leaks := goleak.IgnoreCurrent()
	options, _ := optionsFor(t, demoConfig)
	// The first address is free: its listener must not stay open either.
	options.ListenAddresses = []string{"127.0.0.1:0", taken.Addr().String()}
	if _, err := New(t.Context(), options); err == nil || !strings.Contains(err.Error(), taken.Addr().String()) {
		t.Errorf("got error %v, want one that names %s", err, taken.Addr())
	}
	openMirror(t, options)
	goleak.VerifyNone(t, leaks)
}

func TestOptions(t *testing.T) {
	good, _ := optionsFor(t, demoConfig)
	for name, c := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"no file":         {func(o *Options) { o.ConfigFile = "" }, "no configuration file"},
		"no logger":       {func(o *Options) { o.Logger = nil }, "no logger"},
		"relative path":   {func(o *Options) { o.TelemetryPath = "metrics" }, `telemetry path "metrics"`},
		"landing page":    {func(o *Options) { o.TelemetryPath = "/" }, `telemetry path "/"`},
		"reserved path":   {func(o *Options) { o.TelemetryPath = pathReady }, `telemetry path "/-/ready"`},
		"pattern":         {func(o *Options) { o.TelemetryPath = "/{path}" }, `telemetry path "/{path}"`},
		"half a pattern":  {func(o *Options) { o.TelemetryPath = "/{" }, `telemetry path "/{"`},
		"trailing slash":  {func(o *Options) { o.TelemetryPath = "/metrics/" }, `telemetry path "/metrics/"`},
		"space":           {func(o *Options) { o.TelemetryPath = "/a b" }, `telemetry path "/a b"`},
		"missing file":    {func(o *Options) { o.ConfigFile += ".gone" }, "no such file"},
		"no web config":   {func(o *Options) { o.WebConfigFile = o.ConfigFile + ".gone" }, "load web configuration"},
		"broken web":      {func(o *Options) { o.WebConfigFile = o.ConfigFile }, "load web configuration"},
		"not an address":  {func(o *Options) { o.ListenAddresses = []string{"nowhere"} }, "listen on nowhere"},
		"not a file":      {func(o *Options) { o.ConfigFile = filepath.Dir(o.ConfigFile) }, "load configuration"},
		"only a port":     {func(o *Options) { o.ListenAddresses = []string{"10602"} }, "; write :10602"},
		"no such address": {func(o *Options) { o.ListenAddresses = []string{"256.0.0.1:1"} }, "listen on"},
	} {
		t.Run(name, func(t *testing.T) {
			options := good
			c.change(&options)
			a, err := New(t.Context(), options)
			if err == nil {
				t.Fatalf("accepted; closing says %v", a.Close())
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
	openMirror(t, good)
}

// stillWorld is a small account in which nothing happens by itself.
func stillWorld(seed uint64) *crmsim.World {
	return crmsim.Generate(crmsim.GenerateOptions{Seed: seed, Deals: 60, Still: true})
}

// hasDeals reports whether there is a number about deals among the lines of a page.
func hasDeals(lines []string) bool {
	for _, line := range lines {
		if strings.HasPrefix(line, "sales_deals_") || strings.HasPrefix(line, "sales_revenue_") {
			return true
		}
	}
	return false
}
