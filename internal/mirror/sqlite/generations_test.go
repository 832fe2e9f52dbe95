package sqlite

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/memory"
	"github.com/sales-exporter/sales_exporter/internal/mirror/mirrortest"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

func keep(cursor []byte) []byte { return cursor }

// fill binds a stream to a mapping and commits so many deals.
func fill(t *testing.T, store mirror.Store, meaning string, deals int) {
	t.Helper()
	if _, err := store.Bind(t.Context(), stream, mirror.Identity{Address: "a", Meaning: meaning}, keep); err != nil {
		t.Fatal(err)
	}
	for first := 0; first < deals; first += 1000 {
		batch := record.Batch{Cursor: []byte(meaning)}
		for i := first; i < min(first+1000, deals); i++ {
			crm.Deals.Append(&batch.Rows, crm.Deal{Head: record.Head{ID: strconv.Itoa(i), Version: 1}, Stage: "s"})
		}
		if _, err := store.Commit(t.Context(), stream, batch); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCollect deletes a large generation in steps, with commits between them, and then gives back its room.
func TestCollect(t *testing.T) {
	store := openTest(t, mirror.Options{})
	fill(t, store, "1", 30_000)
	finish := func() {
		t.Helper()
		if err := store.Finish(t.Context(), mirror.Cursors{stream: nil}); err != nil {
			t.Fatal(err)
		}
	}
	finish()
	fill(t, store, "2", 10)
	finish()
	pages := func() (n int) {
		t.Helper()
		if err := store.reader.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	rows := func() (n int) {
		t.Helper()
		if err := store.reader.QueryRowContext(t.Context(), "SELECT count(*) FROM records").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	full, left, steps := pages(), rows(), 0
	for more := true; more; steps++ {
		var err error
		if more, err = store.Collect(t.Context()); err != nil {
			t.Fatal(err)
		}
		now := rows()
		if left-now > 2000 {
			t.Errorf("one step deletes %d rows", left-now)
		}
		left = now
		fill(t, store, "2", 10)
	}
	finish()
	if left != 10 || steps < 15 || pages() > full/2 {
		t.Errorf("after %d steps, %d rows are left and %d of %d pages", steps, left, pages(), full)
	}
	if err := store.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if picture, _ := mirrortest.ServedPicture(t, store, stream); len(picture.Records) != 10 {
		t.Errorf("%d deals are served", len(picture.Records))
	}
}

// TestCollectTidies changes more than one Finish tidies, beside a reader: no content of an earlier picture stays, and
// none in the log once the reader has gone.
func TestCollectTidies(t *testing.T) {
	store := openTest(t, mirror.Options{})
	for version, name := range []string{"Mrs Quux", ""} {
		for i := range 250 {
			deal := crm.Deal{Head: record.Head{ID: strconv.Itoa(i), Version: int64(version + 1)}, Name: name}
			batch := record.Batch{Rows: record.Rows{crm.Deals.Of(deal)}}
			if _, err := store.Commit(t.Context(), stream, batch); err != nil {
				t.Fatal(err)
			}
		}
		if err := store.Finish(t.Context(), mirror.Cursors{stream: nil}); err != nil {
			t.Fatal(err)
		}
	}
	collect := func() {
		t.Helper()
		for more := true; more; {
			var err error
			if more, err = store.Collect(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	reading, err := store.reader.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	count := func() (before int) {
		t.Helper()
		err := reading.QueryRowContext(t.Context(), "SELECT count(*) FROM records WHERE before IS NOT NULL").Scan(&before)
		if err != nil {
			t.Fatal(err)
		}
		return before
	}
	if count() == 0 {
		t.Fatal("one Finish tidies all of it")
	}
	collect()
	if err := reading.Rollback(); err != nil {
		t.Fatal(err)
	}
	collect()
	for _, name := range []string{store.path, store.path + "-wal"} {
		content, err := os.ReadFile(name)
		if err != nil || bytes.Contains(content, []byte("Mrs Quux")) {
			t.Errorf("%s holds what was deleted, or error %v", name, err)
		}
	}
	var timeout string
	if err := store.writer.QueryRowContext(t.Context(), "PRAGMA busy_timeout").Scan(&timeout); err != nil || timeout != busyTimeout {
		t.Errorf("the writer waits for %s ms, error %v", timeout, err)
	}
}

// TestKeptForADay takes a mapping back and forth: what was read under it stays for a day.
func TestKeptForADay(t *testing.T) {
	for name, open := range map[string]func(mirror.Options) mirror.Store{
		"sqlite": func(o mirror.Options) mirror.Store { return openTest(t, o) },
		"memory": func(o mirror.Options) mirror.Store { o.Kinds = crm.Kinds(); return memory.New(o) },
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			store := open(mirror.Options{Now: func() time.Time { return now }})
			collect := func() {
				t.Helper()
				for more := true; more; {
					var err error
					if more, err = store.Collect(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
			cursor := func() string {
				t.Helper()
				state, err := store.State(t.Context(), stream)
				if err != nil || !state.Complete || state.Records[crm.Deals.Name()] != 5 {
					t.Errorf("state %+v, error %v", state, err)
				}
				return string(state.Cursor)
			}
			fill(t, store, "1", 5)
			if err := store.Finish(t.Context(), mirror.Cursors{stream: []byte("1")}); err != nil {
				t.Fatal(err)
			}
			fill(t, store, "2", 3)
			now = now.Add(48 * time.Hour) // What is served stays for as long as it takes.
			collect()
			fill(t, store, "1", 0)
			now = now.Add(23 * time.Hour)
			collect()
			if fill(t, store, "2", 0); cursor() != "2" {
				t.Errorf("after less than a day, it goes on from %q", cursor())
			}
			fill(t, store, "1", 0)
			now = now.Add(24 * time.Hour)
			collect()
			if fill(t, store, "2", 0); cursor() != "" {
				t.Errorf("after a day, it goes on from %q", cursor())
			}
		})
	}
}

// TestMirrorOfOneGeneration opens a file from before there were generations, in which identities are checksums.
func TestMirrorOfOneGeneration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mirror.db")
	store, err := Open(t.Context(), path, mirror.Options{Kinds: crm.Kinds()})
	if err != nil {
		t.Fatal(err)
	}
	batch := record.Batch{Rows: record.Rows{crm.Deals.Of(crm.Deal{Head: record.Head{ID: "1", Version: 1}})}, Cursor: []byte("c")}
	if _, err := store.Commit(t.Context(), stream, batch); err != nil {
		t.Fatal(err)
	}
	want, _ := mirrortest.LoadPicture(t, store, stream)
	for _, statement := range []string{
		"DROP INDEX streams_name", "ALTER TABLE streams DROP COLUMN role", "ALTER TABLE streams DROP COLUMN kept_since",
		"PRAGMA user_version = 5",
	} {
		if _, err := store.writer.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		store, err := Open(t.Context(), path, mirror.Options{Kinds: crm.Kinds()})
		if err != nil {
			t.Fatal(err)
		}
		got, _ := mirrortest.ServedPicture(t, store, stream)
		if diff := mirrortest.Diff(want, got); diff != "" || store.Replaced() != "" {
			t.Errorf("replaced %q, records (-want +got):\n%s", store.Replaced(), diff)
		}
		if err := errors.Join(store.Check(t.Context()), store.Close()); err != nil {
			t.Error(err)
		}
	}
}

// TestTamperedRole changes which generation is served, behind the checksum.
func TestTamperedRole(t *testing.T) {
	for _, statement := range []string{
		"UPDATE streams SET role = 3 - role", "UPDATE streams SET role = 0 WHERE role = 1", "UPDATE streams SET role = 1",
		"UPDATE streams SET kept_since = 0", "UPDATE streams SET role = 7 WHERE role = 2",
	} {
		t.Run(statement, func(t *testing.T) {
			store := openTest(t, mirror.Options{})
			fill(t, store, "1", 5)
			if err := store.Finish(t.Context(), mirror.Cursors{stream: nil}); err != nil {
				t.Fatal(err)
			}
			fill(t, store, "2", 5)
			if _, err := store.writer.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
			if _, err := store.State(t.Context(), stream); !errors.Is(err, mirror.ErrCorrupt) {
				t.Errorf("state says %v", err)
			}
		})
	}
}
