package hubspot

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// BenchmarkFirstSync reads a generated account whose answers were recorded before, into a sink that drops them: what is
// measured is the connector alone. CPU-us/deal is the process's time, so that neighbours on the machine do not count.
func BenchmarkFirstSync(b *testing.B) {
	const deals = 20_000
	for name, edit := range map[string]func(*config.Source){
		"deals": func(cfg *config.Source) {
			cfg.Map = map[string]config.Mapping{"business_type": {Property: "dealtype"}}
		},
		"companies": func(cfg *config.Source) {
			cfg.Map = map[string]config.Mapping{
				"business_type": {Property: "dealtype"}, "segment": {Object: "company", Property: "industry"},
			}
		},
	} {
		b.Run(name, func(b *testing.B) {
			account := &simulation{began: time.Now()}
			world := crmsim.Generate(crmsim.GenerateOptions{Seed: 1, Deals: deals, Still: true, Now: account.now})
			account.api = simulator.NewHandler(world, simulator.Options{
				Tokens: []string{"pat-canary"},
				Limits: simulator.Limits{TenSecondly: -1, SearchSecondly: -1, Daily: -1},
			})
			tape := &tape{record: account, answers: map[string]taped{}}
			sync := func() {
				s, err := New("acme", testConfig(b, func(cfg *config.Source) { cfg.Budget.RequestsPerSecond = 1e6 }, edit),
					source.Environment{Transport: tape, Currency: "USD"})
				if err != nil {
					b.Fatal(err)
				}
				sink := &counting{}
				if err := cycle(b.Context(), s, sink, map[string]source.Cursor{}); err != nil {
					b.Fatal(err)
				}
				if sink.deals < deals/2 {
					b.Fatalf("%d deals", sink.deals)
				}
			}
			sync()
			tape.record = nil
			b.ReportAllocs()
			b.ResetTimer()
			before := cpu(b)
			for b.Loop() {
				sync()
			}
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N)/deals, "CPU-us/deal")
		})
	}
}

// tape records answers, and gives the same ones to the same calls. Searches are all the same: their windows are not.
type tape struct {
	record http.RoundTripper // nil: play

	mu      sync.Mutex
	answers map[string]taped
}

type taped struct {
	status int
	header http.Header
	body   []byte
}

func (t *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	key := r.URL.String()
	if strings.HasSuffix(r.URL.Path, "/batch/read") {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		key += string(body)
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.record != nil {
		answer, err := t.record.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			return nil, err
		}
		t.answers[key] = taped{answer.StatusCode, answer.Header, body}
	}
	a, ok := t.answers[key]
	if !ok {
		panic("nobody recorded " + key)
	}
	return &http.Response{StatusCode: a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)), Request: r}, nil
}

// counting is a sink that drops what it is handed.
type counting struct{ deals int }

func (c *counting) Commit(_ context.Context, batch record.Batch) error {
	c.deals += batch.Rows.Len()
	return nil
}

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
