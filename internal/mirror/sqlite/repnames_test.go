package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// TestNamesOfAnOlderMirror gives numbers to the namesakes of a mirror whose program kept no names: with the next
// reading of the reps, though it changes none of them, and in the order of their ids.
func TestNamesOfAnOlderMirror(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mirror.db")
	// The reps before they were numbered.
	unnumbered := record.Declare("reps",
		record.Text("name", func(r *crm.Rep) *string { return &r.Name }),
		record.Text("team", func(r *crm.Rep) *string { return &r.Team }),
		record.Flag("active", func(r *crm.Rep) *bool { return &r.Active }),
	)
	rep := func(id, name string) crm.Rep { return crm.Rep{Head: record.Head{ID: id}, Name: name} }
	commit := func(store *Store, reps record.List) {
		t.Helper()
		if _, err := store.Commit(t.Context(), stream, record.Batch{Rows: record.Rows{reps}}); err != nil {
			t.Fatal(err)
		}
		if err := store.Finish(t.Context(), mirror.Cursors{stream: nil}); err != nil {
			t.Fatal(err)
		}
	}
	var since mirror.Revision
	changes := func(store *Store, reps *record.Typed[crm.Rep]) map[string]string {
		t.Helper()
		shown := map[string]string{}
		revision, err := store.Load(t.Context(), stream, since, func(b record.Batch) error {
			for _, r := range reps.In(b.Rows) {
				shown[r.ID] = r.Label()
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		since = revision
		return shown
	}
	old, err := Open(t.Context(), path, mirror.Options{Kinds: []record.Kind{unnumbered}})
	if err != nil {
		t.Fatal(err)
	}
	commit(old, unnumbered.Of(rep("10", "Ann"), rep("9", "Ann"), rep("3", "Bea")))
	want := map[string]string{"9": "Ann", "10": "Ann", "3": "Bea"}
	if diff := cmp.Diff(want, changes(old, unnumbered)); diff != "" {
		t.Fatalf("before (-want +got):\n%s", diff)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	store, err := Open(t.Context(), path, mirror.Options{Kinds: crm.Kinds()})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	commit(store, crm.Reps.Of(rep("3", "")))
	if diff := cmp.Diff(map[string]string{"10": "Ann (2)"}, changes(store, crm.Reps)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	commit(store, crm.Reps.Of(rep("10", "Ann"), rep("9", "Ann"), rep("3", "")))
	if diff := cmp.Diff(map[string]string{}, changes(store, crm.Reps)); diff != "" {
		t.Errorf("the same again is a change (-want +got):\n%s", diff)
	}
}
