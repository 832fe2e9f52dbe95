package sqlite_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/mirrortest"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlite"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

func TestOpenCreatesForTheOwnerOnly(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a", "b with space?#%41")
	path := filepath.Join(folder, "mirror ?#%41.db")
	store := openStore(t, path, mirror.Options{})
	if _, err := store.Commit(t.Context(), stream, page(0, 10, 1)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{
		filepath.Dir(folder): 0o700, folder: 0o700,
		path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600, path + ".lock": 0o600,
	} {
		info, err := os.Stat(name)
		if err != nil {
			t.Error(err)
		} else if got := info.Mode().Perm(); got != want && runtime.GOOS != "windows" {
			t.Errorf("%s has mode %o, want %o", name, got, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		path func(t *testing.T, folder string) string
		want error
		says string
	}{
		{"an empty path", func(*testing.T, string) string { return "" }, nil, "path is empty"},
		{"a folder", func(_ *testing.T, folder string) string { return folder }, nil, "not a regular file"},
		{"a folder that is a file", func(t *testing.T, folder string) string {
			write(t, filepath.Join(folder, "file"), []byte("x"))
			return filepath.Join(folder, "file", "mirror.db")
		}, nil, "create the mirror's folder"},
		{"a text", func(t *testing.T, folder string) string {
			return write(t, filepath.Join(folder, "deals.csv"), bytes.Repeat([]byte("id,amount\n"), 100))
		}, mirror.ErrCorrupt, "move the file away"},
		{"a database of another program", func(t *testing.T, folder string) string {
			path := filepath.Join(folder, "other.db")
			execute(t, path, "CREATE TABLE bookmarks (url TEXT); PRAGMA user_version = 1")
			return path
		}, nil, "another program"},
		{"a mirror of a newer program", func(t *testing.T, folder string) string {
			path := newMirror(t, folder)
			execute(t, path, "PRAGMA user_version = 99")
			return path
		}, mirror.ErrSchema, "has version 99"},
		{"a mirror in use", func(t *testing.T, folder string) string {
			path := filepath.Join(folder, "mirror.db")
			openStore(t, path, mirror.Options{})
			return path
		}, sqlite.ErrInUse, "in use"},
		{"a mirror in use under another name", func(t *testing.T, folder string) string {
			path, link := filepath.Join(folder, "mirror.db"), filepath.Join(folder, "link.db")
			openStore(t, path, mirror.Options{})
			if err := os.Symlink(path, link); err != nil {
				t.Skip(err)
			}
			return link
		}, sqlite.ErrInUse, "in use"},
	} {
		t.Run(c.name, func(t *testing.T) {
			store, err := sqlite.Open(t.Context(), c.path(t, t.TempDir()), mirror.Options{Kinds: crm.Kinds()})
			if err == nil {
				t.Fatal("it was opened", store.Close())
			}
			if c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error is %q", err)
			}
		})
	}
}

func TestCloseLetsGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mirror.db")
	for range 2 {
		store, err := sqlite.Open(t.Context(), path, mirror.Options{Kinds: crm.Kinds()})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := store.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		}
	}
}

// TestDamage cuts and flips the file anywhere. Every time, the damage is either found or does no harm.
func TestDamage(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	original := newMirror(t, folder)
	intact, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	want := readAll(t, original)
	r := rand.New(rand.NewPCG(1, 1))
	found, harmless := 0, 0
	check := func(t *testing.T, damaged []byte) {
		t.Helper()
		path := write(t, filepath.Join(folder, "damaged.db"), damaged)
		for _, suffix := range []string{"-wal", "-shm"} {
			if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
		got, err := tryRead(t, path)
		switch {
		case err != nil:
			found++
			if !errors.Is(err, mirror.ErrCorrupt) && !errors.Is(err, mirror.ErrSchema) &&
				!strings.Contains(err.Error(), "another program") {
				t.Errorf("the error does not say that the file is damaged: %v", err)
			}
		case len(damaged) < 512 && len(got.Records) == 0:
			harmless++ // Nothing is left, and the mirror knows it: everything is read anew.
		default:
			harmless++
			if diff := mirrortest.Diff(want, got); diff != "" {
				t.Errorf("wrong rows without a word (-want +got):\n%s", diff)
			}
		}
	}
	for _, size := range []int{0, 1, 50, 100, 4096, len(intact) / 2, len(intact) - 4096, len(intact) - 1} {
		t.Run(fmt.Sprint("cut to ", size), func(t *testing.T) { check(t, intact[:size]) })
	}
	flips := 200
	if !mirrortest.Thorough {
		flips = 30
	}
	for n := range flips {
		damaged := bytes.Clone(intact)
		at, bit := r.IntN(len(damaged)), r.IntN(8)
		t.Run(fmt.Sprintf("bit %d of byte %d", bit, at), func(t *testing.T) {
			damaged[at] ^= 1 << bit
			if n%2 == 1 { // a lost sector
				clear(damaged[at/512*512 : min(len(damaged), at/512*512+512)])
			}
			check(t, damaged)
		})
	}
	if found == 0 || harmless == 0 {
		t.Errorf("%d damages were found and %d were harmless: the test tries too little", found, harmless)
	}
}

// newMirror makes a closed mirror with something of everything in it.
func newMirror(t *testing.T, folder string) string {
	t.Helper()
	path := filepath.Join(folder, "mirror.db")
	store, err := sqlite.Open(t.Context(), path, mirror.Options{Kinds: crm.Kinds()})
	if err != nil {
		t.Fatal(err)
	}
	batch := page(0, 150, 1767225600000)
	for i := range 40 {
		crm.Reps.Append(&batch.Rows, crm.Rep{Head: record.Head{ID: fmt.Sprint("rep", i)}, Name: fmt.Sprint("Name ", i), Active: true})
	}
	batch.Removals = []record.Removal{
		{Kind: crm.Deals.Name(), ID: crm.Deals.In(batch.Rows)[3].ID, Reason: record.RemovedMerged, MergedInto: crm.Deals.In(batch.Rows)[4].ID},
	}
	batch.Quarantined = []record.Quarantined{{Kind: crm.Deals.Name(), ID: crm.Deals.In(batch.Rows)[5].ID, Reason: record.BadDate}}
	if _, err := store.Commit(t.Context(), stream, batch); err != nil {
		t.Fatal(err)
	}
	if err := store.Finish(t.Context(), mirror.Cursors{stream: []byte("end")}); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func readAll(t *testing.T, path string) mirrortest.Picture {
	t.Helper()
	picture, err := tryRead(t, path)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// tryRead reads a mirror as a program does that starts: its state, then all of it.
func tryRead(t *testing.T, path string) (mirrortest.Picture, error) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), path, mirror.Options{Kinds: crm.Kinds()})
	if err != nil {
		return mirrortest.Picture{}, err
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}()
	state, err := store.State(t.Context(), stream)
	if err != nil {
		return mirrortest.Picture{}, err
	}
	picture := mirrortest.NewPicture()
	_, err = store.Load(t.Context(), stream, 0, picture.Apply)
	if err == nil && state.Complete != (len(picture.Records) > 0) {
		t.Errorf("%d records and complete = %v", len(picture.Records), state.Complete)
	}
	return picture, err
}

func write(t *testing.T, path string, content []byte) string {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func execute(t *testing.T, path, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statements); err != nil {
		t.Fatal(err)
	}
}
