package mirrortest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// world is a CRM that lives: records are made, changed, deleted, restored and merged, with time going on. Unlike a
// random history, what it hands out is true, or was: a full pass reads the present, an increment may lag.
type world struct {
	r      *rand.Rand
	now    int64
	things map[Key]*thing
	pass   int64
	page   int // the next page of the pass under way
}

// thing is a record of the world, once it was made.
type thing struct {
	versions   []any // crm records or crm.Quarantined, by age
	removed    bool
	removedAt  int64
	mergedInto string
}

const (
	worldIDs  = 6 // per object
	pageCount = 3 // of a full pass
)

func newWorld(seed uint64) *world {
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test repeats itself
	w := &world{r: r, things: map[Key]*thing{}}
	for _, key := range w.keys() {
		w.things[key] = &thing{}
	}
	return w
}

func (w *world) keys() (keys []Key) {
	for _, object := range crm.Names() {
		for id := range worldIDs {
			keys = append(keys, Key{object, fmt.Sprint("id", id)})
		}
	}
	return keys
}

// live lets something happen to some of the records.
func (w *world) live() {
	for _, key := range w.keys() {
		if w.r.IntN(6) == 0 {
			w.now++
			w.happen(key, w.things[key])
		}
	}
}

func (w *world) happen(key Key, t *thing) {
	switch {
	case t.mergedInto != "":
	case len(t.versions) == 0 || !t.removed && w.r.IntN(3) > 0:
		t.versions = append(t.versions, w.version(key))
	case t.removed:
		t.removed = false
		if w.r.IntN(2) == 0 { // A restore may or may not count as a modification.
			t.versions = append(t.versions, w.version(key))
		}
	default:
		t.removed, t.removedAt = true, w.now
		if w.r.IntN(4) == 0 {
			t.mergedInto = fmt.Sprint("id", w.r.IntN(worldIDs))
		}
	}
}

// version makes the record as of now, which in some cases cannot be read.
func (w *world) version(key Key) any {
	if w.r.IntN(5) == 0 {
		return record.Quarantined{Kind: key.Object, ID: key.ID, Version: w.now, Reason: record.BadAmount}
	}
	switch key.Object {
	case crm.Deals.Name():
		return deal(key.ID, w.now)
	case crm.Accounts.Name():
		return crm.Account{Head: record.Head{ID: key.ID, Version: w.now}}
	case crm.Reps.Name():
		return crm.Rep{Head: record.Head{ID: key.ID, Version: w.now}}
	case crm.Pipelines.Name():
		return crm.Pipeline{Head: record.Head{ID: key.ID, Version: w.now}}
	case crm.Stages.Name():
		return crm.Stage{Head: record.Head{ID: key.ID, Version: w.now}}
	default:
		return randomRow(w.r, key, w.now)
	}
}

// read returns the next batch that a connector would commit.
func (w *world) read() record.Batch {
	switch w.r.IntN(3) {
	case 0:
		return w.increment()
	case 1:
		return w.removals()
	default:
		return w.fullPass()
	}
}

func hand(b *record.Batch, version any) {
	if q, ok := version.(record.Quarantined); ok {
		b.Quarantined = append(b.Quarantined, q)
		return
	}
	addRecord(b, version)
}

// increment lags: it may show an older version, and what was removed since.
func (w *world) increment() (b record.Batch) {
	for _, key := range w.keys() {
		if t := w.things[key]; len(t.versions) > 0 && w.r.IntN(3) == 0 {
			hand(&b, t.versions[max(0, len(t.versions)-1-w.r.IntN(2))])
		}
	}
	return b
}

// removals lists what is removed.
func (w *world) removals() (b record.Batch) {
	for _, key := range w.keys() {
		t := w.things[key]
		if !t.removed {
			continue
		}
		r := record.Removal{Kind: key.Object, ID: key.ID, Reason: record.RemovedDeleted, Version: t.removedAt}
		if t.mergedInto != "" {
			r.Reason, r.MergedInto = record.RemovedMerged, t.mergedInto
		}
		b.Removals = append(b.Removals, r)
	}
	return b
}

// fullPass is the next page of a full pass, the last of which sweeps.
func (w *world) fullPass() (b record.Batch) {
	if w.page == 0 {
		w.pass++
	}
	for i, key := range w.keys() {
		t := w.things[key]
		if i%pageCount == w.page && len(t.versions) > 0 && !t.removed {
			hand(&b, t.versions[len(t.versions)-1])
		}
	}
	b.Pass = w.pass
	w.page = (w.page + 1) % pageCount
	if w.page == 0 {
		b.Sweep = crm.Names()
	}
	return b
}

// reconcile returns the batches of a full pass through a world that stands still, and what a mirror must hold then.
func (w *world) reconcile() (batches []record.Batch, truth Picture) {
	w.page = 0
	for range pageCount {
		batches = append(batches, w.fullPass())
	}
	batches = append(batches, w.removals())
	truth = NewPicture()
	for _, key := range w.keys() {
		t := w.things[key]
		if t.mergedInto != "" {
			truth.Merged[key] = t.mergedInto
		}
		if len(t.versions) == 0 || t.removed {
			continue
		}
		last := t.versions[len(t.versions)-1]
		if _, bad := last.(record.Quarantined); !bad {
			truth.Records[key] = last
		}
	}
	return slices.Clip(batches), truth
}
