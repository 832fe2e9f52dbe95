package sqlite

import (
	"math"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// endings are the versions up to which a batch itself removes or withholds records that it may also hold, for a page
// can list a record twice, or together with its end. Such a record must not bring anything back: the end would follow
// at once, and the same batch again would go through both once more instead of changing nothing.
type endings map[recordKey]int64

type recordKey struct {
	object record.Name
	id     string
}

func endingsOf(batch *record.Batch) (removed, withheld endings) {
	removed, withheld = endings{}, endings{}
	for _, r := range batch.Removals {
		removed.add(r.Kind, r.ID, r.Version, r.Version == 0 || r.Reason == record.RemovedMerged)
	}
	for _, q := range batch.Quarantined {
		withheld.add(q.Kind, q.ID, q.Version, q.Version == 0)
		if key := (recordKey{q.Kind, q.ID}); q.Version > removed[key] {
			delete(removed, key) // A newer copy is alive, though unreadable.
		}
	}
	return removed, withheld
}

func (e endings) add(object record.Name, id string, version int64, always bool) {
	if always {
		version = math.MaxInt64
	}
	key := recordKey{object, id}
	e[key] = max(e[key], version)
}

// cover reports whether the batch ends this version of a record.
func (e endings) cover(object record.Name, id string, version int64) bool {
	until, ok := e[recordKey{object, id}]
	return ok && version <= until
}
