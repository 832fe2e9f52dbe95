package rules

import (
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// applyRevivals takes down the tombstones of what the batch brings back. It comes before all else, so that it does not
// matter in which order a batch speaks of an id.
func (c *commit) applyRevivals() error {
	for _, list := range c.lists {
		byID := c.ids[list.Kind().Name()]
		for i := range list.Len() {
			head := list.Head(i)
			c.revive(byID[head.ID], head.Version)
		}
	}
	for i := range c.batch.Quarantined {
		if q := &c.batch.Quarantined[i]; q.ID != "" {
			c.revive(c.state(stored.Key{Kind: q.Kind, ID: q.ID}), q.Version)
		}
	}
	return nil
}

func (c *commit) revive(s *state, version int64) {
	if s.Tombstone == nil || !c.revives(s, version) {
		return
	}
	s.Tombstone, s.tombstoneChanged, c.changed = nil, true, true
}

// revives reports whether a record of a version brings its id back. One that a full pass listed is alive for certain.
// One of an increment must be newer than its end, because search indexes lag. An absorbed id never comes back.
func (c *commit) revives(s *state, version int64) bool {
	if s.Tombstone.Reason == record.RemovedMerged || c.removed.cover(s.key, version) {
		return false
	}
	return c.batch.Pass > 0 || version > s.Tombstone.Version
}

// applyRemovals commits the batch's removals.
func (c *commit) applyRemovals() error {
	for _, r := range c.batch.Removals {
		c.applied.Add(r.Kind, c.remove(c.state(stored.Key{Kind: r.Kind, ID: r.ID}), r), 1)
	}
	return nil
}

// remove applies one removal. An unknown id gets its tombstone too: a late page must not bring it to life.
func (c *commit) remove(s *state, r record.Removal) mirror.Operation {
	switch {
	case s.Tombstone != nil:
		return c.removeAgain(s, r)
	case r.Reason == record.RemovedMerged:
		c.bury(s, r)
		return mirror.Merged
	case r.Version > 0 && r.Version < s.Newest():
		return mirror.Unchanged // It was restored and modified since.
	default:
		c.bury(s, r)
		return mirror.Deleted
	}
}

// removeAgain applies the removal of a record that is gone already.
func (c *commit) removeAgain(s *state, r record.Removal) mirror.Operation {
	known := s.Tombstone.Removal
	merged := r.Reason == record.RemovedMerged
	switch {
	case merged && known.Reason != record.RemovedMerged:
		c.bury(s, r)
		return mirror.Merged
	case merged:
		// The survivor may itself have been merged since; the newest answer to where the record went is the right one.
		if r.MergedInto == "" || r.MergedInto == known.MergedInto || r.Version > 0 && r.Version < known.Version {
			return mirror.Unchanged
		}
		c.bury(s, r)
		return mirror.Merged
	case known.Reason != record.RemovedMerged && r.Version > known.Version:
		// Restored and removed again unseen: it is as gone as before, but what is older must not revive it.
		known.Version = r.Version
		c.setTombstone(s, known)
		return mirror.Unchanged
	default:
		return mirror.Unchanged
	}
}

// bury removes what is stored and quarantined of a record and puts up its tombstone. That is never older than what it
// ends, else an increment with the very copy that was removed would bring it back.
func (c *commit) bury(s *state, r record.Removal) {
	r.Version = max(r.Version, s.Newest())
	if s.Tombstone != nil {
		r.Version = max(r.Version, s.Tombstone.Version)
	}
	if s.Row != nil {
		before := c.before(&s.Entry)
		if s.Row, s.rowChanged = nil, true; before != nil {
			s.Row = &stored.Row{Gone: true, Before: before, Revision: c.revision}
		}
	}
	if s.Quarantine != nil {
		s.Quarantine, s.quarantineChanged = nil, true
	}
	c.setTombstone(s, r)
}

func (c *commit) setTombstone(s *state, r record.Removal) {
	next := &stored.Tombstone{Removal: r, Revision: c.revision}
	if old := s.Tombstone; old != nil {
		next.Before = old.At(c.progress.Finished)
	}
	s.Tombstone, s.tombstoneChanged, c.changed = next, true, true
}

// applySweeps removes what the batch's full pass did not see.
func (c *commit) applySweeps() error {
	if len(c.batch.Sweep) == 0 {
		return nil
	}
	c.recount()
	for _, kind := range c.batch.Sweep {
		if err := c.sweep(kind); err != nil {
			return err
		}
	}
	c.sweepNameless()
	c.dropNames()
	return nil
}

func (c *commit) sweep(kind record.Name) error {
	var vanished, withheld []*state
	for _, s := range c.states {
		switch {
		case s.key.Kind != kind || s.touched:
		case s.Visible() && s.Row.Seen < c.batch.Pass:
			vanished = append(vanished, s)
		case s.Quarantine != nil && s.Quarantine.Seen < c.batch.Pass:
			// What is withheld is no part of any number, so it needs no brake.
			withheld = append(withheld, s)
		}
	}
	if err := c.brake(kind, len(vanished)); err != nil {
		return err
	}
	for _, s := range append(vanished, withheld...) {
		c.applied.Add(kind, mirror.Deleted, 1)
		c.bury(s, record.Removal{Kind: kind, ID: s.key.ID, Reason: record.RemovedVanished})
	}
	return nil
}

// brake refuses to believe in a bulk deletion.
func (c *commit) brake(kind record.Name, vanishing int) error {
	live := c.progress.Counts[kind].Live
	if vanishing < c.options.BrakeMinimum || c.options.Unbraked(c.stream.Source) ||
		float64(vanishing) <= c.options.BrakeShare*float64(live) {
		return nil
	}
	return &mirror.BrakeError{Kind: kind, Vanishing: vanishing, Live: live}
}
