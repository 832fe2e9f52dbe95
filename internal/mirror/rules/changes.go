package rules

import (
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Changes are what a store has to write. Each key and each label is named once.
type Changes struct {
	// Progress is where the stream then stands.
	Progress stored.Progress

	UpsertRows []KeyedRow
	DeleteRows []stored.Key

	UpsertQuarantine []stored.Quarantine
	DeleteQuarantine []stored.Key

	UpsertTombstones []stored.Tombstone
	DeleteTombstones []stored.Key

	// SeenRows and SeenQuarantine are ids by kind that were seen in pass Seen and did not change.
	Seen           int64
	SeenRows       map[record.Name][]string
	SeenQuarantine map[record.Name][]string

	UpsertNames []stored.Name
	DeleteNames []stored.Name

	// UpsertNameless are known by their slots; new ones get their sequences from the store, in this order.
	UpsertNameless []stored.Nameless
	// DeleteNameless are sequences.
	DeleteNameless []int64

	// Newest are the kinds whose newest version went. The store has to look for the next one among the rows that
	// readers see, after all else is written, and to put it into the Progress.
	Newest []record.Name

	Applied mirror.Applied
}

// KeyedRow is a row under its key.
type KeyedRow struct {
	stored.Key
	*stored.Row
}

func (c *Changes) see(seen *map[record.Name][]string, key stored.Key) {
	if *seen == nil {
		*seen = map[record.Name][]string{}
	}
	(*seen)[key.Kind] = append((*seen)[key.Kind], key.ID)
}

// collect lists what changed of the entries.
func (c *commit) collect() {
	out := c.changes
	out.Seen = c.seen
	for _, s := range c.states {
		switch {
		case s.rowChanged && s.Row != nil:
			out.UpsertRows = append(out.UpsertRows, KeyedRow{s.key, s.Row})
		case s.rowChanged:
			out.DeleteRows = append(out.DeleteRows, s.key)
		}
		switch {
		case s.quarantineChanged && s.Quarantine != nil:
			out.UpsertQuarantine = append(out.UpsertQuarantine, *s.Quarantine)
		case s.quarantineChanged:
			out.DeleteQuarantine = append(out.DeleteQuarantine, s.key)
		}
		switch {
		case s.tombstoneChanged && s.Tombstone != nil:
			out.UpsertTombstones = append(out.UpsertTombstones, *s.Tombstone)
		case s.tombstoneChanged:
			out.DeleteTombstones = append(out.DeleteTombstones, s.key)
		}
	}
}
