package world

import (
	"fmt"
	"slices"
	"time"
)

// Tx is a transaction: all that it does happens at one moment. It must not outlive the function that it was given to.
type Tx struct {
	world *World
	at    time.Time
}

// Do runs a transaction that happens now.
func (w *World) Do(f func(Tx) error) error { return w.DoAt(w.Moment(), f) }

// DoAt runs a transaction that happens at a time. It holds the world's lock: inside, records are read through the
// transaction only. What it has done stays done if it fails half-way.
func (w *World) DoAt(at time.Time, f func(Tx) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return f(Tx{w, at})
}

// At is when the transaction happens.
func (tx Tx) At() time.Time { return tx.at }

// Len returns how many records of a kind there ever were; their ids are 1 to that number.
func (tx Tx) Len(kind string) int64 {
	if t := tx.world.tables[kind]; t != nil {
		return int64(len(t.versions))
	}
	return 0
}

// Newest returns the last version of a record, seen by readers or not. It must not be changed.
func (tx Tx) Newest(kind string, id int64) (Record, bool) {
	t := tx.world.tables[kind]
	if t == nil || !t.has(id) {
		return nil, false
	}
	return t.newest(id), true
}

// Create stores a copy of a record as it is, under a new id, which it returns.
func (tx Tx) Create(kind string, r Record) (int64, error) {
	t := tx.world.tables[kind]
	if t == nil {
		return 0, fmt.Errorf("create a record of kind %q: %w", kind, ErrUnknown)
	}
	return t.add(t.kind.clone(r)), nil
}

// Change stores a new version of a record without moving Modified.
func (tx Tx) Change(kind string, id int64, edit func(Record)) error {
	t := tx.world.tables[kind]
	if t == nil || !t.has(id) {
		return fmt.Errorf("change %s %d: %w", kind, id, ErrUnknown)
	}
	r := t.kind.clone(t.newest(id))
	r.Base().VisibleAt = tx.at
	edit(r)
	r.Base().ID = id
	t.supersede(r, tx.at)
	return nil
}

// Update is Change by a user: it moves Modified. An edit may set Modified and VisibleAt itself, to play a transaction
// that commits late.
func (tx Tx) Update(kind string, id int64, edit func(Record)) error {
	return tx.Change(kind, id, func(r Record) {
		r.Base().Modified = tx.at
		edit(r)
	})
}

// Delete puts a record into the recycle bin. Modified does not move.
func (tx Tx) Delete(kind string, id int64) error {
	return tx.head(kind, id, func(h *Head) { h.Archived, h.ArchivedAt = true, tx.at })
}

// Restore takes a record out of the recycle bin. Modified does not move.
func (tx Tx) Restore(kind string, id int64) error {
	return tx.head(kind, id, func(h *Head) { h.Archived, h.RestoredAt = false, tx.at })
}

// Purge removes a record for good: no list shows it any more, the recycle bin neither.
func (tx Tx) Purge(kind string, id int64) error {
	return tx.head(kind, id, func(h *Head) { h.Purged = true })
}

// Hide takes a record out of the callers' sight by permission, or shows it again. It leaves no trace: to them it was
// never there.
func (tx Tx) Hide(kind string, id int64, hidden bool) error {
	return tx.head(kind, id, func(h *Head) { h.Hidden = hidden })
}

func (tx Tx) head(kind string, id int64, edit func(*Head)) error {
	return tx.Change(kind, id, func(r Record) { edit(r.Base()) })
}

// Merge makes a new record of two, as HubSpot does: the values of the primary, the gaps filled from the other. Both
// vanish, the recycle bin does not hold them, and what points to them points to the survivor: no record is modified by
// that.
func (tx Tx) Merge(kind string, primary, other int64) (int64, error) {
	for _, id := range []int64{primary, other} {
		if r, ok := tx.Newest(kind, id); !ok || !r.Base().Live() {
			return 0, fmt.Errorf("merge %s %d: %w", kind, id, ErrUnknown)
		}
	}
	t := tx.world.tables[kind]
	a, b := t.newest(primary), t.newest(other)
	survivor := t.kind.clone(a)
	head := survivor.Base()
	head.Modified, head.VisibleAt = tx.at, tx.at
	head.MergedIDs = slices.Concat(a.Base().MergedIDs, b.Base().MergedIDs, []int64{primary, other})
	t.kind.fill(survivor, b)
	for name, value := range b.Base().Properties {
		if head.Properties[name] == "" {
			if head.Properties == nil {
				head.Properties = map[string]string{}
			}
			head.Properties[name] = value
		}
	}
	id := t.add(survivor)
	for _, absorbed := range head.MergedIDs {
		if err := tx.head(kind, absorbed, func(h *Head) { h.MergedInto = id }); err != nil {
			return 0, err
		}
	}
	return id, tx.repoint(kind, id, primary, other)
}

// repoint makes everything that points to one of some records point to another.
func (tx Tx) repoint(kind string, to int64, from ...int64) error {
	for _, k := range tx.world.kinds {
		for _, f := range k.Fields {
			if f.Type != Reference || f.To != kind {
				continue
			}
			for id := int64(1); id <= tx.Len(k.Name); id++ {
				r, _ := tx.Newest(k.Name, id)
				if !slices.Contains(from, f.Read(r).ID) {
					continue
				}
				if err := tx.Change(k.Name, id, func(r Record) { *f.refer(r) = to }); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
