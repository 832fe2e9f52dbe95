package page_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"

	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/output"
	"github.com/sales-exporter/sales_exporter/internal/output/outputtest"
	"github.com/sales-exporter/sales_exporter/internal/output/page"
)

func publish(tb testing.TB, p *page.Page, s *metric.Snapshot) {
	tb.Helper()
	checked, err := output.Check(s, nil)
	if err == nil {
		err = p.Publish(tb.Context(), checked)
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// ownMetrics returns a registry whose metrics never change, the times of their creation included.
var ownMetrics = sync.OnceValue(func() *prometheus.Registry {
	own := prometheus.NewRegistry()
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "own_requests_total", Help: `Calls "made".`}, []string{"code"})
	requests.WithLabelValues("200").Add(3)
	seconds := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "own_seconds", Help: "Durations.", Buckets: []float64{1, 5}, NativeHistogramBucketFactor: 1.1,
	})
	seconds.Observe(2)
	own.MustRegister(requests, seconds)
	return own
})

func handlerOf(p *page.Page) http.Handler {
	return p.Handler(ownMetrics(), nil, slog.New(slog.DiscardHandler))
}

// peer returns the handler that serves the same metrics the common way.
func peer(s *metric.Snapshot) http.Handler {
	business := prometheus.NewRegistry()
	business.MustRegister(newConstCollector(s))
	return promhttp.HandlerFor(prometheus.Gatherers{ownMetrics(), business}, promhttp.HandlerOpts{
		EnableOpenMetrics: true, OfferedCompressions: []promhttp.Compression{promhttp.Identity, promhttp.Gzip},
	})
}

// ask scrapes a handler and returns what it answers: its status and headers, and the text without compression.
func ask(t *testing.T, h http.Handler, query string, header http.Header) (*httptest.ResponseRecorder, string) {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, "/metrics"+query, nil)
	request.Header = header
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, request)
	var body io.Reader = recorder.Body
	if recorder.Header().Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		unzipped.Multistream(false) // Browsers read one member.
		body = unzipped
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatalf("read %v: %v", header, err)
	}
	return recorder, string(text)
}

func TestPublish(t *testing.T) {
	size := &metric.Metric{Name: "sales_deal_size_amount", Help: "Sizes.", Type: metric.HistogramType, Form: metric.FormHistogram}
	p := &page.Page{}
	s := outputtest.Snapshot(outputtest.WonMetric(),
		outputtest.Gauge(2, "source", "acme", "rep", "Ann \"the\\closer\"\nRay"), outputtest.Gauge(1.5, "source", "acme", "team", "East"))
	s.Families = append(s.Families, metric.Family{Metric: size, Samples: []metric.Sample{{
		Labels: []string{"source"}, Values: []string{"acme"},
		Histogram: &metric.Histogram{Bounds: []float64{100, 1000}, Counts: []uint64{1, 3}, Count: 4, Sum: 4300},
	}}})
	publish(t, p, s)
	want := `# HELP sales_deal_size_amount ` + size.FullHelp() + `
# TYPE sales_deal_size_amount histogram
sales_deal_size_amount_bucket{source="acme",le="100"} 1
sales_deal_size_amount_bucket{source="acme",le="1000"} 3
sales_deal_size_amount_bucket{source="acme",le="+Inf"} 4
sales_deal_size_amount_sum{source="acme"} 4300
sales_deal_size_amount_count{source="acme"} 4
# HELP sales_deals_won ` + outputtest.WonMetric().FullHelp() + `
# TYPE sales_deals_won gauge
sales_deals_won{rep="Ann \"the\\closer\"\nRay",source="acme"} 2
sales_deals_won{source="acme",team="East"} 1.5
`
	write := func() string {
		var text bytes.Buffer
		if err := p.WriteText(&text, prometheus.NewRegistry()); err != nil {
			t.Fatal(err)
		}
		return text.String()
	}
	if diff := cmp.Diff(want, write()); diff != "" {
		t.Error(diff)
	}
	if when, sizes := p.Served(); !when.Equal(outputtest.At()) || len(sizes) != 2 || sizes[1].Series != 5 {
		t.Errorf("served at %v: %v", when, sizes)
	}
	publish(t, p, outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(1, "source", "globex")))
	if text := write(); strings.Contains(text, "acme") || !strings.Contains(text, "globex") {
		t.Errorf("series of the snapshot before linger:\n%s", text)
	}
}

// TestNothingPublished scrapes before the first snapshot.
func TestNothingPublished(t *testing.T) {
	p := &page.Page{}
	for _, accept := range accepts {
		for _, encoding := range []string{"", "gzip"} {
			header := http.Header{"Accept": {accept}, "Accept-Encoding": {encoding}}
			_, want := ask(t, peer(&metric.Snapshot{}), "", header)
			if _, got := ask(t, handlerOf(p), "", header); got != want {
				t.Errorf("%s, %s: got\n%s", accept, encoding, got)
			}
		}
	}
}

// protobuf is what Prometheus asks for where it scrapes native histograms.
const protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

// accepts has each format in each way of escaping names.
var accepts = func() []string {
	accepts := []string{"", "*/*", "text/plain;version=0.0.4;q=0.3,*/*;q=0.1", "text/html", "application/json", "text/*;q=0"}
	for _, format := range []string{
		"text/plain;version=0.0.4", "application/openmetrics-text;version=1.0.0", "application/openmetrics-text;version=0.0.1",
		"application/openmetrics-text", "application/openmetrics-text;version=2.0.0",
		protobuf,
		"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text",
		"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=compact-text",
	} {
		accepts = append(accepts, format)
		for _, escaping := range []string{"allow-utf-8", "underscores", "dots", "values", "none"} {
			accepts = append(accepts, format+";escaping="+escaping)
		}
	}
	return accepts
}()

// TestPageIsClientGolangs compares pages of random snapshots with those of client_golang: text, OpenMetrics and protocol
// buffers, in each way of escaping names, byte by byte.
func TestPageIsClientGolangs(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	p := &page.Page{}
	handler := handlerOf(p)
	for range 10 {
		s := randomSnapshot(r)
		publish(t, p, s)
		peer := peer(s)
		for _, accept := range accepts {
			header := http.Header{"Accept": {accept}, "Accept-Encoding": {[]string{"gzip", "identity"}[r.IntN(2)]}}
			wantResponse, want := ask(t, peer, "", header)
			gotResponse, got := ask(t, handler, "", header)
			for _, name := range []string{"Content-Type", "Content-Encoding", "Vary"} {
				if diff := cmp.Diff(wantResponse.Header()[name], gotResponse.Header()[name]); diff != "" {
					t.Fatalf("%s for %q: %s", name, accept, diff)
				}
			}
			if got != want {
				t.Fatalf("%q: %s", accept, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
			}
		}
		header := http.Header{"Accept": {"text/plain"}}
		_, want := ask(t, peer, "?name[]=sales_1&name[]=own_seconds", header)
		if _, got := ask(t, handler, "?name[]=sales_1&name[]=own_seconds", header); got != want {
			t.Fatalf("by name: %s", cmp.Diff(want, got))
		}
	}
}

// randomSnapshot returns a snapshot with whatever labels, texts and numbers may hold. Values are distinct by their first
// label, because client_golang leaves the order of series open that differ in nothing but the names of their labels.
func randomSnapshot(r *rand.Rand) *metric.Snapshot {
	s := &metric.Snapshot{At: outputtest.At()}
	texts := []string{"", "plain", `quo"ted`, "line\nbreak", `back\slash`, "Zürich ∑ 日本", "\x00\t ", `\n"`, "a\u2028b"}
	names := []string{"source", "rep", "a", "Z", "_x", "window"}
	metrics := 1 + r.IntN(6)
	for m := range metrics {
		entry := &metric.Metric{Name: fmt.Sprintf("sales_%d", metrics-m), Help: texts[r.IntN(len(texts))]}
		family := metric.Family{Metric: entry}
		bounds, histogram := randomBounds(r), r.IntN(3) == 0
		sets := [][]string{shuffled(r, names), shuffled(r, names), nil}
		for i := range r.IntN(40) {
			sample := metric.Sample{Labels: sets[r.IntN(2)], Value: randomNumber(r)}
			if i == 0 {
				sample.Labels = sets[r.IntN(3)]
			}
			for range sample.Labels {
				sample.Values = append(sample.Values, fmt.Sprintf("%s%03d", texts[r.IntN(len(texts))], r.IntN(1000)*100+i))
			}
			if histogram {
				sample.Histogram = &metric.Histogram{Bounds: bounds, Count: r.Uint64() >> r.IntN(64), Sum: sample.Value}
				for range bounds {
					sample.Histogram.Counts = append(sample.Histogram.Counts, r.Uint64()>>r.IntN(64))
				}
			}
			family.Samples = append(family.Samples, sample)
		}
		s.Families = append(s.Families, family)
	}
	return s
}

func shuffled(r *rand.Rand, names []string) []string {
	names = slices.Clone(names)
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names[:1+r.IntN(len(names))]
}

func randomBounds(r *rand.Rand) []float64 {
	var bounds []float64
	for range r.IntN(5) {
		bounds = append(bounds, randomNumber(r))
	}
	slices.Sort(bounds)
	return slices.Compact(bounds)
}

// randomNumber returns a finite number of any size, often an edge of how numbers are written.
func randomNumber(r *rand.Rand) float64 {
	edges := []float64{
		0, math.Copysign(0, -1), 1, -1, 0.5, 999_999, 1_000_000, -999_999, -1_000_000, 1e6 + 1, 1e15, 1e20, 1e21, 1e22, 1e-4, 1e-5,
		123456.789, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53, 1<<63 - 1024, -(1 << 63),
	}
	switch r.IntN(4) {
	case 0:
		return math.Float64frombits(r.Uint64() &^ (1 << 62)) // Without that bit it is finite.
	case 1:
		return float64(r.IntN(3_000_000) - 1_500_000)
	default:
		return edges[r.IntN(len(edges))]
	}
}

// TestEncodingIsNegotiatedAlike asks with random headers and demands the encoding that client_golang chooses.
func TestEncodingIsNegotiatedAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	p, s := &page.Page{}, outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(1, "source", "acme"))
	publish(t, p, s)
	handler, peer := handlerOf(p), peer(s)
	pieces := []string{
		"gzip", "identity", "*", "br", "x-gzip", "GZIP", ";q=0", ";q=1", ";q=0.5", "; q=0.25", ";q=0.", ";q=1.5", ";q=", ";Q=1", ";v=1", ",",
		", ", " ,", ";", " ", "q=1", ";q=.5", ";q=1e-1", ";q=0x1", "/", "\"", ";q=0.5x", "\t",
	}
	refused := 0
	for range 1000 {
		var header http.Header = map[string][]string{"Accept": {"text/plain"}}
		for range r.IntN(3) {
			var line strings.Builder
			for range r.IntN(7) {
				line.WriteString(pieces[r.IntN(len(pieces))])
			}
			header["Accept-Encoding"] = append(header["Accept-Encoding"], line.String())
		}
		wantResponse, want := ask(t, peer, "", header)
		gotResponse, got := ask(t, handler, "", header)
		if want, got := wantResponse.Header().Get("Content-Encoding"), gotResponse.Header().Get("Content-Encoding"); got != want {
			t.Fatalf("%q: got encoding %q, want %q", header["Accept-Encoding"], got, want)
		}
		if got != want {
			t.Fatalf("%q: the page is\n%s", header["Accept-Encoding"], got)
		}
		if gotResponse.Header().Get("Content-Length") == "" {
			refused++
		}
	}
	t.Logf("%d of 1000 headers were left to promhttp", refused)
}

// TestPublishPrepares holds that the forms that were scraped are ready when the next snapshot is served, and answers are
// right whoever made them.
func TestPublishPrepares(t *testing.T) {
	p := &page.Page{}
	handler := handlerOf(p)
	header := http.Header{"Accept-Encoding": {"gzip"}}
	for i := range 4 {
		s := outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(float64(i), "source", "acme"))
		publish(t, p, s)
		_, want := ask(t, peer(s), "", header)
		if _, got := ask(t, handler, "", header); got != want {
			t.Errorf("snapshot %d: %s", i, cmp.Diff(want, got))
		}
	}
}

// TestOwnMetricsFail demands the answer of client_golang where the exporter's own metrics cannot be gathered.
func TestOwnMetricsFail(t *testing.T) {
	p := &page.Page{}
	publish(t, p, outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(1)))
	own := prometheus.NewRegistry()
	own.MustRegister(prometheus.CollectorFunc(func(ch chan<- prometheus.Metric) {
		ch <- prometheus.NewInvalidMetric(prometheus.NewDesc("own_broken", "Broken.", nil, nil), io.ErrUnexpectedEOF)
	}))
	instruments := prometheus.NewRegistry()
	handler := p.Handler(own, instruments, slog.New(slog.DiscardHandler))
	response, text := ask(t, handler, "", http.Header{"Accept-Encoding": {"gzip"}})
	if response.Code != http.StatusInternalServerError || !strings.Contains(text, "unexpected EOF") {
		t.Errorf("status %d: %s", response.Code, text)
	}
	if n := testutil.ToFloat64(failures(t, instruments)); n != 1 {
		t.Errorf("%v failures are counted", n)
	}
}

// failures returns the counter of scrapes whose metrics could not be gathered.
func failures(t *testing.T, registry *prometheus.Registry) prometheus.Collector {
	t.Helper()
	counter := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "promhttp_metric_handler_errors_total",
		Help: "Total number of internal errors encountered by the promhttp metric handler.",
	}, []string{"cause"})
	registered, ok := errors.AsType[prometheus.AlreadyRegisteredError](registry.Register(counter))
	if !ok {
		t.Fatal("failures are not counted")
	}
	return registered.ExistingCollector.(*prometheus.CounterVec).WithLabelValues("gathering")
}

// TestScrapeIsWhole scrapes while snapshots are swapped: each scrape must show one snapshot, never parts of two.
func TestScrapeIsWhole(t *testing.T) {
	p := &page.Page{}
	server := httptest.NewServer(handlerOf(p))
	defer server.Close()
	both := func(value float64) *metric.Snapshot {
		return outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(value, "source", "a"), outputtest.Gauge(value, "source", "b"))
	}
	publish(t, p, both(0))
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 200 {
			publish(t, p, both(float64(i)))
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

// overtaken is a registry during whose gathering a newer snapshot is published.
type overtaken struct{ publish func() }

// Gather implements prometheus.Gatherer.
func (o overtaken) Gather() ([]*dto.MetricFamily, error) {
	o.publish()
	return nil, nil
}

// TestOwnMetricsAreNotNewer holds that what the exporter says of the age of its numbers is never about newer ones.
func TestOwnMetricsAreNotNewer(t *testing.T) {
	for _, encoding := range []string{"identity", "gzip"} {
		p := &page.Page{}
		publish(t, p, outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(1, "source", "a")))
		own := overtaken{func() { publish(t, p, outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(2, "source", "a"))) }}
		handler := p.Handler(own, nil, slog.New(slog.DiscardHandler))
		_, text := ask(t, handler, "", http.Header{"Accept-Encoding": {encoding}})
		if got := lineOf(text, `sales_deals_won{source="a"} `); got != "2\n" {
			t.Errorf("%s: the numbers are those before: %q", encoding, got)
		}
	}
}

// TestHead holds that HEAD tells the length of what GET would answer.
func TestHead(t *testing.T) {
	p := &page.Page{}
	publish(t, p, outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(1, "source", "a")))
	server := httptest.NewServer(handlerOf(p))
	defer server.Close()
	response, err := http.Head(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || response.ContentLength <= 0 {
		t.Errorf("status %d, length %d", response.StatusCode, response.ContentLength)
	}
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
