package sqlite

import (
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// applyRemovals commits the batch's removals.
func (c *commit) applyRemovals() error {
	for _, r := range c.batch.Removals {
		operation, err := c.remove(r)
		if err != nil {
			return fmt.Errorf("remove %s: %w", r.Kind, err)
		}
		c.count(r.Kind, operation)
	}
	return nil
}

// remove applies one removal. An unknown id gets its tombstone too: a late page must not bring it to life.
func (c *commit) remove(r record.Removal) (mirror.Operation, error) {
	e := c.entry(r.Kind, r.ID)
	switch {
	case e.tombstone != nil:
		return c.removeAgain(r, e)
	case r.Reason == record.RemovedMerged:
		return mirror.Merged, c.bury(r, e)
	case r.Version > 0 && r.Version < e.newest():
		return mirror.Unchanged, nil // It was restored and modified since.
	default:
		return mirror.Deleted, c.bury(r, e)
	}
}

// removeAgain applies the removal of a record that is gone already.
func (c *commit) removeAgain(r record.Removal, e *entry) (mirror.Operation, error) {
	known := *e.tombstone
	merged := r.Reason == record.RemovedMerged
	switch {
	case merged && known.Reason != record.RemovedMerged:
		return mirror.Merged, c.bury(r, e)
	case merged:
		// The survivor may itself have been merged since; the newest answer to where the record went is the right one.
		if r.MergedInto == "" || r.MergedInto == known.MergedInto || r.Version > 0 && r.Version < known.Version {
			return mirror.Unchanged, nil
		}
		return mirror.Merged, c.bury(r, e)
	case known.Reason != record.RemovedMerged && r.Version > known.Version:
		// Restored and removed again unseen: it is as gone as before, but what is older must not revive it.
		known.Version = r.Version
		e.tombstone, c.changed = &known, true
		return mirror.Unchanged, c.writeTombstone(known)
	default:
		return mirror.Unchanged, nil
	}
}

// bury removes what is stored and quarantined of a record and puts up its tombstone. That is never older than what it
// ends, else an increment with the very copy that was removed would bring it back.
func (c *commit) bury(r record.Removal, e *entry) error {
	r.Version = max(r.Version, e.newest())
	if e.tombstone != nil {
		r.Version = max(r.Version, e.tombstone.Version)
	}
	if e.stored != nil {
		if err := c.exec(c.store.statements.drop[r.Kind], c.source, r.ID); err != nil {
			return err
		}
	}
	if e.quarantine != nil {
		if err := c.exec(c.store.statements.release, c.source, string(r.Kind), r.ID); err != nil {
			return fmt.Errorf("release from quarantine: %w", err)
		}
	}
	*e = entry{tombstone: &r}
	c.changed = true
	return c.writeTombstone(r)
}

const tombstoneColumns = "SELECT object, id, reason, version, merged_into, checksum FROM tombstones"

func (c *commit) writeTombstone(r record.Removal) error {
	err := c.exec(c.store.statements.bury, c.source, string(r.Kind), r.ID, string(r.Reason), r.Version, r.MergedInto,
		tombstoneChecksum(c.source, r), c.revision)
	if err != nil {
		return fmt.Errorf("write tombstone: %w", err)
	}
	return nil
}

// decodeTombstone reads a row of tombstoneColumns.
func decodeTombstone(source string, values []any) (record.Removal, error) {
	f := &fields{values: values}
	r := record.Removal{
		Kind: record.Name(f.text()), ID: f.text(), Reason: record.RemovalReason(f.text()), Version: f.integer(),
		MergedInto: f.text(),
	}
	if sum := f.integer(); f.err != nil || sum != tombstoneChecksum(source, r) {
		return record.Removal{}, corrupt("a tombstone fails its checksum")
	}
	return r, nil
}

func tombstoneChecksum(source string, r record.Removal) int64 {
	return checksum(source, string(r.Kind), r.ID, string(r.Reason), r.Version, r.MergedInto)
}
