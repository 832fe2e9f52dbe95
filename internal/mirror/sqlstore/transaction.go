package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
)

// rowsPerStatement is how many rows one statement writes or looks up: a statement has a price of its own.
const rowsPerStatement = 64

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
	if err := s.engine.usable(); err != nil {
		return err
	}
	tx, err := s.engine.Writer.BeginTx(ctx, nil)
	if err != nil {
		return s.engine.Explain(ctx, fmt.Errorf("begin: %w", err))
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	t := &transaction{ctx: context.WithoutCancel(ctx), tx: tx, store: s, bound: map[*sql.Stmt]*sql.Stmt{}}
	if err := run(t); err != nil {
		return s.engine.Explain(ctx, err)
	}
	if err := tx.Commit(); err != nil {
		return s.engine.Explain(ctx, fmt.Errorf("make durable: %w", err))
	}
	return nil
}

// bind returns a compiled statement within the transaction.
func (t *transaction) bind(statement *sql.Stmt) *sql.Stmt {
	bound, ok := t.bound[statement]
	if !ok {
		bound = t.tx.StmtContext(t.ctx, statement)
		t.bound[statement] = bound
	}
	return bound
}

// exec runs a compiled statement.
func (t *transaction) exec(statement *sql.Stmt, args ...any) error {
	_, err := t.bind(statement).ExecContext(t.ctx, args...)
	return err
}

// bulk is a statement for many rows, for some and for one, the one with most rows first.
type bulk []sized

type sized struct {
	rows int
	*sql.Stmt
}

// write runs a statement over n rows, of which args appends the arguments.
func (t *transaction) write(b bulk, n int, args func(list []any, i int) []any) error {
	var list []any
	for i := 0; i < n; {
		statement := b[len(b)-1]
		for _, larger := range b {
			if larger.rows <= n-i {
				statement = larger
				break
			}
		}
		list = list[:0]
		for range statement.rows {
			list = args(list, i)
			i++
		}
		if err := t.exec(statement.Stmt, list...); err != nil {
			return err
		}
	}
	return nil
}

// lookUp runs a query by ids and visits what it finds.
func (t *transaction) lookUp(query *sql.Stmt, ids []string, visit func(*cells) error, key ...any) error {
	bound := t.bind(query)
	return byIDs(ids, key, func(args []any) error {
		rows, err := bound.QueryContext(t.ctx, args...)
		if err != nil {
			return err
		}
		return scan(rows, visit)
	})
}

// execIDs runs a statement by ids.
func (t *transaction) execIDs(statement *sql.Stmt, ids []string, key ...any) error {
	return byIDs(ids, key, func(args []any) error { return t.exec(statement, args...) })
}

// byIDs hands out the arguments of a statement by ids, rowsPerStatement at a time. A short list is filled up with its
// last id.
func byIDs(ids []string, key []any, run func(args []any) error) error {
	args := make([]any, len(key)+rowsPerStatement)
	copy(args, key)
	for len(ids) > 0 {
		n := min(len(ids), rowsPerStatement)
		for i := range rowsPerStatement {
			args[len(key)+i] = ids[min(i, n-1)]
		}
		ids = ids[n:]
		if err := run(args); err != nil {
			return err
		}
	}
	return nil
}

// each visits the rows of a query.
func each(ctx context.Context, tx *sql.Tx, visit func(*cells) error, query string, args ...any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return scan(rows, visit)
}

// scan visits rows. The cells are only good until the next row.
func scan(rows *sql.Rows, visit func(*cells) error) error {
	defer func() { _ = rows.Close() }() // rows.Err tells how the reading went
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	c := newCells(len(columns))
	for rows.Next() {
		if err := rows.Scan(c.targets...); err != nil {
			return err
		}
		c.rest, c.fault = c.values, nil
		if err := visit(c); err != nil {
			return err
		}
	}
	return rows.Err()
}

// placeholders returns "?, ?, ?".
func placeholders(n int) string {
	return strings.TrimSuffix(strings.Repeat("?, ", n), ", ")
}

// corrupt is the error of damaged content. What to do about it is the engine's to say.
func corrupt(finding string) error { return fmt.Errorf("%w: %s", mirror.ErrCorrupt, finding) }
