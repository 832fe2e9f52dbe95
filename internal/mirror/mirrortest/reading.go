package mirrortest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/record/recordtest"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// fullBatch holds a record of every kind, with every field set, and odd ones.
func fullBatch() record.Batch {
	return record.Batch{
		Rows: record.Rows{crm.Deals.Of(
			crm.Deal{
				Head: record.Head{ID: "d1", Version: 1767225600123, Dimensions: value.Dimensions{"territory": "Île-de-France <&>", "segment": "\"quoted\"\n", "channel": ""}}, Pipeline: "p1", Stage: "s1", Rep: "r1", Account: "a1",
				Outcome: crm.OutcomeWon, Amount: -125_000, AmountKnown: true, Currency: "EUR", Probability: 200_000,
				ForecastCategory: crm.ForecastBestCase, Created: value.MomentMilli(-1), Closed: value.Date(2024, time.February, 29),
				StageEntered: value.MomentMilli(1767225600123),
				Name:         "test deals",
			},
			crm.Deal{Head: record.Head{ID: "d2", Version: -5}, Probability: value.ProbabilityUnknown, Created: value.Date(1700, time.January, 1)},
			crm.Deal{
				Head: record.Head{ID: "a null \x00, a quote ' and a broken \xff byte"}, Amount: 1 << 62, AmountKnown: true,
				Outcome: crm.OutcomeLost,
			},
			crm.Deal{Head: record.Head{ID: "d4"}, AmountKnown: true, Outcome: crm.OutcomeOpen, Closed: value.MomentMilli(64_060_588_800_000)},
		), crm.Accounts.Of(
			crm.Account{Head: record.Head{ID: "a1", Version: 1, Dimensions: value.Dimensions{"business_type": "x"}}},
			crm.Account{Head: record.Head{ID: "a2", Version: 2, Dimensions: value.Dimensions{}}},
		), crm.Reps.Of(
			crm.Rep{Head: record.Head{ID: "r1", Version: 1, Dimensions: value.Dimensions{"territory": "n"}}, Name: "Ada", Team: "North", Active: true},
			crm.Rep{Head: record.Head{ID: "r2"}},
		), crm.Pipelines.Of(crm.Pipeline{Head: record.Head{ID: "p1", Version: 3}, Label: "Sales"}), crm.Stages.Of(
			crm.Stage{
				Pipeline: "p1", Head: record.Head{ID: "s1", Version: 3}, Label: "Won", Position: 7, Outcome: crm.OutcomeWon,
				Probability: value.ProbabilityScale,
			},
			crm.Stage{Head: record.Head{ID: "s2"}, Label: "Open", Position: -1, Probability: value.ProbabilityUnknown},
		)},
		Cursor: []byte{0, 1, 0xff},
	}
}

func testContent(t *testing.T, open func(t *testing.T) mirror.Store) {
	s := open(t)
	batch := fullBatch()
	mustCommit(t, s, source, batch)
	want := NewPicture()
	if err := want.Apply(batch); err != nil {
		t.Fatal(err)
	}
	got, _ := LoadPicture(t, s, source)
	if diff := Diff(want, got); diff != "" {
		t.Errorf("what was stored came back otherwise (-want +got):\n%s", diff)
	}
	if applied := total(mustCommit(t, s, source, batch)); applied[mirror.Upserted] != 0 {
		t.Errorf("the same content again did %v", applied)
	}
}

// testAnyContent stores random records of every kind of the program, as their declarations have them, and reads them
// back.
func testAnyContent(t *testing.T, open func(t *testing.T) mirror.Store) {
	s, r := open(t), rand.New(rand.NewPCG(5, 5)) //nolint:gosec // a test repeats itself
	want := map[Key]record.List{}
	for range 4 {
		var batch record.Batch
		for _, k := range crm.Kinds() {
			for n := range 25 {
				list := recordtest.Random(r, k, fmt.Sprint("id", n))
				key := Key{k.Name(), list.Head(0).ID}
				if before := want[key]; before == nil || list.Head(0).Version >= before.Head(0).Version {
					want[key] = list
				}
				batch.Rows = append(batch.Rows, list)
			}
		}
		mustCommit(t, s, source, batch)
	}
	mustFinish(t, s, source)
	_, err := s.Load(t.Context(), source, 0, func(b record.Batch) error {
		for _, list := range b.Rows {
			for i := range list.Len() {
				key := Key{list.Kind().Name(), list.Head(i).ID}
				one := want[key]
				delete(want, key)
				// A name that the CRM did not tell is the one before.
				if one == nil || !list.Kind().Numbered() && Diff(one.Text(0), list.Text(i)) != "" {
					t.Errorf("%v came back as %v", key, list.Text(i))
				}
			}
		}
		return nil
	})
	if err != nil || len(want) > 0 {
		t.Errorf("error %v, not there are %v", err, slices.Collect(maps.Keys(want)))
	}
}

func testState(t *testing.T, open func(t *testing.T) mirror.Store) {
	s := open(t)
	if diff := Diff(mirror.State{}, mustState(t, s, source)); diff != "" {
		t.Errorf("state of a source that never committed:\n%s", diff)
	}
	mustCommit(t, s, source, record.Batch{Cursor: []byte("1"), Rows: record.Rows{crm.Deals.Of(deal("a", 5), deal("b", 9))}})
	mustCommit(t, s, source, unreadable("b", 10))
	batch := record.Batch{Cursor: []byte("2"), Rows: record.Rows{crm.Reps.Of(crm.Rep{Head: record.Head{ID: "r", Version: 3}})}}
	mustCommit(t, s, source, batch)
	counts := func(deals, reps int) map[record.Name]int {
		counts := map[record.Name]int{}
		for _, kind := range crm.Names() {
			counts[kind] = 0
		}
		counts[crm.Deals.Name()], counts[crm.Reps.Name()] = deals, reps
		return counts
	}
	want := mirror.State{
		Cursor: []byte("2"), Records: counts(1, 1),
		Quarantined: map[record.Name]map[record.Reason]int{crm.Deals.Name(): {record.BadAmount: 1}},
		Watermark:   map[record.Name]int64{crm.Deals.Name(): 5, crm.Reps.Name(): 3},
	}
	got := mustState(t, s, source)
	if diff := Diff(want, got); diff != "" || !got.CompletedAt.IsZero() {
		t.Errorf("state within the first cycle, completed at %v:\n%s", got.CompletedAt, diff)
	}

	before := time.Now().Truncate(time.Millisecond)
	if err := s.Finish(t.Context(), mirror.Cursors{source: []byte("3")}); err != nil {
		t.Fatal(err)
	}
	completed := mustState(t, s, source)
	if !completed.Complete || string(completed.Cursor) != "3" ||
		completed.CompletedAt.Before(before) || completed.CompletedAt.After(time.Now()) {
		t.Errorf("state after a cycle is %+v, begun at %v", completed, before)
	}
	mustCommit(t, s, source, record.Batch{})
	next := mustState(t, s, source)
	if !next.Complete || len(next.Cursor) > 0 || !next.CompletedAt.Equal(completed.CompletedAt) {
		t.Errorf("state within the next cycle, before anything changed, is %+v", next)
	}
	picture := next
	mustCommit(t, s, source, record.Batch{Rows: record.Rows{crm.Deals.Of(deal("new", 9))}})
	next = mustState(t, s, source)
	if diff := Diff(picture, next); diff != "" || !next.CompletedAt.Equal(completed.CompletedAt) {
		t.Errorf("within the next cycle a change shows in the state (-want +got):\n%s", diff)
	}
	mustFinish(t, s, source)
	if next = mustState(t, s, source); next.Records[crm.Deals.Name()] != 2 || next.Watermark[crm.Deals.Name()] != 9 {
		t.Errorf("state after the next cycle is %+v", next)
	}
}

func testBind(t *testing.T, open func(t *testing.T) mirror.Store) {
	s := open(t)
	bind := func(source mirror.Stream, address string, want mirror.Binding) {
		t.Helper()
		if got := mustBind(t, s, source, mirror.Identity{Address: address}); got != want {
			t.Fatalf("bind %s to %s: %v, want %v", source, address, got, want)
		}
	}
	bind(source, "account 1", mirror.Bound)
	if diff := Diff(mirror.State{}, mustState(t, s, source)); diff != "" {
		t.Errorf("state of a bound source:\n%s", diff)
	}
	full := both(both(fullBatch(), gone("x", 3)), both(merged("a", 3, "d1"), unreadable("d4", 9)))
	for _, name := range []mirror.Stream{source, other} {
		mustCommit(t, s, name, in(7, full))
	}
	bind(source, "account 1", mirror.Bound)
	kept, before := LoadPicture(t, s, source)
	if len(kept.Records) == 0 || !mustState(t, s, source).Complete {
		t.Error("binding the same identity again forgot something")
	}

	bind(source, "account 2", mirror.Forgotten)
	// Nothing is left to go on from: whoever reads the stream begins at 0.
	if picture, after := ServedPicture(t, s, source); Diff(NewPicture(), picture) != "" || after != 0 {
		t.Errorf("after binding another identity, revision %d:\n%s", after, Diff(NewPicture(), picture))
	}
	if diff := Diff(mirror.State{}, mustState(t, s, source)); diff != "" {
		t.Errorf("state after binding another identity:\n%s", diff)
	}
	if picture, after := LoadPicture(t, s, source); Diff(NewPicture(), picture) != "" || after <= before {
		t.Errorf("after an empty cycle, revision %d then %d:\n%s", before, after, Diff(NewPicture(), picture))
	}
	if beside, _ := LoadPicture(t, s, other); Diff(kept, beside) != "" {
		t.Errorf("another source changed:\n%s", Diff(kept, beside))
	}
	// No tombstone and no pass is left of the first account.
	applied := mustCommit(t, s, source, sweeping(in(1, deals(deal("x", 1), deal("a", 1))), crm.Deals.Name()))
	if got := total(applied); got[mirror.Upserted] != 2 {
		t.Errorf("the new account's records did %v", got)
	}
}

func testLoad(t *testing.T, open func(t *testing.T) mirror.Store) {
	t.Run("changes since a revision", func(t *testing.T) { testLoadSince(t, open(t)) })
	t.Run("one consistent view", func(t *testing.T) { testLoadView(t, open(t)) })
	t.Run("a visitor's error ends it", func(t *testing.T) {
		s, stop := open(t), errors.New("stop")
		mustCommit(t, s, source, fullBatch())
		mustFinish(t, s, source)
		_, err := s.Load(t.Context(), source, 0, func(record.Batch) error { return stop })
		if !errors.Is(err, stop) {
			t.Errorf("load returned %v", err)
		}
	})
	t.Run("more than one visit", func(t *testing.T) {
		s := open(t)
		mustCommit(t, s, source, deals(manyDeals(0, 5_432)...))
		picture, _ := LoadPicture(t, s, source)
		if got := len(picture.Records); got != 5_432 {
			t.Errorf("loaded %d deals", got)
		}
	})
}

func testLoadSince(t *testing.T, s mirror.Store) {
	mustCommit(t, s, source, deals(deal("a", 1), deal("b", 1), deal("c", 1), deal("d", 1), deal("e", 1)))
	_, since := LoadPicture(t, s, source)
	for _, batch := range []record.Batch{
		deals(deal("a", 2), deal("e", 1)), gone("b", 2), merged("c", 2, "a"), unreadable("d", 2),
	} {
		mustCommit(t, s, source, batch)
	}
	mustFinish(t, s, source)
	var changes record.Batch
	last, err := s.Load(t.Context(), source, since, func(b record.Batch) error {
		crm.Deals.Append(&changes.Rows, crm.Deals.In(b.Rows)...)
		changes.Removals = append(changes.Removals, b.Removals...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	removed := map[string]string{}
	for _, r := range changes.Removals {
		removed[r.ID] = r.MergedInto
	}
	want := map[string]string{"b": "", "c": "a", "d": ""}
	if len(crm.Deals.In(changes.Rows)) != 1 || crm.Deals.In(changes.Rows)[0].ID != "a" || Diff(want, removed) != "" {
		t.Errorf("changes are %+v", changes)
	}
	again, err := s.Load(t.Context(), source, last, func(b record.Batch) error {
		t.Errorf("nothing changed, yet a load visits %+v", b)
		return nil
	})
	if err != nil || again != last {
		t.Errorf("revision %d, then %d, error %v", last, again, err)
	}
}

// testLoadView commits in the midst of a Load: all of the Load must be from before.
func testLoadView(t *testing.T, s mirror.Store) {
	before := fullBatch()
	mustCommit(t, s, source, before)
	want, revision := LoadPicture(t, s, source)
	later := fullBatch()
	for i := range crm.Deals.In(later.Rows) {
		crm.Deals.In(later.Rows)[i].Version += 10
	}
	for i := range crm.Stages.In(later.Rows) {
		crm.Stages.In(later.Rows)[i].Version += 10
	}
	got, committed := NewPicture(), false
	seen, err := s.Load(t.Context(), source, 0, func(b record.Batch) error {
		if !committed {
			mustCommit(t, s, source, later)
			committed = true
		}
		return got.Apply(b)
	})
	if err != nil || seen != revision {
		t.Fatalf("revision %d, want %d, error %v", seen, revision, err)
	}
	if diff := Diff(want, got); diff != "" {
		t.Errorf("a commit shows in a load that began before it (-want +got):\n%s", diff)
	}
}

func testRefusals(t *testing.T, open func(t *testing.T) mirror.Store) {
	ended, end := context.WithCancel(t.Context())
	end()
	for _, c := range []struct {
		name  string
		ctx   context.Context
		batch record.Batch
	}{
		{"an ended context", ended, deals(deal("b", 1))},
		{"a record without an id", t.Context(), deals(deal("b", 1), deal("", 1))},
		{"a removal without an id", t.Context(), both(deals(deal("b", 1)), gone("", 1))},
		{"a removal of an unknown object", t.Context(), record.Batch{Removals: []record.Removal{{Kind: "x", ID: "1"}}}},
		{"a quarantined unknown object", t.Context(), record.Batch{Quarantined: []record.Quarantined{{Kind: "x"}}}},
		{"a sweep of an unknown object", t.Context(), record.Batch{Pass: 1, Sweep: []record.Name{"x"}}},
		{"a sweep without a pass", t.Context(), sweeping(deals(deal("b", 1)), crm.Deals.Name())},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			mustCommit(t, s, source, record.Batch{Rows: record.Rows{crm.Deals.Of(deal("a", 1))}, Cursor: []byte("1")})
			before, revision := LoadPicture(t, s, source)
			state := mustState(t, s, source)
			if _, err := s.Commit(c.ctx, source, c.batch); err == nil {
				t.Fatal("it was accepted")
			} else if c.ctx == ended && !errors.Is(err, context.Canceled) {
				t.Errorf("the error is %v", err)
			}
			after, unmoved := LoadPicture(t, s, source)
			if diff := Diff(before, after); diff != "" || unmoved != revision {
				t.Errorf("revision %d, then %d:\n%s", revision, unmoved, diff)
			}
			if diff := Diff(state, mustState(t, s, source)); diff != "" {
				t.Errorf("the state changed:\n%s", diff)
			}
		})
	}
	t.Run("reads of an ended context", func(t *testing.T) {
		s := open(t)
		_, loadErr := s.Load(ended, source, 0, func(record.Batch) error { return nil })
		_, stateErr := s.State(ended, source)
		_, bindErr := s.Bind(ended, source, mirror.Identity{Address: "account"}, nil)
		for _, err := range []error{loadErr, stateErr, bindErr, s.Finish(ended, mirror.Cursors{source: nil})} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("the error is %v", err)
			}
		}
	})
}

func testUnknown(t *testing.T, open func(t *testing.T) mirror.Store) {
	s := open(t)
	mustCommit(t, s, source, both(both(deals(deal("stored", 1)), gone("removed", 1)), unreadable("unreadable", 1)))
	mustCommit(t, s, source, merged("merged", 1, "never stored"))
	mustCommit(t, s, other, deals(deal("of another source", 1)))
	mustCommit(t, s, source, record.Batch{Rows: record.Rows{crm.Accounts.Of(crm.Account{Head: record.Head{ID: "an account"}})}})
	ids := []string{"stored", "x", "removed", "unreadable", "merged", "never stored", "of another source", "an account"}
	got, err := s.Unknown(t.Context(), source, crm.Deals.Name(), ids)
	want := []string{"x", "never stored", "of another source", "an account"}
	if diff := Diff(want, got); diff != "" || err != nil {
		t.Errorf("unknown (-want +got), error %v:\n%s", err, diff)
	}
	if got, err := s.Unknown(t.Context(), source, crm.Accounts.Name(), ids[7:]); len(got) > 0 || err != nil {
		t.Errorf("an account is unknown: %v, error %v", got, err)
	}
	if got, err := s.Unknown(t.Context(), mirror.All("never bound"), crm.Deals.Name(), ids); len(got) != len(ids) || err != nil {
		t.Errorf("of a source that never committed %v are unknown, error %v", got, err)
	}
}
