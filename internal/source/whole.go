package source

import (
	"context"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Whole is a Stream that gives all kinds of its source together.
type Whole struct {
	Gives   []record.Name
	Mapping Identity
	Read    func(context.Context, Cursor, Sink) (Cursor, error)
	Again   func(Cursor) Cursor // its Restart
	// Written returns when the data behind a cursor was written; nil where it has no age of its own.
	Written func(Cursor) time.Time
}

var (
	_ Stream = Whole{}
	_ Dated  = Whole{}
)

// Name implements Stream.
func (Whole) Name() string { return "all" }

// Kinds implements Stream.
func (w Whole) Kinds() []record.Name { return w.Gives }

// Identity implements Stream.
func (w Whole) Identity() Identity { return w.Mapping }

// Restart implements Stream.
func (w Whole) Restart(cursor Cursor) Cursor { return w.Again(cursor) }

// Sync implements Stream.
func (w Whole) Sync(ctx context.Context, cursor Cursor, sink Sink) (Cursor, error) {
	return w.Read(ctx, cursor, sink)
}

// DataTime implements Dated.
func (w Whole) DataTime(cursor Cursor) time.Time {
	if w.Written == nil {
		return time.Time{}
	}
	return w.Written(cursor)
}
