package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// maxNameless bounds the quarantined records without an id that a source keeps: nothing but a full pass ever lets them
// go, and a broken export may hold nothing else.
const maxNameless = 1000

// applyQuarantined commits the batch's records that could not be read.
func (c *commit) applyQuarantined() error {
	nameless := map[string]int{}
	for i := range c.batch.Quarantined {
		q := c.batch.Quarantined[i]
		q.Raw = q.Raw[:min(len(q.Raw), record.MaxQuarantineRaw)]
		slot := ""
		if q.ID == "" {
			slot = nextSlot(q, nameless)
		}
		if !c.batch.KeepRaw {
			q.Raw = nil
		}
		apply := c.quarantine
		if q.ID == "" {
			apply = func(q record.Quarantined) (mirror.Operation, error) { return c.quarantineNameless(q, slot) }
		}
		operation, err := apply(q)
		if err != nil {
			return fmt.Errorf("quarantine %s: %w", q.Kind, err)
		}
		c.count(q.Kind, operation)
	}
	if len(nameless) > 0 {
		return c.trimNameless()
	}
	return nil
}

// quarantine withholds a record until a readable copy of the same or a newer version arrives.
func (c *commit) quarantine(q record.Quarantined) (mirror.Operation, error) {
	e := c.entry(q.Kind, q.ID)
	e.touched = true
	if e.tombstone != nil {
		return mirror.Unchanged, nil
	}
	if q.Version == 0 { // Its version could not be read either: it speaks of the record as it is now.
		q.Version = e.newest()
	}
	if q.Version < e.newest() {
		return mirror.Unchanged, nil
	}
	sum := quarantineChecksum(q, "")
	if e.quarantine != nil && e.quarantine.checksum == sum {
		return mirror.Unchanged, nil
	}
	seen := c.seen
	if e.quarantine != nil {
		seen = max(seen, e.quarantine.seen)
	}
	e.quarantine = &row{version: q.Version, checksum: sum, seen: seen}
	c.changed = true
	return mirror.QuarantinedOnce, c.hold(q, "", sum)
}

// nextSlot returns what stands in for the id of a record without one: its content, and the how manieth of that content
// in the batch it is, so that the same page again counts nothing twice.
func nextSlot(q record.Quarantined, nameless map[string]int) string {
	content := []any{string(q.Reason), q.Raw}
	if q.Place != "" || q.Value != "" {
		content = append(content, q.Place, q.Value)
	}
	key := fmt.Sprintf("%s %x", q.Kind, checksum(content...))
	nameless[key]++
	return fmt.Sprintf("%s %d", key, nameless[key])
}

// quarantineNameless counts a record without an id. No revision moves: nobody can load it.
func (c *commit) quarantineNameless(q record.Quarantined, slot string) (mirror.Operation, error) {
	var known bool
	err := c.tx.QueryRowContext(c.ctx, `SELECT count(*) > 0 FROM quarantine
		WHERE source = ? AND object = ? AND id = '' AND slot = ?`, c.source, string(q.Kind), slot).Scan(&known)
	if err != nil {
		return "", err
	}
	operation := mirror.QuarantinedOnce
	if known {
		operation = mirror.Unchanged
	}
	return operation, c.hold(q, slot, quarantineChecksum(q, slot))
}

func (c *commit) hold(q record.Quarantined, slot string, sum int64) error {
	return c.exec(c.store.statements.hold, c.source, string(q.Kind), q.ID, slot, q.Version, string(q.Reason), q.Raw,
		q.Place, q.Value, sum, c.seen, c.revision)
}

func (c *commit) trimNameless() error {
	_, err := c.tx.ExecContext(c.ctx, `DELETE FROM quarantine WHERE source = ? AND slot <> '' AND seq NOT IN
		(SELECT seq FROM quarantine WHERE source = ? AND slot <> '' ORDER BY seq DESC LIMIT ?)`,
		c.source, c.source, maxNameless)
	if err != nil {
		return fmt.Errorf("trim quarantine: %w", err)
	}
	return nil
}

// quarantineChecksum leaves place and value out where there are none, as in the rows that older programs wrote.
func quarantineChecksum(q record.Quarantined, slot string) int64 {
	content := []any{string(q.Kind), q.ID, slot, q.Version, string(q.Reason), q.Raw}
	if q.Place != "" || q.Value != "" {
		content = append(content, q.Place, q.Value)
	}
	return checksum(content...)
}

const quarantineColumns = "SELECT object, id, slot, version, reason, raw, place, value, checksum, revision FROM quarantine"

// decodeQuarantined reads a row of quarantineColumns.
func decodeQuarantined(values []any) (q record.Quarantined, slot string, revision int64, err error) {
	f := &fields{values: values}
	q.Kind, q.ID, slot = record.Name(f.text()), f.text(), f.text()
	q.Version, q.Reason, q.Raw = f.integer(), record.Reason(f.text()), f.blob()
	q.Place, q.Value = f.text(), f.text()
	sum, revision := f.integer(), f.integer()
	if f.err != nil || sum != quarantineChecksum(q, slot) {
		return record.Quarantined{}, "", 0, corrupt("a quarantined record fails its checksum")
	}
	return q, slot, revision, nil
}

// Quarantined implements mirror.Store.
func (s *Store) Quarantined(ctx context.Context, source string) ([]record.Quarantined, error) {
	var all []record.Quarantined
	err := s.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(values []any) error {
			q, _, _, err := decodeQuarantined(values)
			q.Raw = bytes.Clone(q.Raw)
			all = append(all, q)
			return err
		}, quarantineColumns+" WHERE source = ?", source)
	})
	if err != nil {
		return nil, fmt.Errorf("read quarantine of %s: %w", source, err)
	}
	return all, nil
}

// countQuarantined counts the records of a source that could not be read.
func countQuarantined(
	ctx context.Context, tx *sql.Tx, source string, counts map[record.Name]map[record.Reason]int,
) error {
	return each(ctx, tx, func(values []any) error {
		f := &fields{values: values}
		object, reason, n := record.Name(f.text()), record.Reason(f.text()), int(f.integer())
		if counts[object] == nil {
			counts[object] = map[record.Reason]int{}
		}
		counts[object][reason] = n
		return f.err
	}, "SELECT object, reason, count(*) FROM quarantine WHERE source = ? GROUP BY object, reason", source)
}
