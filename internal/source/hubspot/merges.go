package hubspot

import (
	"context"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

const (
	// restAfterPass is for how many times the duration of the last full pass the next early one waits: a tool that
	// merges duplicates all day long must not spend the day's calls.
	restAfterPass = 10
	// cheapPass is how long a pass may take that needs no rest.
	cheapPass = time.Minute
)

// noticeChains looks for merges of records that nobody has seen alive. Such a one came and went between two looks. It
// may have been made of others, which HubSpot need not list with the last survivor: A and B became N, N and C became M,
// and M lists N and C. A and B would then count beside M until the next full pass, so that one is wanted soon.
func (r *run) noticeChains(ctx context.Context, batch *record.Batch) error {
	memory, ok := r.sink.(source.Memory)
	if !ok || r.cursor.Chained || len(batch.Removals) == 0 {
		return nil
	}
	versions := versionsOf(batch)
	absorbed := map[record.Name][]string{}
	for _, removal := range batch.Removals {
		if _, listed := versions[recordKey{removal.Kind, removal.ID}]; listed || removal.MergedInto == "" {
			continue
		}
		survivor := versions[recordKey{removal.Kind, removal.MergedInto}]
		// A pass meets old merges too, and removes what it does not see: only what happened since it began matters.
		if r.cursor.Phase == "" || survivor >= r.cursor.Began {
			absorbed[removal.Kind] = append(absorbed[removal.Kind], removal.ID)
		}
	}
	for object, ids := range absorbed {
		unknown, err := memory.Unknown(ctx, object, ids)
		if err != nil {
			return err
		}
		r.cursor.Chained = r.cursor.Chained || len(unknown) > 0
	}
	return nil
}

type recordKey struct {
	object record.Name
	id     string
}

// versionsOf returns when the records of a batch were modified.
func versionsOf(batch *record.Batch) map[recordKey]int64 {
	versions := map[recordKey]int64{}
	for _, list := range batch.Rows {
		for i := range list.Len() {
			head := list.Head(i)
			versions[recordKey{list.Kind().Name(), head.ID}] = head.Version
		}
	}
	for i := range batch.Quarantined {
		versions[recordKey{batch.Quarantined[i].Kind, batch.Quarantined[i].ID}] = batch.Quarantined[i].Version
	}
	return versions
}

// chains is what the process knows of chains of companies. HubSpot moves the deals of an absorbed company without
// touching them, and tells of no link between that company and the last survivor: all deals are asked for their company
// again.
type chains struct {
	known    bool
	found    int64 // how many were found, by the cursor of the accounts
	followed int64 // for how many of them the deals were read again, by the cursor of the deals
	took     int64 // the last full pass of the deals, in milliseconds
}

// behind reports whether the deals have to be read again.
func (c *chains) behind() bool { return c.known && c.found != c.followed }

// settleChains reads everything if a chain of merges may have left records behind.
func (r *run) settleChains(ctx context.Context) error {
	took := r.cursor.PassTook
	if !r.ofDeals() {
		took += r.chains.took
	}
	rest := restAfterPass * time.Duration(took) * time.Millisecond
	if rest < restAfterPass*cheapPass {
		rest = 0
	}
	if !r.cursor.Chained || !r.older(r.cursor.PassEnded, rest) {
		return nil
	}
	if !r.ofDeals() {
		r.cursor.Chains++
	}
	r.environment.Logger.Info("Records were merged that no sync had seen; starting a full sync to find the records that " +
		"they absorbed")
	return r.pass(ctx)
}
