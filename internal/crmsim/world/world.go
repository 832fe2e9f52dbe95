// Package world keeps the records of a simulated CRM account in memory. It knows no kind of record by name: each is
// declared as data, and all of them are created, edited, deleted, restored, merged and hidden alike.
//
// Records are immutable once stored: a change stores a new version. Readers therefore share pointers without copying,
// and a search index that lags can still show the version before.
package world

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// World is the records of one account. It is safe for concurrent use.
type World struct {
	now func() time.Time

	mu     sync.Mutex
	kinds  []*Kind
	tables map[string]*table
	life   func(to time.Time) // how time passes here; nil in a world that stands still
}

// ErrUnknown is the error of a change to something that does not exist.
var ErrUnknown = errors.New("no such record")

// New returns an empty world of some kinds that reads the time from now.
func New(now func() time.Time, kinds ...*Kind) *World {
	w := &World{now: now, kinds: kinds, tables: map[string]*table{}}
	for _, k := range kinds {
		w.tables[k.Name] = &table{kind: k, names: map[string]bool{}, changes: map[int64][]Change{}}
	}
	return w
}

// Now reads the world's clock.
func (w *World) Now() time.Time { return w.now() }

// Moment is the clock at the resolution of the CRMs.
func (w *World) Moment() time.Time { return w.now().UTC().Truncate(time.Millisecond) }

// Kinds returns the kinds in the order of their declaration. The slice must not be changed.
func (w *World) Kinds() []*Kind { return w.kinds }

// Kind returns the kind of a name, or nil.
func (w *World) Kind(name string) *Kind {
	if t := w.tables[name]; t != nil {
		return t.kind
	}
	return nil
}

// SetLife says what lets happen what happens up to a time. It must be set before the world is shared.
func (w *World) SetLife(life func(to time.Time)) { w.life = life }

// Advance lets happen what happens up to a time. Calling it again for the same or an earlier time does nothing, and so
// it does in a world without life. Whoever reads records makes a world catch up with its clock, so that only
// simulations of a future need to call it.
func (w *World) Advance(to time.Time) {
	if w.life != nil {
		w.life(to)
	}
}

// Records returns every record of a kind that there ever was, by id, in the version that was visible at t. The deleted,
// the purged and the merged-away are among them: it is for the façade to know which of these its CRM shows where. Those
// that permissions hide are not. Neither the slice nor the records may be changed.
func (w *World) Records(kind string, t time.Time) []Record {
	w.Advance(w.now())
	w.mu.Lock()
	defer w.mu.Unlock()
	if table := w.tables[kind]; table != nil {
		return table.at(t)
	}
	return nil
}

// Record returns one record as readers see it now. It must not be changed.
func (w *World) Record(kind string, id int64) (Record, bool) {
	now := w.now()
	w.Advance(now)
	w.mu.Lock()
	defer w.mu.Unlock()
	table := w.tables[kind]
	if table == nil || !table.has(id) {
		return nil, false
	}
	r := table.visible(id, now)
	return r, r != nil
}

// PropertyNames returns the names of all Properties that any record of a kind ever had, sorted.
func (w *World) PropertyNames(kind string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if table := w.tables[kind]; table != nil {
		return slices.Sorted(maps.Keys(table.names))
	}
	return nil
}

// History returns what changed on a record, oldest first, as readers can see it at t.
func (w *World) History(kind string, id int64, t time.Time) []Change {
	w.Advance(w.now())
	w.mu.Lock()
	defer w.mu.Unlock()
	table := w.tables[kind]
	if table == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(table.changes[id]), func(c Change) bool { return c.visibleAt.After(t) })
}

// HideShare puts a share of a kind out of the callers' sight, in percent: always the same records of it, and those that
// are still to come as well. 0 shows all of them again but for those that were hidden one by one.
func (w *World) HideShare(kind string, percent int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	table := w.tables[kind]
	if table == nil {
		return fmt.Errorf("hide records of kind %q: %w", kind, ErrUnknown)
	}
	table.hidden, table.current = percent, nil
	return nil
}
