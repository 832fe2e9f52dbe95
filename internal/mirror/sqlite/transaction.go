package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// statements are those that a commit runs once per row, compiled once.
type statements struct {
	put, drop       map[record.Name]*sql.Stmt
	bury, exhume    *sql.Stmt
	hold, release   *sql.Stmt
	advance, settle *sql.Stmt
}

func (s *statements) prepare(ctx context.Context, db *sql.DB) error {
	s.put, s.drop = map[record.Name]*sql.Stmt{}, map[record.Name]*sql.Stmt{}
	var err error
	compile := func(query string) *sql.Stmt {
		if err != nil {
			return nil
		}
		var statement *sql.Stmt
		statement, err = db.PrepareContext(ctx, query)
		return statement
	}
	for _, k := range kinds() {
		s.put[k.object()] = compile(putQuery(k))
		s.drop[k.object()] = compile(fmt.Sprintf("DELETE FROM %s WHERE source = ? AND id = ?", k.object()))
	}
	s.bury = compile(`INSERT INTO tombstones (source, object, id, reason, version, merged_into, checksum, revision)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, object, id) DO UPDATE SET reason = excluded.reason,
		version = excluded.version, merged_into = excluded.merged_into, checksum = excluded.checksum,
		revision = excluded.revision`)
	s.exhume = compile("DELETE FROM tombstones WHERE source = ? AND object = ? AND id = ?")
	s.hold = compile(`INSERT INTO quarantine
		(source, object, id, slot, version, reason, raw, place, value, checksum, seen_pass, revision)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, object, id, slot) DO UPDATE SET
		version = excluded.version, reason = excluded.reason, raw = excluded.raw, place = excluded.place,
		value = excluded.value, checksum = excluded.checksum, seen_pass = max(seen_pass, excluded.seen_pass), revision = excluded.revision`)
	s.release = compile("DELETE FROM quarantine WHERE source = ? AND object = ? AND id = ? AND slot = ''")
	s.advance = compile("UPDATE meta SET revision = ?")
	s.settle = compile("INSERT OR REPLACE INTO sources (source, " + progressColumns + ", checksum) VALUES (" +
		placeholders(len(progress{}.values())+2) + ")")
	return err
}

// transaction is one on the writing connection.
type transaction struct {
	// ctx does not end: the driver starts a goroutine per statement to watch one that can. The caller's context ends
	// the transaction itself, and with it the next statement.
	ctx   context.Context
	tx    *sql.Tx
	store *Store
	bound map[*sql.Stmt]*sql.Stmt
}

// write runs a transaction: all of it is durable when write returns nil, and nothing of it exists otherwise.
func (s *Store) write(ctx context.Context, run func(*transaction) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return explain(ctx, fmt.Errorf("begin: %w", err))
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	t := &transaction{ctx: context.WithoutCancel(ctx), tx: tx, store: s, bound: map[*sql.Stmt]*sql.Stmt{}}
	if err := run(t); err != nil {
		return explain(ctx, err)
	}
	if err := tx.Commit(); err != nil {
		return explain(ctx, fmt.Errorf("make durable: %w", err))
	}
	return nil
}

// read runs a transaction that sees one commit and no later one.
func (s *Store) read(ctx context.Context, run func(*sql.Tx) error) error {
	tx, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return explain(ctx, fmt.Errorf("begin: %w", err))
	}
	defer func() { _ = tx.Rollback() }() // there is nothing to lose
	return explain(ctx, run(tx))
}

// exec runs a compiled statement.
func (t *transaction) exec(statement *sql.Stmt, args ...any) error {
	bound, ok := t.bound[statement]
	if !ok {
		bound = t.tx.StmtContext(t.ctx, statement)
		t.bound[statement] = bound
	}
	_, err := bound.ExecContext(t.ctx, args...)
	return err
}

// each visits the rows of a query. The values are only good until the next row.
func each(ctx context.Context, tx *sql.Tx, visit func(values []any) error, query string, args ...any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells how the reading went
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if err := visit(values); err != nil {
			return err
		}
	}
	return rows.Err()
}
