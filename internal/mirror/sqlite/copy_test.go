package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/mirrortest"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlite"
)

// TestCopyOfAMirrorInUse copies what is committed, though its log is not yet in the file and its owner goes on.
func TestCopyOfAMirrorInUse(t *testing.T) {
	folder := t.TempDir()
	original, copied := newMirror(t, folder), filepath.Join(folder, "a copy ?#%41.db")
	want := readAll(t, original)
	store := openStore(t, original, mirror.Options{})
	if err := sqlite.Copy(t.Context(), original, copied); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Commit(t.Context(), stream, page(1000, 10, 1)); err != nil {
		t.Fatal(err)
	}
	if diff := mirrortest.Diff(want, readAll(t, copied)); diff != "" {
		t.Errorf("the copy differs (-want +got):\n%s", diff)
	}
}

func TestCopyRefuses(t *testing.T) {
	folder := t.TempDir()
	original := newMirror(t, folder)
	for name, paths := range map[string][2]string{
		"a mirror that is not there": {filepath.Join(folder, "none.db"), filepath.Join(folder, "copy.db")},
		"to overwrite":               {original, original},
	} {
		if err := sqlite.Copy(t.Context(), paths[0], paths[1]); err == nil {
			t.Errorf("%s was copied", name)
		}
	}
}
