package sqlite_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlite"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// TestViewOfAMirrorInUse reads the last commit beside the process that holds the mirror, and after it has ended.
func TestViewOfAMirrorInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mirror ?#%41.db")
	store := openStore(t, path, mirror.Options{})
	_, err := store.Commit(t.Context(), stream, record.Batch{Quarantined: []record.Quarantined{
		{Kind: crm.Deals.Name(), ID: "1", Reason: record.BadAmount, Place: "amount", Value: "?"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	look := func(when string) {
		t.Helper()
		view, err := sqlite.OpenView(t.Context(), path, crm.Kinds())
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		defer view.Close()
		got, err := view.Quarantined(t.Context(), stream)
		if err != nil || len(got) != 1 || got[0].Value != "?" {
			t.Errorf("%s: quarantine is %v, error %v", when, got, err)
		}
		state, err := view.State(t.Context(), stream)
		if err != nil || state.Quarantined[crm.Deals.Name()][record.BadAmount] != 1 {
			t.Errorf("%s: state is %v, error %v", when, state, err)
		}
	}
	look("in use")
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	look("closed")
}

func TestViewRefuses(t *testing.T) {
	folder := t.TempDir()
	if _, err := sqlite.OpenView(t.Context(), filepath.Join(folder, "none.db"), crm.Kinds()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no mirror: %v", err)
	}
	path := newMirror(t, folder)
	execute(t, path, "PRAGMA user_version = 1")
	if _, err := sqlite.OpenView(t.Context(), path, crm.Kinds()); !errors.Is(err, mirror.ErrSchema) {
		t.Errorf("a mirror of another version: %v", err)
	}
	execute(t, path, "PRAGMA application_id = 7")
	if _, err := sqlite.OpenView(t.Context(), path, crm.Kinds()); err == nil {
		t.Error("a database of another program was opened")
	}
	text := write(t, filepath.Join(folder, "deals.csv"), []byte("id,amount\n1,2\n"))
	if _, err := sqlite.OpenView(t.Context(), text, crm.Kinds()); err == nil {
		t.Error("a text was opened")
	}
}
