package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// migrations returns the steps that bring a file from each schema version to the next; the first one makes a new file.
// A released step never changes: a new version is a new step.
func migrations() []string {
	return []string{schemaV1, schemaV2, schemaV3, schemaV4}
}

// migrate brings the file to the newest version, each step whole or not at all.
func migrate(ctx context.Context, db *sql.DB, steps []string) error {
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	for ; version < len(steps); version++ {
		if err := migrateOnce(ctx, db, steps[version], version+1); err != nil {
			return fmt.Errorf("bring schema to version %d: %w", version+1, err)
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

// schemaV1 carries its comments into the file, where the sqlite3 shell's .schema shows them.
const schemaV1 = `
PRAGMA application_id = 1935764581;

CREATE TABLE meta (
	only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
	revision INTEGER NOT NULL -- counts the commits that changed something
) STRICT;
INSERT INTO meta VALUES (1, 0);

CREATE TABLE sources (
	source TEXT NOT NULL PRIMARY KEY,
	identity TEXT NOT NULL,        -- the account and the mapping that the rows came from
	cursor BLOB,                   -- where the next sync goes on
	complete INTEGER NOT NULL,     -- 1: the last commit ended a cycle
	completed_at INTEGER NOT NULL, -- end of the last cycle, milliseconds since 1970, 0 before the first
	pass INTEGER NOT NULL,         -- the newest full pass
	commits INTEGER NOT NULL,      -- under this identity
	checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- In all tables below: version is milliseconds since 1970, checksum is CRC-64 of the row's content, seen_pass is the
-- full pass that last saw the row, revision the commit that last changed it. Times are 'm' and milliseconds since 1970
-- for a moment, 'd' and those of midnight UTC for a bare date, '' for none: datetime(substr(closed, 2) / 1000,
-- 'unixepoch'). Amounts are ten-thousandths of a currency unit, probabilities millionths, both NULL where unknown.
-- Dimensions are a JSON object, '' where empty. A record that also stands in quarantine counts nowhere.

CREATE TABLE deals (
	source TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
	pipeline TEXT NOT NULL, stage TEXT NOT NULL, rep TEXT NOT NULL, account TEXT NOT NULL,
	outcome TEXT NOT NULL, amount INTEGER, currency TEXT NOT NULL,
	probability INTEGER, forecast_category TEXT NOT NULL,
	created TEXT NOT NULL, closed TEXT NOT NULL, stage_entered TEXT NOT NULL,
	dimensions TEXT NOT NULL, excluded TEXT NOT NULL,
	checksum INTEGER NOT NULL, seen_pass INTEGER NOT NULL, revision INTEGER NOT NULL,
	PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deals_revision ON deals (source, revision, version);

CREATE TABLE accounts (
	source TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
	dimensions TEXT NOT NULL,
	checksum INTEGER NOT NULL, seen_pass INTEGER NOT NULL, revision INTEGER NOT NULL,
	PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX accounts_revision ON accounts (source, revision, version);

CREATE TABLE reps (
	source TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
	name TEXT NOT NULL, team TEXT NOT NULL, active INTEGER NOT NULL,
	dimensions TEXT NOT NULL,
	checksum INTEGER NOT NULL, seen_pass INTEGER NOT NULL, revision INTEGER NOT NULL,
	PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reps_revision ON reps (source, revision, version);

CREATE TABLE pipelines (
	source TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
	label TEXT NOT NULL,
	checksum INTEGER NOT NULL, seen_pass INTEGER NOT NULL, revision INTEGER NOT NULL,
	PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pipelines_revision ON pipelines (source, revision, version);

-- A deal, a removal and a quarantined record name a stage by its id alone, so the id alone is its key.
CREATE TABLE stages (
	source TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
	pipeline TEXT NOT NULL, label TEXT NOT NULL, position INTEGER NOT NULL,
	outcome TEXT NOT NULL, probability INTEGER,
	checksum INTEGER NOT NULL, seen_pass INTEGER NOT NULL, revision INTEGER NOT NULL,
	PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX stages_revision ON stages (source, revision, version);

-- Records that are gone. Their content is deleted; what stays keeps late pages from bringing them back.
CREATE TABLE tombstones (
	source TEXT NOT NULL, object TEXT NOT NULL, id TEXT NOT NULL,
	reason TEXT NOT NULL, version INTEGER NOT NULL, merged_into TEXT NOT NULL,
	checksum INTEGER NOT NULL, revision INTEGER NOT NULL,
	PRIMARY KEY (source, object, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_revision ON tombstones (source, revision);

-- Records that could not be read. Those without an id have a slot instead, made of their content.
CREATE TABLE quarantine (
	seq INTEGER PRIMARY KEY,
	source TEXT NOT NULL, object TEXT NOT NULL, id TEXT NOT NULL, slot TEXT NOT NULL,
	version INTEGER NOT NULL, reason TEXT NOT NULL, raw BLOB,
	checksum INTEGER NOT NULL, seen_pass INTEGER NOT NULL, revision INTEGER NOT NULL,
	UNIQUE (source, object, id, slot)
) STRICT;
`

// schemaV2 pins a source to the account that its rows came from.
const schemaV2 = `
ALTER TABLE sources ADD COLUMN account_id TEXT NOT NULL DEFAULT ''; -- the vendor's number of the account
ALTER TABLE sources ADD COLUMN account_currency TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN account_zone TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN account_fiscal_start INTEGER NOT NULL DEFAULT 0; -- month, 1 to 12
ALTER TABLE sources ADD COLUMN account_revision INTEGER NOT NULL DEFAULT 0; -- the commit that last changed the account
`

// schemaV3 is the mirror's book of names.
const schemaV3 = `
-- What reps are and were called. Whoever came to a name first is shown by it, the second as "Ann Ames (2)", for good.
CREATE TABLE rep_names (
	source TEXT NOT NULL,
	label TEXT NOT NULL,       -- as shown, in the form in which labels are compared
	rep TEXT NOT NULL,         -- the id of the rep who has it
	name TEXT NOT NULL,        -- as the CRM wrote it last, '' where it never told one
	namesake INTEGER NOT NULL, -- 0: came to the name first, 2: is shown with (2)
	latest INTEGER NOT NULL,   -- 1: the name that the rep had last
	held INTEGER NOT NULL,     -- 0: of an earlier reading of the account; no part of the checksum
	checksum INTEGER NOT NULL,
	PRIMARY KEY (source, label)
) STRICT, WITHOUT ROWID;
`

// schemaV4 keeps where an unreadable value stands and what stood there, cut, so that people find it.
const schemaV4 = `
ALTER TABLE quarantine ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN value TEXT NOT NULL DEFAULT '';
`
