package rules

import (
	"encoding/binary"
	"fmt"
	"hash/crc64"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// maxNameless bounds the quarantined records without an id that a stream keeps: nothing but a full pass ever lets them
// go, and a broken export may hold nothing else.
const maxNameless = 1000

// applyQuarantined commits the batch's records that could not be read.
func (c *commit) applyQuarantined() error {
	slots := map[string]int{}
	for i := range c.batch.Quarantined {
		q := c.batch.Quarantined[i]
		q.Raw = q.Raw[:min(len(q.Raw), record.MaxQuarantineRaw)]
		slot := ""
		if q.ID == "" {
			slot = nextSlot(&q, slots)
		}
		if !c.batch.KeepRaw {
			q.Raw = nil
		}
		if q.ID == "" {
			c.applied.Add(q.Kind, c.quarantineNameless(q, slot), 1)
		} else {
			c.applied.Add(q.Kind, c.quarantine(c.state(stored.Key{Kind: q.Kind, ID: q.ID}), q), 1)
		}
	}
	c.trimNameless()
	return nil
}

// quarantine withholds a record until a readable copy of the same or a newer version arrives.
func (c *commit) quarantine(s *state, q record.Quarantined) mirror.Operation {
	s.touched = true
	if s.Tombstone != nil {
		return mirror.Unchanged
	}
	if q.Version == 0 { // Its version could not be read either: it speaks of the record as it is now.
		q.Version = s.Newest()
	}
	if q.Version < s.Newest() || s.Quarantine != nil && s.Quarantine.Same(&q) {
		return mirror.Unchanged
	}
	if c.progress.Completed() && s.Visible() {
		c.touchRow(s)
	}
	seen := c.seen
	if s.Quarantine != nil {
		seen = max(seen, s.Quarantine.Seen)
	}
	s.Quarantine = &stored.Quarantine{Quarantined: q, Seen: seen, Revision: c.revision}
	s.quarantineChanged, c.changed = true, true
	return mirror.QuarantinedOnce
}

// nextSlot returns what stands in for the id of a record without one: its content, and the how manieth of that content
// in the batch it is, so that the same page again counts nothing twice.
func nextSlot(q *record.Quarantined, slots map[string]int) string {
	var content []byte
	for _, part := range [][]byte{[]byte(q.Reason), q.Raw, []byte(q.Place), []byte(q.Value)} {
		content = append(binary.AppendUvarint(content, uint64(len(part))), part...)
	}
	key := fmt.Sprintf("%s %x", q.Kind, crc64.Checksum(content, crc64.MakeTable(crc64.ECMA)))
	slots[key]++
	return fmt.Sprintf("%s %d", key, slots[key])
}

// quarantineNameless counts a record without an id. No revision moves: nobody can load it.
func (c *commit) quarantineNameless(q record.Quarantined, slot string) mirror.Operation {
	for i := range c.nameless {
		if n := &c.nameless[i]; n.Slot == slot {
			n.Quarantined, n.Seen = q, max(n.Seen, c.seen)
			c.changes.UpsertNameless = append(c.changes.UpsertNameless, *n)
			return mirror.Unchanged
		}
	}
	n := stored.Nameless{Quarantine: stored.Quarantine{Quarantined: q, Slot: slot, Seen: c.seen, Revision: c.revision}}
	c.nameless = append(c.nameless, n)
	c.changes.UpsertNameless = append(c.changes.UpsertNameless, n)
	c.countQuarantine(q.Kind, q.Reason, 1)
	return mirror.QuarantinedOnce
}

// trimNameless drops the oldest ones beyond the bound.
func (c *commit) trimNameless() {
	over := max(0, len(c.nameless)-maxNameless)
	for i := range c.nameless[:over] {
		c.dropNameless(&c.nameless[i])
	}
	c.nameless = c.nameless[over:]
}

// sweepNameless drops what the batch's full pass did not see.
func (c *commit) sweepNameless() {
	swept := map[record.Name]bool{}
	for _, kind := range c.batch.Sweep {
		swept[kind] = true
	}
	for i := range c.nameless {
		if n := &c.nameless[i]; swept[n.Kind] && n.Seen < c.batch.Pass {
			c.dropNameless(n)
		}
	}
}

func (c *commit) dropNameless(n *stored.Nameless) {
	c.countQuarantine(n.Kind, n.Reason, -1)
	upserts := c.changes.UpsertNameless[:0]
	for _, u := range c.changes.UpsertNameless {
		if u.Slot != n.Slot {
			upserts = append(upserts, u)
		}
	}
	c.changes.UpsertNameless = upserts
	if n.Sequence > 0 {
		c.changes.DeleteNameless = append(c.changes.DeleteNameless, n.Sequence)
	}
}
