package hubspot

import (
	"context"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// pass reads everything, from where the cursor stands: the living records, then the archived ones. What it meets in
// neither is gone.
func (r *run) pass(ctx context.Context) error {
	if r.cursor.Phase == "" {
		if err := r.beginPass(ctx); err != nil {
			return err
		}
	}
	for r.cursor.Phase != "" {
		err := r.readPhase(ctx)
		if err != nil && r.resumed && source.ReasonOf(err) == source.ReasonClient {
			// A page token that HubSpot no longer takes must not be tried for ever.
			r.environment.Logger.Warn("The interrupted full sync cannot continue; starting it again",
				"err", err)
			err = r.beginPass(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) beginPass(ctx context.Context) error {
	if r.ofDeals() {
		if err := r.refreshReferences(ctx); err != nil {
			return err
		}
		if r.chains.known {
			r.cursor.Chains = r.chains.found
		}
	}
	if err := r.reportProperties(ctx); err != nil {
		return err
	}
	c := &r.cursor
	c.Pass = r.passAfter(c.Pass)
	c.Phase, c.After, c.Chained = phaseLiving, "", false
	c.Began = r.api.Clock.Earlier().UnixMilli()
	r.resumed = false
	return nil
}

// passAfter returns a number for a full pass above all earlier ones. It follows the clock, so that this holds even after
// a cursor was lost.
func (s *Source) passAfter(last int64) int64 { return max(last+1, s.api.Clock.Now().Unix()) }

func (r *run) readPhase(ctx context.Context) error {
	switch r.cursor.Phase {
	case phaseLiving:
		next := phaseSweep
		if r.object.Archived {
			next = phaseArchived
		}
		return r.listing(ctx, listing{properties: r.object.Properties, read: r.read, next: next})
	case phaseArchived:
		// Without a property, HubSpot would answer with its default ones, the deal's name among them.
		only := []string{api.PropertyModified}
		return r.listing(ctx, listing{archived: true, properties: only, read: r.removals, next: phaseSweep})
	case phaseSweep:
		return r.sweep(ctx)
	default:
		return source.Errorf(source.ReasonClient, "unknown phase in the cursor")
	}
}

// listing is one phase of a pass.
type listing struct {
	archived   bool
	properties []string
	read       func(context.Context, []api.Record) (record.Batch, error)
	next       phase
}

// listing reads the pages of a listing behind the cursor and commits each of them. The last page moves the cursor on to
// the next phase.
func (r *run) listing(ctx context.Context, l listing) error {
	c := &r.cursor
	seen := api.Visited{c.After: true}
	ctx, cancel := context.WithCancel(ctx)
	next := r.ask(ctx, l, c.After)
	defer func() {
		cancel()
		_, _ = next.wait() // Nobody wants it any more.
	}()
	for current := c.Phase; c.Phase == current; {
		answer, err := next.wait()
		if err != nil {
			return err
		}
		r.resumed = false
		// A short or empty page is no end: only a missing token is.
		after := string(answer.Paging.Next.After)
		if after != "" {
			if err := seen.Add(after); err != nil {
				return err
			}
			next = r.ask(ctx, l, after)
		}
		batch, err := l.read(ctx, answer.Results)
		if err != nil {
			return err
		}
		if err := r.inspect(ctx, len(answer.Results), &batch); err != nil {
			return err
		}
		if c.After = after; after == "" {
			c.Phase = l.next
		}
		batch.Pass = c.Pass
		if err := r.commit(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

// sweep ends the pass. What changed while it ran is read by the increment that follows.
func (r *run) sweep(ctx context.Context) error {
	c := &r.cursor
	since := max(c.Began-overlap.Milliseconds(), earliestSince)
	c.PassEnded = r.api.Clock.Now().UnixMilli()
	c.PassTook = max(0, c.PassEnded-c.Began)
	c.Phase, c.Began = "", 0
	c.Window = window{Since: since}
	return r.commit(ctx, record.Batch{Pass: c.Pass, Sweep: r.Kinds()})
}

// removals turns a page of the archived listing into tombstones.
func (r *run) removals(_ context.Context, results []api.Record) (record.Batch, error) {
	var batch record.Batch
	for i := range results {
		rec := &results[i]
		if rec.Bad != "" {
			batch.Quarantined = append(batch.Quarantined, rec.Quarantined(r.object.Kind, source.Fault{Reason: rec.Bad}))
			continue
		}
		if !rec.Archived && rec.ArchivedAt == "" {
			// Where the parameter is not understood, the listing is that of the living.
			return record.Batch{}, source.Errorf(source.ReasonDecode,
				"the archived listing holds a record that is not archived")
		}
		removal := record.Removal{Kind: r.object.Kind, ID: string(rec.ID), Reason: record.RemovedDeleted}
		if at, err := value.ParseInstant(string(rec.ArchivedAt)); err == nil {
			removal.Version = at.Milli()
		}
		batch.Removals = append(batch.Removals, removal)
	}
	return batch, nil
}
