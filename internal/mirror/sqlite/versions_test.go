package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// lead is a record of which two versions of a program know different columns.
type lead struct {
	record.Head
	Status  string
	Created value.Instant
	Old     string
}

type campaign struct {
	record.Head
	Cost int
}

// program is a version of a program over one mirror.
type program struct {
	leads *record.Typed[lead]
	kinds []record.Kind
}

func programs() (older, newer program) {
	status := record.Text("status", func(l *lead) *string { return &l.Status })
	older.leads = record.Declare("leads", record.Text("old", func(l *lead) *string { return &l.Old }), status)
	newer.leads = record.Declare("leads", status,
		record.Instant("created", func(l *lead) *value.Instant { return &l.Created }))
	campaigns := record.Declare("campaigns", record.Whole("cost", func(c *campaign) *int { return &c.Cost }))
	older.kinds = []record.Kind{older.leads}
	newer.kinds = []record.Kind{campaigns, newer.leads}
	return older, newer
}

// TestTwoVersionsOfTheProgram runs two versions over one mirror, forwards and back: nothing is read anew, what one of
// them does not know is absent for it and there for the other one, until the record changes.
func TestTwoVersionsOfTheProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mirror.db")
	older, newer := programs()
	created := value.Date(2026, 3, 1)
	full := func(id, status string, version int64) lead {
		return lead{Head: record.Head{ID: id, Version: version}, Status: status, Created: created, Old: "old"}
	}
	without := func(l lead, created, old bool) lead {
		if created {
			l.Created = value.Instant{}
		}
		if old {
			l.Old = ""
		}
		return l
	}
	var since mirror.Revision
	// run starts a version of the program, has it read leads, and returns what it then shows, and what of it changed.
	run := func(p program, read ...lead) (shown, changed map[string]lead) {
		t.Helper()
		store, err := Open(t.Context(), path, mirror.Options{Kinds: p.kinds})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		if binding, err := store.Bind(t.Context(), stream, mirror.Identity{Address: "a"}, nil); err != nil || binding != mirror.Bound {
			t.Fatalf("bind: %v, error %v", binding, err)
		}
		if _, err := store.Commit(t.Context(), stream, record.Batch{Rows: record.Rows{p.leads.Of(read...)}}); err != nil {
			t.Fatal(err)
		}
		if err := store.Finish(t.Context(), mirror.Cursors{stream: nil}); err != nil {
			t.Fatal(err)
		}
		load := func(since mirror.Revision) (map[string]lead, mirror.Revision) {
			all := map[string]lead{}
			revision, err := store.Load(t.Context(), stream, since, func(b record.Batch) error {
				for _, l := range p.leads.In(b.Rows) {
					all[l.ID] = l
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return all, revision
		}
		changed, _ = load(since)
		shown, since = load(0)
		return shown, changed
	}
	check := func(when string, got map[string]lead, want ...lead) {
		t.Helper()
		expected := map[string]lead{}
		for _, l := range want {
			expected[l.ID] = l
		}
		if diff := cmp.Diff(expected, got, cmp.Comparer(func(a, b value.Instant) bool { return a == b })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	a, b := full("a", "new", 1), full("b", "new", 1)
	shown, _ := run(older, a, b)
	check("the older one", shown, without(a, true, false), without(b, true, false))

	b.Version = 2
	shown, _ = run(newer, b)
	check("the newer one, which has read b anew", shown, without(a, true, true), without(b, false, true))

	shown, changed := run(older, a)
	check("the older one again", shown, without(a, true, false), without(b, true, true))
	check("the older one again, which has read what it knows", changed)

	shown, _ = run(newer)
	check("the newer one again", shown, without(a, true, true), without(b, false, true))

	shown, changed = run(newer, a)
	check("the newer one, which has read a as it was, with a column more", shown,
		without(a, false, true), without(b, false, true))
	check("of that has changed", changed, without(a, false, true))

	b.Status, b.Version = "open", 3
	shown, _ = run(older, b)
	check("the older one, to which b has changed", shown, without(a, true, true), without(b, true, false))
	shown, _ = run(newer)
	check("the newer one, for which b lacks what the older one did not know", shown,
		without(a, false, true), without(b, true, true))
}
