package mirrortest

import (
	"errors"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// testAccount holds a store to the pin: the records of two accounts never meet under one source.
func testAccount(t *testing.T, open func(t *testing.T) mirror.Store) {
	t.Run("the first account is pinned", func(t *testing.T) { testPin(t, open(t)) })
	t.Run("another account is refused whole", func(t *testing.T) { testOtherAccount(t, open(t)) })
	t.Run("a reader follows", func(t *testing.T) { testAccountLoad(t, open(t)) })
	t.Run("another identity forgets the pin", func(t *testing.T) { testUnpin(t, open(t)) })
}

// by returns a batch that was read from an account.
func by(id string, batch record.Batch) record.Batch {
	batch.Account = &record.AccountIdentity{ID: id, Currency: "EUR", TimeZone: "Europe/Berlin", FiscalYearStart: 4}
	return batch
}

func testPin(t *testing.T, s mirror.Store) {
	mustCommit(t, s, source, deals(deal("a", 1)))
	if got := mustState(t, s, source).Account; got != (record.AccountIdentity{}) {
		t.Errorf("before any account was named, it is %+v", got)
	}
	// An account that does not tell its id may tell the rest, and pins nothing.
	mustCommit(t, s, source, record.Batch{Account: &record.AccountIdentity{Currency: "USD"}})
	mustCommit(t, s, source, by("1", deals(deal("b", 1))))
	mustCommit(t, s, source, deals(deal("c", 1)))
	want := *by("1", record.Batch{}).Account
	if got := mustState(t, s, source).Account; got != want {
		t.Errorf("the account is %+v, want %+v", got, want)
	}
	mustCommit(t, s, source, record.Batch{Account: &record.AccountIdentity{Currency: "USD"}})
	want = record.AccountIdentity{ID: "1", Currency: "USD"}
	if got := mustState(t, s, source).Account; got != want {
		t.Errorf("an account without an id made it %+v, want %+v", got, want)
	}
	mustCommit(t, s, other, by("2", deals(deal("a", 1)))) // A pin is of one source.
}

func testOtherAccount(t *testing.T, s mirror.Store) {
	first := by("1", deals(deal("a", 5), deal("b", 5)))
	first.Cursor, first.Pass = []byte("1"), 3
	mustCommit(t, s, source, first)
	picture, revision := LoadPicture(t, s, source)
	state := mustState(t, s, source)
	for name, batch := range map[string]record.Batch{
		"records":    deals(deal("a", 6), deal("c", 6)),
		"a removal":  gone("a", 9),
		"unreadable": unreadable("a", 9),
		"a sweep":    sweeping(in(4, deals(deal("b", 5))), crm.Deals.Name()),
		"a cursor":   {Cursor: []byte("2")},
	} {
		applied, err := s.Commit(t.Context(), source, by("2", batch))
		refused, ok := errors.AsType[*mirror.AccountError](err)
		if !ok || *refused != (mirror.AccountError{Pinned: "1", Got: "2"}) || applied != nil {
			t.Errorf("%s of another account did %v, error %v", name, applied, err)
		}
		after, unmoved := LoadPicture(t, s, source)
		if diff := Diff(picture, after); diff != "" || unmoved != revision {
			t.Errorf("%s of another account: revision %d, then %d:\n%s", name, revision, unmoved, diff)
		}
		if diff := Diff(state, mustState(t, s, source)); diff != "" {
			t.Errorf("%s of another account changed the state:\n%s", name, diff)
		}
	}
	mustCommit(t, s, source, by("1", deals(deal("a", 6)))) // The first one goes on.
}

func testAccountLoad(t *testing.T, s mirror.Store) {
	mustCommit(t, s, source, by("1", deals(deal("a", 1))))
	picture, since := LoadPicture(t, s, source)
	if got, want := picture.Account[""], *by("1", record.Batch{}).Account; got != want {
		t.Errorf("loaded account is %+v, want %+v", got, want)
	}
	mustCommit(t, s, source, by("1", deals(deal("b", 1))))
	mustFinish(t, s, source)
	_, err := s.Load(t.Context(), source, since, func(b record.Batch) error {
		if b.Account != nil {
			t.Errorf("the account did not change, yet a load visits %+v", *b.Account)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	moved := record.AccountIdentity{ID: "1", Currency: "USD", TimeZone: "UTC", FiscalYearStart: 1}
	applied := mustCommit(t, s, source, record.Batch{Account: &moved})
	if len(total(applied)) != 0 {
		t.Errorf("an account counts as a record: %v", applied)
	}
	mustFinish(t, s, source)
	if _, err := s.Load(t.Context(), source, since, picture.Apply); err != nil {
		t.Fatal(err)
	}
	if picture.Account[""] != moved {
		t.Errorf("a reader of the changes has %+v, want %+v", picture.Account[""], moved)
	}
}

func testUnpin(t *testing.T, s mirror.Store) {
	bind := func(identity string) {
		t.Helper()
		mustBind(t, s, source, mirror.Identity{Address: identity})
	}
	bind("mapping 1")
	mustCommit(t, s, source, by("1", deals(deal("a", 1))))
	bind("mapping 1")
	if _, err := s.Commit(t.Context(), source, by("2", deals(deal("b", 1)))); err == nil {
		t.Error("binding the same identity again forgot the pin")
	}
	bind("mapping 2")
	mustCommit(t, s, source, by("2", deals(deal("b", 1))))
	picture, _ := LoadPicture(t, s, source)
	if got := picture.Account[""].ID; got != "2" || Diff(spell(picture), []string{"b@1"}) != "" {
		t.Errorf("after another identity the account is %q, its deals %v", got, spell(picture))
	}
}
