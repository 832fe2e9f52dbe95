package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
)

func TestEndpoints(t *testing.T) {
	t.Parallel()
	r := run(t, demoConfig)
	r.awaitServed("acme", "globex")
	r.await("it is ready", func() bool { return r.get(pathReady).status == http.StatusOK })
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{http.MethodGet, "/metrics", http.StatusOK},
		{http.MethodHead, "/metrics", http.StatusOK},
		{http.MethodPost, "/metrics", http.StatusMethodNotAllowed},
		{http.MethodGet, "/", http.StatusOK},
		{http.MethodGet, "/metrics/more", http.StatusNotFound},
		{http.MethodGet, "/nothing", http.StatusNotFound},
		{http.MethodGet, "/debug/pprof/", http.StatusNotFound},
		{http.MethodGet, pathHealthy, http.StatusOK},
		{http.MethodPost, pathHealthy, http.StatusMethodNotAllowed},
		{http.MethodGet, pathReload, http.StatusMethodNotAllowed},
		{http.MethodPut, pathReload, http.StatusMethodNotAllowed},
		{http.MethodPost, pathReload, http.StatusOK},
	} {
		if got := r.do(c.method, c.path); got.status != c.want {
			t.Errorf("%s %s: got %d, want %d", c.method, c.path, got.status, c.want)
		}
	}
	if allow := r.get(pathReload).header.Get("Allow"); allow != http.MethodPost {
		t.Errorf("a reload is allowed with %q", allow)
	}
}

func TestLandingPage(t *testing.T) {
	t.Parallel()
	// The third source cannot be reached: the page names it, and the others go on.
	r := run(t, demoConfig+fmt.Sprintf(`
  - {name: broken, hubspot: {token_file: %q, base_url: "http://127.0.0.1:1"}, interval: 10s}
`, secretFile(t)))
	r.awaitServed("acme", "globex")
	var got answer
	r.await("the page tells of all three", func() bool {
		got = r.get("/")
		return strings.Count(got.body, `<span class="state up">up</span>`) == 2 &&
			strings.Contains(got.body, `<span class="state failing">failing: server</span>`)
	})
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("got %d %q", got.status, got.header.Get("Content-Type"))
	}
	for _, want := range []string{
		`>acme</td><td data-label="Kind">demo</td>`, `>globex</td><td data-label="Kind">demo</td>`, `>broken</td><td data-label="Kind">hubspot</td>`,
		"s old</td>", "no complete sync yet", "Numbers as of ", `href="./metrics"`,
	} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page lacks %q:\n%s", want, got.body)
		}
	}
	if strings.Contains(got.body, secret) {
		t.Error("the page shows a secret")
	}
}

// TestRestart stops and starts over the same mirror while the CRM is down: what was complete is served at once.
func TestRestart(t *testing.T) {
	t.Parallel()
	crm := serve(t, "hubspot", stillWorld(3), time.Now)
	config := "windows: [all_time]\nsources:" + crm.yaml("acme", secretFile(t))
	first := run(t, config)
	first.awaitServed("acme")
	first.await("the sync is counted", func() bool { return first.get(pathReady).status == http.StatusOK })
	before := first.page()
	first.stop()

	crm.script.Add(wire.Rule{Fault: wire.Hang()})
	again := run(t, config, func(o *Options) { o.ConfigFile = first.file })
	if got := again.get(pathReady); got.status != http.StatusOK {
		t.Errorf("not ready after a restart: %d %s", got.status, got.body)
	}
	after := again.page()
	for _, metric := range []string{"sales_revenue_won_amount", "sales_pipeline_deals", "sales_deals_lost"} {
		same(t, metric, after.sum(metric), before.sum(metric))
	}
	const fresh = "sales_exporter_sync_last_success_timestamp_seconds"
	if got, want := after.sum(fresh), before.sum(fresh); got != want || want == 0 {
		t.Errorf("the numbers claim to be of %v, but are of %v", got, want)
	}
}

// TestRestartAfterCutSync cuts a first read in the middle: what it left behind is not served before it is complete.
func TestRestartAfterCutSync(t *testing.T) {
	t.Parallel()
	world := crmsim.Generate(crmsim.GenerateOptions{Seed: 4, Deals: 250, Still: true})
	crm := serve(t, "hubspot", world, time.Now)
	config := "windows: [all_time]\nsources:" + crm.yaml("acme", secretFile(t))
	secondPage := wire.Rule{Method: http.MethodGet, Path: "/crm/objects/*/deals", From: 2, To: 1000, Fault: wire.Hang()}
	crm.script.Add(secondPage)
	first := run(t, config)
	first.await("the second page is asked for", func() bool {
		return first.page().sum("sales_exporter_sync_records_total", "object", "deals", "op", "upsert") >= 100
	})
	first.stop()

	again := run(t, config, func(o *Options) { o.ConfigFile = first.file })
	if got := again.get(pathReady); got.status != http.StatusServiceUnavailable {
		t.Errorf("ready with half of the deals: %d", got.status)
	}
	if p := again.page(); hasDeals(p.business()) || p.sum("sales_exporter_mirror_records", "object", "deals") == 0 {
		t.Errorf("the mirror must hold half of the deals, and none may be served:\n%s", p.text)
	}
	again.stop()

	crm.script.Clear()
	last := run(t, config, func(o *Options) { o.ConfigFile = first.file })
	last.awaitServed("acme")
	same(t, "deals", last.page().sum("sales_exporter_mirror_records", "object", "deals"), float64(len(world.Truth())))
}

// TestHalfOpenConnections opens many sockets that send nothing, as a broken proxy does. Scrapes must get through.
func TestHalfOpenConnections(t *testing.T) {
	t.Parallel() // The stop waits for the sockets for a while.
	r := run(t, demoConfig)
	dialer := net.Dialer{}
	for range 200 {
		conn, err := dialer.DialContext(t.Context(), "tcp", r.app.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	for range 5 {
		if got := r.get("/metrics"); got.status != http.StatusOK {
			t.Errorf("scrape: %d", got.status)
		}
	}
	begin := time.Now()
	r.stop()
	if took := time.Since(begin); took > stopTimeout {
		t.Errorf("silent sockets delay the stop by %v", took)
	}
}

// TestTLSAndPassword serves under a web configuration.
func TestTLSAndPassword(t *testing.T) {
	t.Parallel()
	certificate, key := makeCertificate(t)
	dir := t.TempDir()
	for name, content := range map[string]string{
		"tls.crt": certificate, "tls.key": key,
		// The password is "hello", hashed at the lowest cost.
		"web.yaml": "tls_server_config: {cert_file: tls.crt, key_file: tls.key}\n" +
			"basic_auth_users: {prometheus: $2a$04$wNGnx6HGehhDu5fhlMlm6eN6q9WS2IQaZlkCbFNszwJKoU0uqm5kq}\n",
	} {
		writeFile(t, filepath.Join(dir, name), content)
	}
	r := run(t, demoConfig, func(o *Options) { o.WebConfigFile = filepath.Join(dir, "web.yaml") })
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(certificate))
	r.origin = strings.Replace(r.origin, "http:", "https:", 1)
	r.client.Transport = &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool}}
	for _, path := range []string{"/metrics", "/", pathReload} {
		if got := r.get(path); got.status != http.StatusUnauthorized {
			t.Errorf("%s without a password: %d", path, got.status)
		}
	}
	r.origin = strings.Replace(r.origin, "https://", "https://prometheus:wrong@", 1)
	if got := r.get("/metrics"); got.status != http.StatusUnauthorized {
		t.Errorf("with a wrong password: %d", got.status)
	}
	r.origin = strings.Replace(r.origin, "wrong", "hello", 1)
	r.awaitServed("acme", "globex")
}

// makeCertificate returns a certificate for 127.0.0.1 that signs itself, and its key.
func makeCertificate(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}))
}
