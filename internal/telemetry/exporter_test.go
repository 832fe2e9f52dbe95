package telemetry_test

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/output"
	"github.com/sales-exporter/sales_exporter/internal/output/page"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

var at = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func vocabulary() telemetry.Vocabulary {
	return telemetry.Vocabulary{
		Reasons: []string{"auth", "server"}, Operations: []string{"upsert"},
		Quarantines: map[string][]string{"deals": {"amount", "date"}, "accounts": {"amount", "date"}},
	}
}

// reading declares sources of which deals alone are read.
func reading(sources ...string) (reads []telemetry.Reads) {
	for _, s := range sources {
		reads = append(reads, telemetry.Reads{Source: s, Objects: []string{"deals"}})
	}
	return reads
}

func TestExporter(t *testing.T) {
	e := telemetry.NewExporter(nil, vocabulary())
	e.SetSources(reading("acme", "globex"))
	s := e.Source("acme")
	s.Interval(time.Minute)
	s.Interval(90 * time.Second) // A reload changed it.
	s.SyncStarted(at)
	s.SyncFailed("server", time.Second)
	s.Records("deals", "upsert", 3)
	s.Mirrored("deals", 3, 1_700_000_000_000)
	s.Quarantined("deals", map[string]int{"date": 4, "unheard_of": 1})
	s.Quarantined("deals", map[string]int{"amount": 2})
	s.Quotas(func() []telemetry.Quota { return []telemetry.Quota{{Name: "daily", Limit: 1000, Remaining: 990}} })
	s.Request("crm/objects/deals", "200", time.Second)
	s.Throttled(1500 * time.Millisecond)
	e.Reloaded(true, 0xfedcba9876543210, at)
	want := `
# HELP sales_exporter_api_quota_remaining API calls left in the quota.
# TYPE sales_exporter_api_quota_remaining gauge
sales_exporter_api_quota_remaining{quota="daily",source="acme"} 990
# HELP sales_exporter_api_requests_total API calls by endpoint and HTTP status ("error" if there was no answer), as the vendor counts them.
# TYPE sales_exporter_api_requests_total counter
sales_exporter_api_requests_total{code="200",endpoint="crm/objects/deals",source="acme"} 1
# HELP sales_exporter_api_throttled_seconds_total Time spent waiting for rate limits, the exporter's own and the vendor's.
# TYPE sales_exporter_api_throttled_seconds_total counter
sales_exporter_api_throttled_seconds_total{source="acme"} 1.5
sales_exporter_api_throttled_seconds_total{source="globex"} 0
# HELP sales_exporter_config_hash Hash of the configuration in force.
# TYPE sales_exporter_config_hash gauge
sales_exporter_config_hash 2.80223976814164e+14
# HELP sales_exporter_data_watermark_timestamp_seconds Newest modification time among the mirrored records. For a spreadsheet, the modification time of its newest file.
# TYPE sales_exporter_data_watermark_timestamp_seconds gauge
sales_exporter_data_watermark_timestamp_seconds{object="deals",source="acme"} 1.7e+09
# HELP sales_exporter_records_quarantined Records that currently cannot be read, by reason. They count in no KPI. "sales_exporter rejects" lists them.
# TYPE sales_exporter_records_quarantined gauge
sales_exporter_records_quarantined{object="deals",reason="amount",source="acme"} 2
sales_exporter_records_quarantined{object="deals",reason="date",source="acme"} 0
sales_exporter_records_quarantined{object="deals",reason="unheard_of",source="acme"} 0
# HELP sales_exporter_source_up 1 if the last sync of the source succeeded, else 0.
# TYPE sales_exporter_source_up gauge
sales_exporter_source_up{source="acme"} 0
sales_exporter_source_up{source="globex"} 0
# HELP sales_exporter_sync_errors_total Failed syncs by reason.
# TYPE sales_exporter_sync_errors_total counter
sales_exporter_sync_errors_total{reason="auth",source="acme"} 0
sales_exporter_sync_errors_total{reason="auth",source="globex"} 0
sales_exporter_sync_errors_total{reason="server",source="acme"} 1
sales_exporter_sync_errors_total{reason="server",source="globex"} 0
# HELP sales_exporter_sync_interval_seconds Configured time between two syncs of the source.
# TYPE sales_exporter_sync_interval_seconds gauge
sales_exporter_sync_interval_seconds{source="acme"} 90
# HELP sales_exporter_sync_records_total Records that syncs passed to the mirror, by operation.
# TYPE sales_exporter_sync_records_total counter
sales_exporter_sync_records_total{object="deals",op="upsert",source="acme"} 3
sales_exporter_sync_records_total{object="deals",op="upsert",source="globex"} 0
`
	names := []string{
		"sales_exporter_api_quota_remaining", "sales_exporter_api_requests_total",
		"sales_exporter_api_throttled_seconds_total", "sales_exporter_config_hash",
		"sales_exporter_data_watermark_timestamp_seconds", "sales_exporter_source_up",
		"sales_exporter_records_quarantined",
		"sales_exporter_sync_errors_total", "sales_exporter_sync_interval_seconds",
		"sales_exporter_sync_last_success_timestamp_seconds", "sales_exporter_sync_records_total",
	}
	if err := testutil.GatherAndCompare(e.Registry(), strings.NewReader(want), names...); err != nil {
		t.Error(err)
	}
	s.SyncSucceeded(at, time.Second)
	if n, err := testutil.GatherAndCount(e.Registry(), "sales_exporter_sync_last_success_timestamp_seconds"); err != nil || n != 1 {
		t.Errorf("a source that never succeeded has a time of success: %d, %v", n, err)
	}

	e.SetSources(reading("globex"))
	families, err := e.Registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if strings.Contains(family.String(), "acme") {
			t.Errorf("%s still shows a source that was removed", family.GetName())
		}
	}
}

// TestObjectsThatAreNotRead: of what is never read there are no series, and a reload that stops reading
// something takes them away.
func TestObjectsThatAreNotRead(t *testing.T) {
	e := telemetry.NewExporter(nil, vocabulary())
	e.SetSources([]telemetry.Reads{
		{Source: "acme", Objects: []string{"deals", "accounts"}}, {Source: "ledger", Objects: []string{"deals"}},
	})
	show := func() string {
		t.Helper()
		families, err := e.Registry().Gather()
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, f := range families {
			for _, m := range f.GetMetric() {
				b.WriteString(f.GetName() + m.String() + "\n")
			}
		}
		return b.String()
	}
	e.Source("acme").Mirrored("accounts", 3, 5)
	e.Source("acme").Quarantined("accounts", nil)
	e.Source("acme").Records("deals", "upsert", 7)
	if n := strings.Count(show(), `"accounts"`); n != 5 { // records, watermark, upserts, two reasons
		t.Errorf("%d series of accounts", n)
	}
	e.SetSources(reading("acme", "ledger"))
	page := show()
	if strings.Contains(page, `"accounts"`) {
		t.Errorf("accounts are no longer read and still shown:\n%s", page)
	}
	if !strings.Contains(page, "value:7") {
		t.Error("the counter of what is still read began anew")
	}
}

// everyMetric returns a snapshot with one sample of each metric in the catalogue.
func everyMetric() *metric.Snapshot {
	s := &metric.Snapshot{At: at}
	catalogue := kpi.Catalogue()
	for i := range catalogue {
		m := &catalogue[i]
		sample := metric.Sample{Labels: []string{"source"}, Values: []string{"acme"}, Value: 1}
		if m.Type == metric.HistogramType {
			sample.Histogram = &metric.Histogram{Bounds: []float64{1}, Counts: []uint64{1}, Count: 1, Sum: 1}
		}
		s.Families = append(s.Families, metric.Family{Metric: m, Samples: []metric.Sample{sample}})
	}
	return s
}

// TestLint runs Prometheus' own linter over every metric there is.
func TestLint(t *testing.T) {
	checked, err := output.Check(everyMetric(), nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &page.Page{}
	if err := p.Publish(t.Context(), checked); err != nil {
		t.Fatal(err)
	}
	e := telemetry.NewExporter(p, vocabulary())
	e.IncludeRuntime()
	e.SetSources(reading("acme"))
	s := e.Source("acme")
	s.SyncSucceeded(at, time.Second)
	s.Mirrored("deals", 1, 1)
	s.Quotas(func() []telemetry.Quota { return []telemetry.Quota{{Name: "daily", Limit: 1, Remaining: 1}} })
	s.Request("x", "200", time.Second)
	problems, err := testutil.GatherAndLint(p)
	if err != nil {
		t.Fatal(err)
	}
	own, err := testutil.GatherAndLint(e.Registry())
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range append(problems, own...) {
		t.Errorf("%s: %s", problem.Metric, problem.Text)
	}
}
