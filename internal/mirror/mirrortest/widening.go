package mirrortest

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// mapped is an identity with columns, which come in pairs of a name and what fills it.
func mapped(pairs ...string) mirror.Identity {
	identity := mirror.Identity{Address: "here", Meaning: "1", Columns: map[string]string{}}
	for pair := range slices.Chunk(pairs, 2) {
		identity.Columns[pair[0]] = pair[1]
	}
	return identity
}

// again is the Restart of these tests.
func again(cursor []byte) []byte { return append([]byte("again from "), cursor...) }

func mustBind(t *testing.T, s mirror.Store, stream mirror.Stream, identity mirror.Identity) mirror.Binding {
	t.Helper()
	binding, err := s.Bind(t.Context(), stream, identity, again)
	if err != nil {
		t.Fatalf("bind: %v", err)
	}
	return binding
}

// testWidening adds a column to a stream and takes one away.
func testWidening(t *testing.T, open func(t *testing.T) mirror.Store) {
	t.Run("a new column", func(t *testing.T) { testNewColumn(t, open(t)) })
	t.Run("a column that goes", func(t *testing.T) { testColumnGone(t, open(t)) })
	t.Run("back before anything was read", func(t *testing.T) { testTakenBack(t, open(t)) })
	t.Run("back in the midst of the pass", func(t *testing.T) { testHalfTakenBack(t, open(t)) })
	t.Run("within the first pass", func(t *testing.T) { testWidenedFirst(t, open(t)) })
	t.Run("the brake holds", func(t *testing.T) { testWidenedBrake(t, open(t)) })
}

// sold are two deals, one of them with a region where one is given.
func sold(region string) record.Batch {
	d := deal("a", 1)
	d.Dimensions = value.Dimensions{"segment": "x"}
	if region != "" {
		d.Dimensions["region"] = region
	}
	return deals(d, deal("b", 1))
}

// expectPending compares what is pending, and where the stream goes on.
func expectPending(t *testing.T, s mirror.Store, when, cursor string, columns ...string) {
	t.Helper()
	state := mustState(t, s, source)
	if !slices.Equal(state.Pending, columns) || string(state.Cursor) != cursor {
		t.Errorf("%s: %q are pending and the cursor is %q, want %q and %q", when, state.Pending, state.Cursor, columns, cursor)
	}
}

// at gives a batch its cursor.
func at(cursor string, b record.Batch) record.Batch {
	b.Cursor = []byte(cursor)
	return b
}

func testNewColumn(t *testing.T, s mirror.Store) {
	narrow, wide := mapped("segment", "S"), mapped("segment", "S", "region", "R")
	mustBind(t, s, source, narrow)
	mustCommit(t, s, source, at("1", in(1, sold(""))))
	served, since := LoadPicture(t, s, source)
	unserved := func(when string) {
		t.Helper()
		if got, unmoved := ServedPicture(t, s, source); Diff(served, got) != "" || unmoved != since {
			t.Errorf("%s the picture is another one, of revision %d and not %d:\n%s", when, unmoved, since, Diff(served, got))
		}
	}
	if got := mustBind(t, s, source, wide); got != mirror.Widened {
		t.Errorf("a new column: %v", got)
	}
	expectPending(t, s, "bound", "again from 1", "region")
	unserved("bound,")
	mustCommit(t, s, source, at("half", in(2, sold("emea"))))
	if got := mustBind(t, s, source, wide); got != mirror.Bound { // as after a kill
		t.Errorf("in the midst of the pass: %v", got)
	}
	expectPending(t, s, "half of the pass", "half", "region")
	unserved("half of the pass,")
	mustCommit(t, s, source, at("done", sweeping(in(2, record.Batch{}), crm.Deals.Name())))
	expectPending(t, s, "all of the pass", "done", "region")
	unserved("all of the pass,")
	mustFinish(t, s, source)
	expectPending(t, s, "finished", "done")
	got, _ := ServedPicture(t, s, source)
	if d := got.Records[Key{crm.Deals.Name(), "a"}].(crm.Deal); d.Dimensions["region"] != "emea" {
		t.Errorf("after it, the deal is %+v", d)
	}
	if _, err := s.Load(t.Context(), source, since, served.Apply); err != nil || Diff(got, served) != "" {
		t.Errorf("following the changes leads elsewhere: %v\n%s", err, Diff(got, served))
	}
	if got := mustBind(t, s, source, wide); got != mirror.Bound {
		t.Errorf("after it: %v", got)
	}
}

func testColumnGone(t *testing.T, s mirror.Store) {
	narrow, wide := mapped("segment", "S"), mapped("segment", "S", "region", "R")
	mustBind(t, s, source, wide)
	mustCommit(t, s, source, at("1", in(1, sold("emea"))))
	mustFinish(t, s, source)
	if got := mustBind(t, s, source, narrow); got != mirror.Widened {
		t.Errorf("a column that goes: %v", got)
	}
	expectPending(t, s, "bound", "again from 1", "region")
	mustCommit(t, s, source, at("2", in(2, sold(""))))
	mustFinish(t, s, source)
	expectPending(t, s, "finished", "2")
	// It comes back with another property: nothing of the earlier one is left among the records.
	if got := mustBind(t, s, source, mapped("segment", "S", "region", "other")); got != mirror.Widened {
		t.Errorf("a column that comes back: %v", got)
	}
}

// testTakenBack has a configuration refused after it was bound.
func testTakenBack(t *testing.T, s mirror.Store) {
	before := mapped("segment", "S")
	mustBind(t, s, source, before)
	mustCommit(t, s, source, at("1", in(1, sold(""))))
	mustFinish(t, s, source)
	mustBind(t, s, source, mapped("region", "R"))
	expectPending(t, s, "refused", "again from 1", "region", "segment")
	if got := mustBind(t, s, source, before); got != mirror.Bound {
		t.Errorf("taken back: %v", got)
	}
	expectPending(t, s, "taken back", "again from 1")
}

// testHalfTakenBack leaves records with and without a column.
func testHalfTakenBack(t *testing.T, s mirror.Store) {
	before := mapped("segment", "S")
	mustBind(t, s, source, before)
	mustCommit(t, s, source, at("1", in(1, sold(""))))
	mustFinish(t, s, source)
	mustBind(t, s, source, mapped("segment", "S", "region", "R"))
	mustCommit(t, s, source, at("half", in(2, sold("emea"))))
	if got := mustBind(t, s, source, before); got != mirror.Widened {
		t.Errorf("taken back: %v", got)
	}
	expectPending(t, s, "taken back", "again from half", "region")
	mustCommit(t, s, source, at("2", in(3, sold(""))))
	mustFinish(t, s, source)
	expectPending(t, s, "read once more", "2")
}

func testWidenedFirst(t *testing.T, s mirror.Store) {
	mustBind(t, s, source, mapped())
	if got := mustBind(t, s, source, mapped("region", "R")); got != mirror.Widened {
		t.Errorf("an empty stream: %v", got)
	}
	mustCommit(t, s, source, at("half", in(1, sold("emea"))))
	if got := mustBind(t, s, source, mapped("region", "R", "segment", "S")); got != mirror.Widened {
		t.Errorf("a stream that was never complete: %v", got)
	}
	expectPending(t, s, "bound", "again from half", "region", "segment")
}

// testWidenedBrake has a pass for a new column miss most of the records.
func testWidenedBrake(t *testing.T, s mirror.Store) {
	mustBind(t, s, source, mapped())
	mustCommit(t, s, source, at("1", in(1, deals(manyDeals(0, 50)...))))
	mustFinish(t, s, source)
	mustBind(t, s, source, mapped("region", "R"))
	mustCommit(t, s, source, at("2", in(2, deals(manyDeals(0, 5)...))))
	if _, err := s.Commit(t.Context(), source, sweeping(in(2, record.Batch{}), crm.Deals.Name())); err == nil {
		t.Error("a sweep of most records was taken over")
	}
	mustFinish(t, s, source)
	if got, _ := ServedPicture(t, s, source); len(got.Records) != 50 {
		t.Errorf("%d of 50 deals are left", len(got.Records))
	}
}

// testBindings compares a store with the Oracle over histories in which the configuration changes at random.
func testBindings(t *testing.T, open func(t *testing.T) mirror.Store) {
	histories, length := 4, 80
	if !Thorough {
		histories, length = 1, 60
	}
	for seed := range uint64(histories) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // a test repeats itself
			checkBindings(t, open(t), r, History(r, length))
		})
	}
}

func checkBindings(t *testing.T, s mirror.Store, r *rand.Rand, history []Step) {
	oracle := NewOracle()
	did := map[mirror.Binding]int{}
	served := map[mirror.Stream][2]int64{}
	for n, step := range history {
		if r.IntN(3) == 0 {
			identity := randomIdentity(r)
			want, got := mustBind(t, oracle, step.Stream, identity), mustBind(t, s, step.Stream, identity)
			if did[got]++; got != want {
				t.Fatalf("step %d: to bind %+v is %v, want %v", n, identity, got, want)
			}
			compare(t, oracle, s, step.Stream)
		}
		want := mustCommit(t, oracle, step.Stream, step.Batch)
		if diff := Diff(want, mustCommit(t, s, step.Stream, step.Batch)); diff != "" {
			t.Fatalf("step %d applied (-want +got):\n%s", n, diff)
		}
		if step.Finish {
			mustFinish(t, oracle, step.Stream)
			mustFinish(t, s, step.Stream)
		}
		if r.IntN(4) == 0 {
			mustCollect(t, s)
		}
		compare(t, oracle, s, step.Stream)
		before := served[step.Stream]
		now := [2]int64{mustState(t, oracle, step.Stream).Generation, mustState(t, s, step.Stream).Generation}
		if (before[0] == now[0]) != (before[1] == now[1]) {
			t.Fatalf("step %d: the generation went from %d to %d, want %d to %d", n, before[1], now[1], before[0], now[0])
		}
		served[step.Stream] = now
	}
	if did[mirror.Widened] == 0 || did[mirror.Forgotten] == 0 || did[mirror.Replaced] == 0 {
		t.Errorf("too little happened: %v", did)
	}
}

// randomIdentity is one of few, so that they come back.
func randomIdentity(r *rand.Rand) mirror.Identity {
	identity := mapped()
	for _, column := range []string{"region", "segment"} {
		if n := r.IntN(12); n > 3 {
			identity.Columns[column] = map[bool]string{true: "one", false: "other"}[n > 4]
		}
	}
	identity.Meaning = map[bool]string{true: "1", false: "2"}[r.IntN(10) > 0]
	identity.Address = map[bool]string{true: "here", false: "there"}[r.IntN(15) > 0]
	return identity
}
