package mirrortest

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
)

// Streams implements mirror.Store.
func (o *Oracle) Streams(ctx context.Context, source string) (streams []mirror.Stream, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for stream := range o.accounts {
		if stream.Source == source {
			streams = append(streams, stream)
		}
	}
	slices.SortFunc(streams, func(a, b mirror.Stream) int { return cmp.Compare(a.Name, b.Name) })
	return streams, ctx.Err()
}

// testStreams lists the streams of a source: those that were bound or written, and no other source's.
func testStreams(t *testing.T, open func(t *testing.T) mirror.Store) {
	s := open(t)
	deals, reps := mirror.Stream{Source: "crm", Name: "deals"}, mirror.Stream{Source: "crm", Name: "reps"}
	expect := func(when string, want ...mirror.Stream) {
		t.Helper()
		got, err := s.Streams(t.Context(), "crm")
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: streams are %v, want %v; error %v", when, got, want, err)
		}
	}
	expect("an empty store")
	mustCommit(t, s, reps, fullBatch())
	mustBind(t, s, deals, mirror.Identity{Address: "account"})
	mustCommit(t, s, other, fullBatch())
	expect("two streams", deals, reps)
	mustBind(t, s, deals, mirror.Identity{Address: "another account"})
	expect("one of them forgotten", deals, reps)
}

// testFinishTogether ends the cycles of two streams at once: readers get both pictures, or neither.
func testFinishTogether(t *testing.T, open func(t *testing.T) mirror.Store) {
	s := open(t)
	for _, stream := range []mirror.Stream{source, other} {
		mustCommit(t, s, stream, fullBatch())
	}
	ended, end := context.WithCancel(t.Context())
	end()
	both := mirror.Cursors{source: []byte("1"), other: []byte("2")}
	if err := s.Finish(ended, both); err == nil {
		t.Fatal("finished although the context has ended")
	}
	for stream := range both {
		if mustState(t, s, stream).Complete {
			t.Errorf("%s is complete although the two were not finished", stream)
		}
	}
	if err := s.Finish(t.Context(), both); err != nil {
		t.Fatal(err)
	}
	first := mustState(t, s, source)
	for stream, cursor := range both {
		state := mustState(t, s, stream)
		if !state.Complete || !bytes.Equal(state.Cursor, cursor) || len(state.Records) == 0 {
			t.Errorf("%s stands at %+v", stream, state)
		}
		if age := state.CompletedAt.Sub(first.CompletedAt).Abs(); age > time.Minute {
			t.Errorf("%s was finished %s apart from the other one", stream, age)
		}
	}
}
