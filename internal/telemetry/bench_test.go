package telemetry_test

import (
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/output"
	"github.com/sales-exporter/sales_exporter/internal/output/page"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

// BenchmarkScrape measures what the exporter's own metrics, those of the process among them, add to a scrape.
func BenchmarkScrape(b *testing.B) {
	checked, err := output.Check(everyMetric(), nil)
	if err != nil {
		b.Fatal(err)
	}
	p := &page.Page{}
	if err := p.Publish(b.Context(), checked); err != nil {
		b.Fatal(err)
	}
	e := telemetry.NewExporter(p, vocabulary())
	e.IncludeRuntime()
	e.SetSources(reading("acme", "globex"))
	e.Source("acme").Request("x", "200", time.Second)
	handler := p.Handler(e.Registry(), e.Instruments(), slog.New(slog.DiscardHandler))
	request := httptest.NewRequest("GET", "/metrics", nil)
	request.Header.Set("Accept-Encoding", "gzip")
	b.ReportAllocs()
	for b.Loop() {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request)
		if recorder.Code != 200 {
			b.Fatal(recorder.Code)
		}
	}
}
