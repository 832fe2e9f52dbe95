package mirrortest

import (
	"errors"
	"slices"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// meaning is an identity of a version of the mapping.
func meaning(version string, pairs ...string) mirror.Identity {
	identity := mapped(pairs...)
	identity.Meaning = version
	return identity
}

// mustCollect deletes all that can be deleted.
func mustCollect(t *testing.T, s mirror.Store) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = s.Collect(t.Context()); err != nil {
			t.Fatalf("collect: %v", err)
		}
	}
}

// testGenerations changes the mapping of a stream: what was read under the one before is served until all is read anew.
func testGenerations(t *testing.T, open func(t *testing.T) mirror.Store) {
	for name, test := range map[string]func(*testing.T, mirror.Store){
		"served until the new one is complete":  testReplaced,
		"back to the mapping before":            testResumed,
		"back with one more column":             testResumedWider,
		"two at most":                           testThirdMapping,
		"a third one before any is complete":    testNeverComplete,
		"the account stays pinned":              testPinOfGenerations,
		"another address":                       testAddressOfGenerations,
		"names stay":                            testNamesOfGenerations,
		"columns that the served one lacks":     testLackingColumns,
		"beside a stream that is not concerned": testMixedGenerations,
		"twice in a row":                        testReplacedTwice,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// readFirst gives a stream a finished generation of three deals, one of which cannot be read, and returns its picture.
func readFirst(t *testing.T, s mirror.Store, stream mirror.Stream) Picture {
	t.Helper()
	mustBind(t, s, stream, meaning("1"))
	mustCommit(t, s, stream, at("1", in(7, by("1", both(deals(deal("a", 5), deal("b", 5)), unreadable("bad", 5))))))
	picture, _ := LoadPicture(t, s, stream)
	return picture
}

// expectFrozen holds that readers get a picture, whatever is at work.
func expectFrozen(t *testing.T, s mirror.Store, when string, want Picture, before mirror.State, cursor string) {
	t.Helper()
	if got, _ := ServedPicture(t, s, source); Diff(want, got) != "" {
		t.Errorf("%s, the picture is another one (-want +got):\n%s", when, Diff(want, got))
	}
	got := mustState(t, s, source)
	if string(got.Cursor) != cursor {
		t.Errorf("%s, the cursor is %q, want %q", when, got.Cursor, cursor)
	}
	got.Cursor = before.Cursor
	if Diff(before, got) != "" || got.Generation != before.Generation || !got.CompletedAt.Equal(before.CompletedAt) {
		t.Errorf("%s, the state of generation %d is of %d (-want +got):\n%s", when, before.Generation, got.Generation,
			Diff(before, got))
	}
	if q := mustQuarantined(t, s, source); len(q) != 1 {
		t.Errorf("%s, in quarantine are %v", when, q)
	}
}

func testReplaced(t *testing.T, s mirror.Store) {
	picture := readFirst(t, s, source)
	before := mustState(t, s, source)
	for _, want := range []mirror.Binding{mirror.Replaced, mirror.Bound} { // The second time is that of a restart.
		if got := mustBind(t, s, source, meaning("2")); got != want {
			t.Errorf("another mapping: %v, want %v", got, want)
		}
	}
	expectFrozen(t, s, "bound", picture, before, "")
	unknown, err := s.Unknown(t.Context(), source, crm.Deals.Name(), []string{"a", "b"})
	if err != nil || len(unknown) != 2 {
		t.Errorf("the new generation knows all but %v, error %v", unknown, err)
	}
	// Nothing of the first one decides what the second one takes: not its versions, its tombstones, its passes.
	mustCommit(t, s, source, at("half", in(1, deals(deal("a", 4)))))
	mustCollect(t, s)
	expectFrozen(t, s, "half read", picture, before, "half")
	mustCommit(t, s, source, at("2", sweeping(in(1, deals(deal("new", 1))), crm.Deals.Name())))
	expectFrozen(t, s, "all read", picture, before, "2")
	for _, since := range []mirror.Revision{0, 1} {
		if _, err := s.Load(t.Context(), source, since, func(record.Batch) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	mustFinish(t, s, source)
	for range 2 {
		got, _ := ServedPicture(t, s, source)
		if !slices.Equal(spell(got), []string{"a@4", "new@1"}) {
			t.Errorf("finished, the deals are %v", spell(got))
		}
		after := mustState(t, s, source)
		if after.Generation == before.Generation || after.Records[crm.Deals.Name()] != 2 || len(after.Quarantined) > 0 {
			t.Errorf("finished, the state is %+v", after)
		}
		mustCollect(t, s)
	}
}

// testResumed takes a mapping back before it was complete: the generation of the one before goes on where it stood.
func testResumed(t *testing.T, s mirror.Store) {
	picture := readFirst(t, s, source)
	before := mustState(t, s, source)
	_, since := ServedPicture(t, s, source)
	mustBind(t, s, source, meaning("2"))
	mustCommit(t, s, source, at("half", deals(deal("z", 1))))
	if got := mustBind(t, s, source, meaning("1")); got != mirror.Bound {
		t.Errorf("taken back: %v", got)
	}
	mustCollect(t, s)
	expectFrozen(t, s, "taken back", picture, before, "1")
	mustCommit(t, s, source, at("3", deals(deal("c", 6))))
	mustFinish(t, s, source)
	if _, err := s.Load(t.Context(), source, since, picture.Apply); err != nil {
		t.Fatal(err)
	}
	if got := spell(picture); !slices.Equal(got, []string{"a@5", "b@5", "c@6"}) {
		t.Errorf("a reader who followed has %v", got)
	}
	// The one that was taken back goes on as well.
	mustBind(t, s, source, meaning("2"))
	if got := mustState(t, s, source); string(got.Cursor) != "half" || got.Generation != before.Generation {
		t.Errorf("forth again, it goes on from %q and shows generation %d", got.Cursor, got.Generation)
	}
	mustFinish(t, s, source)
	if got, _ := ServedPicture(t, s, source); !slices.Equal(spell(got), []string{"z@1"}) {
		t.Errorf("complete, it shows %v", spell(got))
	}
}

func testResumedWider(t *testing.T, s mirror.Store) {
	readFirst(t, s, source)
	mustBind(t, s, source, meaning("2"))
	if got := mustBind(t, s, source, meaning("1", "region", "R")); got != mirror.Widened {
		t.Errorf("back with one more column: %v", got)
	}
	expectPending(t, s, "back with one more column", "again from 1", "region")
}

func testThirdMapping(t *testing.T, s mirror.Store) {
	picture := readFirst(t, s, source)
	before := mustState(t, s, source)
	mustBind(t, s, source, meaning("2"))
	mustCommit(t, s, source, at("half", deals(deal("z", 1))))
	if got := mustBind(t, s, source, meaning("3")); got != mirror.Replaced {
		t.Errorf("a third mapping: %v", got)
	}
	expectFrozen(t, s, "a third mapping", picture, before, "")
	if mustBind(t, s, source, meaning("2")); string(mustState(t, s, source).Cursor) != "" {
		t.Error("the second of three mappings was kept beside the first")
	}
	mustCollect(t, s)
	expectFrozen(t, s, "the second one again", picture, before, "")
	mustBind(t, s, source, meaning("1"))
	expectFrozen(t, s, "the first one again", picture, before, "1")
}

func testNeverComplete(t *testing.T, s mirror.Store) {
	mustBind(t, s, source, meaning("1"))
	mustCommit(t, s, source, at("1", deals(deal("a", 1))))
	mustBind(t, s, source, meaning("2"))
	if got := mustState(t, s, source); got.Complete || len(got.Cursor) > 0 {
		t.Errorf("nothing is complete, and the state is %+v", got)
	}
	mustBind(t, s, source, meaning("1"))
	if got := mustState(t, s, source); got.Complete || string(got.Cursor) != "1" {
		t.Errorf("back, the state is %+v", got)
	}
	mustFinish(t, s, source)
	mustCollect(t, s)
	if got, _ := ServedPicture(t, s, source); !slices.Equal(spell(got), []string{"a@1"}) {
		t.Errorf("complete, it shows %v", spell(got))
	}
}

func testPinOfGenerations(t *testing.T, s mirror.Store) {
	readFirst(t, s, source)
	mustBind(t, s, source, meaning("2"))
	if got := mustState(t, s, source).Account.ID; got != "1" {
		t.Errorf("the account is %q", got)
	}
	_, err := s.Commit(t.Context(), source, by("2", deals(deal("x", 1))))
	if _, refused := errors.AsType[*mirror.AccountError](err); !refused {
		t.Errorf("records of another account: %v", err)
	}
	mustCommit(t, s, source, by("1", deals(deal("x", 1))))
	if got, _ := LoadPicture(t, s, source); got.Account[""].ID != "1" {
		t.Errorf("the new generation is of account %+v", got.Account)
	}
}

func testAddressOfGenerations(t *testing.T, s mirror.Store) {
	readFirst(t, s, source)
	mustBind(t, s, source, meaning("2"))
	mustCommit(t, s, source, deals(deal("x", 1)))
	elsewhere := meaning("2")
	elsewhere.Address = "elsewhere"
	if got := mustBind(t, s, source, elsewhere); got != mirror.Forgotten {
		t.Errorf("another address: %v", got)
	}
	if diff := Diff(mirror.State{}, mustState(t, s, source)); diff != "" {
		t.Errorf("the state of another address:\n%s", diff)
	}
	mustCollect(t, s)
	mustBind(t, s, source, meaning("1"))
	if diff := Diff(mirror.State{}, mustState(t, s, source)); diff != "" {
		t.Errorf("back at the first address:\n%s", diff)
	}
	mustCommit(t, s, source, by("2", deals(deal("y", 1))))
	mustCollect(t, s)
	if got, _ := LoadPicture(t, s, source); !slices.Equal(spell(got), []string{"y@1"}) {
		t.Errorf("read anew, it shows %v", spell(got))
	}
}

func testNamesOfGenerations(t *testing.T, s mirror.Store) {
	mustBind(t, s, source, meaning("1"))
	mustCommit(t, s, source, reps("9", "Ann"))
	mustCommit(t, s, source, reps("1", "Ann", "8", "Bea"))
	mustFinish(t, s, source)
	want, _ := ServedPicture(t, s, source)
	mustBind(t, s, source, meaning("2"))
	mustCommit(t, s, source, sweeping(in(1, reps("1", "Ann", "8", "", "9", "Ann")), crm.Reps.Name()))
	if got, _ := ServedPicture(t, s, source); Diff(want, got) != "" {
		t.Errorf("the served reps changed:\n%s", Diff(want, got))
	}
	shown := map[string]string{"9": "Ann", "1": "Ann (2)", "8": "Bea"}
	if diff := Diff(shown, shownReps(t, s, source)); diff != "" {
		t.Errorf("read anew (-want +got):\n%s", diff)
	}
	mustCollect(t, s)
	if diff := Diff(shown, shownReps(t, s, source)); diff != "" {
		t.Errorf("without the first generation (-want +got):\n%s", diff)
	}
}

func testLackingColumns(t *testing.T, s mirror.Store) {
	mustBind(t, s, source, meaning("1", "segment", "S", "gone", "G"))
	mustCommit(t, s, source, at("1", deals(deal("a", 1))))
	mustFinish(t, s, source)
	mustBind(t, s, source, meaning("2", "segment", "other", "region", "R"))
	expectPending(t, s, "replaced", "", "gone", "region")
	if got := mustState(t, s, source).Refilled; !slices.Equal(got, []string{"segment"}) {
		t.Errorf("refilled: %v", got)
	}
	mustCommit(t, s, source, at("2", deals(deal("a", 1))))
	expectPending(t, s, "read", "2", "gone", "region")
	mustFinish(t, s, source)
	expectPending(t, s, "finished", "2")
}

// testMixedGenerations finishes two streams together, of which one has a new generation.
func testMixedGenerations(t *testing.T, s mirror.Store) {
	readFirst(t, s, source)
	readFirst(t, s, other)
	first, beside := mustState(t, s, source).Generation, mustState(t, s, other).Generation
	mustBind(t, s, source, meaning("2"))
	mustBind(t, s, other, meaning("1"))
	mustCommit(t, s, source, deals(deal("z", 1)))
	mustCommit(t, s, other, deals(deal("z", 9)))
	if err := s.Finish(t.Context(), mirror.Cursors{source: []byte("s"), other: []byte("o")}); err != nil {
		t.Fatal(err)
	}
	if got, _ := ServedPicture(t, s, source); !slices.Equal(spell(got), []string{"z@1"}) {
		t.Errorf("the new generation shows %v", spell(got))
	}
	if got, _ := ServedPicture(t, s, other); !slices.Equal(spell(got), []string{"a@5", "b@5", "z@9"}) {
		t.Errorf("the other stream shows %v", spell(got))
	}
	if mustState(t, s, source).Generation == first || mustState(t, s, other).Generation != beside {
		t.Error("the wrong stream shows another generation")
	}
}

func testReplacedTwice(t *testing.T, s mirror.Store) {
	readFirst(t, s, source)
	for version, id := range map[string]string{"2": "x", "3": "y", "4": "z"} {
		before := mustState(t, s, source).Generation
		mustBind(t, s, source, meaning(version))
		mustCommit(t, s, source, deals(deal(id, 1)))
		mustCollect(t, s)
		mustFinish(t, s, source)
		if got, _ := ServedPicture(t, s, source); !slices.Equal(spell(got), []string{id + "@1"}) {
			t.Errorf("version %s shows %v", version, spell(got))
		}
		mustCollect(t, s)
		if after := mustState(t, s, source).Generation; after == before {
			t.Errorf("version %s is generation %d too", version, after)
		}
	}
}
