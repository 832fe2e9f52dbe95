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

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/rules"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Store is a mirror.Store in memory.
type Store struct {
	options mirror.Options
	layouts *stored.Layouts

	mu sync.Mutex
	// streams are the generations of each stream.
	streams map[mirror.Stream][]*stream
	numbers int64
}

var _ mirror.Store = (*Store)(nil)

// stream is what the store holds of a generation of one. Its maps are never changed once they can be seen outside a commit: a load
// walks through those of its time.
type stream struct {
	number     int64
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
	return &Store{options: options.WithDefaults(), layouts: layouts, streams: map[mirror.Stream][]*stream{}}
}

func empty() *stream {
	return &stream{
		progress: stored.Progress{Role: stored.AtWork},
		rows:     map[stored.Key]stored.Row{}, quarantine: map[stored.Key]stored.Quarantine{},
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

// choose tells a generation of a stream from the other one.
type choose func(stored.Generations) *stored.Progress

// view returns what the store holds of a generation of a stream, for reading.
func (s *Store) view(ctx context.Context, name mirror.Stream, which choose) (*stream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if found := pick(s.streams[name], which); found != nil {
		return found, nil
	}
	return empty(), nil
}

func pick(generations []*stream, which choose) *stream {
	chosen := which(progresses(generations))
	for _, g := range generations {
		if &g.progress == chosen {
			return g
		}
	}
	return nil
}

func progresses(generations []*stream) (known stored.Generations) {
	for _, g := range generations {
		known = append(known, &g.progress)
	}
	return known
}

// write lets a change happen to copies of the generations of a stream, which then take their place. A stream that is new
// has none.
func (s *Store) write(ctx context.Context, name mirror.Stream, change func([]*stream) ([]*stream, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	next, err := change(clones(s.streams[name]))
	if err == nil {
		s.keep(name, next)
	}
	return err
}

func clones(generations []*stream) (all []*stream) {
	for _, g := range generations {
		all = append(all, g.clone())
	}
	return all
}

// keep stores the generations of a stream. What is condemned goes at once, and what is new gets its number.
func (s *Store) keep(name mirror.Stream, generations []*stream) {
	generations = slices.DeleteFunc(generations, func(g *stream) bool { return g.progress.Role == stored.Condemned })
	for _, g := range generations {
		if g.number == 0 {
			s.numbers++
			g.number = s.numbers
		}
	}
	s.streams[name] = generations
}

// atWork returns the generation that a commit goes to, which is made for a stream that is new.
func atWork(generations []*stream) (work *stream, all []*stream) {
	if work = pick(generations, stored.Generations.AtWork); work == nil {
		work = empty()
		generations = append(generations, work)
	}
	return work, generations
}

// Bind implements mirror.Store.
func (s *Store) Bind(
	ctx context.Context, name mirror.Stream, identity mirror.Identity, restart mirror.Restart,
) (binding mirror.Binding, err error) {
	err = s.write(ctx, name, func(all []*stream) ([]*stream, error) {
		var begins *rules.Beginning
		binding, begins = rules.Bind(progresses(all), identity, restart, s.options.Now())
		if begins == nil {
			return all, nil
		}
		next := empty()
		next.progress = *begins.Progress
		for _, g := range all {
			if &g.progress != begins.Before {
				continue
			}
			for key, n := range g.names {
				n.Held = false
				next.names[key] = n
			}
		}
		return append(all, next), nil
	})
	return binding, err
}

// Commit implements mirror.Store.
func (s *Store) Commit(ctx context.Context, name mirror.Stream, batch record.Batch) (mirror.Applied, error) {
	plan, err := rules.New(s.options, s.layouts, name, batch)
	if err != nil {
		return nil, err
	}
	var applied mirror.Applied
	err = s.write(ctx, name, func(all []*stream) ([]*stream, error) {
		next, all := atWork(all)
		next.read(plan, plan.Needs(&next.progress))
		changes, err := plan.Apply(next.progress)
		if err != nil {
			return nil, err
		}
		next.apply(changes)
		applied = changes.Applied
		return all, nil
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
		next, all := atWork(clones(s.streams[name]))
		rules.Finish(progresses(all), bytes.Clone(cursor), now)
		next.tidy()
		s.keep(name, all)
	}
	return nil
}

// tidy drops what only an earlier picture needed.
func (s *stream) tidy() {
	for key, row := range s.rows {
		if row.Gone {
			delete(s.rows, key)
		} else if row.Before != nil {
			row.Before = nil
			s.rows[key] = row
		}
	}
}

// Collect implements mirror.Store.
func (s *Store) Collect(ctx context.Context) (more bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.streams {
		all := clones(s.streams[name])
		if rules.Expire(progresses(all), s.options.Now()) != nil {
			s.keep(name, all)
		}
	}
	return false, ctx.Err()
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
	view, err := s.view(ctx, name, stored.Generations.AtWork)
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
	s.mu.Lock()
	defer s.mu.Unlock()
	generations := s.streams[name]
	state := progresses(generations).State(s.options.Kinds)
	if state.Complete {
		state.Generation = pick(generations, stored.Generations.Served).number
	}
	return state, ctx.Err()
}

// Load implements mirror.Store.
func (s *Store) Load(
	ctx context.Context, name mirror.Stream, since mirror.Revision, visit func(record.Batch) error,
) (mirror.Revision, error) {
	view, err := s.view(ctx, name, stored.Generations.Served)
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
	view, err := s.view(ctx, name, stored.Generations.Served)
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
