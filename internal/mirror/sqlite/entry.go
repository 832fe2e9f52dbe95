package sqlite

import (
	"fmt"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// idsPerQuery bounds the parameters of one query.
const idsPerQuery = 500

// entry is what the file holds of one id. A tombstone stands alone; a quarantine hides a stored record, if there is
// one.
type entry struct {
	stored     *row
	quarantine *row
	tombstone  *record.Removal
	touched    bool // the batch holds the record: it was seen
}

// row is what the rules need of a stored or quarantined record.
type row struct {
	version  int64
	checksum int64
	seen     int64
}

// newest is the newest version that is known of the record.
func (e *entry) newest() int64 {
	var version int64
	if e.stored != nil {
		version = e.stored.version
	}
	if e.quarantine != nil {
		version = max(version, e.quarantine.version)
	}
	return version
}

// entry returns what the file holds of an id that the batch names.
func (c *commit) entry(object record.Name, id string) *entry {
	if c.entries[object] == nil {
		c.entries[object] = map[string]*entry{}
	}
	e := c.entries[object][id]
	if e == nil {
		e = &entry{}
		c.entries[object][id] = e
	}
	return e
}

// readEntries reads what the file holds of the batch's ids: a few queries for a page instead of three per record.
func (c *commit) readEntries() error {
	ids := map[record.Name][]string{}
	for object, rows := range c.rows {
		for _, values := range rows {
			ids[object] = append(ids[object], values[0].(string))
		}
	}
	for _, r := range c.batch.Removals {
		ids[r.Kind] = append(ids[r.Kind], r.ID)
	}
	for _, q := range c.batch.Quarantined {
		if q.ID != "" {
			ids[q.Kind] = append(ids[q.Kind], q.ID)
		}
	}
	for object, all := range ids {
		for chunk := range slices.Chunk(all, idsPerQuery) {
			if err := c.readChunk(object, chunk); err != nil {
				return fmt.Errorf("read %s: %w", object, err)
			}
		}
	}
	return nil
}

func (c *commit) readChunk(object record.Name, ids []string) error {
	args := []any{c.source}
	for _, id := range ids {
		args = append(args, id)
	}
	in := fmt.Sprintf("source = ? AND id IN (%s)", placeholders(len(ids)))
	err := each(c.ctx, c.tx, func(values []any) error {
		f := &fields{values: values}
		c.entry(object, f.text()).stored = &row{version: f.integer(), checksum: f.integer(), seen: f.integer()}
		return f.err
	}, fmt.Sprintf("SELECT id, version, checksum, seen_pass FROM %s WHERE %s", object, in), args...)
	if err != nil {
		return err
	}
	in, args = in+" AND object = ?", append(args, string(object))
	err = each(c.ctx, c.tx, func(values []any) error {
		f := &fields{values: values}
		c.entry(object, f.text()).quarantine = &row{version: f.integer(), checksum: f.integer(), seen: f.integer()}
		return f.err
	}, "SELECT id, version, checksum, seen_pass FROM quarantine WHERE slot = '' AND "+in, args...)
	if err != nil {
		return err
	}
	return each(c.ctx, c.tx, func(values []any) error {
		removal, err := decodeTombstone(c.source, values)
		if err != nil {
			return err
		}
		c.entry(object, removal.ID).tombstone = &removal
		return nil
	}, tombstoneColumns+" WHERE "+in, args...)
}
