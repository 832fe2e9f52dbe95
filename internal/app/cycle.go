package app

import (
	"cmp"
	"context"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// cycle syncs the streams of the source in their order and closes in the mirror what was read completely. It reports
// whether there is a picture that is newer than the last one, and why it is not a success.
//
// The streams that every number needs are one picture: they are closed together or not at all, for a deal must not show
// without the rep, the stage and the account that it names. When one of them fails, the others of them wait for the next
// cycle. Of the rest each is closed for itself, and its failure is nobody else's.
func (s *syncer) cycle(ctx context.Context, store mirror.Store) (finished bool, err error) {
	// A reload that failed half-way may have bound the source to another mapping.
	if err := s.bind(ctx, store); err != nil {
		return false, storeFailed("bind source to mirror", err)
	}
	failed := s.syncStreams(ctx, store)
	s.reportStreams()
	at := mirror.Cursors{}
	for _, st := range s.streams {
		if st.synced && (!st.required || failed == nil) {
			at[st.key] = st.cursor
		}
	}
	if len(at) > 0 {
		if err := store.Finish(ctx, at); err != nil {
			return false, storeFailed("close cycle in mirror", err)
		}
	}
	for _, st := range s.streams {
		if err := st.look(context.WithoutCancel(ctx), store); err != nil {
			return false, storeFailed("read state from mirror", err)
		}
	}
	s.reportFreshness()
	if failed == nil {
		// Not before: what is served may be of the configuration before, which may come back.
		if err := s.forgetSuperseded(ctx, store); err != nil {
			failed = storeFailed("tidy mirror", err)
		}
	}
	return len(at) > 0, failed
}

// syncStreams syncs each stream, and returns why those that every number needs are not complete.
func (s *syncer) syncStreams(ctx context.Context, store mirror.Store) (failed error) {
	account := s.pinned()
	var over error // why no other stream is to be tried
	try := func(st *stream) {
		err := s.syncStream(ctx, store, st, &account)
		if err == nil {
			return
		}
		if len(s.streams) > 1 {
			err = fmt.Errorf("%s: %w", st.Name(), err)
		}
		if st.required {
			failed = err
		}
		if source.EndsCycle(err) || ctx.Err() != nil {
			over = err
		}
	}
	now := s.now()
	for _, st := range s.streams {
		st.synced = false
		switch {
		case st.resting(now):
		case st.required && failed == nil && over != nil:
			failed = over
		case over == nil && (!st.required || failed == nil):
			try(st)
		}
	}
	for _, st := range s.streams {
		if f, follows := st.Stream.(source.Follower); follows && failed == nil && st.synced && f.Behind() {
			try(st)
		}
	}
	return failed
}

// syncStream syncs a stream from where the mirror stands. account is the id of the account whose records the mirror
// holds.
func (s *syncer) syncStream(ctx context.Context, store mirror.Store, st *stream, account *string) error {
	from := source.Cursor(st.state.Cursor)
	if st.synced { // once more
		from = st.cursor
	}
	sink := &mirrorSink{store: store, stream: st, metrics: s.metrics, keepRaw: s.keepRaw, account: account}
	cursor, err := st.Sync(ctx, from, sink)
	st.synced, st.cursor = err == nil, cursor
	switched, wrong := st.judge(err, s.now()), cmp.Or(err, st.brake.why)
	switch {
	case switched:
		s.tellSwitched(st, err)
	case wrong == nil, st.required, st.off(), ctx.Err() != nil: // said elsewhere, or before
	default:
		s.logger.Error("Sync of a stream failed; keeping its last good numbers",
			"stream", st.Name(), "reason", source.ReasonOf(wrong), "err", wrong)
	}
	return err
}

// tellSwitched says once that a stream is off, and that it is on again.
func (s *syncer) tellSwitched(st *stream, err error) {
	if !st.off() {
		s.logger.Info("The account gives the stream again", "stream", st.Name())
		return
	}
	s.logger.Warn("The account cannot give the stream; it is off, and its metrics are absent",
		"stream", st.Name(), "reason", source.ReasonOf(err), "err", err, "retry", retryInterval)
}

// pinned returns the id of the account whose records the mirror holds, "" where none was told.
func (s *syncer) pinned() string {
	for _, st := range s.streams {
		if id := st.state.Account.ID; id != "" {
			return id
		}
	}
	return ""
}

// reportStreams tells the metrics how each stream ended the cycle. A source with one stream has none of these metrics:
// they would say once more what is said of the source.
func (s *syncer) reportStreams() {
	if len(s.streams) == 1 {
		return
	}
	for _, st := range s.streams {
		s.metrics.Stream(st.Name(), st.synced && st.brake.why == nil, string(st.offFor()))
	}
}

// reportFreshness tells the metrics when each stream was last complete.
func (s *syncer) reportFreshness() {
	if len(s.streams) == 1 {
		return
	}
	for _, st := range s.streams {
		if st.state.Complete {
			s.metrics.StreamFresh(st.Name(), st.state.CompletedAt)
		}
	}
}
