package peer

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// ServeConst serves the samples of a page as everybody writes it: a collector that makes const metrics on each scrape.
func ServeConst(ctx context.Context, address, file string) error {
	collector, err := newConstCollector(file)
	if err != nil {
		return err
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector)
	return serve(ctx, address, promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true}))
}

// ServeBytes serves the bytes of a page as net/http does: from memory, compressed beforehand.
func ServeBytes(ctx context.Context, address, file string) error {
	plain, err := os.ReadFile(file) //nolint:gosec // named by this program
	if err != nil {
		return fmt.Errorf("read page: %w", err)
	}
	var compressed bytes.Buffer
	writer := gzip.NewWriter(&compressed)
	if _, err := writer.Write(plain); err != nil {
		return fmt.Errorf("compress page: %w", err)
	}
	if err := writer.Close(); err != nil {
		return fmt.Errorf("compress page: %w", err)
	}
	return serve(ctx, address, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := plain
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			body = compressed.Bytes()
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = w.Write(body) // a scraper that left needs no answer
	}))
}

func serve(ctx context.Context, address string, metrics http.Handler) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	mux.HandleFunc("GET /ready", func(http.ResponseWriter, *http.Request) {})
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// constCollector holds what an exporter would have computed: label values and numbers.
type constCollector struct{ series []constSeries }

type constSeries struct {
	desc      *prometheus.Desc
	labels    []string
	value     float64
	histogram *dto.Histogram
}

func newConstCollector(file string) (*constCollector, error) {
	page, err := os.Open(file) //nolint:gosec // named by this program
	if err != nil {
		return nil, fmt.Errorf("open page: %w", err)
	}
	defer func() { _ = page.Close() }()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(page)
	if err != nil {
		return nil, fmt.Errorf("parse page: %w", err)
	}
	c := &constCollector{}
	descs := map[string]*prometheus.Desc{}
	for name, family := range families {
		for _, m := range family.GetMetric() {
			c.add(descs, name, family.GetHelp(), m)
		}
	}
	return c, nil
}

func (c *constCollector) add(descs map[string]*prometheus.Desc, name, help string, m *dto.Metric) {
	s := constSeries{histogram: m.GetHistogram()}
	var names []string
	for _, pair := range m.GetLabel() {
		names, s.labels = append(names, pair.GetName()), append(s.labels, pair.GetValue())
	}
	switch {
	case m.GetGauge() != nil:
		s.value = m.GetGauge().GetValue()
	case m.GetCounter() != nil:
		s.value = m.GetCounter().GetValue()
	case m.GetSummary() != nil:
		return
	}
	key := name + " " + strings.Join(names, ",")
	if descs[key] == nil {
		descs[key] = prometheus.NewDesc(name, help, names, nil)
	}
	s.desc = descs[key]
	c.series = append(c.series, s)
}

// Describe implements prometheus.Collector: sending nothing makes the collector unchecked.
func (c *constCollector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c *constCollector) Collect(ch chan<- prometheus.Metric) {
	for i := range c.series {
		s := &c.series[i]
		if s.histogram == nil {
			ch <- prometheus.MustNewConstMetric(s.desc, prometheus.GaugeValue, s.value, s.labels...)
			continue
		}
		buckets := make(map[float64]uint64, len(s.histogram.GetBucket()))
		for _, b := range s.histogram.GetBucket() {
			buckets[b.GetUpperBound()] = b.GetCumulativeCount()
		}
		ch <- prometheus.MustNewConstHistogram(
			s.desc, s.histogram.GetSampleCount(), s.histogram.GetSampleSum(), buckets, s.labels...)
	}
}
