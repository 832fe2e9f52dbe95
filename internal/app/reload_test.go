package app

import (
	"fmt"
	"html"
	"math"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
)

// reload asks for a reload over HTTP.
func (r *running) reload(yaml string) answer {
	r.t.Helper()
	writeFile(r.t, r.file, yaml)
	return r.do(http.MethodPost, pathReload)
}

func (r *running) mustReload(yaml string) {
	r.t.Helper()
	if got := r.reload(yaml); got.status != http.StatusOK {
		r.t.Fatalf("reload: %d %s", got.status, got.body)
	}
}

// twoCRMs returns an account of each CRM and the entries of a configuration for them.
func twoCRMs(t *testing.T) (acme, globex *account, acmeYAML, globexYAML string) {
	t.Helper()
	acme, globex = serve(t, "hubspot", stillWorld(1), time.Now), serve(t, "salesforce", stillWorld(2), time.Now)
	key := secretFile(t)
	return acme, globex, acme.yaml("acme", key), globex.yaml("globex", key)
}

const (
	reloadHead    = "windows: [all_time]\nrollups: [[]]\n"
	reloadSuccess = "sales_exporter_config_last_reload_successful"
)

// revenueOf adds up the won amount of a source in cents, for floats add up differently under other labels.
func revenueOf(p scraped, source string) float64 {
	return math.Round(100 * p.sum("sales_revenue_won_amount", "source", source))
}

// TestReload changes what is shown. The mirror has all of it, so no deal is read again and no counter starts anew.
func TestReload(t *testing.T) {
	t.Parallel()
	acme, globex, a, g := twoCRMs(t)
	r := run(t, reloadHead+"dimensions: [rep, territory]\nsources:"+a+g)
	r.awaitServed("acme", "globex")
	before := r.page()
	acme.recorder.Forget()
	globex.recorder.Forget()

	r.mustReload(reloadHead + `
dimensions: [territory]
targets: [{name: revenue, kpi: revenue_won, value: 1000, every: year}]
sources:` + a + g)
	after := r.page() // At once, without waiting for a sync.
	if got, err := after.one("sales_target_value", "target", "revenue"); err != nil || got != 1000 {
		t.Errorf("the new target is %v, %v", got, err)
	}
	for _, source := range []string{"acme", "globex"} {
		same(t, "revenue of "+source, revenueOf(after, source), revenueOf(before, source))
		labels := after.matching("sales_revenue_won_amount", "source", source)[0].String()
		if strings.Contains(labels, `"rep"`) || !strings.Contains(labels, `"territory"`) {
			t.Errorf("the labels are still %s", labels)
		}
	}
	const upserts = "sales_exporter_sync_records_total"
	pairs := []string{"object", "deals", "op", "upsert"}
	if got, want := after.sum(upserts, pairs...), before.sum(upserts, pairs...); got < want || want == 0 {
		t.Errorf("a counter went from %v to %v", want, got)
	}
	if listed := acme.recorder.Count(http.MethodGet, "/crm/objects/*/deals"); listed > 0 {
		t.Errorf("%d pages of deals were read again", listed)
	}
	if hash := "sales_exporter_config_hash"; before.sum(hash) == after.sum(hash) {
		t.Error("the hash of the configuration is the same")
	}
	same(t, reloadSuccess, after.sum(reloadSuccess), 1)
}

// TestBadReload keeps everything as it is under a configuration that cannot be used, and says so.
func TestBadReload(t *testing.T) {
	t.Parallel()
	good := demoConfig
	r := run(t, good)
	r.awaitServed("acme", "globex")
	for name, c := range map[string]struct{ config, want string }{
		"bad value":   {strings.Replace(good, "[all_time]", "[someday]", 1), r.file + `:2:11: windows[0]: "someday"`},
		"not YAML":    {"sources: [", r.file + ":1:"},
		"no source":   {"currency: USD", "needs sources"},
		"missing key": {good + "rep_label: hash\nhash_key_file: nowhere\n", "nowhere"},
		"mirror":      {good + "mirror: {sqlite: {path: /proc/mirror.db}}\n", "/proc/mirror.db"},
	} {
		t.Run(name, func(t *testing.T) {
			before := r.page()
			got := r.reload(c.config)
			if got.status != http.StatusInternalServerError || !strings.Contains(got.body, c.want) {
				t.Fatalf("got %d %q, want %q in it", got.status, got.body, c.want)
			}
			if page := r.get("/").body; !strings.Contains(page, "could not be loaded") || !strings.Contains(page, html.EscapeString(c.want)) {
				t.Errorf("the landing page does not say %q:\n%s", c.want, page)
			}
			after := r.page()
			same(t, reloadSuccess, after.sum(reloadSuccess), 0)
			for _, metric := range []string{
				"sales_revenue_won_amount", "sales_exporter_config_hash",
				"sales_exporter_config_last_reload_success_timestamp_seconds",
			} {
				same(t, metric, after.sum(metric), before.sum(metric))
			}
		})
	}
	r.awaitSync("acme")
	r.mustReload(good)
	same(t, reloadSuccess, r.page().sum(reloadSuccess), 1)
	if page := r.get("/").body; strings.Contains(page, "could not be loaded") {
		t.Errorf("the landing page still says that the configuration could not be loaded:\n%s", page)
	}
}

// awaitSync waits until a sync of a source has begun and ended.
func (r *running) awaitSync(source string) {
	r.t.Helper()
	const at = "sales_exporter_sync_last_success_timestamp_seconds"
	began := float64(time.Now().UnixMilli()) / 1000
	r.await("a sync of "+source, func() bool { return r.page().sum(at, "source", source) > began })
}

// TestReloadTriggers reloads by the signal and by a changed file.
func TestReloadTriggers(t *testing.T) {
	t.Parallel()
	signal := make(chan struct{})
	r := run(t, demoConfig, func(o *Options) { o.ReloadSignal, o.WatchInterval = signal, 10*time.Millisecond })
	r.awaitServed("acme", "globex")
	hasTarget := func(name string) func() bool {
		return func() bool { return len(r.page().matching("sales_target_value", "target", name)) > 0 }
	}
	withTarget := func(name string) string {
		return demoConfig + fmt.Sprintf("targets: [{name: %s, kpi: deals_won, value: 5, every: year}]\n", name)
	}
	writeFile(t, r.file, withTarget("by_file"))
	r.await("the changed file is in force", hasTarget("by_file"))

	writeFile(t, r.file, "sources: [")
	r.await("the broken file is noticed", func() bool { return r.page().sum(reloadSuccess) == 0 })
	refused := strings.Count(r.log.String(), "Reload failed")
	r.awaitSync("acme") // Time for the watcher to look at it again and again.
	if again := strings.Count(r.log.String(), "Reload failed"); again != refused {
		t.Errorf("an unchanged broken file was tried %d times", again)
	}
	writeFile(t, r.file, withTarget("repaired"))
	r.await("the repaired file is in force", hasTarget("repaired"))

	loaded := r.page().sum("sales_exporter_config_last_reload_success_timestamp_seconds")
	signal <- struct{}{}
	r.await("the signal has reloaded", func() bool {
		return r.page().sum("sales_exporter_config_last_reload_success_timestamp_seconds") > loaded
	})
	close(signal) // A closed channel asks for nothing.
	if got := r.reload(withTarget("by_request")); got.status != http.StatusOK {
		t.Errorf("reload after the channel was closed: %d", got.status)
	}
}

// TestChangeDuringReload changes the file after a reload has read it, as an editor does that writes in two steps.
func TestChangeDuringReload(t *testing.T) {
	t.Parallel()
	quiet := strings.ReplaceAll(demoConfig, "interval: 1s", "interval: 1h")
	target := func(value int) string {
		return quiet + fmt.Sprintf("targets: [{name: wins, kpi: deals_won, value: %d, every: year}]\n", value)
	}
	var r *running
	var armed atomic.Bool
	r = run(t, quiet, func(o *Options) {
		o.WatchInterval = 10 * time.Millisecond
		o.Now = func() time.Time { // Is asked in the middle of a reload.
			if armed.CompareAndSwap(true, false) {
				writeFile(t, r.file, target(2))
			}
			return time.Now()
		}
	})
	r.awaitServed("acme", "globex")
	armed.Store(true)
	writeFile(t, r.file, target(1))
	r.await("the later change is in force", func() bool {
		return r.page().sum("sales_target_value", "target", "wins") == 2
	})
}

// TestTargetsFileIsWatched changes a file that the configuration names.
func TestTargetsFileIsWatched(t *testing.T) {
	t.Parallel()
	targets := t.TempDir() + "/targets.csv"
	writeFile(t, targets, "name,kpi,value,period\nyear,revenue_won,1000,2026\n")
	r := run(t, demoConfig+fmt.Sprintf("targets_files: [%q]\n", targets),
		func(o *Options) { o.WatchInterval = 10 * time.Millisecond })
	r.awaitServed("acme", "globex")
	writeFile(t, targets, "name,kpi,value,period\nyear,revenue_won,2000,2026\n")
	r.await("the new target", func() bool { return r.page().sum("sales_target_value", "target", "year") == 2000 })
	if err := os.Remove(targets); err != nil {
		t.Fatal(err)
	}
	r.await("its loss is noticed", func() bool { return r.page().sum(reloadSuccess) == 0 })
	same(t, "target", r.page().sum("sales_target_value", "target", "year"), 2000)
}

// TestReloadRemovesSource takes one of two sources out: its series go, the other's stay as they are.
func TestReloadRemovesSource(t *testing.T) {
	t.Parallel()
	_, _, a, g := twoCRMs(t)
	r := run(t, reloadHead+"sources:"+a+g)
	r.awaitServed("acme", "globex")
	r.await("both are counted", func() bool { return r.page().sum("sales_exporter_source_up") == 2 })
	before := r.page()
	r.mustReload(reloadHead + "sources:" + a)
	after := r.page()
	for line := range strings.Lines(after.text) {
		if strings.Contains(line, `source="globex"`) {
			t.Errorf("a series of the source that is gone: %s", line)
		}
	}
	for _, metric := range []string{"sales_revenue_won_amount", "sales_pipeline_deals", "sales_exporter_mirror_records"} {
		same(t, metric, after.sum(metric, "source", "acme"), before.sum(metric, "source", "acme"))
	}
	// Back again: it never left the mirror.
	r.mustReload(reloadHead + "sources:" + a + g)
	same(t, "revenue after the source came back", revenueOf(r.page(), "globex"), revenueOf(before, "globex"))
}

// TestReloadChangesMapping maps a dimension from another property: what was read under the old mapping is served until
// all of it is read again.
func TestReloadChangesMapping(t *testing.T) {
	t.Parallel()
	acme, _, a, g := twoCRMs(t)
	r := run(t, reloadHead+"dimensions: [territory]\nsources:"+a+g)
	r.awaitServed("acme", "globex")
	before := r.page()
	release := make(chan struct{})
	acme.script.Add(wire.Rule{Fault: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		select {
		case <-release:
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}})
	r.mustReload(reloadHead + "dimensions: [territory]\nsources:" +
		strings.Replace(a, "property: region", "property: product", 1) + g)
	between := r.page()
	same(t, "revenue while it is read anew", revenueOf(between, "acme"), revenueOf(before, "acme"))
	same(t, "revenue of the other source", revenueOf(between, "globex"), revenueOf(before, "globex"))
	if len(between.matching("sales_revenue_won_amount", "source", "acme", "territory", "emea")) == 0 {
		t.Error("the values of the old mapping are gone while it is read anew")
	}
	close(release)
	r.await("the new mapping", func() bool {
		return len(r.page().matching("sales_revenue_won_amount", "source", "acme", "territory", "platform")) > 0
	})
	after := r.page()
	same(t, "revenue", revenueOf(after, "acme"), revenueOf(before, "acme"))
	for territory, want := range map[string]bool{"emea": false, "platform": true} {
		found := len(after.matching("sales_revenue_won_amount", "source", "acme", "territory", territory)) > 0
		if found != want {
			t.Errorf("territory %q is there: %v", territory, found)
		}
	}
}

// TestReloadMovesMirror changes the file of the mirror: the old one is let go of, the new one is filled.
func TestReloadMovesMirror(t *testing.T) {
	t.Parallel()
	r := run(t, demoConfig)
	r.awaitServed("acme", "globex")
	r.mustReload(demoConfig + "mirror: {sqlite: {path: other/mirror.db}}\n")
	if p := r.page(); hasDeals(p.business()) {
		t.Error("numbers from a mirror that is empty")
	}
	openMirror(t, Options{ConfigFile: r.file})
	r.awaitServed("acme", "globex")
}

// TestReloadsAtOnce asks for many reloads at the same time and stops in the middle of them.
func TestReloadsAtOnce(t *testing.T) {
	for range 5 {
		r := run(t, demoConfig)
		var requests sync.WaitGroup
		answers := make(chan int, 20)
		for range cap(answers) {
			requests.Go(func() {
				got, err := r.try(http.MethodPost, pathReload)
				if err != nil {
					got.status = 0 // Cut off by the stop.
				}
				answers <- got.status
			})
		}
		first := <-answers
		begin := time.Now()
		r.stop()
		if took := time.Since(begin); took > drainTimeout {
			t.Errorf("requests that wait for a reload delay the stop by %v", took)
		}
		requests.Wait()
		close(answers)
		if first != http.StatusOK {
			t.Errorf("the first reload: %d", first)
		}
		for status := range answers {
			if status != http.StatusOK && status != http.StatusServiceUnavailable &&
				status != http.StatusInternalServerError && status != 0 {
				t.Errorf("a reload was answered with %d", status)
			}
		}
	}
}
