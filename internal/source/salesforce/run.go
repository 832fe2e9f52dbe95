package salesforce

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

const (
	// referencesKept is for how long owners, stages and record types are taken as known.
	referencesKept = time.Hour
	// sweepKept is for how long a pass that was read may wait for its sweep. A mirror that takes too many vanished
	// records for a lost permission refuses the sweep; after this time it is read again whether they are back.
	sweepKept = time.Hour
)

// run is one Sync.
type run struct {
	*Source
	sink   source.Sink
	cursor cursor

	// heldBack is what cursor.HeldBack becomes once the increments of this run are read: what a transaction held back
	// until now became visible with its commit.
	heldBack int64

	passBegan bool // in this run
	refreshed bool // references were read once more in this run, for the sake of a record
}

func (r *run) sync(ctx context.Context) error {
	if err := r.prepare(ctx); err != nil {
		return err
	}
	if r.passBegan || r.references.readAt.IsZero() || r.now().Sub(r.references.readAt) >= referencesKept {
		if err := r.readReferences(ctx); err != nil {
			return err
		}
	}
	if err := r.readDeleted(ctx); err != nil {
		return err
	}
	if r.cursor.Pass != nil {
		if err := r.readPass(ctx); err != nil {
			return err
		}
	}
	for _, o := range r.plan.mirrored() {
		if err := r.readIncrement(ctx, o); err != nil {
			return err
		}
	}
	r.cursor.HeldBack = r.heldBack
	return nil
}

// identify learns whose records the credential reads, before any of them is read.
func (r *run) identify(ctx context.Context, from source.Cursor) error {
	if !r.described {
		for _, c := range r.plan.all() {
			c.restore(r.cursor.Missing[c.object])
		}
	}
	return r.account.Identify(ctx, from, r.sink)
}

// prepare learns which columns can be read and decides whether a full pass is due.
func (r *run) prepare(ctx context.Context) error {
	due := r.passDue()
	if r.described && !due {
		return nil
	}
	back := false
	for _, c := range r.plan.described() {
		readable, err := r.api.describe(ctx, c.object)
		switch {
		case err != nil:
			return err
		case readable != nil:
			back = c.adopt(readable) || back
		case due:
			c.reset()
		}
	}
	// Asked again, because the first answer of a process corrects the clock.
	if back || r.passDue() {
		r.beginPass()
	}
	for _, c := range r.plan.all() {
		if err := r.reportMissing(c); err != nil {
			return err
		}
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
	now := r.api.now().UnixMilli()
	if p := r.cursor.Pass; p != nil {
		return p.Read != 0 && now-p.Read >= sweepKept.Milliseconds()
	}
	for _, o := range r.plan.mirrored() {
		if r.cursor.Windows[o.columns.object] == nil {
			return true
		}
	}
	return r.cursor.Full == 0 || now-r.cursor.Full >= r.fullPasses.Milliseconds()
}

// beginPass starts a full pass, from the beginning if one is in progress.
func (r *run) beginPass() {
	r.cursor.Pass = &pass{Number: r.nextPass(), Began: r.api.now().UnixMilli()}
	r.passBegan = true
	// What describe cannot check is tried again as well.
	for _, c := range []*columns{r.plan.reps.columns, r.plan.stages, r.plan.recordTypes} {
		c.reset()
	}
}

// nextPass returns a number above all earlier ones. It follows the clock, so that this holds even after a cursor was
// lost.
func (r *run) nextPass() int64 {
	r.cursor.Passes = max(r.cursor.Passes+1, r.api.now().Unix())
	return r.cursor.Passes
}

// encode returns the cursor of what has been read so far.
func (r *run) encode() source.Cursor {
	clear(r.cursor.Missing)
	for _, c := range r.plan.all() {
		if missing := c.missingNames(); len(missing) > 0 {
			r.cursor.Missing[c.object] = missing
		}
	}
	return r.cursor.encode()
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

// commitPage decodes a page of an object, moves the cursor behind it, and commits both.
func (r *run) commitPage(
	ctx context.Context, o *object, rows []json.RawMessage, number int64, move func(last place),
) error {
	page, err := o.decode(rows)
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
func (r *run) recover(ctx context.Context, o *object, err error, moved bool, rewind func()) error {
	if _, lost := errors.AsType[*lostLocatorError](err); lost && moved {
		return nil
	}
	if errors.Is(err, errShort) {
		// Its pages are committed, but nobody knows which rows are missing among them: they are read again.
		rewind()
		if failed := r.commit(ctx, record.Batch{}); failed != nil {
			return fmt.Errorf("go back after %w: %w", err, failed)
		}
		return err
	}
	return r.drop(o.columns, err)
}
