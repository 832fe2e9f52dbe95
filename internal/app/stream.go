package app

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// stream is what the engine knows of one way in which a source gives records.
type stream struct {
	source.Stream
	key      mirror.Stream
	identity mirror.Identity
	// required says that no number of the source is right without it.
	required bool

	// state is where the stream stands in the mirror.
	state mirror.State
	// synced says that the Sync of this cycle succeeded, and cursor where it ended.
	synced bool
	cursor source.Cursor
	// loaded is the mirror's revision that the facts hold, and generation that of which it is one.
	loaded     mirror.Revision
	generation int64

	brake brake

	// unavailable counts the cycles in a row in which the account could not give the stream. From the second one on it
	// is off, and tried again at retry only.
	unavailable int
	retry       time.Time
	why         source.Reason
}

// brake remembers which records were kept although a full read missed them, and why.
type brake struct {
	kinds []record.Name
	why   error
}

// release lets go of it when a full read of the same kinds is taken over.
func (b *brake) release(swept []record.Name) {
	if slices.ContainsFunc(swept, func(kind record.Name) bool { return slices.Contains(b.kinds, kind) }) {
		*b = brake{}
	}
}

// newStreams returns the streams of a source whose account is at these addresses.
func newStreams(connector source.Source, at addresses) (streams []*stream) {
	for _, s := range connector.Streams() {
		streams = append(streams, &stream{
			Stream: s, key: mirror.Stream{Source: connector.Name(), Name: s.Name()},
			identity: at.identity(s.Identity()), required: isRequired(s),
		})
	}
	return streams
}

// isRequired reports whether a stream gives deals, or what deals are shown by. An account is read only where a label of
// the deals is taken from it.
func isRequired(s source.Stream) bool {
	required := []record.Name{
		crm.Deals.Name(), crm.Reps.Name(), crm.Stages.Name(), crm.Pipelines.Name(), crm.Accounts.Name(),
	}
	return slices.ContainsFunc(s.Kinds(), func(kind record.Name) bool { return slices.Contains(required, kind) })
}

// look learns where the stream stands in the mirror.
func (s *stream) look(ctx context.Context, store mirror.Store) (err error) {
	s.state, err = store.State(ctx, s.key)
	return err
}

// bind claims the stream's part of the mirror for the account and the mapping that the connector reads. stated is the
// account's id by the configuration, or "": rows of another account than that one are forgotten, while to state the one
// that they came from changes nothing.
func (s *stream) bind(ctx context.Context, store mirror.Store, stated string) (binding mirror.Binding, err error) {
	if stated != "" {
		if err := s.look(ctx, store); err != nil {
			return mirror.Bound, err
		}
		if id := s.state.Account.ID; id != "" && id != stated {
			if err := forget(ctx, store, s.key); err != nil {
				return mirror.Bound, err
			}
		}
	}
	restart := func(cursor []byte) []byte { return s.Restart(cursor) }
	if binding, err = store.Bind(ctx, s.key, s.identity, restart); err != nil {
		return mirror.Bound, err
	}
	return binding, s.look(ctx, store)
}

// forget empties a stream in the mirror, by the identity that no account has: one without an address.
func forget(ctx context.Context, store mirror.Store, key mirror.Stream) error {
	_, err := store.Bind(ctx, key, mirror.Identity{}, nil)
	return err
}

// onlyLabels reports whether the stream gives nothing but values of dimensions. Without it the numbers are right, and
// its dimensions are absent.
func (s *stream) onlyLabels() bool {
	return slices.Equal(s.Kinds(), []record.Name{crm.Accounts.Name()})
}

// pending returns the columns of the stream that not all of its records have.
func (s *stream) pending() []string {
	if s.state.Complete {
		return s.state.Pending
	}
	return slices.Sorted(maps.Keys(s.identity.Columns))
}

// widened returns the columns that a full pass adds to the records, and those that it clears. One whose reading a
// reload took back half-way is added or cleared in some of them.
func (s *stream) widened() (added, gone []string) {
	for _, column := range s.pending() {
		if _, mapped := s.identity.Columns[column]; mapped {
			added = append(added, column)
		} else {
			gone = append(gone, column)
		}
	}
	return added, gone
}

// unavailableCycles is how often in a row the account must be unable to give a stream until it is off.
const unavailableCycles = 2

// retryInterval is how often a stream that is off is tried again.
const retryInterval = time.Hour

// off reports whether the account cannot give the stream.
func (s *stream) off() bool { return s.unavailable >= unavailableCycles }

// offFor returns why the stream is off, "" where it is not.
func (s *stream) offFor() source.Reason {
	if s.off() {
		return s.why
	}
	return ""
}

// resting reports whether the stream is off and not to be tried now.
func (s *stream) resting(now time.Time) bool { return s.off() && now.Before(s.retry) }

// judge takes over how a Sync of the stream ended, and reports whether that switched it off or on.
func (s *stream) judge(err error, now time.Time) (switched bool) {
	before := s.off()
	switch {
	case s.required || err == nil:
		s.unavailable = 0
	case source.IsUnavailable(err):
		s.unavailable++
		s.retry, s.why = now.Add(retryInterval), source.ReasonOf(err)
	}
	return s.off() != before
}
