package pod

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
)

// canary is the token of the Secret hubspot.
const canary = "hubspot-canary"

// nowhere is a proxy that leads nowhere and remembers who wanted to go where.
type nowhere struct {
	mu     sync.Mutex
	wanted []string
}

func (n *nowhere) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.wanted = append(n.wanted, r.Method+" "+r.Host)
	http.Error(w, "this proxy leads nowhere", http.StatusBadGateway)
}

func (n *nowhere) first() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.wanted) == 0 {
		return ""
	}
	return n.wanted[0]
}

// TestOneSecretIsEnough: with nothing but the name of a Secret the exporter runs, asks HubSpot and, for want of an
// answer, serves its own state and no number about sales.
func TestOneSecretIsEnough(t *testing.T) {
	proxy := &nowhere{}
	server := httptest.NewServer(proxy)
	defer server.Close()
	r := newRelease(t, "--set=credentials.hubspot.existingSecret=hubspot")
	c := r.start(t, r.layout(t), "HTTPS_PROXY="+server.URL)

	if got := probe(t, c, r.container.LivenessProbe); got != http.StatusOK {
		t.Errorf("liveness: status %d", got)
	}
	if got := probe(t, c, r.container.StartupProbe); got != http.StatusOK {
		t.Errorf("startup: status %d", got)
	}
	if got := probe(t, c, r.container.ReadinessProbe); got != http.StatusServiceUnavailable {
		t.Errorf("readiness before the first numbers: status %d", got)
	}
	await(t, "the exporter reports that HubSpot does not answer", func() bool {
		return has(metrics(t, c), "sales_exporter_source_up", `source="hubspot"} 0`)
	})
	await(t, "the exporter asks somebody", func() bool { return proxy.first() != "" })
	if got := proxy.first(); got != "CONNECT api.hubapi.com:443" {
		t.Errorf("the first that the exporter asked for was %q", got)
	}
	samples := metrics(t, c)
	if !has(samples, "sales_exporter_build_info", "version=") {
		t.Error("sales_exporter_build_info is missing")
	}
	for _, sample := range samples {
		// sales_kpi_info describes KPIs and is no KPI.
		if strings.HasPrefix(sample, "sales_") && !strings.HasPrefix(sample, "sales_exporter_") &&
			!strings.HasPrefix(sample, "sales_kpi_info{") {
			t.Errorf("without any data there is %s", sample)
		}
	}
	if page := strings.Join(samples, "\n") + c.Log(); strings.Contains(page, canary) {
		t.Error("the token shows in /metrics or in the log")
	}
	if log := c.Log(); strings.Contains(log, "level=WARN") {
		t.Errorf("the exporter warns of what the chart gives it:\n%s", log)
	}
}

// TestNumbersOfAnAccount: as soon as the CRM has been read, its numbers are there and the pod is ready.
func TestNumbersOfAnAccount(t *testing.T) {
	world := crmsim.Generate(crmsim.GenerateOptions{Seed: 1, Deals: 300, Now: time.Now})
	server := httptest.NewServer(hubspot.NewHandler(world, hubspot.Options{Tokens: []string{canary}}))
	defer server.Close()
	r := newRelease(t, "--set=credentials.hubspot.existingSecret=hubspot", "--set=config.sources[0].name=acme",
		"--set=config.sources[0].hubspot.base_url="+server.URL,
		"--set=config.sources[0].hubspot.token_file=/etc/sales-exporter/credentials/hubspot/token")
	c := r.start(t, r.layout(t))

	await(t, "the pod is ready", func() bool { return probe(t, c, r.container.ReadinessProbe) == http.StatusOK })
	if !has(metrics(t, c), "sales_revenue_won_amount", `source="acme"`) {
		t.Error("sales_revenue_won_amount is missing")
	}
	if strings.Contains(c.Log(), canary) {
		t.Error("the token shows in the log")
	}
}

// TestDemo: a chart without any values shows numbers of two CRMs, and targets to compare them with.
func TestDemo(t *testing.T) {
	r := newRelease(t)
	c := r.start(t, r.layout(t))
	await(t, "both CRMs have numbers", func() bool {
		samples := metrics(t, c)
		return has(samples, "sales_revenue_won_amount", `source="demo-hubspot"`) &&
			has(samples, "sales_revenue_won_amount", `source="demo-salesforce"`)
	})
	if !has(metrics(t, c), "sales_target_attainment_ratio", "target=") {
		t.Error("no target is measured")
	}
	if got := probe(t, c, r.container.ReadinessProbe); got != http.StatusOK {
		t.Errorf("readiness: status %d", got)
	}
}

// TestReload: a configuration that changes in the cluster is in force soon, in the same process.
func TestReload(t *testing.T) {
	source := func(name string) []string {
		return []string{
			"--set=configReload.enabled=true", "--set=config.sources[0].name=" + name,
			"--set=config.sources[0].demo.crm=hubspot", "--set=config.sources[0].demo.deals=100",
		}
	}
	r := newRelease(t, source("before")...)
	l := r.layout(t)
	c := r.start(t, l)
	await(t, "the first configuration is in force", func() bool {
		return has(metrics(t, c), "sales_revenue_won_amount", `source="before"`)
	})
	if err := l.Update(newRelease(t, source("after")...).cluster); err != nil {
		t.Fatal(err)
	}
	await(t, "the changed configuration is in force", func() bool {
		return has(metrics(t, c), "sales_revenue_won_amount", `source="after"`)
	})
	if has(metrics(t, c), "sales_revenue_won_amount", `source="before"`) {
		t.Error("the source that is gone has numbers")
	}
}
