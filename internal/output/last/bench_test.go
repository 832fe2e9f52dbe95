package last

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/output"
	"github.com/sales-exporter/sales_exporter/internal/output/page"
)

// BenchmarkRestart measures what lies between a start and the end of the first scrape: a snapshot of a hundred thousand
// series is read, checked, rendered and compressed.
func BenchmarkRestart(b *testing.B) {
	path := filepath.Join(b.TempDir(), "last")
	checked, err := output.Check(large(), nil)
	if err != nil {
		b.Fatal(err)
	}
	checked.Origin = origin
	if err := replace(path, encode(checked)); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		kept, err := Read(path, origin)
		if err != nil {
			b.Fatal(err)
		}
		checked, err := output.Check(kept.Snapshot, nil)
		if err != nil {
			b.Fatal(err)
		}
		var p page.Page
		if err := p.Publish(b.Context(), checked); err != nil {
			b.Fatal(err)
		}
		request := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		request.Header.Set("Accept-Encoding", "gzip")
		recorder := httptest.NewRecorder()
		p.Handler(prometheus.NewRegistry(), nil, slog.New(slog.DiscardHandler)).ServeHTTP(recorder, request)
		if recorder.Code != http.StatusOK {
			b.Fatal(recorder.Code)
		}
	}
}

// BenchmarkEncode measures what a write costs beside the disk.
func BenchmarkEncode(b *testing.B) {
	checked, err := output.Check(large(), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(encode(checked))))
	}
}

// large returns twenty families of 500 reps in ten windows.
func large() *metric.Snapshot {
	s := &metric.Snapshot{At: at}
	catalogue := kpi.Catalogue()
	labels := []string{"source", "pipeline", "rep", "team", "territory", "window"}
	for i := range catalogue {
		if len(s.Families) == 20 || catalogue[i].Type == metric.HistogramType {
			continue
		}
		family := metric.Family{Metric: &catalogue[i]}
		for rep := range 500 {
			name, team, territory := fmt.Sprintf("Rep %d", rep), fmt.Sprintf("Team %d", rep%12), fmt.Sprintf("T%d", rep%8)
			for window := range 10 {
				family.Samples = append(family.Samples, metric.Sample{
					Labels: labels, Value: float64(rep*window) + 0.25,
					Values: []string{"acme", "Sales Pipeline", name, team, territory, fmt.Sprintf("window_%d", window)},
				})
			}
		}
		s.Families = append(s.Families, family)
	}
	return s
}
