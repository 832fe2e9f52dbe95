package app

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const lastConfig = `
windows: [all_time, month_to_date, previous_year_to_date, trailing_30d]
rollups: [[]]
dimensions: [team]
sources:
  - {name: acme, demo: {crm: hubspot, seed: 1, deals: 50}, interval: 1s}
  - {name: globex, demo: {crm: salesforce, seed: 2, deals: 50}, interval: 1s}
`

// stopped runs an exporter until it has numbers, stops it and returns its last page.
func stopped(t *testing.T) (page scraped, config, kept string) {
	t.Helper()
	r := run(t, lastConfig, at(midMonth()))
	r.awaitServed("acme", "globex")
	r.await("both are up", func() bool { return r.page().sum("sales_exporter_source_up") == 2 })
	page = r.page()
	r.stop()
	return page, r.file, filepath.Join(filepath.Dir(r.file), "data", "mirror.db.last")
}

// restarted returns an exporter that is about to run, in whose network nobody answers.
func restarted(t *testing.T, config string, now time.Time, adjust ...func(*Options)) *App {
	t.Helper()
	options, _ := optionsFor(t, lastConfig)
	options.ConfigFile, options.Transport = config, silent{}
	options.Now = func() time.Time { return now }
	for _, f := range adjust {
		f(&options)
	}
	a, err := New(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// answered returns what an exporter that does not run yet would answer.
func answered(t *testing.T, a *App, path string) (int, string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	a.server.Handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	return recorder.Code, recorder.Body.String()
}

// TestRestartServesTheLastSnapshot holds what a restarted exporter serves before it read its mirror: the page of then,
// under the times of then; and behind it, the same from the mirror.
func TestRestartServesTheLastSnapshot(t *testing.T) {
	want, config, _ := stopped(t)
	a := restarted(t, config, midMonth().Add(3*time.Hour))
	if !a.unloaded {
		t.Fatal("the mirror was read before anything was served")
	}
	_, text := answered(t, a, "/metrics")
	got := parsePage(t, text)
	if diff := cmp.Diff(want.business(), got.business()); diff != "" {
		t.Errorf("-before the restart +after: %s", diff)
	}
	for _, name := range []string{"sales_exporter_snapshot_timestamp_seconds", "sales_exporter_sync_last_success_timestamp_seconds"} {
		if before, after := want.sum(name), got.sum(name); before != after || before == 0 {
			t.Errorf("%s was %v and is %v", name, before, after)
		}
	}
	for _, name := range []string{"sales_exporter_config_hash", "sales_exporter_config_last_reload_successful"} {
		if before, after := want.sum(name), got.sum(name); before != after || before == 0 {
			t.Errorf("%s was %v and is %v", name, before, after)
		}
	}
	// Nobody knows yet how many there are, and 0 would be a number.
	for _, name := range []string{"sales_exporter_records_quarantined", "sales_exporter_mirror_records"} {
		if n := len(got.matching(name)); n > 0 {
			t.Errorf("%s has %d series before the mirror was read", name, n)
		}
	}
	if status, text := answered(t, a, "/-/ready"); status != http.StatusOK {
		t.Errorf("ready answers %d: %s", status, text)
	}
	if err := a.loadBehind(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	_, text = answered(t, a, "/metrics")
	loaded := parsePage(t, text)
	if loaded.sum("sales_exporter_snapshot_timestamp_seconds") <= got.sum("sales_exporter_snapshot_timestamp_seconds") {
		t.Error("the page of the mirror is not served")
	}
	if diff := cmp.Diff(dealLines(want), dealLines(loaded)); diff != "" {
		t.Errorf("-before the restart +from the mirror: %s", diff)
	}
}

// TestLastSnapshotOfALostMirror holds that no source says when it was read of which the mirror turns out to hold nothing.
func TestLastSnapshotOfALostMirror(t *testing.T) {
	_, config, kept := stopped(t)
	writeFile(t, strings.TrimSuffix(kept, ".last"), "")
	a := restarted(t, config, midMonth())
	if !a.unloaded {
		t.Fatal("the mirror was read before anything was served")
	}
	if err := a.loadBehind(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	_, text := answered(t, a, "/metrics")
	page := parsePage(t, text)
	if n := len(page.matching("sales_exporter_sync_last_success_timestamp_seconds")); n > 0 || len(dealLines(page)) > 0 {
		t.Errorf("%d sources say when they were read, with %d lines of numbers", n, len(dealLines(page)))
	}
}

// TestLastSnapshotOnAnotherDay holds that only what is about a window that began when it begins now is served then.
func TestLastSnapshotOnAnotherDay(t *testing.T) {
	want, config, _ := stopped(t)
	a := restarted(t, config, midMonth().AddDate(0, 0, 1))
	_, text := answered(t, a, "/metrics")
	var expected []string
	for _, line := range want.business() {
		if strings.Contains(line, `window="all_time"`) || strings.Contains(line, `window="month_to_date"`) {
			expected = append(expected, line)
		}
	}
	if diff := cmp.Diff(expected, parsePage(t, text).business()); diff != "" || len(expected) == 0 || !a.unloaded {
		t.Errorf("-want +got: %s", diff)
	}
}

// TestLastSnapshotIsRefused holds what keeps an exporter from serving it.
func TestLastSnapshotIsRefused(t *testing.T) {
	_, config, kept := stopped(t)
	content, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	damaged := append([]byte{}, content...)
	damaged[len(damaged)/2] ^= 1
	for _, c := range []struct {
		name   string
		do     func()
		now    time.Time
		adjust func(*Options)
	}{
		{name: "nothing"},
		{name: "damage", do: func() { writeFile(t, kept, string(damaged)) }},
		{name: "another configuration", do: func() { writeFile(t, config, lastConfig+"currency: EUR\n") }},
		{name: "as of another instant", adjust: func(o *Options) { o.AsOf = midMonth() }},
		{name: "another account", now: midMonth().AddDate(0, 1, 0)}, // A demo of another month is one.
		{name: "a clock before it", now: midMonth().Add(-time.Hour)},
		{name: "a mirror that was removed", do: func() {
			if err := os.Remove(strings.TrimSuffix(kept, ".last")); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		writeFile(t, kept, string(content))
		writeFile(t, config, lastConfig)
		if c.do != nil {
			c.do()
		}
		now := midMonth()
		if !c.now.IsZero() {
			now = c.now
		}
		adjust := func(o *Options) {}
		if c.adjust != nil {
			adjust = c.adjust
		}
		t.Run(c.name, func(t *testing.T) {
			if a := restarted(t, config, now, adjust); a.unloaded != (c.name == "nothing") {
				t.Errorf("with %s it is served: %v", c.name, a.unloaded)
			}
		})
	}
}

// TestReloadForgetsTheLastSnapshot reloads to another mirror, whose file was deleted: the next restart must not serve
// what lay beside it.
func TestReloadForgetsTheLastSnapshot(t *testing.T) {
	h := newHarness(t, demoConfig)
	kept := filepath.Join(h.dir, "other.db.last")
	writeFile(t, kept, "of the mirror that was deleted")
	writeFile(t, h.file, demoConfig+"mirror: {sqlite: {path: other.db}}\n")
	if err := h.app.reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}
