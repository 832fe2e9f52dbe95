package sqlite

import (
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// applyRecords commits the batch's records.
func (c *commit) applyRecords() error {
	for _, k := range kinds() {
		for _, values := range c.rows[k.object()] {
			operation, err := c.record(k.object(), values)
			if err != nil {
				return fmt.Errorf("write %s: %w", k.object(), err)
			}
			c.count(k.object(), operation)
		}
	}
	return nil
}

// record applies one record, of which values are the columns from id on.
func (c *commit) record(object record.Name, values []any) (mirror.Operation, error) {
	id, version := values[0].(string), values[1].(int64)
	e := c.entry(object, id)
	e.touched = true
	if e.tombstone != nil || e.stored != nil && version < e.stored.version {
		return mirror.Unchanged, nil
	}
	sum := checksum(values...)
	same := e.stored != nil && version == e.stored.version && sum == e.stored.checksum
	readable := e.quarantine != nil && version >= e.quarantine.version && !c.withheld.cover(object, id, version)
	if same && !readable {
		return mirror.Unchanged, nil
	}
	if readable {
		if err := c.exec(c.store.statements.release, c.source, string(object), id); err != nil {
			return "", fmt.Errorf("release from quarantine: %w", err)
		}
		e.quarantine = nil
	}
	seen := c.seen
	if e.stored != nil {
		seen = max(seen, e.stored.seen)
	}
	e.stored = &row{version: version, checksum: sum, seen: seen}
	c.changed = true
	args := append([]any{c.source}, values...)
	return mirror.Upserted, c.exec(c.store.statements.put[object], append(args, sum, seen, c.revision)...)
}
