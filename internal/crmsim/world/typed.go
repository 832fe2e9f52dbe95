package world

import (
	"fmt"
	"time"
)

// Table is the records of one kind by their type. Each of its verbs is a transaction of its own that happens now.
type Table[T any] struct {
	world *World
	kind  string
}

// TableOf returns the records of a kind that was declared with the type T.
func TableOf[T any](w *World, kind string) Table[T] {
	if w.Kind(kind) == nil {
		panic(fmt.Sprintf("world: no kind %q", kind))
	}
	return Table[T]{w, kind}
}

func record[T any](r *T) Record { return any(r).(Record) }

// Add stores a record under a new id and returns it. Times of creation, modification and visibility default to now.
func (t Table[T]) Add(r T) int64 {
	now := t.world.Moment()
	base := record(&r).Base()
	for _, at := range []*time.Time{&base.Created, &base.Modified, &base.VisibleAt} {
		if at.IsZero() {
			*at = now
		}
	}
	var id int64
	_ = t.world.DoAt(now, func(tx Tx) (err error) { // the kind exists, so it cannot fail
		id, err = tx.Create(t.kind, record(&r))
		return err
	})
	return id
}

// Update edits a record and moves Modified to now, see Tx.Update.
func (t Table[T]) Update(id int64, edit func(*T)) error {
	return t.world.Do(func(tx Tx) error {
		return tx.Update(t.kind, id, func(r Record) { edit(any(r).(*T)) })
	})
}

// Delete puts a record into the recycle bin.
func (t Table[T]) Delete(id int64) error {
	return t.world.Do(func(tx Tx) error { return tx.Delete(t.kind, id) })
}

// Restore takes a record out of the recycle bin.
func (t Table[T]) Restore(id int64) error {
	return t.world.Do(func(tx Tx) error { return tx.Restore(t.kind, id) })
}

// Purge removes a record for good.
func (t Table[T]) Purge(id int64) error {
	return t.world.Do(func(tx Tx) error { return tx.Purge(t.kind, id) })
}

// Hide takes a record out of the callers' sight, or shows it again.
func (t Table[T]) Hide(id int64, hidden bool) error {
	return t.world.Do(func(tx Tx) error { return tx.Hide(t.kind, id, hidden) })
}

// Merge makes a new record of two and returns its id.
func (t Table[T]) Merge(primary, other int64) (id int64, err error) {
	err = t.world.Do(func(tx Tx) error {
		id, err = tx.Merge(t.kind, primary, other)
		return err
	})
	return id, err
}

// Touch modifies many records in one identical millisecond, as an import or a workflow at month end does.
func (t Table[T]) Touch(ids []int64) error {
	return t.world.Do(func(tx Tx) error {
		for _, id := range ids {
			if err := tx.Update(t.kind, id, func(Record) {}); err != nil {
				return err
			}
		}
		return nil
	})
}

// All returns every record that there ever was as readers see it at a time, see World.Records.
func (t Table[T]) All(at time.Time) []*T {
	records := t.world.Records(t.kind, at)
	all := make([]*T, len(records))
	for i, r := range records {
		all[i] = any(r).(*T)
	}
	return all
}

// Get returns one record as readers see it now. It must not be changed.
func (t Table[T]) Get(id int64) (*T, bool) {
	r, ok := t.world.Record(t.kind, id)
	if !ok {
		return nil, false
	}
	return any(r).(*T), true
}

// Truth returns the live records by id as they really are, seen by readers or not. The caller may change the copies.
func (t Table[T]) Truth() []T {
	t.world.Advance(t.world.Now())
	t.world.mu.Lock()
	defer t.world.mu.Unlock()
	table := t.world.tables[t.kind]
	truth := make([]T, 0, len(table.versions))
	for i := range table.versions {
		if r := table.newest(int64(i + 1)); r.Base().Live() {
			truth = append(truth, *any(table.kind.clone(r)).(*T))
		}
	}
	return truth
}
