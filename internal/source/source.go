// Package source holds what all connectors share: the contracts of a Source and of its Streams, the closed set of error
// reasons, and the HTTP client that spends the vendor's API budget.
//
// A connector reads one CRM account. It knows neither where its records are kept nor what is computed from them.
// Schedule, retries across syncs, metrics and logging belong to the engine that owns the Source.
package source

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Source reads one CRM account. The engine never overlaps two of its Syncs, nor a Sync and a Check.
type Source interface {
	// Name is the value of the `source` label.
	Name() string

	// Account returns what the vendor says the account is: nil before it said so, and where it does not. It does no I/O.
	Account() *record.AccountIdentity

	// Streams returns how the account gives its records, as it is configured, in the order in which a cycle syncs them.
	Streams() []Stream

	// Check proves that a cycle can work: reachability, credentials, scopes, names of pipelines and properties. It
	// returns what it found, also beside an error. The engine calls it for `check-source` only, on a source that does
	// not sync; a Sync must report the same failures by itself.
	Check(ctx context.Context) (Report, error)
}

// Stream is how one account gives one or several kinds of records. It has a cursor, a completeness and a brake of its
// own.
type Stream interface {
	// Name tells the streams of one source apart. It is the value of the `stream` label.
	Name() string

	// Kinds returns the kinds of records that the stream gives. No two streams of a source give the same one.
	Kinds() []record.Name

	// Identity describes all but the account that decides what a record of the stream says: its mapping.
	Identity() Identity

	// Restart returns the cursor from which a Sync goes on as from another one, but with a full pass of all that there is,
	// from its beginning and with a number above that of every pass before it. A cursor that cannot be read restarts as
	// an empty one. It does no I/O.
	Restart(Cursor) Cursor

	// Sync reads what changed since cursor and hands it to the sink page by page, each page with the cursor that
	// stands behind it, so that a crash costs one page. It returns the cursor of the next Sync. Sync returns promptly
	// when ctx ends. Errors carry a Reason (ReasonOf); pages committed before an error stay committed, and the next
	// Sync starts from the last committed cursor.
	Sync(ctx context.Context, cursor Cursor, sink Sink) (Cursor, error)
}

// Follower is a Stream that may have to follow another one of its source: a deal that names a rep who came after the reps
// were read has them read once more. A cycle ends with a second Sync of each Follower that is behind.
type Follower interface {
	// Behind reports whether there are records that were read and not committed. It does no I/O.
	Behind() bool
}

// Cursor is where a stream goes on: opaque to everybody but the stream that wrote it, stored in the same transaction as
// the records it stands behind. An empty Cursor starts from nothing.
type Cursor []byte

// Sink takes the pages of a Sync. Commit returns when the page is durable; an error ends the Sync.
type Sink interface {
	Commit(ctx context.Context, batch record.Batch) error
}

// Memory is a Sink that knows what it was given before.
type Memory interface {
	// Unknown returns those of the ids that it never heard of: no record, no removal, nothing unreadable.
	Unknown(ctx context.Context, object record.Name, ids []string) ([]string, error)
}

// Pinned is a Sink that knows whose records it holds.
type Pinned interface {
	// AccountID returns the account's id, "" where none was ever told.
	AccountID() string
}

// QuotaReporter is a Source that knows what is left of the vendor's API allowance.
type QuotaReporter interface {
	// Quotas returns the last known figures, none before the first answer. It does no I/O.
	Quotas() []Quota
}

// Dated is a Stream whose data has an age of its own: a file is as fresh as its last change, however often it is read.
type Dated interface {
	// DataTime returns when the data behind a cursor was written, the zero time where nobody knows. It does no I/O.
	DataTime(cursor Cursor) time.Time
}

// Quota is one API allowance of a CRM account, in calls.
type Quota struct {
	Name      string // label value: "daily", "ten_seconds"
	Limit     float64
	Remaining float64
}

// Environment is what the engine gives every connector.
type Environment struct {
	Logger   *slog.Logger
	Observer Observer
	// Currency is the reporting currency, ISO 4217: a connector that can choose between amounts picks this one.
	Currency string
	// FiscalYearStart is the month in which the configured fiscal years begin, 0 where nobody minds.
	FiscalYearStart time.Month
	// Location is the reporting time zone: that of times that name none. nil is UTC.
	Location *time.Location
	// Now is the clock; time.Now outside tests.
	Now func() time.Time
	// Transport replaces the network in tests; nil means the guarded transport of the Client.
	Transport http.RoundTripper
	// UserAgent goes with every request.
	UserAgent string
}

// Observer is told of every API call. All methods are safe for concurrent use.
type Observer interface {
	// Request reports one HTTP exchange: endpoint is a path template out of a closed set, code the HTTP status or
	// "error" where there was none.
	Request(endpoint, code string, took time.Duration)
	// Throttled reports time spent waiting for the rate limit or the vendor's Retry-After.
	Throttled(took time.Duration)
}

// DiscardObserver is an Observer that ignores everything.
type DiscardObserver struct{}

// Request implements Observer.
func (DiscardObserver) Request(string, string, time.Duration) {}

// Throttled implements Observer.
func (DiscardObserver) Throttled(time.Duration) {}
