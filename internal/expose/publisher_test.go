package expose_test

import (
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/sales-exporter/sales_exporter/internal/expose"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
)

var at = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func wonMetric() *kpi.Metric {
	return &kpi.Metric{Name: "sales_deals_won", Title: "Won deals", Help: "Number of won deals.", Type: kpi.Gauge, Shape: kpi.ShapeBase}
}

func snapshot(m *kpi.Metric, samples ...kpi.Sample) *kpi.Snapshot {
	return &kpi.Snapshot{At: at, Families: []kpi.Family{{Metric: m, Samples: samples}}}
}

func gauge(value float64, labels ...string) kpi.Sample {
	s := kpi.Sample{Value: value}
	for i := 0; i < len(labels); i += 2 {
		s.Labels, s.Values = append(s.Labels, labels[i]), append(s.Values, labels[i+1])
	}
	return s
}

func TestPublish(t *testing.T) {
	size := &kpi.Metric{Name: "sales_deal_size_amount", Help: "Sizes.", Type: kpi.HistogramType, Shape: kpi.ShapeHistogram}
	p := &expose.Publisher{}
	s := snapshot(wonMetric(),
		gauge(2, "source", "acme", "rep", "Ann \"the\\closer\"\nRay"), gauge(1.5, "source", "acme", "team", "East"))
	s.Families = append(s.Families, kpi.Family{Metric: size, Samples: []kpi.Sample{{
		Labels: []string{"source"}, Values: []string{"acme"},
		Histogram: &kpi.Histogram{Bounds: []float64{100, 1000}, Counts: []uint64{1, 3}, Count: 4, Sum: 4300},
	}}})
	if err := p.Publish(s); err != nil {
		t.Fatal(err)
	}
	want := `
# HELP sales_deal_size_amount ` + size.FullHelp() + `
# TYPE sales_deal_size_amount histogram
sales_deal_size_amount_bucket{source="acme",le="100"} 1
sales_deal_size_amount_bucket{source="acme",le="1000"} 3
sales_deal_size_amount_bucket{source="acme",le="+Inf"} 4
sales_deal_size_amount_sum{source="acme"} 4300
sales_deal_size_amount_count{source="acme"} 4
# HELP sales_deals_won ` + wonMetric().FullHelp() + `
# TYPE sales_deals_won gauge
sales_deals_won{rep="Ann \"the\\closer\"\nRay",source="acme"} 2
sales_deals_won{source="acme",team="East"} 1.5
`
	if err := testutil.CollectAndCompare(p, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
	if got := s.Series(); got != 7 {
		t.Errorf("total series: got %d, want 7", got)
	}
	if when, ok := p.Published(); !ok || !when.Equal(at) {
		t.Errorf("published at %v, %v", when, ok)
	}
	if err := p.Publish(snapshot(wonMetric(), gauge(1, "source", "globex"))); err != nil {
		t.Fatal(err)
	}
	if n := testutil.CollectAndCount(p); n != 1 {
		t.Errorf("series of the snapshot before linger: %d", n)
	}
}

// TestPublishRefuses holds that a faulty snapshot is refused as a whole and the one before it stays.
func TestPublishRefuses(t *testing.T) {
	histogram := func(h kpi.Histogram) kpi.Sample {
		return kpi.Sample{Labels: []string{"source"}, Values: []string{"acme"}, Histogram: &h}
	}
	twice := snapshot(wonMetric(), gauge(1, "source", "acme"))
	twice.Families = append(twice.Families, twice.Families[0])
	tests := map[string]*kpi.Snapshot{
		"duplicate series":     snapshot(wonMetric(), gauge(1, "source", "acme"), gauge(1, "source", "acme")),
		"value is not finite":  snapshot(wonMetric(), gauge(math.NaN(), "source", "acme")),
		"not finite":           snapshot(wonMetric(), gauge(math.Inf(-1), "source", "acme")),
		"sum is not finite":    snapshot(wonMetric(), histogram(kpi.Histogram{Sum: math.Inf(1)})),
		"differ in number":     snapshot(wonMetric(), kpi.Sample{Labels: []string{"source"}}),
		"buckets differ":       snapshot(wonMetric(), histogram(kpi.Histogram{Bounds: []float64{1}})),
		"not UTF-8":            snapshot(wonMetric(), gauge(1, "source", "a\xffb")),
		"illegal label name":   snapshot(wonMetric(), gauge(1, "a-b", "x")),
		"illegal metric name":  snapshot(&kpi.Metric{Name: "sales deals"}, gauge(1)),
		"a family comes twice": twice,
	}
	for name, bad := range tests {
		t.Run(name, func(t *testing.T) {
			p := &expose.Publisher{}
			if err := p.Publish(snapshot(wonMetric(), gauge(7, "source", "acme"))); err != nil {
				t.Fatal(err)
			}
			if err := p.Publish(bad); err == nil {
				t.Fatal("it was published")
			}
			if got := testutil.ToFloat64(p); got != 7 {
				t.Errorf("the snapshot before it is gone: %v", got)
			}
		})
	}
}

// TestScrapeIsWhole scrapes while snapshots are swapped: each scrape must show one snapshot, never parts of two.
func TestScrapeIsWhole(t *testing.T) {
	p := &expose.Publisher{}
	e := expose.NewExporter(p, expose.Vocabulary{})
	server := httptest.NewServer(expose.NewPage(e, p).Handler(slog.New(slog.DiscardHandler)))
	defer server.Close()
	publish := func(value float64) {
		if err := p.Publish(snapshot(wonMetric(), gauge(value, "source", "a"), gauge(value, "source", "b"))); err != nil {
			t.Error(err)
		}
	}
	publish(0)
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 200 {
			publish(float64(i))
		}
	})
	for range 50 {
		page := get(t, server.URL)
		a, b := lineOf(page, `sales_deals_won{source="a"} `), lineOf(page, `sales_deals_won{source="b"} `)
		if a == "" || a != b {
			t.Fatalf("a scrape shows %q and %q", a, b)
		}
	}
	wg.Wait()
}

func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("status %d, error %v: %s", response.StatusCode, err, body)
	}
	return string(body)
}

func lineOf(page, prefix string) string {
	for line := range strings.Lines(page) {
		if value, ok := strings.CutPrefix(line, prefix); ok {
			return value
		}
	}
	return ""
}
