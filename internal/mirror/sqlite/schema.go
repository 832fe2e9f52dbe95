package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// replacedVersion is the last schema version that this program does not read: it had a table for each kind. A file of
// it or an older one is made anew.
const replacedVersion = 4

// migrations returns the steps that bring a file from each schema version to the next; the first one makes a new file.
// A released step never changes: a new version is a new step.
func migrations() []string {
	return []string{schemaV5, schemaV6}
}

// migrate brings the file to the newest version, each step whole or not at all.
func migrate(ctx context.Context, db *sql.DB, steps []string) error {
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	for done := max(0, version-replacedVersion); done < len(steps); done++ {
		if err := migrateOnce(ctx, db, steps[done], replacedVersion+done+1); err != nil {
			return fmt.Errorf("bring schema to version %d: %w", replacedVersion+done+1, err)
		}
	}
	return nil
}

func migrateOnce(ctx context.Context, db *sql.DB, step string, version int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if _, err := tx.ExecContext(ctx, step); err != nil {
		return err
	}
	// A PRAGMA takes no parameters.
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return err
	}
	return tx.Commit()
}

// schemaV5 carries its comments into the file, where the sqlite3 shell's .schema shows them.
const schemaV5 = `
PRAGMA application_id = 1935764581;

-- In all tables below: stream, kind and layout are the numbers of these three tables; version is milliseconds since
-- 1970; checksum is CRC-32C of the row's content; seen_pass is the full pass that last saw the row; revision is the
-- commit of the stream that last changed it, 0 before the first cycle ended; before is what readers saw at the end of
-- the last cycle, while revision is newer than that.

CREATE TABLE streams (
	stream INTEGER NOT NULL PRIMARY KEY,
	source TEXT NOT NULL, name TEXT NOT NULL,
	identity TEXT NOT NULL,            -- the account and the mapping that the rows came from
	cursor BLOB,                       -- where the next sync goes on
	pass INTEGER NOT NULL,             -- the newest full pass
	commits INTEGER NOT NULL,          -- under this identity
	revision INTEGER NOT NULL,         -- counts the commits that changed something
	finished INTEGER NOT NULL,         -- revision at the end of the last cycle
	completed_at INTEGER NOT NULL,     -- end of the last cycle, milliseconds since 1970, 0 before the first
	tidied INTEGER NOT NULL,           -- revision up to which nothing is left of earlier cycles
	account TEXT NOT NULL,             -- what the CRM account says of itself
	account_before TEXT NOT NULL, account_revision INTEGER NOT NULL,
	counts TEXT NOT NULL,              -- by kind, of the last commit
	picture TEXT NOT NULL,             -- by kind, of the end of the last cycle
	finished_cursor BLOB,              -- where the stream stood at the end of the last cycle
	checksum INTEGER NOT NULL,
	UNIQUE (source, name)
) STRICT;

CREATE TABLE kinds (
	kind INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, checksum INTEGER NOT NULL
) STRICT;

-- The columns of contents, in their order, each with its type.
CREATE TABLE layouts (
	layout INTEGER NOT NULL PRIMARY KEY, kind INTEGER NOT NULL, columns TEXT NOT NULL, checksum INTEGER NOT NULL
) STRICT;

-- "sales_exporter mirror records" shows them readably. A record that also stands in quarantine counts nowhere.
CREATE TABLE records (
	stream INTEGER NOT NULL, kind INTEGER NOT NULL, id TEXT NOT NULL,
	version INTEGER NOT NULL, layout INTEGER NOT NULL,
	content BLOB,                      -- NULL where the record is gone and only before is left of it
	before BLOB,
	checksum INTEGER NOT NULL, seen_pass INTEGER NOT NULL, revision INTEGER NOT NULL,
	PRIMARY KEY (stream, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_revision ON records (stream, revision) WHERE revision > 0;

-- Records that are gone. Their content is deleted; what stays keeps late pages from bringing them back.
CREATE TABLE tombstones (
	stream INTEGER NOT NULL, kind INTEGER NOT NULL, id TEXT NOT NULL,
	reason TEXT NOT NULL, version INTEGER NOT NULL, merged_into TEXT NOT NULL,
	before TEXT NOT NULL,              -- merged_into at the end of the last cycle
	checksum INTEGER NOT NULL, revision INTEGER NOT NULL,
	PRIMARY KEY (stream, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_revision ON tombstones (stream, revision) WHERE revision > 0;

-- Records that could not be read. Those without an id have a slot instead, made of their content. Place is where an
-- unreadable value stands, value what stood there, cut, so that people find it.
CREATE TABLE quarantine (
	seq INTEGER PRIMARY KEY,
	stream INTEGER NOT NULL, kind INTEGER NOT NULL, id TEXT NOT NULL, slot TEXT NOT NULL,
	version INTEGER NOT NULL, reason TEXT NOT NULL, raw BLOB, place TEXT NOT NULL, value TEXT NOT NULL,
	checksum INTEGER NOT NULL, seen_pass INTEGER NOT NULL, revision INTEGER NOT NULL,
	UNIQUE (stream, kind, id, slot)
) STRICT;

-- What records of numbered kinds are and were called. Who came to a label first is shown by it, the second as
-- "Ann Ames (2)", for good.
CREATE TABLE names (
	stream INTEGER NOT NULL, kind INTEGER NOT NULL,
	label TEXT NOT NULL,               -- as shown, in the form in which labels are compared
	base TEXT NOT NULL,                -- without the number
	id TEXT NOT NULL,                  -- of the record that has it
	number INTEGER NOT NULL,           -- 0: came to the label first, 2: is shown with (2)
	latest INTEGER NOT NULL,           -- 1: the label that the record had last
	held INTEGER NOT NULL,             -- 0: of an earlier reading of the account; no part of the checksum
	layout INTEGER NOT NULL, content BLOB NOT NULL, -- what the CRM may leave out, as it said it last
	checksum INTEGER NOT NULL,
	PRIMARY KEY (stream, kind, label)
) STRICT, WITHOUT ROWID;
`

// schemaV6 lets a stream have two generations: what it had was the one at work.
const schemaV6 = `
-- Each stream is a generation: its rows under one identity. A stream is read in the generation at work, and its picture
-- is that of the kept one while only that one is complete.
CREATE TABLE generations (
	stream INTEGER NOT NULL PRIMARY KEY,
	source TEXT NOT NULL, name TEXT NOT NULL,
	identity TEXT NOT NULL,            -- the account and the mapping that the rows came from
	cursor BLOB,                       -- where the next sync goes on
	pass INTEGER NOT NULL,             -- the newest full pass
	commits INTEGER NOT NULL,          -- of this generation
	revision INTEGER NOT NULL,         -- counts the commits that changed something
	finished INTEGER NOT NULL,         -- revision at the end of the last cycle
	completed_at INTEGER NOT NULL,     -- end of the last cycle, milliseconds since 1970, 0 before the first
	tidied INTEGER NOT NULL,           -- revision up to which nothing is left of earlier cycles
	account TEXT NOT NULL,             -- what the CRM account says of itself
	account_before TEXT NOT NULL, account_revision INTEGER NOT NULL,
	counts TEXT NOT NULL,              -- by kind, of the last commit
	picture TEXT NOT NULL,             -- by kind, of the end of the last cycle
	finished_cursor BLOB,              -- where the stream stood at the end of the last cycle
	role INTEGER NOT NULL,             -- 0: to be deleted, 1: at work, 2: kept beside it
	kept_since INTEGER NOT NULL,       -- when it ceased to be the one at work, milliseconds since 1970
	checksum INTEGER NOT NULL
) STRICT;
INSERT INTO generations SELECT stream, source, name, identity, cursor, pass, commits, revision, finished, completed_at,
	tidied, account, account_before, account_revision, counts, picture, finished_cursor, 1, 0, checksum FROM streams;
DROP TABLE streams;
ALTER TABLE generations RENAME TO streams;
CREATE INDEX streams_name ON streams (source, name);
`
