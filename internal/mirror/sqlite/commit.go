package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// commit is one batch on its way into the file.
type commit struct {
	*transaction
	source   string
	batch    *record.Batch
	rows     map[record.Name][][]any
	removed  endings
	withheld endings
	entries  map[record.Name]map[string]*entry
	progress progress
	// seen is the pass that the batch's records count as seen in.
	seen int64
	// revision is the one that this commit makes if it changes anything.
	revision int64
	changed  bool
	applied  mirror.Applied
}

// Commit implements mirror.Store.
func (s *Store) Commit(ctx context.Context, source string, batch record.Batch) (mirror.Applied, error) {
	c := &commit{
		source: source, batch: &batch, rows: map[record.Name][][]any{},
		entries: map[record.Name]map[string]*entry{}, applied: mirror.Applied{},
	}
	c.reduce()
	c.removed, c.withheld = endingsOf(&batch)
	if err := c.validate(); err != nil {
		return nil, err
	}
	err := s.write(ctx, func(t *transaction) error {
		c.transaction = t
		// Removals come after records: a page may hold a record and its end. Sweeps come last, for all that the
		// batch holds was seen.
		steps := []func() error{
			c.begin, c.readEntries, c.applyRevivals, c.keepAccounts, c.nameReps, c.applyRecords, c.applyQuarantined,
			c.applyRemovals, c.markSeen, c.applySweeps, c.end,
		}
		for _, step := range steps {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.applied, nil
}

// validate refuses what a connector must not hand over, for nothing could ever find such a record again.
func (c *commit) validate() error {
	for object, rows := range c.rows {
		for _, row := range rows {
			if row[0].(string) == "" {
				return fmt.Errorf("one of the %s has no id", object)
			}
		}
	}
	objects := crm.Names()
	for _, r := range c.batch.Removals {
		if r.ID == "" || !slices.Contains(objects, r.Kind) {
			return fmt.Errorf("a removal names no record of the mirror: object %q", r.Kind)
		}
	}
	for _, q := range c.batch.Quarantined {
		if !slices.Contains(objects, q.Kind) {
			return fmt.Errorf("a quarantined record is of no object of the mirror: %q", q.Kind)
		}
	}
	for _, object := range c.batch.Sweep {
		if !slices.Contains(objects, object) {
			return fmt.Errorf("a sweep is of no object of the mirror: %q", object)
		}
	}
	if len(c.batch.Sweep) > 0 && c.batch.Pass <= 0 {
		return errors.New("a sweep belongs to no full pass")
	}
	return nil
}

// begin reads where the source and the store stand.
func (c *commit) begin() error {
	var err error
	if c.progress, _, err = readProgress(c.ctx, c.tx, c.source); err != nil {
		return err
	}
	revision, err := readRevision(c.ctx, c.tx)
	if err != nil {
		return err
	}
	c.revision = int64(revision) + 1
	if c.batch.Account != nil {
		news, err := c.progress.take(*c.batch.Account)
		if err != nil {
			return err
		}
		if news {
			c.progress.accountRevision, c.changed = c.revision, true
		}
	}
	c.progress.pass = max(c.progress.pass, c.batch.Pass)
	// What an increment reads while a pass is under way is alive too, even where the pass listed its page before.
	c.seen = c.batch.Pass
	if c.seen == 0 {
		c.seen = c.progress.pass
	}
	return nil
}

// end stores the cursor beside the rows that it stands behind.
func (c *commit) end() error {
	if c.changed {
		if err := c.exec(c.store.statements.advance, c.revision); err != nil {
			return fmt.Errorf("advance revision: %w", err)
		}
	}
	c.progress.cursor = c.batch.Cursor
	// A page that changed nothing leaves the picture as it was: complete, if it was.
	c.progress.complete = c.batch.Complete || c.progress.complete && !c.changed
	c.progress.commits++
	if c.batch.Complete {
		c.progress.completedAt = c.store.options.Now().UnixMilli()
	}
	return c.writeProgress(c.source, c.progress)
}

func (c *commit) count(object record.Name, operation mirror.Operation) {
	if c.applied[object] == nil {
		c.applied[object] = map[mirror.Operation]int{}
	}
	c.applied[object][operation]++
}

// markSeen stamps what the batch touched without writing it. That is no change: the revision stays.
func (c *commit) markSeen() error {
	for object, entries := range c.entries {
		var records, quarantined []string
		for id, e := range entries {
			if !e.touched {
				continue
			}
			if e.stored != nil && e.stored.seen < c.seen {
				records = append(records, id)
			}
			if e.quarantine != nil && e.quarantine.seen < c.seen {
				quarantined = append(quarantined, id)
			}
		}
		err := errors.Join(
			c.stamp(records, fmt.Sprintf("UPDATE %s SET seen_pass = ? WHERE source = ? AND id", object), c.source),
			c.stamp(quarantined,
				"UPDATE quarantine SET seen_pass = ? WHERE source = ? AND object = ? AND slot = '' AND id",
				c.source, string(object)))
		if err != nil {
			return fmt.Errorf("mark %s as seen: %w", object, err)
		}
	}
	return nil
}

func (c *commit) stamp(ids []string, update string, key ...any) error {
	for chunk := range slices.Chunk(ids, idsPerQuery) {
		args := append([]any{c.seen}, key...)
		for _, id := range chunk {
			args = append(args, id)
		}
		query := fmt.Sprintf("%s IN (%s)", update, placeholders(len(chunk)))
		if _, err := c.tx.ExecContext(c.ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}
