package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
)

// findSuperseded looks for streams in the mirror that the source no longer gives. They are kept until the source's own
// streams are complete, so that a configuration which is refused after all loses nothing.
func (s *syncer) findSuperseded(ctx context.Context, store mirror.Store) error {
	s.superseded = nil
	known, err := store.Streams(ctx, s.source.Name())
	if err != nil {
		return err
	}
	own := map[mirror.Stream]bool{}
	for _, st := range s.streams {
		own[st.key] = true
	}
	for _, stream := range known {
		state, err := store.State(ctx, stream)
		if err != nil {
			return err
		}
		if !own[stream] && (state.Cursor != nil || state.Complete) && holdsKnown(state) {
			s.superseded = append(s.superseded, stream)
		}
	}
	return nil
}

// holdsKnown reports whether a stream has records of a kind that this program knows. Those of a newer program that was
// tried stay for its return.
func holdsKnown(state mirror.State) bool {
	for _, n := range state.Records {
		if n > 0 {
			return true
		}
	}
	return len(state.Quarantined) > 0
}

// bridge serves what the mirror holds of a source whose present streams were never complete: the picture of the one
// stream in which it once gave all of its records. That is of the same account, so its numbers are right, as of its last
// cycle.
func (s *syncer) bridge(ctx context.Context, store mirror.Store, facts *kpi.Facts) error {
	if len(s.superseded) == 0 {
		return nil
	}
	whole := mirror.All(s.source.Name())
	state, err := s.readWhole(ctx, store, whole)
	if err != nil {
		return err
	}
	if !state.Complete {
		s.logger.Info(readAnewMessage)
		return nil
	}
	block := facts.Source(s.source.Name())
	block.Await(state.Pending, state.Refilled)
	if _, _, err := s.takeStream(ctx, store, block, whole, 0); err != nil {
		return err
	}
	s.show(block, state.CompletedAt)
	s.logger.Info("The source is read anew in several streams; keeping the numbers of its last sync until they are complete",
		"last_sync", state.CompletedAt)
	return nil
}

// readWhole returns the state of the stream that gave everything, the zero State where that was of another account.
func (s *syncer) readWhole(ctx context.Context, store mirror.Store, whole mirror.Stream) (mirror.State, error) {
	if !slices.Contains(s.superseded, whole) {
		return mirror.State{}, nil
	}
	keep := func(cursor []byte) []byte { return cursor } // Nobody reads the stream any more.
	if _, err := store.Bind(ctx, whole, s.wholeIdentity, keep); err != nil {
		return mirror.State{}, err
	}
	return store.State(ctx, whole)
}

// forgetSuperseded empties the streams that the source no longer gives, once its own are complete.
func (s *syncer) forgetSuperseded(ctx context.Context, store mirror.Store) error {
	for len(s.superseded) > 0 && s.complete() {
		if err := forget(ctx, store, s.superseded[0]); err != nil {
			return fmt.Errorf("forget %s: %w", s.superseded[0], err)
		}
		s.superseded = s.superseded[1:]
	}
	return nil
}
