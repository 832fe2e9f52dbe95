package demo

import (
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	democonfig "github.com/sales-exporter/sales_exporter/internal/source/demo"
)

// TestNamesOfDemos are equal in every process of a month, on whichever port it listens.
func TestNamesOfDemos(t *testing.T) {
	midMonth := time.Date(2026, 5, 14, 15, 0, 0, 0, time.UTC)
	name := func(crm string, seed uint64, deals int, now time.Time) string {
		a, err := start(t.Context(), democonfig.Settings{CRM: crm, Seed: seed, Deals: deals}, config.Config{}, func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.server.Close() })
		return a.Name
	}
	same := name("hubspot", 1, 20, midMonth)
	for _, now := range []time.Time{
		midMonth, midMonth.AddDate(0, 0, 3),
		time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 5, 31, 23, 59, 59, 0, time.UTC),
		time.Date(2026, 6, 1, 1, 0, 0, 0, time.FixedZone("CEST", 2*3600)), // still May in UTC
	} {
		if got := name("hubspot", 1, 20, now); got != same {
			t.Errorf("at %s: %q, want %q", now, got, same)
		}
	}
}
