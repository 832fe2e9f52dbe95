package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/mirrortest"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// stream is the one that most tests write.
var stream = mirror.All("crm")

func openTest(t *testing.T, options mirror.Options) *Store {
	t.Helper()
	options.Kinds = crm.Kinds()
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "mirror.db"), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return store
}

// TestColumns holds the mirror to what KPIs need: the columns that the kinds declare, which docs/records.md shows to
// people, and those with which it keeps account of records.
func TestColumns(t *testing.T) {
	allowed := map[string]string{
		"streams": "stream source name identity cursor pass commits revision finished completed_at tidied account " +
			"account_before account_revision counts picture finished_cursor role kept_since checksum",
		"kinds":      "kind name checksum",
		"layouts":    "layout kind columns checksum",
		"records":    "stream kind id version layout content before checksum seen_pass revision",
		"tombstones": "stream kind id reason version merged_into before checksum revision",
		"quarantine": "seq stream kind id slot version reason raw place value checksum seen_pass revision",
		"names":      "stream kind label base id number latest held layout content checksum",
	}
	store := openTest(t, mirror.Options{})
	tables := map[string]bool{}
	eachPair(t, store, `SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'`,
		func(table, column string) {
			tables[table] = true
			if !slices.Contains(strings.Fields(allowed[table]), column) {
				t.Errorf("column %s.%s is not on the list of what the mirror may hold", table, column)
			}
		})
	if len(tables) != len(allowed) {
		t.Errorf("tables are %v", slices.Sorted(maps.Keys(tables)))
	}
	contents := map[string]string{}
	eachPair(t, store, "SELECT k.name, l.columns FROM layouts l JOIN kinds k ON k.kind = l.kind", func(kind, layout string) {
		contents[kind] = layout
	})
	declared := map[string]string{}
	for _, k := range crm.Kinds() {
		declared[string(k.Name())] = k.Layout().String()
	}
	if !maps.Equal(contents, declared) {
		t.Errorf("records have the layouts %v, want %v", contents, declared)
	}
}

func eachPair(t *testing.T, store *Store, query string, visit func(a, b string)) {
	t.Helper()
	rows, err := store.reader.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var a, b string
		if err := rows.Scan(&a, &b); err != nil {
			t.Fatal(err)
		}
		visit(a, b)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

func TestMigrate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mirror.db")
	reopen := func(steps []string) (*Store, error) {
		return open(t.Context(), path, mirror.Options{Kinds: crm.Kinds()}, steps)
	}
	batch := record.Batch{Rows: record.Rows{crm.Deals.Of(crm.Deal{Head: record.Head{ID: "1", Version: 1}})}}
	old, err := reopen(migrations())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.Commit(t.Context(), stream, batch); err != nil {
		t.Fatal(err)
	}
	want, _ := mirrortest.LoadPicture(t, old, stream)
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}

	// A step that fails half way leaves the old version.
	_, err = reopen(append(migrations(), "ALTER TABLE records ADD COLUMN note TEXT NOT NULL DEFAULT ''; nonsense"))
	version := replacedVersion + len(migrations())
	if err == nil || !strings.Contains(err.Error(), "bring schema to version "+strconv.Itoa(version+1)) {
		t.Fatalf("error is %v", err)
	}
	next := append(migrations(), "ALTER TABLE records ADD COLUMN note TEXT NOT NULL DEFAULT 'none'", "SELECT 1")
	for range 2 { // The second time there is nothing to do.
		migrated, err := reopen(next)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := mirrortest.LoadPicture(t, migrated, stream)
		if diff := mirrortest.Diff(want, got); diff != "" {
			t.Errorf("rows after the migration (-want +got):\n%s", diff)
		}
		var reached int
		var note string
		err = migrated.reader.QueryRowContext(t.Context(),
			"SELECT v.user_version, r.note FROM pragma_user_version v, records r").Scan(&reached, &note)
		if err != nil || reached != version+2 || note != "none" || migrated.Replaced() != "" {
			t.Errorf("version %d, note %q, replaced %q, error %v", reached, note, migrated.Replaced(), err)
		}
		if err := migrated.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := reopen(migrations()); !errors.Is(err, mirror.ErrSchema) {
		t.Errorf("an older program opens it with error %v", err)
	}
}

// TestReplaceOldSchema opens files of the schemas that had a table for each kind. Nothing of them is taken over: what
// they held is read anew, into a file that can give back room.
func TestReplaceOldSchema(t *testing.T) {
	for version := 1; version <= replacedVersion; version++ {
		t.Run(strconv.Itoa(version), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "mirror.db")
			writeOldSchema(t, path, version)
			for opening, want := range []string{ReplacedSchema, ""} {
				store, err := Open(t.Context(), path, mirror.Options{Kinds: crm.Kinds()})
				if err != nil {
					t.Fatal(err)
				}
				state, err := store.State(t.Context(), stream)
				if diff := mirrortest.Diff(mirror.State{}, state); diff != "" || err != nil || store.Replaced() != want {
					t.Errorf("opening %d: replaced %q, error %v, state:\n%s", opening, store.Replaced(), err, diff)
				}
				var tables, vacuum int
				err = store.reader.QueryRowContext(t.Context(), `SELECT count(*), (SELECT auto_vacuum FROM pragma_auto_vacuum)
					FROM sqlite_schema WHERE name IN ('deals', 'meta')`).Scan(&tables, &vacuum)
				if err != nil || tables != 0 || vacuum != 2 {
					t.Errorf("%d tables are left, auto_vacuum is %d, error %v", tables, vacuum, err)
				}
				if err := errors.Join(store.Check(t.Context()), store.Close()); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func writeOldSchema(t *testing.T, path string, version int) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	statements := []string{"PRAGMA journal_mode = WAL"}
	for v := 1; v <= version; v++ {
		schema, err := os.ReadFile(filepath.Join("testdata", "schema"+strconv.Itoa(v)+".sql"))
		if err != nil {
			t.Fatal(err)
		}
		statements = append(statements, string(schema))
	}
	statements = append(statements, "INSERT INTO stages VALUES ('crm', '1', 0, '', '', 0, '', NULL, 0, 0, 0)",
		"PRAGMA user_version = "+strconv.Itoa(version))
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestCheckRefusesDamage damages an index, which no reading of all records looks at. Found, it stops the store.
func TestCheckRefusesDamage(t *testing.T) {
	store := openTest(t, mirror.Options{})
	for version := range int64(3) {
		_, err := store.Commit(t.Context(), stream,
			record.Batch{Rows: record.Rows{crm.Deals.Of(crm.Deal{Head: record.Head{ID: "1", Version: version}})}})
		if err := errors.Join(err, store.Finish(t.Context(), mirror.Cursors{stream: nil}), store.Check(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{
		"PRAGMA writable_schema = 1",
		"UPDATE sqlite_schema SET sql = replace(sql, '(stream, revision)', '(stream, version)') WHERE name = 'records_revision'",
		"PRAGMA writable_schema = 0",
	} {
		if _, err := store.writer.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	path := store.path
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store, err := Open(t.Context(), path, mirror.Options{Kinds: crm.Kinds()})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.Check(t.Context()); !errors.Is(err, mirror.ErrCorrupt) || !strings.Contains(err.Error(), advice) {
		t.Fatalf("the check says %v", err)
	}
	_, stateErr := store.State(t.Context(), stream)
	_, commitErr := store.Commit(t.Context(), stream, record.Batch{})
	for _, err := range []error{stateErr, commitErr, store.Finish(t.Context(), mirror.Cursors{stream: nil})} {
		if !errors.Is(err, mirror.ErrCorrupt) {
			t.Errorf("after it, a use of the store ends with %v", err)
		}
	}
}

// TestFailedWrites lets SQLite fail in the midst of a commit. The store says why, keeps what it had, and works again
// once the cause is gone.
func TestFailedWrites(t *testing.T) {
	for _, c := range []struct {
		name, cause, cure, says string
	}{
		{"full disk", "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", "disk of the mirror is full"},
		{"read-only", "PRAGMA query_only = 1", "PRAGMA query_only = 0", "file is read-only"},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := openTest(t, mirror.Options{})
			first := record.Batch{Rows: record.Rows{crm.Deals.Of(crm.Deal{Head: record.Head{ID: "first", Version: 1}})}, Cursor: []byte("1")}
			if _, err := store.Commit(t.Context(), stream, first); err != nil {
				t.Fatal(err)
			}
			want, revision := mirrortest.LoadPicture(t, store, stream)
			if _, err := store.writer.ExecContext(t.Context(), c.cause); err != nil {
				t.Fatal(err)
			}
			big := record.Batch{Cursor: []byte("2")}
			for i := range 2000 {
				crm.Deals.Append(&big.Rows, crm.Deal{Head: record.Head{ID: strconv.Itoa(i), Version: 1}, Name: strings.Repeat("x", 100)})
			}
			if _, err := store.Commit(t.Context(), stream, big); err == nil || strings.Count(err.Error(), c.says) != 1 {
				t.Fatalf("error is %v", err)
			} else if again := explain(t.Context(), err); again.Error() != err.Error() {
				t.Errorf("explained twice it is %v", again)
			}
			got, unmoved := mirrortest.ServedPicture(t, store, stream)
			if diff := mirrortest.Diff(want, got); diff != "" || unmoved != revision {
				t.Errorf("revision %d, then %d:\n%s", revision, unmoved, diff)
			}
			state, err := store.State(t.Context(), stream)
			if err != nil || string(state.Cursor) != "1" || !state.Complete {
				t.Errorf("state is %+v, error %v", state, err)
			}
			if _, err := store.writer.ExecContext(t.Context(), c.cure); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Commit(t.Context(), stream, big); err != nil {
				t.Errorf("after the cure: %v", err)
			}
		})
	}
}

// TestCanceledWrite ends the context within a write: what the caller was told has failed must not be there.
func TestCanceledWrite(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	store := openTest(t, mirror.Options{Now: func() time.Time { // It is asked between the first statement and the last.
		cancel()
		return time.Now()
	}})
	if _, err := store.Commit(t.Context(), stream, record.Batch{Cursor: []byte("1")}); err != nil {
		t.Fatal(err)
	}
	if err := store.Finish(ctx, mirror.Cursors{stream: []byte("2")}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if state, err := store.State(t.Context(), stream); err != nil || state.Complete || string(state.Cursor) != "1" {
		t.Errorf("the canceled write is there: %+v, error %v", state, err)
	}
}

func TestOptions(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 987_654_321, time.UTC)
	store := openTest(t, mirror.Options{
		Now: func() time.Time { return now }, BrakeShare: 0.1, BrakeMinimum: 2,
		Unbraked: func(source string) bool { return source == "spreadsheet" },
	})
	fill := record.Batch{Pass: 1}
	for i := range 20 {
		crm.Deals.Append(&fill.Rows, crm.Deal{Head: record.Head{ID: strconv.Itoa(i)}})
	}
	few := record.Batch{Pass: 2, Rows: record.Rows{crm.Deals.Of(crm.Deals.In(fill.Rows)[:18]...)}, Sweep: []record.Name{crm.Deals.Name()}}
	fewer := record.Batch{Pass: 3, Rows: record.Rows{crm.Deals.Of(crm.Deals.In(fill.Rows)[:16]...)}, Sweep: []record.Name{crm.Deals.Name()}}
	for _, source := range []string{"crm", "spreadsheet"} {
		stream := mirror.All(source)
		if _, err := store.Commit(t.Context(), stream, fill); err != nil {
			t.Fatal(err)
		}
		if err := store.Finish(t.Context(), mirror.Cursors{stream: nil}); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Commit(t.Context(), stream, few); err != nil {
			t.Errorf("a tenth of %s: %v", source, err)
		}
		_, err := store.Commit(t.Context(), stream, fewer)
		brake, refused := errors.AsType[*mirror.BrakeError](err)
		if refused != (source == "crm") || refused && (brake.Vanishing != 2 || brake.Live != 18) {
			t.Errorf("more than a tenth of %s: %v", source, err)
		}
		state, err := store.State(t.Context(), stream)
		if err != nil || !state.CompletedAt.Equal(now.Truncate(time.Millisecond)) {
			t.Errorf("%s was completed at %v, error %v", source, state.CompletedAt, err)
		}
	}
}

// TestQuarantineIsCut keeps a broken export from filling the disk.
func TestQuarantineIsCut(t *testing.T) {
	store := openTest(t, mirror.Options{})
	raw := bytes.Repeat([]byte("x"), record.MaxQuarantineRaw+1)
	_, err := store.Commit(t.Context(), stream, record.Batch{KeepRaw: true, Quarantined: []record.Quarantined{
		{Kind: crm.Deals.Name(), ID: "1", Raw: raw}, {Kind: crm.Deals.Name(), Raw: raw},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var shortest, longest int
	err = store.reader.QueryRowContext(t.Context(), "SELECT min(length(raw)), max(length(raw)) FROM quarantine").
		Scan(&shortest, &longest)
	if err != nil || shortest != record.MaxQuarantineRaw || longest != record.MaxQuarantineRaw {
		t.Errorf("between %d and %d bytes are kept, error %v", shortest, longest, err)
	}
}

// TestTamperedRows changes rows behind the checksums, as a flipped bit does that leaves SQLite's structures whole.
func TestTamperedRows(t *testing.T) {
	for _, statement := range []string{
		"UPDATE records SET content = x'00'", "UPDATE records SET content = CAST(content || x'00' AS BLOB)",
		"UPDATE records SET content = NULL WHERE kind = 1", "UPDATE records SET id = '3' WHERE kind = 1 AND id = '1'",
		"UPDATE records SET kind = 99 WHERE kind = 1", "UPDATE records SET kind = 4 WHERE kind = 1",
		"UPDATE records SET version = 7", "UPDATE records SET layout = 2 WHERE kind = 1",
		"UPDATE records SET stream = 7", "DELETE FROM records WHERE kind = 1",
		"UPDATE records SET revision = 9 WHERE kind = 1", "UPDATE records SET before = x'0000000000000000', revision = 9",
		"UPDATE tombstones SET merged_into = 'x'", "UPDATE tombstones SET before = 'x'", "DELETE FROM tombstones",
		"UPDATE quarantine SET version = 7", "DELETE FROM quarantine WHERE id = '7'",
		"UPDATE streams SET cursor = x'00'", "UPDATE streams SET finished = 0", "UPDATE streams SET source = 'crn'",
		"UPDATE streams SET counts = picture || ' '", "DELETE FROM streams",
		"UPDATE names SET base = 'x' WHERE number > 0", "UPDATE names SET number = 3 WHERE number > 0", "DELETE FROM names",
	} {
		t.Run(statement, func(t *testing.T) {
			store := openTest(t, mirror.Options{})
			_, err := store.Commit(t.Context(), stream, record.Batch{
				Rows: record.Rows{
					crm.Deals.Of(crm.Deal{Head: record.Head{ID: "1"}, AmountKnown: true}, crm.Deal{Head: record.Head{ID: "7"}}),
					crm.Reps.Of(
						crm.Rep{Head: record.Head{ID: "1"}, Active: true, Name: "Ann"},
						crm.Rep{Head: record.Head{ID: "2"}, Name: "Ann"},
					),
					crm.Stages.Of(crm.Stage{Head: record.Head{ID: "1"}}),
					crm.Accounts.Of(crm.Account{Head: record.Head{ID: "1", Dimensions: value.Dimensions{"segment": "x"}}}),
				},
				Removals: []record.Removal{
					{Kind: crm.Deals.Name(), ID: "9", Reason: record.RemovedMerged, MergedInto: "1"},
				},
				Quarantined: []record.Quarantined{{Kind: crm.Deals.Name(), ID: "8"}, {Kind: crm.Deals.Name(), ID: "7"}},
				Cursor:      []byte("cursor"),
			})
			if err := errors.Join(err, store.Finish(t.Context(), mirror.Cursors{stream: nil})); err != nil {
				t.Fatal(err)
			}
			if _, err := store.writer.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
			_, stateErr := store.State(t.Context(), stream)
			_, loadErr := store.Load(t.Context(), stream, 0, func(record.Batch) error { return nil })
			if !errors.Is(errors.Join(stateErr, loadErr), mirror.ErrCorrupt) {
				t.Errorf("state says %v, load says %v", stateErr, loadErr)
			}
		})
	}
}
