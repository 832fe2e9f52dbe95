package mirrortest

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// withheld counts the records of an object that could not be read.
func withheld(state mirror.State, object record.Name) (n int) {
	for _, of := range state.Quarantined[object] {
		n += of
	}
	return n
}

// mustQuarantined returns what a source holds in quarantine, in an order of its own. It leaves out what a store may
// forget of records without an id: their version, and all but the first copy of their content.
func mustQuarantined(t *testing.T, s mirror.Store, stream mirror.Stream) []record.Quarantined {
	t.Helper()
	all, err := s.Quarantined(t.Context(), stream)
	if err != nil {
		t.Fatalf("quarantined: %v", err)
	}
	for i := range all {
		if all[i].ID == "" {
			all[i].Version, all[i].Raw = 0, nil
		}
		if len(all[i].Raw) == 0 {
			all[i].Raw = nil
		}
	}
	slices.SortFunc(all, func(a, b record.Quarantined) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.ID, b.ID), strings.Compare(a.Place, b.Place),
			strings.Compare(a.Value, b.Value))
	})
	return all
}

// testQuarantined reads the quarantine back: where an unreadable value stands, what stood there, and the record as it
// was received where that is to be kept.
func testQuarantined(t *testing.T, open func(t *testing.T) mirror.Store) {
	s := open(t)
	amount := record.Quarantined{
		Kind: crm.Deals.Name(), ID: "a", Version: 5, Reason: record.BadAmount, Place: "row 7, column amount (C7)",
		Value: "12 \"Apples\" ÷ \x00", Raw: []byte("{}"),
	}
	nameless := record.Quarantined{Kind: crm.Deals.Name(), Reason: record.BadID, Place: "row 9", Raw: []byte("x")}
	rep := record.Quarantined{Kind: crm.Reps.Name(), ID: "r", Reason: record.BadShape}
	want := func(step string, want ...record.Quarantined) {
		t.Helper()
		if diff := Diff(want, mustQuarantined(t, s, source)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step, diff)
		}
	}
	bare := func(q record.Quarantined) record.Quarantined {
		q.Raw = nil
		return q
	}
	want("before anything")
	page := record.Batch{Quarantined: []record.Quarantined{amount, nameless, rep}}
	mustCommit(t, s, source, page)
	mustCommit(t, s, other, record.Batch{Quarantined: []record.Quarantined{rep}})
	want("a page", bare(nameless), bare(amount), rep)

	page.KeepRaw = true
	if did := total(mustCommit(t, s, source, page)); did[mirror.QuarantinedOnce] != 1 {
		t.Errorf("the same page, now to be kept as received, did %v", did)
	}
	want("the same page, kept as received", bare(nameless), amount, rep)

	moved := amount
	moved.Place, moved.Value = "row 8, column amount (C8)", "12 Apples"
	mustCommit(t, s, source, record.Batch{Quarantined: []record.Quarantined{moved}})
	want("the value moved and changed", bare(nameless), bare(moved), rep)

	mustCommit(t, s, source, deals(deal("a", 5)))
	want("a readable copy lifts it", bare(nameless), rep)

	elsewhere := nameless
	elsewhere.Place = "row 10"
	mustCommit(t, s, source, sweeping(in(1, record.Batch{Quarantined: []record.Quarantined{elsewhere}}), crm.Deals.Name()))
	want("a full pass found the record without an id elsewhere", bare(elsewhere), rep)
}
