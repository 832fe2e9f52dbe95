package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// changedSince and changedBetween are conditions on rows by their revision. The first comparison, with a constant, is
// what the partial indexes ask for: rows that were read before the first Finish are in none of them.
const (
	changedSince   = "stream = ? AND revision > 0 AND revision > ?"
	changedBetween = changedSince + " AND revision <= ?"
)

const (
	rowColumns        = "id, version, layout, content, before, checksum, seen_pass, revision"
	quarantineColumns = "id, slot, version, reason, raw, place, value, checksum, seen_pass, revision"
	tombstoneColumns  = "id, reason, version, merged_into, before, checksum, revision"
	nameColumns       = "label, base, id, number, latest, held, layout, content, checksum"
)

// statements are those that a commit runs for many rows, compiled once.
type statements struct {
	// rows, quarantine and tombstones look up ids of a stream and a kind.
	rows, quarantine, tombstones *sql.Stmt
	// The deletes and the stamps take ids too, behind the same key and, of stamps, the pass.
	deleteRows, deleteQuarantine, deleteTombstones, deleteNames *sql.Stmt
	stampRows, stampQuarantine                                  *sql.Stmt

	upsertStream                                                *sql.Stmt
	upsertRows, upsertQuarantine, upsertTombstones, upsertNames bulk
}

func (s *statements) prepare(ctx context.Context, db *sql.DB) error {
	const ofKind, named = " WHERE stream = ? AND kind = ?", " AND slot = ''"
	c := &compiler{ctx: ctx, db: db}
	s.rows = c.byIDs("SELECT "+rowColumns+" FROM records"+ofKind, "id")
	s.quarantine = c.byIDs("SELECT "+quarantineColumns+" FROM quarantine"+ofKind+named, "id")
	s.tombstones = c.byIDs("SELECT "+tombstoneColumns+" FROM tombstones"+ofKind, "id")
	s.deleteRows = c.byIDs("DELETE FROM records"+ofKind, "id")
	s.deleteQuarantine = c.byIDs("DELETE FROM quarantine"+ofKind+named, "id")
	s.deleteTombstones = c.byIDs("DELETE FROM tombstones"+ofKind, "id")
	s.deleteNames = c.byIDs("DELETE FROM names"+ofKind, "label")
	s.stampRows = c.byIDs("UPDATE records SET seen_pass = ?"+ofKind, "id")
	s.stampQuarantine = c.byIDs("UPDATE quarantine SET seen_pass = ?"+ofKind+named, "id")

	s.upsertStream = c.compile(upsertStream)
	s.upsertRows = c.upsert("records", "stream, kind, id", rowColumns)
	s.upsertQuarantine = c.upsert("quarantine", "stream, kind, id, slot", quarantineColumns)
	s.upsertTombstones = c.upsert("tombstones", "stream, kind, id", tombstoneColumns)
	s.upsertNames = c.upsert("names", "stream, kind, label", nameColumns)
	return c.err
}

// compiler compiles statements until one fails.
type compiler struct {
	ctx context.Context
	db  *sql.DB
	err error
}

func (c *compiler) compile(query string) *sql.Stmt {
	if c.err != nil {
		return nil
	}
	statement, err := c.db.PrepareContext(c.ctx, query)
	if err != nil {
		c.err = fmt.Errorf("compile %q: %w", query, err)
	}
	return statement
}

// byIDs compiles a statement with the condition that a column is one of rowsPerStatement ids.
func (c *compiler) byIDs(statement, column string) *sql.Stmt {
	return c.compile(fmt.Sprintf("%s AND %s IN (%s)", statement, column, placeholders(rowsPerStatement)))
}

// upsert compiles the statement that writes rows over those of their key. Its arguments are stream, kind and columns.
func (c *compiler) upsert(table, key, columns string) bulk {
	all := "stream, kind, " + columns
	var updates []string
	for column := range strings.SplitSeq(columns, ", ") {
		if !strings.Contains(", "+key+",", ", "+column+",") {
			updates = append(updates, column+" = excluded."+column)
		}
	}
	row := "(" + placeholders(strings.Count(all, ",")+1) + ")"
	statement := func(rows int) sized {
		return sized{rows, c.compile(fmt.Sprintf("INSERT INTO %s (%s) VALUES %s ON CONFLICT (%s) DO UPDATE SET %s",
			table, all,
			strings.TrimSuffix(strings.Repeat(row+", ", rows), ", "), key, strings.Join(updates, ", ")))}
	}
	return bulk{statement(rowsPerStatement), statement(8), statement(1)}
}
