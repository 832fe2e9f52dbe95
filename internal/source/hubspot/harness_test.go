package hubspot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

func secretFile(t testing.TB, name, content string) secret.Secret {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return secret.File(path)
}

func testConfig(t testing.TB, edits ...func(*config.Source)) config.Source {
	t.Helper()
	cfg := config.Source{
		Name: "acme",
		Settings: &Settings{
			Token: secretFile(t, "token", "pat-canary\n"), BaseURL: "https://api.hubapi.com", APIVersion: "2026-09",
		},
		FullSyncInterval: 24 * time.Hour,
		Budget:           config.Budget{DailyShare: 1, RequestsPerSecond: 1000},
	}
	for _, edit := range edits {
		edit(&cfg)
	}
	return cfg
}

func mapCompany(cfg *config.Source) {
	cfg.Map = map[string]config.Mapping{"segment": {Object: "company", Property: "industry"}}
}

func exclude(t testing.TB, text string) func(*config.Source) {
	t.Helper()
	expression, err := expression.Compile(text, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return func(cfg *config.Source) { cfg.Exclude = expression }
}

// memory is a mirror that keeps to the rules of record.Batch.
type memory struct {
	deals       map[string]crm.Deal
	accounts    map[string]crm.Account
	reps        map[string]crm.Rep
	stages      map[string]crm.Stage
	removals    map[string]record.Removal
	quarantined map[string]record.Quarantined
	pass        map[string]int64
	cursors     map[string]source.Cursor // by stream
	commits     int
	failAt      int // the commit that fails, 0 for none
	swept       []record.Name
}

func newMemory() *memory {
	return &memory{
		deals: map[string]crm.Deal{}, accounts: map[string]crm.Account{}, reps: map[string]crm.Rep{},
		stages: map[string]crm.Stage{}, removals: map[string]record.Removal{},
		quarantined: map[string]record.Quarantined{}, pass: map[string]int64{},
		cursors: map[string]source.Cursor{},
	}
}

var errSink = errors.New("the disk is full")

func (m *memory) Commit(_ context.Context, b record.Batch) error {
	m.commits++
	if m.commits == m.failAt {
		return errSink
	}
	for _, d := range crm.Deals.In(b.Rows) {
		if d.Version < m.deals[d.ID].Version {
			continue
		}
		if d.AccountUnread {
			d.Account, d.AccountUnread = m.deals[d.ID].Account, false
		}
		m.deals[d.ID], m.pass[d.ID] = d, b.Pass
		delete(m.quarantined, d.ID)
		delete(m.removals, d.ID)
	}
	for _, a := range crm.Accounts.In(b.Rows) {
		m.accounts[a.ID] = a
	}
	for _, r := range crm.Reps.In(b.Rows) {
		m.reps[r.ID] = r
	}
	for _, s := range crm.Stages.In(b.Rows) {
		m.stages[s.ID] = s
	}
	for _, r := range b.Removals {
		delete(m.deals, r.ID)
		m.removals[r.ID] = r
	}
	for _, q := range b.Quarantined {
		delete(m.deals, q.ID)
		m.quarantined[q.ID] = q
	}
	for _, object := range b.Sweep {
		m.swept = append(m.swept, object)
		maps.DeleteFunc(m.deals, func(id string, _ crm.Deal) bool {
			return object == crm.Deals.Name() && m.pass[id] != b.Pass
		})
	}
	return nil
}

// streamSink takes the pages of one stream, and nothing that is another one's.
type streamSink struct {
	source.Sink
	stream  source.Stream
	cursors map[string]source.Cursor
}

func (s streamSink) Commit(ctx context.Context, b record.Batch) error {
	kinds := slices.Clone(b.Sweep)
	for _, list := range b.Rows {
		kinds = append(kinds, list.Kind().Name())
	}
	for _, r := range b.Removals {
		kinds = append(kinds, r.Kind)
	}
	for _, q := range b.Quarantined {
		kinds = append(kinds, q.Kind)
	}
	for _, kind := range kinds {
		if !slices.Contains(s.stream.Kinds(), kind) {
			return fmt.Errorf("stream %s gives %s", s.stream.Name(), kind)
		}
	}
	if err := s.Sink.Commit(ctx, b); err != nil {
		return err
	}
	s.cursors[s.stream.Name()] = slices.Clone(b.Cursor)
	return nil
}

// Unknown implements source.Memory.
func (s streamSink) Unknown(ctx context.Context, kind record.Name, ids []string) ([]string, error) {
	if m, ok := s.Sink.(source.Memory); ok {
		return m.Unknown(ctx, kind, ids)
	}
	return nil, nil
}

// cycle syncs the streams of a source in their order, as the engine does, and returns the first error. The final cursor
// of a Sync is kept, or the last one of a page.
func cycle(ctx context.Context, s *Source, sink source.Sink, cursors map[string]source.Cursor) error {
	for _, stream := range s.Streams() {
		if err := syncStream(ctx, stream, sink, cursors); err != nil {
			return err
		}
	}
	for _, stream := range s.Streams() {
		if f, follows := stream.(source.Follower); follows && f.Behind() {
			if err := syncStream(ctx, stream, sink, cursors); err != nil {
				return err
			}
		}
	}
	return nil
}

func syncStream(ctx context.Context, stream source.Stream, sink source.Sink, cursors map[string]source.Cursor) error {
	next, err := stream.Sync(ctx, cursors[stream.Name()], streamSink{sink, stream, cursors})
	if err == nil {
		cursors[stream.Name()] = next
	}
	return err
}

// dealsOf returns the stream of the deals.
func dealsOf(s *Source) *stream { return s.Streams()[1].(*stream) }

// sync runs one cycle.
func (m *memory) sync(t testing.TB, s *Source) error {
	t.Helper()
	return cycle(t.Context(), s, m, m.cursors)
}

func (m *memory) mustSync(t testing.TB, s *Source) {
	t.Helper()
	if err := m.sync(t, s); err != nil {
		t.Fatal(err)
	}
}

func (m *memory) ids() []string { return slices.Sorted(maps.Keys(m.deals)) }
