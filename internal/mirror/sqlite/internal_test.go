package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/mirrortest"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

func openTest(t *testing.T, options Options) *Store {
	t.Helper()
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

// TestColumns holds the mirror to what KPIs need. A column with a customer's or a contact's name, address or number
// does not belong here; a rep's name is the value of a label.
func TestColumns(t *testing.T) {
	allowed := map[string]string{
		"meta": "only_row revision",
		"sources": "source identity cursor complete completed_at pass commits checksum account_id account_currency " +
			"account_zone account_fiscal_start account_revision",
		"deals": "source id version pipeline stage rep account outcome amount currency probability forecast_category " +
			"created closed stage_entered dimensions excluded checksum seen_pass revision",
		"accounts":   "source id version dimensions checksum seen_pass revision",
		"reps":       "source id version name team active dimensions checksum seen_pass revision",
		"rep_names":  "source label rep name namesake latest held checksum",
		"pipelines":  "source id version label checksum seen_pass revision",
		"stages":     "source id version pipeline label position outcome probability checksum seen_pass revision",
		"tombstones": "source object id reason version merged_into checksum revision",
		"quarantine": "seq source object id slot version reason raw place value checksum seen_pass revision",
	}
	store := openTest(t, Options{})
	rows, err := store.reader.QueryContext(t.Context(), `SELECT t.name, c.name FROM sqlite_schema t
		JOIN pragma_table_info(t.name) c WHERE t.type = 'table'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	tables := map[string]bool{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		tables[table] = true
		if !slices.Contains(strings.Fields(allowed[table]), column) {
			t.Errorf("column %s.%s is not on the list of what the mirror may hold", table, column)
		}
	}
	if err := rows.Err(); err != nil || len(tables) != len(allowed) {
		t.Errorf("tables are %v, error %v", slices.Sorted(maps.Keys(tables)), err)
	}
}

func TestMigrate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mirror.db")
	reopen := func(steps []string) (*Store, error) { return open(t.Context(), path, Options{}.withDefaults(), steps) }
	batch := record.Batch{Rows: record.Rows{crm.Deals.Of(crm.Deal{Head: record.Head{ID: "1", Version: 1}})}, Cursor: []byte("1")}
	old, err := reopen(migrations())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.Commit(t.Context(), "crm", batch); err != nil {
		t.Fatal(err)
	}
	want, _ := mirrortest.LoadPicture(t, old, "crm")
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}

	// A step that fails half way leaves the old version.
	_, err = reopen(append(migrations(), "ALTER TABLE deals ADD COLUMN note TEXT NOT NULL DEFAULT ''; nonsense"))
	if err == nil || !strings.Contains(err.Error(), "bring schema to version "+strconv.Itoa(len(migrations())+1)) {
		t.Fatalf("error is %v", err)
	}
	next := append(migrations(), "ALTER TABLE deals ADD COLUMN note TEXT NOT NULL DEFAULT 'none'", "SELECT 1")
	for range 2 { // The second time there is nothing to do.
		migrated, err := reopen(next)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := mirrortest.LoadPicture(t, migrated, "crm")
		if diff := mirrortest.Diff(want, got); diff != "" {
			t.Errorf("rows after the migration (-want +got):\n%s", diff)
		}
		var version int
		var note string
		err = migrated.reader.QueryRowContext(t.Context(),
			"SELECT v.user_version, d.note FROM pragma_user_version v, deals d").Scan(&version, &note)
		if err != nil || version != len(next) || note != "none" {
			t.Errorf("version %d, note %q, error %v", version, note, err)
		}
		if err := migrated.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := reopen(migrations()); !errors.Is(err, mirror.ErrSchema) {
		t.Errorf("an older program opens it with error %v", err)
	}
}

// TestMigrateQuarantine reads the quarantine of a file from before places and values were kept.
func TestMigrateQuarantine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mirror.db")
	if err := ensureFile(path); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", writerDSN(path))
	if err != nil {
		t.Fatal(err)
	}
	old := record.Quarantined{Kind: crm.Deals.Name(), ID: "1", Version: 5, Reason: record.BadAmount, Raw: []byte("{}")}
	err = errors.Join(migrate(t.Context(), db, []string{schemaV1}), func() error {
		_, err := db.ExecContext(t.Context(), `INSERT INTO quarantine
			(source, object, id, slot, version, reason, raw, checksum, seen_pass, revision)
			VALUES ('crm', ?, ?, '', ?, ?, ?, ?, 0, 1)`,
			string(old.Kind), old.ID, old.Version, string(old.Reason), old.Raw, quarantineChecksum(old, ""))
		return err
	}(), db.Close())
	if err != nil {
		t.Fatal(err)
	}
	store, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	got, err := store.Quarantined(t.Context(), "crm")
	if diff := cmp.Diff([]record.Quarantined{old}, got); diff != "" || err != nil {
		t.Errorf("error %v, quarantine (-want +got):\n%s", err, diff)
	}
	_, err = store.Commit(t.Context(), "crm", record.Batch{Rows: record.Rows{crm.Deals.Of(crm.Deal{Head: record.Head{ID: "1", Version: 5}})}})
	if got, _ := mirrortest.LoadPicture(t, store, "crm"); err != nil || len(got.Records) != 1 {
		t.Errorf("a readable copy did not lift it: %v, error %v", got, err)
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
			store := openTest(t, Options{})
			first := record.Batch{Rows: record.Rows{crm.Deals.Of(crm.Deal{Head: record.Head{ID: "first", Version: 1}})}, Cursor: []byte("1"), Complete: true}
			if _, err := store.Commit(t.Context(), "crm", first); err != nil {
				t.Fatal(err)
			}
			want, revision := mirrortest.LoadPicture(t, store, "crm")
			if _, err := store.writer.ExecContext(t.Context(), c.cause); err != nil {
				t.Fatal(err)
			}
			big := record.Batch{Cursor: []byte("2")}
			for i := range 2000 {
				crm.Deals.Append(&big.Rows, crm.Deal{Head: record.Head{ID: strconv.Itoa(i), Version: 1}, Excluded: strings.Repeat("x", 100)})
			}
			if _, err := store.Commit(t.Context(), "crm", big); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("error is %v", err)
			}
			got, unmoved := mirrortest.LoadPicture(t, store, "crm")
			if diff := mirrortest.Diff(want, got); diff != "" || unmoved != revision {
				t.Errorf("revision %d, then %d:\n%s", revision, unmoved, diff)
			}
			state, err := store.State(t.Context(), "crm")
			if err != nil || string(state.Cursor) != "1" || !state.Complete {
				t.Errorf("state is %+v, error %v", state, err)
			}
			if _, err := store.writer.ExecContext(t.Context(), c.cure); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Commit(t.Context(), "crm", big); err != nil {
				t.Errorf("after the cure: %v", err)
			}
		})
	}
}

// TestCanceledWrite ends the context after the last statement: what the caller was told has failed must not be there.
func TestCanceledWrite(t *testing.T) {
	store := openTest(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	err := store.write(ctx, func(tx *transaction) error {
		if err := tx.writeProgress("crm", progress{identity: "x"}); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if forgotten, err := store.Bind(t.Context(), "crm", "y"); err != nil || forgotten {
		t.Errorf("the canceled write is there: forgotten %v, error %v", forgotten, err)
	}
}

func TestOptions(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 987_654_321, time.UTC)
	store := openTest(t, Options{
		Now: func() time.Time { return now }, BrakeShare: 0.1, BrakeMinimum: 2,
		Unbraked: func(source string) bool { return source == "spreadsheet" },
	})
	fill := record.Batch{Pass: 1, Complete: true}
	for i := range 20 {
		crm.Deals.Append(&fill.Rows, crm.Deal{Head: record.Head{ID: strconv.Itoa(i)}})
	}
	few := record.Batch{Pass: 2, Rows: record.Rows{crm.Deals.Of(crm.Deals.In(fill.Rows)[:18]...)}, Sweep: []record.Name{crm.Deals.Name()}}
	fewer := record.Batch{Pass: 3, Rows: record.Rows{crm.Deals.Of(crm.Deals.In(fill.Rows)[:16]...)}, Sweep: []record.Name{crm.Deals.Name()}}
	for _, source := range []string{"crm", "spreadsheet"} {
		if _, err := store.Commit(t.Context(), source, fill); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Commit(t.Context(), source, few); err != nil {
			t.Errorf("a tenth of %s: %v", source, err)
		}
		_, err := store.Commit(t.Context(), source, fewer)
		brake, refused := errors.AsType[*mirror.BrakeError](err)
		if refused != (source == "crm") || refused && (brake.Vanishing != 2 || brake.Live != 18) {
			t.Errorf("more than a tenth of %s: %v", source, err)
		}
		state, err := store.State(t.Context(), source)
		if err != nil || !state.CompletedAt.Equal(now.Truncate(time.Millisecond)) {
			t.Errorf("%s was completed at %v, error %v", source, state.CompletedAt, err)
		}
	}
}

// TestQuarantineIsCut keeps a broken export from filling the disk.
func TestQuarantineIsCut(t *testing.T) {
	store := openTest(t, Options{})
	raw := bytes.Repeat([]byte("x"), record.MaxQuarantineRaw+1)
	_, err := store.Commit(t.Context(), "crm", record.Batch{KeepRaw: true, Quarantined: []record.Quarantined{
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
		"UPDATE deals SET amount = amount + 1", "UPDATE deals SET id = '2'", "UPDATE reps SET active = 0",
		"UPDATE stages SET outcome = 'lots'", "UPDATE deals SET closed = 'x1'", "UPDATE accounts SET dimensions = '{'",
		"UPDATE tombstones SET merged_into = 'x'", "UPDATE quarantine SET version = 7", "UPDATE sources SET cursor = x'00'",
		"DELETE FROM sources", "UPDATE rep_names SET name = 'x' WHERE namesake > 0",
		"UPDATE rep_names SET namesake = 3 WHERE namesake > 0",
	} {
		t.Run(statement, func(t *testing.T) {
			store := openTest(t, Options{})
			_, err := store.Commit(t.Context(), "crm", record.Batch{
				Rows: record.Rows{crm.Deals.Of(crm.Deal{Head: record.Head{ID: "1"}, AmountKnown: true}), crm.Reps.Of(crm.Rep{Head: record.Head{ID: "1"}, Active: true, Name: "Ann"}, crm.Rep{Head: record.Head{ID: "2"}, Name: "Ann"}), crm.Stages.Of(crm.Stage{Head: record.Head{ID: "1"}}), crm.Accounts.Of(crm.Account{Head: record.Head{ID: "1", Dimensions: value.Dimensions{"segment": "x"}}})},
				Removals: []record.Removal{
					{Kind: crm.Deals.Name(), ID: "9", Reason: record.RemovedMerged, MergedInto: "1"},
				},
				Quarantined: []record.Quarantined{{Kind: crm.Deals.Name(), ID: "8"}}, Cursor: []byte("cursor"),
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.writer.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
			_, stateErr := store.State(t.Context(), "crm")
			_, loadErr := store.Load(t.Context(), "crm", 0, func(record.Batch) error { return nil })
			if !errors.Is(errors.Join(stateErr, loadErr), mirror.ErrCorrupt) {
				t.Errorf("state says %v, load says %v", stateErr, loadErr)
			}
		})
	}
}

// FuzzDecodeDeal reads rows that nobody wrote: none may end the process, and one that decodes must encode to itself or
// to what decodes to the same deal.
func FuzzDecodeDeal(f *testing.F) {
	f.Add("open", "m1", "d0", `{"segment":"x"}`, int64(1))
	f.Add("", "m", "x", "{", int64(-1))
	f.Add("won", "d86400000", "", "[]", int64(0))
	f.Fuzz(func(t *testing.T, outcome, created, closed, dimensions string, number int64) {
		row := []any{
			"id", number, "", "", "", "", outcome, number, "", nil, "", created, closed, "", dimensions, "",
		}
		in := &fields{values: row}
		deal := dealTable().decode(in)
		if in.err != nil {
			return
		}
		again := dealTable().decode(&fields{values: dealTable().encode(deal)})
		if len(deal.Dimensions) == 0 {
			deal.Dimensions = nil
		}
		equal := cmp.Comparer(func(a, b value.Instant) bool { return a == b })
		if diff := cmp.Diff(deal, again, equal); diff != "" {
			t.Errorf("a decoded deal does not survive storage:\n%s", diff)
		}
	})
}
