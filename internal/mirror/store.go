// Package mirror keeps the local copy of the CRMs: the contract of a store and the conformance suite that every engine
// passes.
package mirror

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Revision counts the commits of a store. Rows carry the revision that last changed them.
type Revision int64

// Store is a durable mirror of any number of sources. It is safe for concurrent use.
type Store interface {
	// Bind declares that a source named so reads the account and the mapping that identity describes. A store that
	// holds the source under another identity forgets all of it first: rows of two accounts must never mix.
	// It reports whether it forgot something.
	Bind(ctx context.Context, source, identity string) (forgotten bool, err error)

	// Commit applies a batch in one transaction: records, removals, quarantined records, sweeps and the cursor.
	// A record older than the stored one is ignored, an equal one overwrites; applying a batch twice changes nothing.
	// A batch that is not Complete and changes something leaves the source incomplete until a Complete one follows.
	// It refuses a sweep that would remove too much with a *BrakeError and applies nothing of the batch.
	//
	// The first batch whose Account has an ID pins the source to that account. A batch of another account is refused
	// with an *AccountError and nothing of it is applied, its cursor neither. A batch without an Account, or with one
	// that does not tell its ID, says nothing about it. What else the Account says replaces what was said before.
	Commit(ctx context.Context, source string, batch record.Batch) (Applied, error)

	// Unknown returns those of the ids of which a source holds neither a record nor a removal nor anything unreadable.
	Unknown(ctx context.Context, source string, object record.Name, ids []string) ([]string, error)

	// State returns where a source stands; the zero State where it never committed.
	State(ctx context.Context, source string) (State, error)

	// Load streams what changed after a revision, as batches of upserts and removals in no particular order, and
	// returns the revision it read up to. All of it is one consistent view. Since 0 it streams live records only
	// (and the removals that carry MergedInto). A quarantined record is streamed as a Removal. A batch carries the
	// source's Account if one is known and it changed.
	Load(ctx context.Context, source string, since Revision, visit func(record.Batch) error) (Revision, error)

	// Quarantined returns the records of a source that could not be read, in no particular order.
	Quarantined(ctx context.Context, source string) ([]record.Quarantined, error)

	// Close releases the store.
	Close() error
}

// State is where a source stands.
type State struct {
	Cursor []byte
	// Complete says that the mirror holds what it held when a cycle ended last, at CompletedAt: a complete picture.
	// Pages of a cycle that broke off since then have brought nothing new.
	Complete bool
	// CompletedAt is when the last cycle ended, the zero time before the first.
	CompletedAt time.Time
	// Records counts live records.
	Records map[record.Name]int
	// Quarantined counts the records that could not be read. It holds what there is: no object and no reason with 0.
	Quarantined map[record.Name]map[record.Reason]int
	// Watermark is the newest Version per object, in milliseconds since 1970.
	Watermark map[record.Name]int64
	// Account is the account that the records came from, the zero value before one is known.
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

// BrakeError refuses a sweep that looks like a lost permission rather than like deletions: an account whose
// credential was narrowed looks exactly like one whose records were all deleted.
type BrakeError struct {
	Object    record.Name
	Vanishing int
	Live      int
}

// Error implements error.
func (e *BrakeError) Error() string {
	return fmt.Sprintf("%d of %d %s were missing from a full sync; they were kept, because a lost permission looks the same",
		e.Vanishing, e.Live, e.Object)
}

// AccountError refuses a batch of another account than the one that the source's records came from: two accounts added
// up are a number that no account has.
type AccountError struct{ Pinned, Got string }

// Error implements error.
func (e *AccountError) Error() string {
	return fmt.Sprintf("the credential belongs to account %s, but the mirror has account %s; no data of account %s is taken "+
		"over", e.Got, e.Pinned, e.Got)
}

// Errors of a store's opening.
var (
	// ErrCorrupt is a mirror file that fails its integrity check.
	ErrCorrupt = errors.New("mirror is corrupt")
	// ErrSchema is a mirror written by a newer program.
	ErrSchema = errors.New("mirror has an unknown schema version")
)
