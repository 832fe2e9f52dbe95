package peer

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"os"

	_ "modernc.org/sqlite" // the driver

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// SQLite keeps records as a mirror could at the least: an id, a version and the encoded content, with one prepared
// statement, one transaction a page and the durability of the exporter's mirror.
type SQLite struct {
	path   string
	db     *sql.DB
	upsert *sql.Stmt
}

// NewSQLite opens a file, and makes it where there is none.
func NewSQLite(ctx context.Context, path string) (*SQLite, error) {
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {"journal_mode(WAL)", "synchronous(FULL)"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	db.SetMaxOpenConns(1)
	s := &SQLite{path: path, db: db}
	if _, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS records (id TEXT NOT NULL PRIMARY KEY,
		version INTEGER NOT NULL, content BLOB NOT NULL) STRICT, WITHOUT ROWID`); err != nil {
		return nil, fmt.Errorf("create table: %w", err)
	}
	s.upsert, err = db.PrepareContext(ctx, `INSERT INTO records VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET
		version = excluded.version, content = excluded.content WHERE excluded.version >= version`)
	if err != nil {
		return nil, fmt.Errorf("prepare statement: %w", err)
	}
	return s, nil
}

// Commit stores a page.
func (s *SQLite) Commit(ctx context.Context, deals []crm.Deal) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	statement := tx.StmtContext(ctx, s.upsert)
	list := crm.Deals.Of(deals...)
	var content []byte
	for i := range deals {
		content = list.AppendContent(content[:0], i)
		if _, err := statement.ExecContext(ctx, deals[i].ID, deals[i].Version, content); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// keep stores a page of records as JSON.
func (s *SQLite) keep(ctx context.Context, rows []row) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	statement := tx.StmtContext(ctx, s.upsert)
	for _, r := range rows {
		content, err := json.Marshal(r.content)
		if err != nil {
			return fmt.Errorf("encode record: %w", err)
		}
		if _, err := statement.ExecContext(ctx, r.id, 0, content); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Load reads every record and returns how many there are.
func (s *SQLite) Load(ctx context.Context) (int, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id, version, content FROM records")
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	n := 0
	var (
		id      string
		version int64
		content sql.RawBytes
	)
	for ; rows.Next(); n++ {
		if err := rows.Scan(&id, &version, &content); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}

// Finish has nothing to do: each commit is seen at once.
func (s *SQLite) Finish(context.Context) error { return nil }

// Close writes the log back into the file.
func (s *SQLite) Close() error { return s.db.Close() }

// Size returns the bytes of the closed file.
func (s *SQLite) Size() (int64, error) {
	info, err := os.Stat(s.path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
