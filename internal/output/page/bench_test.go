package page_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/output"
	"github.com/sales-exporter/sales_exporter/internal/output/outputtest"
	"github.com/sales-exporter/sales_exporter/internal/output/page"
)

// BenchmarkScrape measures one scrape, ours beside that of const metrics, which is how most exporters do it.
func BenchmarkScrape(b *testing.B) {
	for _, series := range []int{10_000, 100_000} {
		s := large(series)
		p := &page.Page{}
		publish(b, p, s)
		for _, encoding := range []string{"gzip", "identity"} {
			for _, format := range []string{"text", "protobuf"} {
				for name, handler := range map[string]http.Handler{"page": handlerOf(p), "const": peer(s)} {
					b.Run(fmt.Sprintf("%dk/%s/%s/%s", series/1000, format, encoding, name), func(b *testing.B) {
						header := http.Header{"Accept-Encoding": {encoding}}
						if format == "protobuf" {
							header.Set("Accept", protobuf)
						}
						scrape(b, handler, header) // The first one may render.
						b.ReportAllocs()
						defer reportCPU(b, cpuTime())
						for b.Loop() {
							b.SetBytes(scrape(b, handler, header))
						}
					})
				}
			}
		}
	}
}

// BenchmarkPublish measures checking and publishing a snapshot for a scraper that reads gzip, and its scrape.
func BenchmarkPublish(b *testing.B) {
	s := large(94_000)
	p := &page.Page{}
	publish(b, p, s)
	handler := handlerOf(p)
	scrape(b, handler, http.Header{"Accept-Encoding": {"gzip"}})
	before, err := output.Check(s, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	defer reportCPU(b, cpuTime())
	for b.Loop() {
		if before, err = output.Check(s, before); err != nil {
			b.Fatal(err)
		}
		if err := p.Publish(b.Context(), before); err != nil {
			b.Fatal(err)
		}
		scrape(b, handler, http.Header{"Accept-Encoding": {"gzip"}})
	}
}

// BenchmarkCheck measures the part of BenchmarkPublish that every output shares.
func BenchmarkCheck(b *testing.B) {
	s := large(94_000)
	b.ReportAllocs()
	defer reportCPU(b, cpuTime())
	for b.Loop() {
		if _, err := output.Check(s, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// reportCPU reports the CPU time of the process since begin for each operation: on a busy machine it is what compares.
func reportCPU(b *testing.B, begin time.Duration) {
	b.ReportMetric(float64((cpuTime()-begin).Nanoseconds())/float64(b.N), "cpu-ns/op")
}

// scrape scrapes a handler and returns the size of the answer.
func scrape(b *testing.B, handler http.Handler, header http.Header) int64 {
	b.Helper()
	request := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	request.Header = header
	var w discard
	handler.ServeHTTP(&w, request)
	if w.size == 0 || w.status != 0 && w.status != http.StatusOK {
		b.Fatalf("status %d, %d bytes", w.status, w.size)
	}
	return w.size
}

// discard is a client that counts what it receives.
type discard struct {
	header http.Header
	status int
	size   int64
}

// Header implements http.ResponseWriter.
func (d *discard) Header() http.Header {
	if d.header == nil {
		d.header = http.Header{}
	}
	return d.header
}

// WriteHeader implements http.ResponseWriter.
func (d *discard) WriteHeader(status int) { d.status = status }

// Write implements http.ResponseWriter.
func (d *discard) Write(b []byte) (int, error) {
	d.size += int64(len(b))
	return len(b), nil
}

// large returns a snapshot of 20 families with six labels: reps in ten windows, whose names are shared as in a real one.
func large(series int) *metric.Snapshot {
	s := &metric.Snapshot{At: outputtest.At()}
	labels := []string{"source", "pipeline", "rep", "team", "territory", "window"}
	for f := range 20 {
		family := metric.Family{Metric: &metric.Metric{Name: fmt.Sprintf("sales_family_%d_amount", f), Help: "One of many."}}
		for i := range series / 20 {
			rep, window := i/len(windows), windows[i%len(windows)]
			family.Samples = append(family.Samples, metric.Sample{
				Labels: labels, Value: float64(i*f) + 0.25,
				Values: []string{"acme", "Sales Pipeline", reps[rep], reps[rep%12], reps[rep%8], window},
			})
		}
		s.Families = append(s.Families, family)
	}
	return s
}

var (
	windows = []string{
		"month_to_date", "quarter_to_date", "year_to_date", "previous_month", "previous_quarter", "previous_year",
		"trailing_30d", "trailing_90d", "trailing_365d", "all_time",
	}
	reps = func() (reps []string) {
		for i := range 1000 {
			reps = append(reps, fmt.Sprintf("Rep %d", i))
		}
		return reps
	}()
)
