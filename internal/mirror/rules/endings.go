package rules

import (
	"math"

	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// endings are the versions up to which a batch itself removes or withholds records that it may also hold, for a page
// can list a record twice, or together with its end. Such a record must not bring anything back: the end would follow
// at once, and the same batch again would go through both once more instead of changing nothing.
type endings map[stored.Key]int64

func endingsOf(batch *record.Batch) (removed, withheld endings) {
	removed, withheld = endings{}, endings{}
	for _, r := range batch.Removals {
		removed.add(stored.Key{Kind: r.Kind, ID: r.ID}, r.Version, r.Version == 0 || r.Reason == record.RemovedMerged)
	}
	for i := range batch.Quarantined {
		q := &batch.Quarantined[i]
		key := stored.Key{Kind: q.Kind, ID: q.ID}
		withheld.add(key, q.Version, q.Version == 0)
		if q.Version > removed[key] {
			delete(removed, key) // A newer copy is alive, though unreadable.
		}
	}
	return removed, withheld
}

func (e endings) add(key stored.Key, version int64, always bool) {
	if always {
		version = math.MaxInt64
	}
	e[key] = max(e[key], version)
}

// cover reports whether the batch ends this version of a record.
func (e endings) cover(key stored.Key, version int64) bool {
	if len(e) == 0 {
		return false
	}
	until, ok := e[key]
	return ok && version <= until
}
