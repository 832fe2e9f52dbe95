package sqlite

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// TestNamesOfAnOlderMirror gives numbers to the namesakes of a mirror whose program kept no names: with the next
// reading of the reps, though it changes none of them, and in the order of their ids.
func TestNamesOfAnOlderMirror(t *testing.T) {
	store := openTest(t, Options{})
	commit := func(reps ...crm.Rep) {
		t.Helper()
		if _, err := store.Commit(t.Context(), "crm", record.Batch{Rows: record.Rows{crm.Reps.Of(reps...)}}); err != nil {
			t.Fatal(err)
		}
	}
	changes := func(since *int64) map[string]string {
		t.Helper()
		shown := map[string]string{}
		revision, err := store.Load(t.Context(), "crm", mirror.Revision(*since), func(b record.Batch) error {
			reps := crm.Reps.In(b.Rows)
			for i := range reps {
				shown[reps[i].ID] = reps[i].Label()
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		*since = int64(revision)
		return shown
	}
	commit(crm.Rep{Head: record.Head{ID: "10"}, Name: "Ann"}, crm.Rep{Head: record.Head{ID: "9"}, Name: "Ann"}, crm.Rep{Head: record.Head{ID: "3"}, Name: "Bea"})
	if _, err := store.writer.ExecContext(t.Context(), "DELETE FROM rep_names"); err != nil {
		t.Fatal(err)
	}
	var since int64
	want := map[string]string{"9": "Ann", "10": "Ann", "3": "Bea"}
	if diff := cmp.Diff(want, changes(&since)); diff != "" {
		t.Fatalf("before (-want +got):\n%s", diff)
	}
	commit(crm.Rep{Head: record.Head{ID: "3"}, Name: ""})
	if diff := cmp.Diff(map[string]string{"10": "Ann (2)"}, changes(&since)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	commit(crm.Rep{Head: record.Head{ID: "10"}, Name: "Ann"}, crm.Rep{Head: record.Head{ID: "9"}, Name: "Ann"}, crm.Rep{Head: record.Head{ID: "3"}, Name: ""})
	if diff := cmp.Diff(map[string]string{}, changes(&since)); diff != "" {
		t.Errorf("the same again is a change (-want +got):\n%s", diff)
	}
}
