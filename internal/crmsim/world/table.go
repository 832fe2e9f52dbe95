package world

import (
	"maps"
	"slices"
	"time"
)

// historyKept is for how long superseded versions of a record stay readable, which bounds how far an index may lag.
// What changed is kept for good, see Change.
const historyKept = time.Hour

// table is the records of one kind. The world's lock guards it.
type table struct {
	kind     *Kind
	versions [][]Record // by id - 1, oldest first; never empty
	current  []Record   // cache of what readers see once latest has passed; nil after a change
	latest   time.Time  // no version becomes visible after this time
	names    map[string]bool
	hidden   int // percent of the records that permissions hide
	changes  map[int64][]Change
}

// Change is one change of one value of a record.
type Change struct {
	Field         string // of the kind, or the name of a property
	At            time.Time
	Before, After Value

	visibleAt time.Time
}

func (t *table) has(id int64) bool { return id >= 1 && id <= int64(len(t.versions)) }

// newest returns the last version of an existing record.
func (t *table) newest(id int64) Record {
	versions := t.versions[id-1]
	return versions[len(versions)-1]
}

// visible returns the newest version of an existing record that readers can see at a time, or nil.
func (t *table) visible(id int64, at time.Time) Record {
	for _, r := range slices.Backward(t.versions[id-1]) {
		if base := r.Base(); !base.VisibleAt.After(at) {
			if base.Hidden || t.withheld(id) {
				return nil
			}
			return r
		}
	}
	return nil
}

// withheld reports whether the record is of the share that permissions hide. Ids are scattered over the percents, or
// else a share would be the oldest of every hundred.
func (t *table) withheld(id int64) bool {
	const prime = 61
	return t.hidden > 0 && int(id*prime%100) < t.hidden
}

// at returns what readers see at a time.
func (t *table) at(at time.Time) []Record {
	everything := !t.latest.After(at)
	if everything && t.current != nil {
		return t.current
	}
	records := make([]Record, 0, len(t.versions))
	for i := range t.versions {
		if r := t.visible(int64(i+1), at); r != nil {
			records = append(records, r)
		}
	}
	if everything {
		t.current = records
	}
	return records
}

// add stores a record under a new id.
func (t *table) add(r Record) int64 {
	t.versions = append(t.versions, nil)
	base := r.Base()
	base.ID = int64(len(t.versions))
	t.versions[base.ID-1] = []Record{r}
	t.stored(base)
	return base.ID
}

// supersede makes r the newest version of its record, notes what changed at a time and forgets versions that no lagging
// index can still show.
func (t *table) supersede(r Record, at time.Time) {
	base := r.Base()
	t.note(t.newest(base.ID), r, at)
	versions := t.versions[base.ID-1]
	for len(versions) > 1 && versions[1].Base().VisibleAt.Before(at.Add(-historyKept)) {
		versions = versions[1:]
	}
	t.versions[base.ID-1] = append(slices.Clip(versions), r)
	t.stored(base)
}

func (t *table) stored(base *Head) {
	for name := range base.Properties {
		t.names[name] = true
	}
	t.current = nil
	if base.VisibleAt.After(t.latest) {
		t.latest = base.VisibleAt
	}
}

// note keeps what two versions of a record differ in.
func (t *table) note(before, after Record, at time.Time) {
	old, base := before.Base(), after.Base()
	if !base.Modified.Equal(old.Modified) {
		at = base.Modified // a transaction that commits late was begun earlier
	}
	add := func(field string, from, to Value) {
		if !from.Equal(to) {
			t.changes[base.ID] = append(t.changes[base.ID], Change{field, at, from, to, base.VisibleAt})
		}
	}
	for _, f := range t.kind.Fields {
		add(f.Name, f.Read(before), f.Read(after))
	}
	if maps.Equal(old.Properties, base.Properties) {
		return
	}
	both := maps.Clone(base.Properties)
	if both == nil {
		both = map[string]string{}
	}
	maps.Copy(both, old.Properties)
	for _, name := range slices.Sorted(maps.Keys(both)) {
		add(name, Value{Text: old.Properties[name]}, Value{Text: base.Properties[name]})
	}
}
