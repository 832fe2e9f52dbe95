package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror/rules"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// apply writes what a plan has decided. It ends between two steps where the caller's context has ended.
func (t *transaction) apply(ctx context.Context, at *streamAt, c *rules.Changes) error {
	w := &writing{transaction: t, at: at, changes: c, codecs: map[record.Name]*codec{}}
	at.progress = c.Progress
	for _, step := range []func() error{w.rows, w.quarantine, w.tombstones, w.seen, w.names, w.nameless, w.newest} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := step(); err != nil {
			return err
		}
	}
	return t.writeStream(at)
}

// writing is one apply.
type writing struct {
	*transaction
	at      *streamAt
	changes *rules.Changes
	codecs  map[record.Name]*codec
}

func (w *writing) codec(kind record.Name) *codec {
	c := w.codecs[kind]
	if c == nil {
		c = &codec{stream: w.at.number, kind: w.store.catalog.numbers[kind], name: kind}
		w.codecs[kind] = c
	}
	return c
}

// table writes rows and deletes others by their keys.
func (w *writing) table(
	what string, upsert bulk, n int, args func(list []any, i int) []any, deletion *sql.Stmt, keys []stored.Key,
) error {
	if err := w.write(upsert, n, args); err != nil {
		return fmt.Errorf("write %s: %w", what, err)
	}
	ids := map[record.Name][]string{}
	for _, key := range keys {
		ids[key.Kind] = append(ids[key.Kind], key.ID)
	}
	for kind, of := range ids {
		if err := w.execIDs(deletion, of, w.at.number, w.codec(kind).kind); err != nil {
			return fmt.Errorf("delete %s of %s: %w", what, kind, err)
		}
	}
	return nil
}

func (w *writing) rows() error {
	rows, s := w.changes.UpsertRows, &w.store.statements
	return w.table("records", s.upsertRows, len(rows), func(args []any, i int) []any {
		return w.codec(rows[i].Kind).rowArgs(args, rows[i].ID, rows[i].Row)
	}, s.deleteRows, w.changes.DeleteRows)
}

func (w *writing) quarantine() error {
	rows, s := w.changes.UpsertQuarantine, &w.store.statements
	return w.table("quarantine", s.upsertQuarantine, len(rows), func(args []any, i int) []any {
		return w.codec(rows[i].Kind).quarantineArgs(args, &rows[i])
	}, s.deleteQuarantine, w.changes.DeleteQuarantine)
}

func (w *writing) tombstones() error {
	rows, s := w.changes.UpsertTombstones, &w.store.statements
	return w.table("tombstones", s.upsertTombstones, len(rows), func(args []any, i int) []any {
		return w.codec(rows[i].Kind).tombstoneArgs(args, &rows[i])
	}, s.deleteTombstones, w.changes.DeleteTombstones)
}

// seen stamps what a pass saw and found unchanged.
func (w *writing) seen() error {
	statements := &w.store.statements
	for kind, ids := range w.changes.SeenRows {
		if err := w.execIDs(statements.stampRows, ids, w.changes.Seen, w.at.number, w.codec(kind).kind); err != nil {
			return fmt.Errorf("mark %s as seen: %w", kind, err)
		}
	}
	for kind, ids := range w.changes.SeenQuarantine {
		if err := w.execIDs(statements.stampQuarantine, ids, w.changes.Seen, w.at.number, w.codec(kind).kind); err != nil {
			return fmt.Errorf("mark quarantined %s as seen: %w", kind, err)
		}
	}
	return nil
}

func (w *writing) names() error {
	deletes, upserts, statements := w.changes.DeleteNames, w.changes.UpsertNames, &w.store.statements
	for i := range deletes {
		n := &deletes[i]
		if err := w.execIDs(statements.deleteNames, []string{n.Label}, w.at.number, w.codec(n.Kind).kind); err != nil {
			return fmt.Errorf("drop names: %w", err)
		}
	}
	err := w.write(statements.upsertNames, len(upserts), func(args []any, i int) []any {
		return w.codec(upserts[i].Kind).nameArgs(args, &upserts[i])
	})
	if err != nil {
		return fmt.Errorf("write names: %w", err)
	}
	return nil
}

// nameless writes the quarantined records without an id. The database numbers new ones by their age.
func (w *writing) nameless() error {
	for _, sequence := range w.changes.DeleteNameless {
		if _, err := w.tx.ExecContext(w.ctx, "DELETE FROM quarantine WHERE seq = ?", sequence); err != nil {
			return fmt.Errorf("trim quarantine: %w", err)
		}
	}
	upserts := w.changes.UpsertNameless
	err := w.write(w.store.statements.upsertQuarantine, len(upserts), func(args []any, i int) []any {
		return w.codec(upserts[i].Kind).quarantineArgs(args, &upserts[i].Quarantine)
	})
	if err != nil {
		return fmt.Errorf("write quarantine: %w", err)
	}
	return nil
}

// newest looks for the newest version of the kinds whose newest record went.
func (w *writing) newest() error {
	for _, kind := range w.changes.Newest {
		count := w.at.progress.Counts[kind]
		number := w.codec(kind).kind
		err := w.tx.QueryRowContext(w.ctx, `SELECT coalesce(max(version), 0) FROM records
			WHERE stream = ? AND kind = ? AND content IS NOT NULL
			AND id NOT IN (SELECT id FROM quarantine WHERE stream = ? AND kind = ? AND slot = '')`,
			w.at.number, number, w.at.number, number).Scan(&count.Newest)
		if err != nil {
			return fmt.Errorf("look for the newest of %s: %w", kind, err)
		}
		w.at.progress.Counts[kind] = count
	}
	return nil
}
