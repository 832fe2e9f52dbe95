// Package memory is a store that forgets everything when the process ends: for a demo, for tests, and as the proof that
// what decides is in the rules.
package memory

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/rules"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Store is a mirror.Store in memory.
type Store struct {
	options mirror.Options
	layouts *stored.Layouts

	mu      sync.Mutex
	streams map[mirror.Stream]*stream
}

var _ mirror.Store = (*Store)(nil)

// stream is what the store holds of one. Its maps are never changed once they can be seen outside a commit: a load
// walks through those of its time.
type stream struct {
	progress   stored.Progress
	rows       map[stored.Key]stored.Row
	quarantine map[stored.Key]stored.Quarantine
	tombstones map[stored.Key]stored.Tombstone
	nameless   []stored.Nameless // oldest first
	names      map[label]stored.Name
	sequence   int64
}

// label names a name.
type label struct {
	kind record.Name
	text string
}

// New returns an empty store.
func New(options mirror.Options) *Store {
	layouts, _ := stored.NewLayouts(options.Kinds, nil)
	return &Store{options: options.WithDefaults(), layouts: layouts, streams: map[mirror.Stream]*stream{}}
}

func empty() *stream {
	return &stream{
		rows: map[stored.Key]stored.Row{}, quarantine: map[stored.Key]stored.Quarantine{},
		tombstones: map[stored.Key]stored.Tombstone{}, names: map[label]stored.Name{},
	}
}

func (s *stream) clone() *stream {
	c := *s
	c.rows, c.quarantine = maps.Clone(s.rows), maps.Clone(s.quarantine)
	c.tombstones, c.names = maps.Clone(s.tombstones), maps.Clone(s.names)
	c.nameless = slices.Clone(s.nameless)
	return &c
}

// view returns what the store holds of a stream, for reading.
func (s *Store) view(ctx context.Context, name mirror.Stream) (*stream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if known := s.streams[name]; known != nil {
		return known, nil
	}
	return empty(), nil
}

// write lets a change happen to a copy of a stream, which then takes its place.
func (s *Store) write(ctx context.Context, name mirror.Stream, change func(*stream) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	next := empty()
	if known := s.streams[name]; known != nil {
		next = known.clone()
	}
	if err := change(next); err != nil {
		return err
	}
	s.streams[name] = next
	return nil
}

// Bind implements mirror.Store.
func (s *Store) Bind(
	ctx context.Context, name mirror.Stream, identity mirror.Identity, restart mirror.Restart,
) (binding mirror.Binding, err error) {
	s.mu.Lock()
	_, found := s.streams[name]
	s.mu.Unlock()
	err = s.write(ctx, name, func(next *stream) error {
		if !found {
			next.progress.Claim = stored.NewClaim(identity)
			return nil
		}
		if binding = next.progress.Bind(identity, restart); binding == mirror.Forgotten {
			next.forget()
		}
		return nil
	})
	return binding, err
}

// forget drops every record. Names stay until a full pass shows whose they were.
func (s *stream) forget() {
	names, progress := s.names, s.progress
	*s = *empty()
	for key, n := range names {
		n.Held = false
		s.names[key] = n
	}
	s.progress = progress
}

// Commit implements mirror.Store.
func (s *Store) Commit(ctx context.Context, name mirror.Stream, batch record.Batch) (mirror.Applied, error) {
	plan, err := rules.New(s.options, s.layouts, name, batch)
	if err != nil {
		return nil, err
	}
	var applied mirror.Applied
	err = s.write(ctx, name, func(next *stream) error {
		next.read(plan, plan.Needs(&next.progress))
		changes, err := plan.Apply(next.progress)
		if err != nil {
			return err
		}
		next.apply(changes)
		applied = changes.Applied
		return nil
	})
	return applied, err
}

// Finish implements mirror.Store.
func (s *Store) Finish(ctx context.Context, at mirror.Cursors) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	now := s.options.Now()
	for name, cursor := range at {
		next := empty()
		if known := s.streams[name]; known != nil {
			next = known.clone()
		}
		next.finish(cursor, now)
		s.streams[name] = next
	}
	return nil
}

func (s *stream) finish(cursor []byte, now time.Time) {
	s.progress.Finish(bytes.Clone(cursor), now)
	for key, row := range s.rows {
		if row.Gone {
			delete(s.rows, key)
		} else if row.Before != nil {
			row.Before = nil
			s.rows[key] = row
		}
	}
}

// Streams implements mirror.Store.
func (s *Store) Streams(ctx context.Context, source string) (streams []mirror.Stream, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for stream := range s.streams {
		if stream.Source == source {
			streams = append(streams, stream)
		}
	}
	slices.SortFunc(streams, func(a, b mirror.Stream) int { return cmp.Compare(a.Name, b.Name) })
	return streams, ctx.Err()
}

// Unknown implements mirror.Store.
func (s *Store) Unknown(
	ctx context.Context, name mirror.Stream, kind record.Name, ids []string,
) (unknown []string, err error) {
	view, err := s.view(ctx, name)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		var e stored.Entry
		if view.fill(&e, stored.Key{Kind: kind, ID: id}); e == (stored.Entry{}) {
			unknown = append(unknown, id)
		}
	}
	return unknown, nil
}

// State implements mirror.Store.
func (s *Store) State(ctx context.Context, name mirror.Stream) (mirror.State, error) {
	view, err := s.view(ctx, name)
	if err != nil {
		return mirror.State{}, err
	}
	return view.progress.State(s.options.Kinds), nil
}

// Load implements mirror.Store.
func (s *Store) Load(
	ctx context.Context, name mirror.Stream, since mirror.Revision, visit func(record.Batch) error,
) (mirror.Revision, error) {
	view, err := s.view(ctx, name)
	if err != nil {
		return 0, err
	}
	l := stored.NewLoading(s.layouts, &view.progress, since, visit)
	if l.Nothing() {
		return view.progress.Served(), nil
	}
	if err := l.Begin(); err != nil {
		return 0, err
	}
	for _, n := range view.names {
		l.Name(&n)
	}
	for key, q := range view.quarantine {
		l.Quarantine(key.Kind, key.ID, q.Revision)
	}
	for key, row := range view.rows {
		if l.Since() > 0 && row.Revision <= l.Since() {
			continue
		}
		if err := l.Row(key.Kind, key.ID, &row); err != nil {
			return 0, fmt.Errorf("load %s: %w", key.Kind, err)
		}
	}
	for _, t := range view.tombstones {
		if l.Since() > 0 && t.Revision <= l.Since() {
			continue
		}
		if err := l.Tombstone(&t); err != nil {
			return 0, fmt.Errorf("load tombstones: %w", err)
		}
	}
	return l.End()
}

// Quarantined implements mirror.Store.
func (s *Store) Quarantined(ctx context.Context, name mirror.Stream) (all []record.Quarantined, err error) {
	view, err := s.view(ctx, name)
	if err != nil {
		return nil, err
	}
	for _, q := range view.quarantine {
		all = append(all, q.Quarantined)
	}
	for i := range view.nameless {
		all = append(all, view.nameless[i].Quarantined)
	}
	return all, nil
}

// Close implements mirror.Store.
func (s *Store) Close() error { return nil }

// fill fills in what the stream holds of an id.
func (s *stream) fill(e *stored.Entry, key stored.Key) {
	if row, ok := s.rows[key]; ok {
		e.Row = &row
	}
	if q, ok := s.quarantine[key]; ok {
		e.Quarantine = &q
	}
	if t, ok := s.tombstones[key]; ok {
		e.Tombstone = &t
	}
}

// read hands over what a plan needs.
func (s *stream) read(plan *rules.Plan, needs rules.Needs) {
	entry := func(key stored.Key) { s.fill(plan.Entry(key.Kind, key.ID), key) }
	for kind, ids := range needs.IDs {
		for _, id := range ids {
			entry(stored.Key{Kind: kind, ID: id})
		}
	}
	for key, row := range s.rows {
		if slices.Contains(needs.Unseen, key.Kind) && row.Seen < needs.Pass || slices.Contains(needs.All, key.Kind) {
			entry(key)
		}
	}
	for key, q := range s.quarantine {
		if slices.Contains(needs.Unseen, key.Kind) && q.Seen < needs.Pass {
			entry(key)
		}
	}
	for _, n := range s.names {
		if slices.Contains(needs.Names, n.Kind) {
			plan.Name(n)
		}
	}
	if needs.Nameless {
		for i := range s.nameless {
			plan.Nameless(s.nameless[i])
		}
	}
}

// apply writes what a plan has decided.
func (s *stream) apply(c *rules.Changes) {
	s.progress = c.Progress
	s.progress.Cursor = bytes.Clone(c.Progress.Cursor)
	for _, row := range c.UpsertRows {
		s.rows[row.Key] = *row.Row
	}
	for i := range c.UpsertQuarantine {
		q := &c.UpsertQuarantine[i]
		s.quarantine[stored.Key{Kind: q.Kind, ID: q.ID}] = *q
	}
	for _, t := range c.UpsertTombstones {
		s.tombstones[stored.Key{Kind: t.Kind, ID: t.ID}] = t
	}
	for _, key := range c.DeleteRows {
		delete(s.rows, key)
	}
	for _, key := range c.DeleteQuarantine {
		delete(s.quarantine, key)
	}
	for _, key := range c.DeleteTombstones {
		delete(s.tombstones, key)
	}
	s.applySeen(c)
	s.applyNames(c)
	s.applyNameless(c)
	for _, kind := range c.Newest {
		count := s.progress.Counts[kind]
		count.Newest = s.newest(kind)
		s.progress.Counts[kind] = count
	}
}

func (s *stream) applySeen(c *rules.Changes) {
	for kind, ids := range c.SeenRows {
		for _, id := range ids {
			row := s.rows[stored.Key{Kind: kind, ID: id}]
			row.Seen = c.Seen
			s.rows[stored.Key{Kind: kind, ID: id}] = row
		}
	}
	for kind, ids := range c.SeenQuarantine {
		for _, id := range ids {
			q := s.quarantine[stored.Key{Kind: kind, ID: id}]
			q.Seen = c.Seen
			s.quarantine[stored.Key{Kind: kind, ID: id}] = q
		}
	}
}

func (s *stream) applyNames(c *rules.Changes) {
	for i := range c.DeleteNames {
		delete(s.names, label{c.DeleteNames[i].Kind, c.DeleteNames[i].Label})
	}
	for i := range c.UpsertNames {
		s.names[label{c.UpsertNames[i].Kind, c.UpsertNames[i].Label}] = c.UpsertNames[i]
	}
}

func (s *stream) applyNameless(c *rules.Changes) {
	s.nameless = slices.DeleteFunc(s.nameless, func(n stored.Nameless) bool {
		return slices.Contains(c.DeleteNameless, n.Sequence)
	})
	for i := range c.UpsertNameless {
		n := c.UpsertNameless[i]
		if n.Sequence == 0 {
			s.sequence++
			n.Sequence = s.sequence
			s.nameless = append(s.nameless, n)
			continue
		}
		at, found := slices.BinarySearchFunc(s.nameless, n.Sequence,
			func(known stored.Nameless, sequence int64) int { return cmp.Compare(known.Sequence, sequence) })
		if found {
			s.nameless[at] = n
		}
	}
}

// newest returns the newest version among the records of a kind that readers see.
func (s *stream) newest(kind record.Name) (newest int64) {
	first := true
	for key, row := range s.rows {
		if _, hidden := s.quarantine[key]; key.Kind != kind || row.Gone || hidden {
			continue
		}
		if first || row.Version > newest {
			newest, first = row.Version, false
		}
	}
	return newest
}
