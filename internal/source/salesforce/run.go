package salesforce

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce/api"
)

// sweepKept is for how long a pass that was read may wait for its sweep. A mirror that takes too many vanished records
// for a lost permission refuses the sweep; after this time it is read again whether they are back.
const sweepKept = time.Hour

// run is one Sync of an object.
type run struct {
	*stream
	sink   source.Sink
	cursor cursor

	passBegan   bool // in this run
	refreshed   bool // references were read once more in this run, for the sake of a record
	reachedBack bool // a window of this run held all that may have become visible late
}

func (r *run) sync(ctx context.Context) error {
	if err := r.prepare(ctx); err != nil {
		return err
	}
	if r.ofDeals() {
		if err := r.readDeleted(ctx); err != nil {
			return err
		}
	}
	heldBack := r.cursor.HeldBack
	if r.deletions.answered {
		heldBack = r.deletions.heldBack
	}
	if r.cursor.HeldBack == 0 {
		r.cursor.HeldBack = heldBack
	}
	if r.cursor.Pass != nil {
		if err := r.readPass(ctx); err != nil {
			return err
		}
	}
	if err := r.readIncrement(ctx); err != nil {
		return err
	}
	if r.reachedBack {
		// What a transaction held back until now became visible with its commit.
		r.cursor.HeldBack = heldBack
	}
	return nil
}

// prepare learns which columns can be read and decides whether a full pass is due.
func (r *run) prepare(ctx context.Context) error {
	due := r.passDue()
	if r.described && !due {
		return nil
	}
	c, back := r.object.columns, false
	readable, err := r.api.Describe(ctx, c.object)
	switch {
	case err != nil:
		return err
	case readable != nil:
		back = c.adopt(readable)
	case due:
		c.reset()
	}
	// Asked again, because the first answer of a process corrects the clock.
	if back || r.passDue() {
		r.beginPass()
	}
	if err := r.reportMissing(c); err != nil {
		return err
	}
	if r.passBegan {
		// Committed before anything else can fail: that a field came back is seen only once.
		if err := r.commit(ctx, record.Batch{}); err != nil {
			return err
		}
	}
	r.described = true
	return nil
}

// passDue reports whether everything has to be read anew.
func (r *run) passDue() bool {
	if r.cursor.Again {
		return true
	}
	now := r.api.Now().UnixMilli()
	if p := r.cursor.Pass; p != nil {
		return p.Read != 0 && now-p.Read >= sweepKept.Milliseconds()
	}
	return r.cursor.Full == 0 || now-r.cursor.Full >= r.fullPasses.Milliseconds()
}

// beginPass starts a full pass, from the beginning if one is in progress.
func (r *run) beginPass() {
	r.cursor.Passes = r.passAfter(r.cursor.Passes)
	r.cursor.Pass = &pass{Number: r.cursor.Passes, Began: r.api.Now().UnixMilli()}
	r.cursor.Again, r.passBegan = false, true
}

// passAfter returns a number for a full pass above all earlier ones. It follows the clock, so that this holds even after
// a cursor was lost.
func (s *Source) passAfter(last int64) int64 { return max(last+1, s.api.Now().Unix()) }

// began returns when the last full pass began.
func (r *run) began() int64 {
	if r.cursor.Pass != nil {
		return r.cursor.Pass.Began
	}
	return r.cursor.Full
}

// encode returns the cursor of what has been read so far.
func (r *run) encode() source.Cursor {
	r.cursor.Missing = r.object.columns.missingNames()
	return encodeCursor(&r.cursor)
}

// commit hands a page to the sink, with the cursor that stands behind it.
func (r *run) commit(ctx context.Context, batch record.Batch) error {
	account, err := r.account.Vouch(ctx)
	if err != nil {
		return err
	}
	batch.Account = account
	batch.Cursor = r.encode()
	return r.sink.Commit(ctx, batch)
}

// commitPage decodes a page, moves the cursor behind it, and commits both.
func (r *run) commitPage(ctx context.Context, rows []json.RawMessage, number int64, move func(last place)) error {
	page, err := r.object.decode(rows)
	if err != nil {
		return err
	}
	if err := r.settle(ctx, &page); err != nil {
		return err
	}
	page.batch.Pass = number
	if page.last.id != "" {
		move(page.last)
	}
	return r.commit(ctx, page.batch)
}

// recover decides how a query that failed goes on: nil asks again from where the cursor stands.
func (r *run) recover(ctx context.Context, err error, moved bool, rewind func()) error {
	if _, lost := errors.AsType[*api.LostLocatorError](err); lost && moved {
		return nil
	}
	if errors.Is(err, api.ErrShort) {
		// Its pages are committed, but nobody knows which rows are missing among them: they are read again.
		rewind()
		if failed := r.commit(ctx, record.Batch{}); failed != nil {
			return fmt.Errorf("go back after %w: %w", err, failed)
		}
		return err
	}
	return r.drop(r.object.columns, err)
}
