package sqlite

import (
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// applyRevivals takes down the tombstones of what the batch brings back. It comes before all else, so that it does not
// matter in which order a batch speaks of an id.
func (c *commit) applyRevivals() error {
	for object, rows := range c.rows {
		for _, values := range rows {
			if err := c.revive(object, values[0].(string), values[1].(int64)); err != nil {
				return err
			}
		}
	}
	for _, q := range c.batch.Quarantined {
		if err := c.revive(q.Kind, q.ID, q.Version); err != nil {
			return err
		}
	}
	return nil
}

func (c *commit) revive(object record.Name, id string, version int64) error {
	e := c.entry(object, id)
	if e.tombstone == nil || !c.revives(e.tombstone, version) {
		return nil
	}
	e.tombstone, c.changed = nil, true
	if err := c.exec(c.store.statements.exhume, c.source, string(object), id); err != nil {
		return fmt.Errorf("revive %s: %w", object, err)
	}
	return nil
}

// revives reports whether a record of a version brings its id back. One that a full pass listed is alive for certain.
// One of an increment must be newer than its end, because search indexes lag. An absorbed id never comes back.
func (c *commit) revives(tombstone *record.Removal, version int64) bool {
	if tombstone.Reason == record.RemovedMerged || c.removed.cover(tombstone.Kind, tombstone.ID, version) {
		return false
	}
	return c.batch.Pass > 0 || version > tombstone.Version
}
