package app

import (
	"strings"
	"testing"
)

// TestReloadShowsTheInterval holds what alerts on stale data compare with: the interval in force, not the first one.
func TestReloadShowsTheInterval(t *testing.T) {
	t.Parallel()
	const interval = "sales_exporter_sync_interval_seconds"
	r := run(t, demoConfig)
	r.awaitServed("acme", "globex")
	if got, err := r.page().one(interval, "source", "acme"); err != nil || got != 1 {
		t.Errorf("the interval is %v, %v; want 1 second", got, err)
	}
	r.mustReload(strings.ReplaceAll(demoConfig, "interval: 1s", "interval: 90s"))
	if got, err := r.page().one(interval, "source", "acme"); err != nil || got != 90 {
		t.Errorf("the interval after a reload is %v, %v; want 90 seconds", got, err)
	}
}
