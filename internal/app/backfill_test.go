package app

import (
	"bytes"
	"database/sql"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/backfill"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/mirrortest"
)

// TestBackfillEqualsOnce compares the history of a year with what a run as of each of its instants would have printed.
func TestBackfillEqualsOnce(t *testing.T) {
	t.Parallel()
	p := newPast(t)
	days, instants := 37, 10
	if !mirrortest.Thorough {
		days, instants = 111, 4
	}
	report := p.mustBackfill(p.day(333), p.day(0), days)
	pages := p.pages()
	if len(pages) != instants {
		t.Fatalf("the file has %d instants", len(pages))
	}
	families := map[string]bool{}
	for at, got := range pages {
		options, once := p.options(), bytes.Buffer{}
		options.AsOf = at
		if err := Once(t.Context(), options, &once); err != nil {
			t.Fatal(err)
		}
		want := kpis(parsePage(t, once.String()))
		if diff := cmp.Diff(want, kpis(got)); diff != "" || len(want) < 1000 {
			t.Errorf("as of %s the history (+) differs from once (-) in %d series:\n%.2000s", at, len(want), diff)
		}
		for name := range got.families {
			families[name] = true
		}
	}
	for _, m := range kpi.Catalogue() {
		if families[m.Name] && m.Past == metric.PastPresent {
			t.Errorf("%s says nothing about the past and is in the file", m.Name)
		}
		if !strings.Contains(report, "  "+m.Name+"\n") {
			t.Errorf("the report does not mention %s", m.Name)
		}
	}
}

// TestBackfillBesideExporter lets an exporter hold the mirror: the history is that of its mirror, and neither it nor the
// CRMs notice.
func TestBackfillBesideExporter(t *testing.T) {
	t.Parallel()
	p := newPast(t)
	h := &harness{t: t, dir: p.dir, file: p.config(), log: &bytes.Buffer{}}
	h.open(p.yaml, func(o *Options) { o.Now = p.clock.now })
	if _, err := p.backfill(p.day(10), "", 1); err == nil || !strings.Contains(err.Error(), "no complete copy of source") {
		t.Errorf("before the exporter's first sync the error is %v", err)
	}
	if p.calls() > 0 {
		t.Error("the CRM was called beside the exporter")
	}
	h.mustSync()
	calls, before := p.calls(), dealLines(h.page())
	p.mustBackfill(p.day(10), "", 1)
	beside := p.read()
	if p.calls() != calls {
		t.Error("the CRM was called although the mirror is complete")
	}
	if pages := p.pages(); len(pages) != 11 {
		t.Errorf("the file has %d instants", len(pages))
	}
	p.mustBeAlone("history.om")
	h.mustSync()
	if diff := cmp.Diff(before, dealLines(h.page())); diff != "" || len(before) == 0 {
		t.Errorf("the exporter serves other numbers than before: %s", diff)
	}
	h.close()
	calls = p.calls()
	p.mustBackfill(p.day(10), p.day(0), 1)
	if !bytes.Equal(beside, p.read()) {
		t.Error("the history from a copy of the mirror is not that from the mirror")
	}
	if p.calls() != calls {
		t.Error("the CRM was called although the mirror is complete")
	}
}

// dealLines returns the lines of a page that do not change from one minute to the next.
func dealLines(p scraped) []string {
	return slices.DeleteFunc(p.business(), func(line string) bool { return !strings.HasPrefix(line, "sales_deals_") })
}

// TestBackfillBesideDemo lets both have a simulated account of their own: calls to it cost nobody anything.
func TestBackfillBesideDemo(t *testing.T) {
	t.Parallel()
	p := &past{t: t, clock: &testClock{}, zone: time.UTC, dir: t.TempDir()}
	h := &harness{t: t, dir: p.dir, file: p.config(), log: &bytes.Buffer{}}
	h.open(demoConfig)
	h.mustSync()
	p.mustBackfill(p.day(3), p.day(0), 1)
	if pages := p.pages(); len(pages) != 4 {
		t.Errorf("the file has %d instants", len(pages))
	}
	p.mustBeAlone("history.om")
}

// TestBackfillOfOldMirror asks for days of which an exporter that was stopped long ago knows nothing.
func TestBackfillOfOldMirror(t *testing.T) {
	t.Parallel()
	p := newPast(t)
	p.mustBackfill(p.day(3), p.day(0), 1)
	first, calls := p.read(), p.calls()
	p.clock.advance(10 * 24 * time.Hour)
	if _, err := p.backfill(p.day(13), p.day(0), 1); err == nil || !strings.Contains(err.Error(), "earlier --to") {
		t.Errorf("days after the last sync that are asked for: error %v", err)
	}
	if _, err := p.backfill(p.day(5), "", 1); err == nil || !strings.Contains(err.Error(), "earlier --to") {
		t.Errorf("nothing but days after the last sync: error %v", err)
	}
	if !bytes.Equal(first, p.read()) {
		t.Error("a back-fill that failed changed the file")
	}
	p.mustBackfill(p.day(13), "", 1)
	if !bytes.Equal(first, p.read()) {
		t.Error("the history does not end with the last sync")
	}
	if p.calls() != calls {
		t.Error("the CRM was called although the mirror is complete")
	}
	p.mustBeAlone("history.om")
}

// TestBackfillRefusesDamage damages an index of the mirror, which no reading of all records looks at.
func TestBackfillRefusesDamage(t *testing.T) {
	t.Parallel()
	p := newPast(t)
	p.mustBackfill(p.day(1), p.day(0), 1)
	first := p.read()
	validated, err := LoadConfig(p.config())
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+validated.Config().MirrorSQLitePath+"?_pragma=writable_schema(1)")
	if err != nil {
		t.Fatal(err)
	}
	// Now it should list every record, and lacks most of them.
	_, err = db.ExecContext(t.Context(), "UPDATE sqlite_schema SET sql = replace(sql, 'revision > 0', 'revision >= 0') "+
		"WHERE name = 'records_revision'")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.backfill(p.day(3), p.day(0), 1); !errors.Is(err, mirror.ErrCorrupt) {
		t.Errorf("a damaged mirror: error %v", err)
	}
	if !bytes.Equal(first, p.read()) {
		t.Error("a back-fill that failed changed the file")
	}
}

// TestBackfillLeavesNothingBehind ends back-fills at various places.
func TestBackfillLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		run  func(p *past, o Options, b backfill.Request) error
		says string
	}{
		{"a past that --kpi.as-of names", func(p *past, o Options, b backfill.Request) error {
			o.AsOf = p.clock.now()
			return Backfill(p.t.Context(), o, b, io.Discard)
		}, "not with --kpi.as-of"},
		{"no configuration", func(p *past, o Options, b backfill.Request) error {
			o.ConfigFile = "no-such-file"
			return Backfill(p.t.Context(), o, b, io.Discard)
		}, "load configuration"},
		{"no folder", func(p *past, o Options, b backfill.Request) error {
			b.Out = filepath.Join(p.dir, "no-such-folder", "history.om")
			return Backfill(p.t.Context(), o, b, io.Discard)
		}, "no such file or directory"},
		{"a folder for a file", func(p *past, o Options, b backfill.Request) error {
			b.Out = p.dir
			return Backfill(p.t.Context(), o, b, io.Discard)
		}, "not a regular file"},
		{"no name", func(p *past, o Options, b backfill.Request) error {
			b.Out, o.ConfigFile = "", "no-such-file"
			return Backfill(p.t.Context(), o, b, io.Discard)
		}, `--out must be a file name, but is ""`},
		{"standard output", func(p *past, o Options, b backfill.Request) error {
			b.Out, o.ConfigFile = "-", "no-such-file"
			return Backfill(p.t.Context(), o, b, io.Discard)
		}, `--out must be a file name, but is "-"`},
		{"a failing CRM", func(p *past, o Options, b backfill.Request) error {
			p.accounts[0].server.Close()
			return Backfill(p.t.Context(), o, b, io.Discard)
		}, "source acme did not sync"},
		{"a stop in the first sync", func(p *past, o Options, b backfill.Request) error {
			return p.stopAt("First sync is complete", b)
		}, "context canceled"},
		{"a stop while computing", func(p *past, o Options, b backfill.Request) error {
			return p.stopAt("Computing past KPIs", b)
		}, "context canceled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPast(t)
			err := c.run(p, p.options(), backfill.Request{From: p.day(3), Step: 24 * time.Hour, Out: p.out()})
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error is %v", err)
			}
			p.mustBeAlone()
		})
	}
}
