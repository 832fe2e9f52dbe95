package mirror

import (
	"context"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Stream names one way in which a source gives records: the unit of cursor, completeness and identity.
type Stream struct {
	Source string
	Name   string
}

// All returns the one stream of a source that gives all its kinds together.
func All(source string) Stream { return Stream{Source: source, Name: "all"} }

// String names the stream in errors: "crm/all".
func (s Stream) String() string { return s.Source + "/" + s.Name }

// Cursors are where streams go on.
type Cursors map[Stream][]byte

// Revision counts the commits of a stream that changed something. Rows carry the revision that last changed them.
type Revision int64

// Store is a durable mirror of any number of streams. It is safe for concurrent use.
type Store interface {
	// Bind declares that a stream reads the account and the mapping that identity describes, and chooses the generation
	// to which all that follows goes: one whose rows fit the identity, or else a new one. Readers get the picture of the
	// one before it until the first Finish of the new one; there are two at most. Who goes back to the mapping before
	// finds its generation where it stood, for a day if nobody reads it. A new one keeps the account and the names.
	// A store that holds the stream under another address forgets all of it: rows of two accounts must never mix.
	//
	// Where columns are new or gone, the rows stay and restart sets the cursor back to a full pass, in the same
	// transaction: those columns are State.Pending until the next Finish. To bind the same columns once more goes on with
	// the pass that is under way.
	Bind(ctx context.Context, stream Stream, identity Identity, restart Restart) (Binding, error)

	// Commit applies a batch in one transaction: records, removals, quarantined records, sweeps and the cursor.
	// A record older than the stored one is ignored, an equal one overwrites; applying a batch twice changes nothing.
	// It refuses a sweep that would remove too much with a *BrakeError and applies nothing of the batch.
	//
	// The first batch whose Account has an ID pins the stream to that account. A batch of another account is refused
	// with an *AccountError and nothing of it is applied, its cursor neither. A batch without an Account, or with one
	// that does not tell its ID, says nothing about it. What else the Account says replaces what was said before.
	Commit(ctx context.Context, stream Stream, batch record.Batch) (Applied, error)

	// Finish ends a cycle of some streams, each at its cursor: what the commits have written agrees with the CRM. From
	// here until the next Finish every reader gets this picture, whatever is committed meanwhile. It is one
	// transaction: streams that refer to each other are finished together or not at all.
	Finish(ctx context.Context, at Cursors) error

	// Streams returns the streams of a source that the store was ever told of, by name.
	Streams(ctx context.Context, source string) ([]Stream, error)

	// Unknown returns those of the ids of which the generation at work holds neither a record nor a removal nor anything unreadable.
	Unknown(ctx context.Context, stream Stream, kind record.Name, ids []string) ([]string, error)

	// State returns where a stream stands; the zero State where it never committed.
	State(ctx context.Context, stream Stream) (State, error)

	// Load streams the picture of the last Finish, nothing before the first: what differs from the one of a revision,
	// as batches of upserts and removals that name each id once, and returns the revision of the picture. All of it is
	// one consistent view. Since 0 it streams live records only (and the removals that carry MergedInto). A
	// quarantined record is streamed as a Removal. A batch carries the source's Account if one is known and it changed.
	Load(ctx context.Context, stream Stream, since Revision, visit func(record.Batch) error) (Revision, error)

	// Quarantined returns the records that could not be read, in no particular order, as of the last Commit, of the
	// generation that Load streams.
	Quarantined(ctx context.Context, stream Stream) ([]record.Quarantined, error)

	// Collect deletes a part of what nobody reads any more, and reports whether there is more of it.
	Collect(ctx context.Context) (more bool, err error)

	// Close releases the store.
	Close() error
}

// State is where a stream stands. What it counts is the picture that Load streams: that of the last Finish. Before the
// first one it counts what was committed.
type State struct {
	// Cursor is where the stream goes on: behind the last Commit or Finish.
	Cursor []byte
	// Generation is the number of the generation that Load streams, 0 before the first Finish. Revisions are of one: who
	// holds the picture of another one begins at 0.
	Generation int64
	// FinishedCursor is where the stream stood at the last Finish: what a cursor says of the picture, this one says.
	FinishedCursor []byte
	// Complete says that a cycle has ended: there is a picture to load. It may be that of the mapping before.
	Complete bool
	// CompletedAt is when the last cycle ended, the zero time before the first.
	CompletedAt time.Time
	// Records counts live records.
	Records map[record.Name]int
	// Quarantined counts the records that could not be read. It holds what there is: no kind and no reason with 0.
	Quarantined map[record.Name]map[record.Reason]int
	// Watermark is the newest Version per kind, in milliseconds since 1970.
	Watermark map[record.Name]int64
	// Pending are the columns of the identity that the records do not have yet, or that they have and the identity does
	// not name, in order: those of a full pass that is not finished.
	Pending []string
	// Refilled are the columns that the records have as another mapping filled them, in order: those of a generation that
	// is served until the next one is complete.
	Refilled []string
	// Account is the account that the records came from, as of the last Commit; the zero value before one is known.
	Account record.AccountIdentity
}

// Operation says what a commit did to a record; it is a label value.
type Operation string

// The operations.
const (
	Upserted        Operation = "upsert"
	Deleted         Operation = "delete"
	Merged          Operation = "merge"
	Unchanged       Operation = "unchanged" // the same again, or older than what is stored
	QuarantinedOnce Operation = "quarantine"
)

// Operations returns every Operation, so that counters can start at 0.
func Operations() []Operation {
	return []Operation{Upserted, Deleted, Merged, Unchanged, QuarantinedOnce}
}

// Applied counts what a commit did.
type Applied map[record.Name]map[Operation]int

// Add counts so many more records.
func (a Applied) Add(kind record.Name, operation Operation, n int) {
	if n == 0 {
		return
	}
	if a[kind] == nil {
		a[kind] = map[Operation]int{}
	}
	a[kind][operation] += n
}
