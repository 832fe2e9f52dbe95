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
