package expose_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/expose"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
)

// BenchmarkScrape measures one scrape of the page, compressed as Prometheus asks for it.
func BenchmarkScrape(b *testing.B) {
	for _, series := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("%dk", series/1000), func(b *testing.B) {
			p := &expose.Publisher{}
			if err := p.Publish(large(series)); err != nil {
				b.Fatal(err)
			}
			handler := expose.NewPage(expose.NewExporter(p, expose.Vocabulary{}), p).Handler(slog.New(slog.DiscardHandler))
			request := httptest.NewRequest("GET", "/metrics", nil)
			request.Header.Set("Accept-Encoding", "gzip")
			b.ReportAllocs()
			for b.Loop() {
				recorder := httptest.NewRecorder()
				handler.ServeHTTP(recorder, request)
				if recorder.Code != 200 {
					b.Fatal(recorder.Code)
				}
				n, err := io.Copy(io.Discard, recorder.Body)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(n)
			}
		})
	}
}

// BenchmarkPublish measures validating and preparing a snapshot.
func BenchmarkPublish(b *testing.B) {
	s := large(100_000)
	b.ReportAllocs()
	for b.Loop() {
		if err := new(expose.Publisher).Publish(s); err != nil {
			b.Fatal(err)
		}
	}
}

// large returns a snapshot of 20 families with six labels.
func large(series int) *kpi.Snapshot {
	s := &kpi.Snapshot{At: at}
	labels := []string{"source", "pipeline", "rep", "team", "territory", "window"}
	for f := range 20 {
		family := kpi.Family{Metric: &kpi.Metric{Name: fmt.Sprintf("sales_family_%d_amount", f), Help: "One of many."}}
		for i := range series / 20 {
			family.Samples = append(family.Samples, kpi.Sample{
				Labels: labels, Value: float64(i*f) + 0.25,
				Values: []string{"acme", "Sales Pipeline", fmt.Sprintf("Rep %d", i), fmt.Sprintf("Team %d", i%12), fmt.Sprintf("T%d", i%8), "quarter_to_date"},
			})
		}
		s.Families = append(s.Families, family)
	}
	return s
}
