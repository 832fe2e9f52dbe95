package mirrortest

import (
	"maps"
	"slices"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// testBefore holds that readers get the picture of the last Finish, whatever is committed since, and get the next one
// with the next Finish.
func testBefore(t *testing.T, open func(t *testing.T) mirror.Store) {
	t.Run("nothing before the first", func(t *testing.T) { testNothingYet(t, open(t)) })
	t.Run("kept until the next", func(t *testing.T) { testKept(t, open) })
	t.Run("the account too", func(t *testing.T) { testAccountBefore(t, open(t)) })
	t.Run("a cycle that is given up", func(t *testing.T) { testGivenUp(t, open(t)) })
}

func testNothingYet(t *testing.T, s mirror.Store) {
	mustCommit(t, s, source, by("1", both(deals(deal("a", 1)), merged("b", 1, "a"))))
	for _, since := range []mirror.Revision{0, 1, 7} {
		revision, err := s.Load(t.Context(), source, since, func(b record.Batch) error {
			t.Errorf("before the first Finish, a load visits %+v", b)
			return nil
		})
		if err != nil || revision != 0 {
			t.Errorf("since %d: revision %d, error %v", since, revision, err)
		}
	}
	if state := mustState(t, s, source); state.Complete || !state.CompletedAt.IsZero() || state.Records[crm.Deals.Name()] != 1 {
		t.Errorf("state is %+v", state)
	}
	mustFinish(t, s, source)
	if got, _ := ServedPicture(t, s, source); !slices.Equal(spell(got), []string{"a@1"}) || len(got.Merged) != 1 {
		t.Errorf("after it, the picture is %v", got)
	}
}

// testKept tries everything that can happen to a record between two Finishes, once and twice over. Without Thorough it
// tries each as the first and as the second of two, but not each pair.
func testKept(t *testing.T, open func(t *testing.T) mirror.Store) {
	happenings := map[string]record.Batch{
		"changed":         deals(deal("a", 6)),
		"edited":          deals(edited("a", 5)),
		"removed":         gone("a", 7),
		"merged":          merged("a", 7, "b"),
		"unreadable":      unreadable("a", 8),
		"swept":           sweeping(in(9, deals(deal("b", 5))), crm.Deals.Name()),
		"revived":         in(9, deals(deal("a", 5), deal("gone", 5), deal("hidden", 6))),
		"a new one":       deals(deal("new", 9)),
		"a new one gone":  gone("new", 10),
		"merged further":  merged("merged", 9, "b"),
		"the hidden read": deals(deal("hidden", 6)),
		"the hidden gone": gone("hidden", 8),
		"the gone read":   in(9, deals(deal("gone", 9))),
		"the gone hidden": in(9, unreadable("gone", 9)),
		"reps":            reps("1", "Bea", "2", "", "3", "Ann"),
		"reps gone":       repGone("2"),
	}
	s := open(t)
	names := slices.Sorted(maps.Keys(happenings))
	for i, first := range names {
		for j, second := range names {
			if gap := (j - i + len(names)) % len(names); !Thorough && gap%5 != 0 {
				continue
			}
			name := first + ", then " + second
			t.Run(name, func(t *testing.T) { testKeptOf(t, s, mirror.All(name), happenings[first], happenings[second]) })
		}
	}
}

func testKeptOf(t *testing.T, s mirror.Store, source mirror.Stream, happenings ...record.Batch) {
	oracle := NewOracle()
	each := func(run func(mirror.Store)) { run(oracle); run(s) }
	each(func(s mirror.Store) {
		for _, batch := range []record.Batch{
			deals(deal("a", 5), deal("b", 5), deal("hidden", 5)), gone("gone", 4), merged("merged", 4, "a"),
			unreadable("hidden", 5), reps("1", "Ann", "2", "Ann"),
		} {
			mustCommit(t, s, source, batch)
		}
		mustFinish(t, s, source)
	})
	served, since := ServedPicture(t, s, source)
	state := mustState(t, s, source)
	for _, batch := range happenings {
		each(func(s mirror.Store) { mustCommit(t, s, source, batch) })
		got, unmoved := ServedPicture(t, s, source)
		if diff := Diff(served, got); diff != "" || unmoved != since {
			t.Errorf("within a cycle, revision %d then %d (-want +got):\n%s", since, unmoved, diff)
		}
		now := mustState(t, s, source)
		if now.Cursor = state.Cursor; Diff(state, now) != "" {
			t.Errorf("within a cycle, the state changed:\n%s", Diff(state, now))
		}
		if _, err := s.Load(t.Context(), source, since, func(b record.Batch) error {
			t.Errorf("nothing is finished, yet a load of changes visits %+v", b)
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
	each(func(s mirror.Store) { mustFinish(t, s, source) })
	compare(t, oracle, s, source)
	want, _ := ServedPicture(t, oracle, source)
	if _, err := s.Load(t.Context(), source, since, served.Apply); err != nil {
		t.Fatal(err)
	}
	if diff := Diff(want, served); diff != "" {
		t.Errorf("following the changes leads elsewhere (-want +got):\n%s", diff)
	}
	again, _ := LoadPicture(t, s, source) // What was kept for the earlier picture is gone by now.
	if diff := Diff(want, again); diff != "" {
		t.Errorf("after an empty cycle (-want +got):\n%s", diff)
	}
}

func testAccountBefore(t *testing.T, s mirror.Store) {
	mustCommit(t, s, source, by("1", deals(deal("a", 1))))
	picture, since := LoadPicture(t, s, source)
	moved := record.AccountIdentity{ID: "1", Currency: "USD", TimeZone: "UTC", FiscalYearStart: 1}
	for _, currency := range []string{"CHF", "USD"} {
		moved.Currency = currency
		mustCommit(t, s, source, record.Batch{Account: &moved})
		if got, unmoved := ServedPicture(t, s, source); Diff(picture, got) != "" || unmoved != since {
			t.Errorf("within a cycle, the account is %+v", got.Account)
		}
	}
	mustFinish(t, s, source)
	if _, err := s.Load(t.Context(), source, since, picture.Apply); err != nil || picture.Account[""] != moved {
		t.Errorf("after it, the account is %+v, error %v", picture.Account, err)
	}
}

// testGivenUp leaves a cycle half-way, begins anew and ends that one.
func testGivenUp(t *testing.T, s mirror.Store) {
	mustCommit(t, s, source, in(1, deals(deal("a", 1), deal("b", 1), deal("c", 1))))
	picture, _ := LoadPicture(t, s, source)
	mustCommit(t, s, source, in(2, deals(deal("a", 2))))
	mustCommit(t, s, source, gone("b", 2))
	mustCommit(t, s, source, in(3, deals(deal("a", 3), deal("new", 3))))
	if got, _ := ServedPicture(t, s, source); Diff(picture, got) != "" {
		t.Errorf("within a cycle:\n%s", Diff(picture, got))
	}
	mustCommit(t, s, source, sweeping(in(3, deals(deal("c", 1))), crm.Deals.Name()))
	if got, _ := LoadPicture(t, s, source); !slices.Equal(spell(got), []string{"a@3", "c@1", "new@3"}) {
		t.Errorf("after it, the deals are %v", spell(got))
	}
}
