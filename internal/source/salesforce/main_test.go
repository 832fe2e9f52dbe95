package salesforce

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	canarySecret = "canary-client-secret"
	canaryToken  = "canary-session-token"
	dealStream   = "deals"
)

// streamSink takes the pages of one stream, and nothing that is another one's.
type streamSink struct {
	*memory
	stream source.Stream
}

// Commit implements source.Sink.
func (s streamSink) Commit(ctx context.Context, batch record.Batch) error {
	kinds := slices.Clone(batch.Sweep)
	for _, list := range batch.Rows {
		kinds = append(kinds, list.Kind().Name())
	}
	for _, r := range batch.Removals {
		kinds = append(kinds, r.Kind)
	}
	for _, kind := range kinds {
		if !slices.Contains(s.stream.Kinds(), kind) {
			return fmt.Errorf("stream %s gives %s", s.stream.Name(), kind)
		}
	}
	if err := s.memory.Commit(ctx, batch); err != nil {
		return err
	}
	s.cursors[s.stream.Name()] = batch.Cursor
	return nil
}

// memory is a mirror in memory, with the rules that record.Batch promises.
type memory struct {
	deals       map[string]crm.Deal
	accounts    map[string]crm.Account
	reps        map[string]crm.Rep
	stages      map[string]crm.Stage
	pipelines   map[string]crm.Pipeline
	tombstones  map[string]record.Removal
	quarantined map[record.Reason]int
	seen        map[string]int64
	cursors     map[string]source.Cursor // by stream

	commits int
	applied map[string]int // how often each deal was handed over
	refuse  func(record.Batch) error
}

func newMemory() *memory {
	return &memory{
		deals: map[string]crm.Deal{}, accounts: map[string]crm.Account{}, reps: map[string]crm.Rep{},
		stages: map[string]crm.Stage{}, pipelines: map[string]crm.Pipeline{},
		tombstones: map[string]record.Removal{}, quarantined: map[record.Reason]int{}, seen: map[string]int64{},
		cursors: map[string]source.Cursor{},
	}
}

// Commit implements source.Sink.
func (m *memory) Commit(_ context.Context, batch record.Batch) error {
	if m.refuse != nil {
		if err := m.refuse(batch); err != nil {
			return err
		}
	}
	m.commits++
	for _, d := range crm.Deals.In(batch.Rows) {
		m.applied[d.ID]++
		if batch.Pass != 0 {
			m.seen[d.ID] = batch.Pass
		}
		if tombstone, gone := m.tombstones[d.ID]; gone && (batch.Pass != 0 || d.Version > tombstone.Version) {
			delete(m.tombstones, d.ID)
		} else if gone {
			continue
		}
		if d.Version >= m.deals[d.ID].Version {
			m.deals[d.ID] = d
		}
	}
	for _, a := range crm.Accounts.In(batch.Rows) {
		m.accounts[a.ID] = a
		m.seen[a.ID] = max(m.seen[a.ID], batch.Pass)
	}
	for _, rep := range crm.Reps.In(batch.Rows) {
		m.reps[rep.ID] = rep
	}
	for _, s := range crm.Stages.In(batch.Rows) {
		m.stages[s.ID] = s
	}
	for _, p := range crm.Pipelines.In(batch.Rows) {
		m.pipelines[p.ID] = p
	}
	for _, q := range batch.Quarantined {
		m.quarantined[q.Reason]++
	}
	for _, r := range batch.Removals {
		if m.deals[r.ID].Version <= r.Version {
			m.tombstones[r.ID] = r
			delete(m.deals, r.ID)
			delete(m.accounts, r.ID)
		}
	}
	for _, object := range batch.Sweep {
		if object == crm.Deals.Name() {
			maps.DeleteFunc(m.deals, func(id string, _ crm.Deal) bool { return m.seen[id] < batch.Pass })
		}
	}
	return nil
}

// cycle syncs the streams of a source in their order and returns the first error. It begins with no commits counted.
func (m *memory) cycle(ctx context.Context, s *Source) error {
	m.commits, m.applied = 0, map[string]int{}
	for _, stream := range s.Streams() {
		if err := m.sync(ctx, stream); err != nil {
			return err
		}
	}
	for _, stream := range s.Streams() {
		if f, follows := stream.(source.Follower); follows && f.Behind() {
			if err := m.sync(ctx, stream); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *memory) sync(ctx context.Context, stream source.Stream) error {
	name := stream.Name()
	cursor, err := stream.Sync(ctx, m.cursors[name], streamSink{m, stream})
	if err == nil {
		m.cursors[name] = cursor
	}
	return err
}

// dealCursor returns the stored cursor of the deals.
func (m *memory) dealCursor(t testing.TB) cursor {
	t.Helper()
	c, ok := decodeCursor(m.cursors[dealStream])
	if !ok {
		t.Fatal("the stored cursor cannot be read")
	}
	return c
}

// dealIDs returns the ids of the mirrored deals, sorted.
func (m *memory) dealIDs() []string { return slices.Sorted(maps.Keys(m.deals)) }

func diff(t *testing.T, what string, want, got any, options ...cmp.Option) {
	t.Helper()
	if d := cmp.Diff(want, got, options...); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

var errRefused = errors.New("mirror refuses")
