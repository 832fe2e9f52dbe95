package hubspot

import (
	"context"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/objects"
)

// run is one Sync of an object.
type run struct {
	*stream
	sink   source.Sink
	cursor cursor

	// resumed says that the next page of a pass is asked for with a token of an earlier Sync.
	resumed bool
	odd     objects.Oddities
}

func (s *stream) resume(from source.Cursor, sink source.Sink) *run {
	c, ok := decodeCursor(from)
	if !ok {
		s.environment.Logger.Warn("The stored cursor cannot be read; starting a full sync", "stream", s.Name())
	}
	return &run{stream: s, sink: sink, cursor: c, resumed: c.After != ""}
}

// sync reads a full pass if one is due or was interrupted, and then what changed since.
func (r *run) sync(ctx context.Context) error {
	if r.ofDeals() {
		r.adoptCurrency()
		if err := r.recoverReferences(ctx); err != nil {
			return err
		}
	}
	if r.note(); r.Behind() {
		return r.pass(ctx) // Whatever a search would find is read by it.
	}
	if r.cursor.Phase != "" || r.passDue() {
		if err := r.pass(ctx); err != nil {
			return err
		}
	}
	if err := r.increment(ctx); err != nil {
		return err
	}
	return r.settleChains(ctx)
}

// note has the other streams know where this one stands.
func (r *run) note() {
	if r.ofDeals() {
		r.chains.followed, r.chains.took = r.cursor.Chains, r.cursor.PassTook
	} else {
		r.chains.found, r.chains.known = r.cursor.Chains, true
	}
}

// warn says what was odd about the records of the Sync.
func (r *run) warn() {
	if r.odd.Disagreements > 0 {
		r.environment.Logger.Warn("Deals have a stage that disagrees with their closed flags; using the stage",
			"deals", r.odd.Disagreements)
	}
	if r.odd.Unlinked > 0 {
		r.environment.Logger.Warn("HubSpot left out deals in its answers about companies; keeping their previous company",
			"deals", r.odd.Unlinked)
	}
}

// read turns a page of the living into a batch.
func (r *run) read(ctx context.Context, results []api.Record) (record.Batch, error) {
	return r.object.Read(ctx, &objects.Page{
		Records: results, API: r.api, Currency: r.cursor.Currency, Refer: r.refer, Odd: &r.odd,
	})
}

func (r *run) passDue() bool {
	interval := r.config.FullSyncInterval
	return r.cursor.PassEnded == 0 || interval > 0 && r.older(r.cursor.PassEnded, interval)
}

// older reports whether an event of a cursor, in milliseconds, never was or is longer ago than age. One of the future
// is too: the clock was wrong then, and would keep us waiting until it is right.
func (s *Source) older(at int64, age time.Duration) bool {
	since := s.api.Clock.Now().Sub(time.UnixMilli(at))
	return at == 0 || since < 0 || since >= age
}

// commit hands over a page and where the cursor stands behind it. A page without records is not worth a transaction.
func (r *run) commit(ctx context.Context, batch record.Batch) error {
	if batch.Empty() {
		return nil
	}
	account, err := r.account.Vouch(ctx)
	if err != nil {
		return err
	}
	batch.Account = account
	batch.Cursor = r.cursor.encode()
	return r.sink.Commit(ctx, batch)
}

// inspect looks at a page before it is committed.
func (r *run) inspect(ctx context.Context, results int, batch *record.Batch) error {
	if err := checkReadable(results, batch); err != nil {
		return err
	}
	return r.noticeChains(ctx, batch)
}

// minChecked is how many records a page needs for a check of its share of bad ones.
const minChecked = 10

// checkReadable refuses a page most of which cannot be read: that is a changed API, not bad data.
func checkReadable(results int, batch *record.Batch) error {
	if bad := len(batch.Quarantined); results >= minChecked && 2*bad > results {
		return source.Errorf(source.ReasonDecode, "%d of %d records of a page cannot be read", bad, results)
	}
	return nil
}
