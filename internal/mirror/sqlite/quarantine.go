package sqlite

import (
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
)

// maxNameless bounds the quarantined records without an id that a source keeps: nothing but a full pass ever lets them
// go, and a broken export may hold nothing else.
const maxNameless = 1000

// applyQuarantined commits the batch's records that could not be read.
func (c *commit) applyQuarantined() error {
	nameless := map[string]int{}
	for i := range c.batch.Quarantined {
		q := c.batch.Quarantined[i]
		q.Raw = q.Raw[:min(len(q.Raw), crm.MaxQuarantineRaw)]
		apply := c.quarantine
		if q.ID == "" {
			apply = func(q crm.Quarantined) (mirror.Operation, error) { return c.quarantineNameless(q, nameless) }
		}
		operation, err := apply(q)
		if err != nil {
			return fmt.Errorf("quarantine %s: %w", q.Object, err)
		}
		c.count(q.Object, operation)
	}
	if len(nameless) > 0 {
		return c.trimNameless()
	}
	return nil
}

// quarantine withholds a record until a readable copy of the same or a newer version arrives.
func (c *commit) quarantine(q crm.Quarantined) (mirror.Operation, error) {
	e := c.entry(q.Object, q.ID)
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

// quarantineNameless counts a record without an id. Its content stands in for the id, and the how manieth of that
// content in the batch it is, so that the same page again counts nothing twice. No revision moves: nobody can load it.
func (c *commit) quarantineNameless(q crm.Quarantined, nameless map[string]int) (mirror.Operation, error) {
	content := fmt.Sprintf("%s %x", q.Object, checksum(string(q.Reason), q.Raw))
	nameless[content]++
	slot := fmt.Sprintf("%s %d", content, nameless[content])
	var known bool
	err := c.tx.QueryRowContext(c.ctx, `SELECT count(*) > 0 FROM quarantine
		WHERE source = ? AND object = ? AND id = '' AND slot = ?`, c.source, string(q.Object), slot).Scan(&known)
	if err != nil {
		return "", err
	}
	operation := mirror.QuarantinedOnce
	if known {
		operation = mirror.Unchanged
	}
	return operation, c.hold(q, slot, quarantineChecksum(q, slot))
}

func (c *commit) hold(q crm.Quarantined, slot string, sum int64) error {
	return c.exec(c.store.statements.hold, c.source, string(q.Object), q.ID, slot, q.Version, string(q.Reason), q.Raw,
		sum, c.seen, c.revision)
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

func quarantineChecksum(q crm.Quarantined, slot string) int64 {
	return checksum(string(q.Object), q.ID, slot, q.Version, string(q.Reason), q.Raw)
}
