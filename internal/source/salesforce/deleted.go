package salesforce

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce/api"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

const (
	deletedEndpoint = "sobjects/Opportunity/deleted"
	deletedInterval = time.Hour
	// deletedReach is how far back Salesforce tells of deletions, less an hour for the clocks.
	deletedReach = 15*24*time.Hour - time.Hour
	// deletedShortest is the shortest span that may be asked for: more than a minute, after the seconds are cut off.
	deletedShortest = 2 * time.Minute
	// heldBackReach bounds what is read again for the sake of a transaction that never ends.
	heldBackReach = 24 * time.Hour
	// removalsPerBatch bounds a commit: one answer may hold 600,000 ids.
	removalsPerBatch = 2000
)

// deletions is what a process knows of the org's log of deletions.
type deletions struct {
	asked time.Time // by our clock
	// heldBack is what the last answer says of changes that may still become visible, see cursor.HeldBack.
	heldBack int64
	answered bool
}

// readDeleted asks for opportunities that left without a trace: an emptied recycle bin, a hard delete. Only this call
// and the full pass notice them. Accounts are left to the full pass, for here a merge looks like a deletion.
func (r *run) readDeleted(ctx context.Context) error {
	now := r.api.Now()
	if r.cursor.Deleted == 0 {
		// Nothing was mirrored before the first full pass, so nothing can have left.
		r.deletedUpTo(time.UnixMilli(r.began()))
		return nil
	}
	start := time.UnixMilli(r.cursor.Deleted)
	switch {
	case !r.passBegan && r.now().Sub(r.deletions.asked) < deletedInterval, now.Sub(start) < deletedShortest:
		return nil
	case now.Sub(start) > deletedReach:
		return r.needPass(ctx, now, "the API no longer lists deletions from that long ago")
	}
	answer, err := r.deleted(ctx, start, now)
	switch code := api.Said(err).Code; {
	case code == api.CodeReplicationDate || code == api.CodeExceededIDLimit:
		return r.needPass(ctx, now, "deletions cannot be listed: "+code)
	case err != nil:
		if reason := source.ReasonOf(err); reason != source.ReasonScope && reason != source.ReasonClient {
			return err
		}
		r.deletions.asked = r.now()
		if r.first("deletions") {
			r.log.Warn("Deletions cannot be read; hard-deleted records disappear after the next full sync",
				"err", err)
		}
		return nil
	}
	if answer.earliest > start.UnixMilli() {
		if err := r.needPass(ctx, start, "the log of deletions begins too late"); err != nil {
			return err
		}
	}
	for removals := range slices.Chunk(answer.removals, removalsPerBatch) {
		if err := r.commit(ctx, record.Batch{Removals: removals}); err != nil {
			return err
		}
	}
	r.holdBack(answer.latest)
	r.deletedUpTo(time.UnixMilli(max(answer.latest, r.cursor.Deleted)))
	return nil
}

// holdBack takes over how far the org's changes are covered, which a transaction that takes long holds back. A full pass
// finds what took longer than heldBackReach.
func (r *run) holdBack(covered int64) {
	now := r.api.Now()
	r.deletions.heldBack, r.deletions.answered = 0, true
	if covered < now.Add(-late).UnixMilli() {
		covered = time.UnixMilli(covered).Truncate(time.Second).UnixMilli() // as stamps are
		r.deletions.heldBack = max(covered, now.Add(-heldBackReach).UnixMilli())
	}
}

func (r *run) deletedUpTo(covered time.Time) {
	r.cursor.Deleted = covered.UnixMilli()
	r.deletions.asked = r.now()
}

// needPass makes a full pass find what cannot be learned otherwise. The pass is committed at once, together with the
// span that it stands in for, so that a failure right after it does not forget why it was needed.
func (r *run) needPass(ctx context.Context, covered time.Time, why string) error {
	if !r.passBegan {
		r.log.Info("A full sync is needed", "why", why)
		r.beginPass()
	}
	r.deletedUpTo(covered)
	return r.commit(ctx, record.Batch{})
}

type deletedAnswer struct {
	removals         []record.Removal
	earliest, latest int64
}

// deleted returns which opportunities were deleted between two moments.
func (s *Source) deleted(ctx context.Context, start, end time.Time) (*deletedAnswer, error) {
	const layout = "2006-01-02T15:04:05-07:00"
	var body struct {
		Records []struct {
			ID      string `json:"id"`
			Deleted string `json:"deletedDate"`
		} `json:"deletedRecords"`
		Earliest string `json:"earliestDateAvailable"`
		Latest   string `json:"latestDateCovered"`
	}
	request := source.Request{
		Path: s.api.Path(deletedEndpoint + "/"), Endpoint: deletedEndpoint,
		Query: url.Values{"start": {start.UTC().Format(layout)}, "end": {end.UTC().Format(layout)}},
	}
	if err := s.api.Call(ctx, request, source.DecodeJSON(&body)); err != nil {
		return nil, err
	}
	answer := &deletedAnswer{}
	earliest, errEarliest := value.ParseInstant(body.Earliest)
	latest, errLatest := value.ParseInstant(body.Latest)
	if err := errors.Join(errEarliest, errLatest); err != nil || !latest.Known() {
		return nil, source.Errorf(source.ReasonDecode, "%s: the covered span cannot be read", deletedEndpoint)
	}
	answer.earliest, answer.latest = earliest.Milli(), latest.Milli()
	for _, gone := range body.Records {
		id, ok := source.LongRecordID(gone.ID)
		at, err := value.ParseInstant(gone.Deleted)
		if !ok || err != nil {
			return nil, source.Errorf(source.ReasonDecode, "%s: a deleted record cannot be read", deletedEndpoint)
		}
		// The seconds are whole here and may not be on the record: the deletion is the last thing in its second.
		version := at.In(time.UTC).Truncate(time.Second).Add(time.Second - time.Millisecond).UnixMilli()
		answer.removals = append(answer.removals,
			record.Removal{Kind: crm.Deals.Name(), ID: id, Reason: record.RemovedDeleted, Version: version})
	}
	return answer, nil
}
