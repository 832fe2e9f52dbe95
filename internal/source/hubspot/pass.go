package hubspot

import (
	"context"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// pass reads everything, from where the cursor stands: all deals, then all archived ones, then the companies. What it
// meets in none of them is gone.
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
			r.source.environment.Logger.Warn("The interrupted full sync cannot continue; starting it again",
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
	if err := r.readReferences(ctx); err != nil {
		return err
	}
	if err := r.source.reportProperties(ctx); err != nil {
		return err
	}
	c := &r.cursor
	c.Pass++
	c.Phase, c.After, c.Chained = phaseDeals, "", false
	c.Began = r.source.api.clock.earlier().UnixMilli()
	r.resumed = false
	return nil
}

func (r *run) readPhase(ctx context.Context) error {
	plan := &r.source.plan
	switch r.cursor.Phase {
	case phaseDeals:
		return r.listing(ctx,
			listing{object: objectDeals, properties: plan.dealProperties, read: r.deals, next: phaseArchived})
	case phaseArchived:
		next := phaseSweep
		if plan.readsCompanies() {
			next = phaseCompanies
		}
		// Without a property, HubSpot would answer with its default ones, the deal's name among them.
		only := []string{propertyModified}
		return r.listing(ctx,
			listing{object: objectDeals, archived: true, properties: only, read: archivedDeals, next: next})
	case phaseCompanies:
		return r.listing(ctx,
			listing{object: objectCompanies, properties: plan.companyProperties, read: r.companies, next: phaseSweep})
	case phaseSweep:
		return r.sweep(ctx)
	default:
		return source.Errorf(source.ReasonClient, "unknown phase in the cursor")
	}
}

// listing is one phase of a pass.
type listing struct {
	object     string
	archived   bool
	properties []string
	read       reader
	next       phase
}

// listing reads the pages of a listing behind the cursor and commits each of them. The last page moves the cursor on to
// the next phase.
func (r *run) listing(ctx context.Context, l listing) error {
	c := &r.cursor
	seen := visited{c.After: true}
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
			if err := seen.add(after); err != nil {
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
	swept := []record.Name{crm.Deals.Name()}
	if r.source.plan.readsCompanies() {
		swept = append(swept, crm.Accounts.Name())
	}
	since := max(c.Began-overlap.Milliseconds(), earliestSince)
	c.PassEnded = r.source.api.clock.now().UnixMilli()
	c.PassTook = max(0, c.PassEnded-c.Began)
	c.Phase, c.Began = "", 0
	c.Deals, c.Companies = window{Since: since}, window{Since: since}
	return r.commit(ctx, record.Batch{Pass: c.Pass, Sweep: swept})
}

// archivedDeals turns a page of the archived listing into tombstones.
func archivedDeals(_ context.Context, results []object) (record.Batch, error) {
	var batch record.Batch
	for i := range results {
		rec := &results[i]
		if rec.bad != "" {
			batch.Quarantined = append(batch.Quarantined, rec.quarantined(crm.Deals.Name(), source.Fault{Reason: rec.bad}))
			continue
		}
		if !rec.Archived && rec.ArchivedAt == "" {
			// Where the parameter is not understood, the listing is that of the living.
			return record.Batch{}, source.Errorf(source.ReasonDecode,
				"the archived listing holds a record that is not archived")
		}
		removal := record.Removal{Kind: crm.Deals.Name(), ID: string(rec.ID), Reason: record.RemovedDeleted}
		if at, err := value.ParseInstant(string(rec.ArchivedAt)); err == nil {
			removal.Version = at.Milli()
		}
		batch.Removals = append(batch.Removals, removal)
	}
	return batch, nil
}
