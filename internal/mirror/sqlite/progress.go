package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
)

// progress is a row of the sources: where one of them stands.
type progress struct {
	identity    string
	cursor      []byte
	complete    bool
	completedAt int64
	pass        int64
	commits     int64
}

// values are the row's columns after its source.
func (p progress) values() []any {
	// An empty cursor is stored as NULL: the two mean the same, and SQLite gives both back as nil.
	var cursor any
	if len(p.cursor) > 0 {
		cursor = p.cursor
	}
	return []any{p.identity, cursor, encodeBool(p.complete), p.completedAt, p.pass, p.commits}
}

// readProgress returns the row of a source and whether there is one.
func readProgress(ctx context.Context, tx *sql.Tx, source string) (p progress, found bool, err error) {
	err = each(ctx, tx, func(values []any) error {
		found = true
		content, sum := values[:len(values)-1], values[len(values)-1]
		if checksum(content...) != sum {
			return corrupt("the progress of a source fails its checksum")
		}
		f := &fields{values: content}
		p.identity, p.cursor, p.complete = f.text(), f.blob(), f.bool()
		p.completedAt, p.pass, p.commits = f.integer(), f.integer(), f.integer()
		return f.err
	}, `SELECT identity, cursor, complete, completed_at, pass, commits, checksum FROM sources WHERE source = ?`, source)
	if err == nil && !found {
		err = refuseOrphans(ctx, tx, source)
	}
	if err != nil {
		return progress{}, false, fmt.Errorf("read progress: %w", err)
	}
	return p, found, nil
}

// refuseOrphans finds records whose source has no progress. No commit leaves such; a damaged key does, and a new
// progress would take them over without knowing whose they are.
func refuseOrphans(ctx context.Context, tx *sql.Tx, source string) error {
	for _, k := range kinds() {
		var orphans bool
		query := "SELECT EXISTS (SELECT 1 FROM " + string(k.object()) + " WHERE source = ?)"
		if err := tx.QueryRowContext(ctx, query, source).Scan(&orphans); err != nil {
			return err
		}
		if orphans {
			return corrupt("the progress of a source is missing")
		}
	}
	return nil
}

// writeProgress stores the row of a source.
func (t *transaction) writeProgress(source string, p progress) error {
	values := p.values()
	args := append([]any{source}, values...)
	if err := t.exec(t.store.statements.settle, append(args, checksum(values...))...); err != nil {
		return fmt.Errorf("write progress: %w", err)
	}
	return nil
}

// readRevision returns the store's revision.
func readRevision(ctx context.Context, tx *sql.Tx) (mirror.Revision, error) {
	var revision mirror.Revision
	if err := tx.QueryRowContext(ctx, "SELECT revision FROM meta").Scan(&revision); err != nil {
		return 0, fmt.Errorf("read revision: %w", err)
	}
	return revision, nil
}

// Bind implements mirror.Store.
func (s *Store) Bind(ctx context.Context, source, identity string) (forgotten bool, err error) {
	err = s.write(ctx, func(t *transaction) error {
		p, found, err := readProgress(t.ctx, t.tx, source)
		if err != nil {
			return err
		}
		if found && p.identity == identity {
			return nil
		}
		if found {
			if err := t.forget(source); err != nil {
				return err
			}
			forgotten = true
		}
		return t.writeProgress(source, progress{identity: identity})
	})
	if err != nil {
		return false, fmt.Errorf("bind %s: %w", source, err)
	}
	return forgotten, nil
}

// forget removes every row of a source. The revision moves, since what a reader holds of the source is void.
func (t *transaction) forget(source string) error {
	tables := []string{"tombstones", "quarantine"}
	for _, k := range kinds() {
		tables = append(tables, string(k.object()))
	}
	for _, table := range tables {
		if _, err := t.tx.ExecContext(t.ctx, fmt.Sprintf("DELETE FROM %s WHERE source = ?", table), source); err != nil {
			return fmt.Errorf("forget %s: %w", table, err)
		}
	}
	revision, err := readRevision(t.ctx, t.tx)
	if err != nil {
		return err
	}
	return t.exec(t.store.statements.advance, revision+1)
}

// completedTime returns when the last cycle ended, the zero time before the first.
func (p progress) completedTime() time.Time {
	if p.completedAt == 0 {
		return time.Time{}
	}
	return time.UnixMilli(p.completedAt).UTC()
}
