package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/sales-exporter/sales_exporter/internal/backfill"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// past is a back-fill over simulated accounts: the demonstration's configuration, with accounts that a test looks into.
type past struct {
	t        *testing.T
	clock    *testClock
	zone     *time.Location
	accounts []*account
	yaml     string
	dir      string
	log      safeBuffer
}

func newPast(t *testing.T) *past {
	t.Helper()
	p := &past{t: t, clock: &testClock{}, zone: location(t, "Europe/Berlin"), dir: t.TempDir()}
	example, err := os.ReadFile(filepath.Join("..", "..", "config.example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(example), "\nsources:")
	_, after, ends := strings.Cut(rest, "\n# --- Metrics")
	if !begins || !ends {
		t.Fatal("the example has no list of sources")
	}
	secret := secretFile(t)
	sources := []string{"timezone: " + p.zone.String() + "\n" + before + "\nsources:"}
	for i, c := range []struct{ name, kind string }{{"acme", "hubspot"}, {"globex", "salesforce"}} {
		world := crmsim.Generate(crmsim.GenerateOptions{Seed: uint64(i + 1), Deals: 700, Now: p.clock.now, Still: true})
		p.accounts = append(p.accounts, serve(t, c.kind, world, p.clock.now))
		sources = append(sources, p.accounts[i].yaml(c.name, secret))
	}
	p.yaml = strings.Join(append(sources, after), "")
	writeFile(t, p.config(), p.yaml)
	return p
}

func (p *past) config() string { return filepath.Join(p.dir, "config.yaml") }
func (p *past) out() string    { return filepath.Join(p.dir, "history.om") }

func (p *past) options() Options {
	return Options{ConfigFile: p.config(), Logger: slog.New(slog.NewTextHandler(&p.log, nil)), Now: p.clock.now}
}

// backfill writes the history of days and returns the report.
func (p *past) backfill(from, to string, days int) (string, error) {
	var report bytes.Buffer
	err := Backfill(p.t.Context(), p.options(), backfill.Request{
		From: from, To: to, Step: time.Duration(days) * 24 * time.Hour, Out: p.out(),
	}, &report)
	return report.String(), err
}

func (p *past) mustBackfill(from, to string, days int) string {
	p.t.Helper()
	report, err := p.backfill(from, to, days)
	if err != nil {
		p.t.Fatal(err)
	}
	return report
}

// day returns the date some days ago.
func (p *past) day(ago int) string {
	return p.clock.now().In(p.zone).AddDate(0, 0, -ago).Format(time.DateOnly)
}

// calls counts the calls to the CRMs.
func (p *past) calls() int {
	n := 0
	for _, a := range p.accounts {
		n += len(a.recorder.Requests())
	}
	return n
}

// pages reads the file as the pages that would have been scraped, by their instants.
func (p *past) pages() map[time.Time]scraped {
	p.t.Helper()
	text := p.read()
	if !bytes.HasSuffix(text, []byte("\n# EOF\n")) {
		p.t.Fatal("the file has no end")
	}
	texts, kind := map[time.Time]*strings.Builder{}, map[time.Time]string{}
	current := ""
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			if strings.HasPrefix(line, "# TYPE") {
				current = line
			}
			continue
		}
		end := strings.LastIndex(line, " ")
		seconds, err := strconv.ParseInt(strings.TrimSpace(line[end:]), 10, 64)
		if err != nil {
			p.t.Fatalf("%q: %v", line, err)
		}
		at := time.Unix(seconds, 0)
		if texts[at] == nil {
			texts[at] = &strings.Builder{}
		}
		if kind[at] != current {
			kind[at] = current
			texts[at].WriteString(current)
		}
		texts[at].WriteString(line[:end] + "\n")
	}
	pages := map[time.Time]scraped{}
	for at, text := range texts {
		pages[at] = parsePage(p.t, text.String())
	}
	return pages
}

// kpis returns the KPIs of a page that say something about the past, each series with its value. Empty labels are left
// out, as Prometheus leaves them out.
func kpis(p scraped) map[string]string {
	metrics := map[string]bool{}
	for _, m := range kpi.Catalogue() {
		metrics[m.Name] = m.Past != metric.PastPresent
	}
	values := map[string]string{}
	for name, family := range p.families {
		if !metrics[name] {
			continue
		}
		for _, m := range family.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				if l.GetValue() != "" {
					labels = append(labels, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
				}
			}
			slices.Sort(labels)
			values[name+"{"+strings.Join(labels, ",")+"}"] = valueOf(family.GetType(), m)
		}
	}
	return values
}

func valueOf(kind dto.MetricType, m *dto.Metric) string {
	if kind != dto.MetricType_HISTOGRAM {
		return fmt.Sprint(kind, m.GetGauge().GetValue())
	}
	h := m.GetHistogram()
	parts := []string{fmt.Sprint(kind, h.GetSampleCount(), h.GetSampleSum())}
	for _, b := range h.GetBucket() {
		parts = append(parts, fmt.Sprint(b.GetUpperBound(), ":", b.GetCumulativeCount()))
	}
	return strings.Join(parts, " ")
}

// stopAt runs a back-fill that is stopped when it logs a text.
func (p *past) stopAt(text string, b backfill.Request) error {
	ctx, cancel := context.WithCancel(p.t.Context())
	defer cancel()
	o := p.options()
	o.Logger = slog.New(slog.NewTextHandler(writerFunc(func(line []byte) {
		if bytes.Contains(line, []byte(text)) {
			cancel()
		}
	}), nil))
	return Backfill(ctx, o, b, io.Discard)
}

type writerFunc func(line []byte)

func (f writerFunc) Write(line []byte) (int, error) {
	f(line)
	return len(line), nil
}

// mustBeAlone demands that nothing but configuration, mirror and the named files is left in the folder.
func (p *past) mustBeAlone(files ...string) {
	p.t.Helper()
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(append(files, "config.yaml", "data"), e.Name()) {
			p.t.Errorf("%s is left in the folder", e.Name())
		}
	}
}

func (p *past) read() []byte {
	p.t.Helper()
	text, err := os.ReadFile(p.out())
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

func location(t *testing.T, zone string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return location
}
