package mirrortest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

func testBrake(t *testing.T, open func(t *testing.T) mirror.Store) {
	for _, c := range []struct {
		name       string
		live, seen int
		refused    bool
	}{
		{"most of many", 40, 19, true},
		{"half of many", 40, 20, false},
		{"all of few", 19, 0, false},
		{"all of the least that counts", 20, 0, true},
		{"all", 300, 0, true},
		{"none", 300, 300, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			mustCommit(t, s, source, in(1, record.Batch{Rows: record.Rows{crm.Deals.Of(manyDeals(0, c.live)...)}, Cursor: []byte("1")}))
			// What is hidden is neither live nor vanishing.
			mustCommit(t, s, source, record.Batch{Rows: record.Rows{crm.Deals.Of(deal("hidden", 1))}, Cursor: []byte("2")})
			hidden := unreadable("hidden", 1)
			hidden.Cursor = []byte("3")
			mustCommit(t, s, source, hidden)
			before, revision := LoadPicture(t, s, source)
			state := mustState(t, s, source)

			sweep := sweeping(in(2, deals(append(manyDeals(0, c.seen), deal("new", 1))...)), crm.Deals.Name())
			if !c.refused {
				crm.Deals.Set(&sweep.Rows, crm.Deals.In(sweep.Rows)[:c.seen]...)
			}
			_, err := s.Commit(t.Context(), source, sweep)
			if !c.refused {
				picture, _ := LoadPicture(t, s, source)
				if err != nil || len(picture.Records) != c.seen {
					t.Fatalf("%d deals are left, error %v", len(picture.Records), err)
				}
				return
			}
			brake, ok := errors.AsType[*mirror.BrakeError](err)
			want := mirror.BrakeError{Kind: crm.Deals.Name(), Vanishing: c.live - c.seen, Live: c.live + 1}
			if !ok || *brake != want {
				t.Fatalf("error is %v, want %v", err, &want)
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
}

func nothingReadable(contents ...string) record.Batch {
	var b record.Batch
	for _, content := range contents {
		b.Quarantined = append(b.Quarantined, record.Quarantined{
			Kind: crm.Deals.Name(), Reason: record.BadShape, Raw: []byte(content),
		})
	}
	return b
}

func testNameless(t *testing.T, open func(t *testing.T) mirror.Store) {
	s := open(t)
	want := func(step string, n int) {
		t.Helper()
		mustFinish(t, s, source)
		if got := withheld(mustState(t, s, source), crm.Deals.Name()); got != n {
			t.Errorf("%s: %d records without an id are counted, want %d", step, got, n)
		}
	}
	_, before := LoadPicture(t, s, source)
	page := nothingReadable("x", "y", "x")
	if got := total(mustCommit(t, s, source, page)); got[mirror.QuarantinedOnce] != 3 {
		t.Errorf("a page of 3 did %v", got)
	}
	want("a page of 3, two of them alike", 3)
	if got := total(mustCommit(t, s, source, page)); got[mirror.Unchanged] != 3 {
		t.Errorf("the same page again did %v", got)
	}
	want("the same page again", 3)
	mustCommit(t, s, source, sweeping(in(1, nothingReadable("y")), crm.Accounts.Name()))
	want("a sweep of another object", 3)
	mustCommit(t, s, source, sweeping(in(2, nothingReadable("y")), crm.Deals.Name()))
	want("a full pass that saw one of them", 1)
	if _, after := LoadPicture(t, s, source); after != before {
		t.Errorf("records that nobody can load moved the revision from %d to %d", before, after)
	}

	var many []string
	for i := range 1100 {
		many = append(many, strconv.Itoa(i))
	}
	for chunk := range slices.Chunk(many, 500) {
		mustCommit(t, s, source, nothingReadable(chunk...))
	}
	want("many", 1000)
	if got := total(mustCommit(t, s, source, nothingReadable("1099", "0"))); got[mirror.QuarantinedOnce] != 1 {
		t.Errorf("the newest are not the ones that were kept: %v", got)
	}
}

// testConcurrent writes several sources at once while others read them.
func testConcurrent(t *testing.T, open func(t *testing.T) mirror.Store) {
	const sources, pages, perPage = 3, 15, 7
	s, ctx := open(t), t.Context()
	var wg sync.WaitGroup
	for n := range sources {
		name := mirror.All(fmt.Sprint("source", n))
		wg.Go(func() {
			for page := range pages {
				batch := deals(manyDeals(page*perPage, (page+1)*perPage)...)
				if _, err := s.Commit(ctx, name, batch); err != nil {
					t.Errorf("commit to %s: %v", name, err)
				}
				if err := s.Finish(ctx, mirror.Cursors{name: nil}); err != nil {
					t.Errorf("finish %s: %v", name, err)
				}
			}
		})
		wg.Go(func() {
			for range pages {
				picture := NewPicture()
				if _, err := s.Load(ctx, name, 0, picture.Apply); err != nil || len(picture.Records)%perPage != 0 {
					t.Errorf("a load of %s saw %d records, error %v", name, len(picture.Records), err)
				}
				if _, err := s.State(ctx, name); err != nil {
					t.Errorf("state of %s: %v", name, err)
				}
			}
		})
	}
	wg.Wait()
	for n := range sources {
		picture, _ := LoadPicture(t, s, mirror.All(fmt.Sprint("source", n)))
		if got := len(picture.Records); got != pages*perPage {
			t.Errorf("source%d holds %d records, want %d", n, got, pages*perPage)
		}
	}
}

// RunReopen holds an engine to keeping what it acknowledged. Open returns, for one place, a function that opens the
// store at it.
func RunReopen(t *testing.T, open func(t *testing.T) func() (mirror.Store, error)) {
	reopen := open(t)
	var (
		picture  Picture
		revision mirror.Revision
		state    mirror.State
	)
	batches := []record.Batch{
		{},
		in(3, fullBatch()),
		merged("d2", 1, "d1"),
		unreadable("d4", 9),
		{Quarantined: []record.Quarantined{{Kind: crm.Deals.Name(), Reason: record.BadDate, Place: "row 7", Value: "soon"}}},
		{Cursor: []byte("9")},
	}
	for i, batch := range batches {
		s, err := reopen()
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		if i > 0 {
			got, unmoved := ServedPicture(t, s, source)
			if diff := Diff(picture, got); diff != "" || unmoved != revision {
				t.Errorf("opened again after batch %d, revision %d then %d:\n%s", i, revision, unmoved, diff)
			}
			gotState := mustState(t, s, source)
			if diff := Diff(state, gotState); diff != "" || !gotState.CompletedAt.Equal(state.CompletedAt) {
				t.Errorf("opened again after batch %d, the state differs:\n%s", i, diff)
			}
		}
		if got := mustBind(t, s, source, mirror.Identity{Address: "account"}); got != mirror.Bound {
			t.Errorf("bind: %v", got)
		}
		mustCommit(t, s, source, batch)
		picture, revision = LoadPicture(t, s, source)
		state = mustState(t, s, source)
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
}
