package sqlite

import (
	"math"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// reduce leaves one of several things that a batch says of one id: the newest, and of equally new ones the last. Both
// would be applied in turn, and the same batch again would go back and forth instead of changing nothing. What is left
// out counts as unchanged.
func (c *commit) reduce() {
	for _, k := range kinds() {
		listed := k.count(c.batch)
		c.rows[k.object()] = k.rows(c.batch)
		c.skip(k.object(), listed-len(c.rows[k.object()]))
	}
	c.batch.Removals = unique(c.batch.Removals,
		func(r record.Removal) (recordKey, int64, bool) {
			return recordKey{r.Kind, r.ID}, r.Version, r.Reason == record.RemovedMerged
		}, func(r record.Removal) { c.skip(r.Kind, 1) })
	c.batch.Quarantined = unique(c.batch.Quarantined,
		func(q record.Quarantined) (recordKey, int64, bool) {
			version := q.Version
			if version == 0 { // It speaks of the record as it is now.
				version = math.MaxInt64
			}
			return recordKey{q.Kind, q.ID}, version, q.ID != ""
		}, func(q record.Quarantined) { c.skip(q.Kind, 1) })
}

func (c *commit) skip(object record.Name, records int) {
	for range records {
		c.count(object, mirror.Unchanged)
	}
}

// newest returns the places of the rows to keep, in their order.
func newest(rows [][]any) []int {
	best := make(map[string]int, len(rows))
	for i, row := range rows {
		id, version := row[0].(string), row[1].(int64)
		if before, ok := best[id]; !ok || version >= rows[before][1].(int64) {
			best[id] = i
		}
	}
	kept := make([]int, 0, len(best))
	for i, row := range rows {
		if best[row[0].(string)] == i {
			kept = append(kept, i)
		}
	}
	return kept
}

func pick[T any](all []T, places []int) []T {
	picked := make([]T, 0, len(places))
	for _, place := range places {
		picked = append(picked, all[place])
	}
	return picked
}

// unique leaves one of the items of each key. Only items that compete are compared, the others all stay.
func unique[T any](items []T, describe func(T) (key recordKey, version int64, competes bool), drop func(T)) []T {
	best := map[recordKey]int{}
	for i, item := range items {
		key, version, competes := describe(item)
		if !competes {
			continue
		}
		before, ok := best[key]
		if ok {
			_, known, _ := describe(items[before])
			ok = version < known
		}
		if !ok {
			best[key] = i
		}
	}
	kept := make([]T, 0, len(items))
	for i, item := range items {
		if key, _, competes := describe(item); competes && best[key] != i {
			drop(item)
			continue
		}
		kept = append(kept, item)
	}
	return kept
}
