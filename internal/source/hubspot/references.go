package hubspot

import (
	"context"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/objects"
)

// referencesAge is how long renamed reps, moved teams and new stages may go unnoticed.
const referencesAge = time.Hour

// references is what this process knows of owners, pipelines and stages.
type references struct {
	*objects.References       // nil before the first reading
	readAt              int64 // in milliseconds since 1970

	// fresh says that they were read in this cycle.
	fresh bool
	// pending are the records of a reading that the mirror does not have yet.
	pending *record.Batch
}

// referenceStream gives reps, pipelines and stages. All of them are read at a time, for three calls: each reading is a
// full pass.
type referenceStream struct {
	*Source
	identity source.Identity
}

// Name implements source.Stream.
func (s *referenceStream) Name() string { return "references" }

// Kinds implements source.Stream.
func (s *referenceStream) Kinds() []record.Name {
	return []record.Name{crm.Reps.Name(), crm.Pipelines.Name(), crm.Stages.Name()}
}

// Identity implements source.Stream.
func (s *referenceStream) Identity() source.Identity { return s.identity }

// Restart implements source.Stream: each reading is a full pass.
func (s *referenceStream) Restart(from source.Cursor) source.Cursor {
	c := decodeReferenceCursor(from)
	c.Read = 0
	return encodeCursor(&c)
}

// Behind implements source.Follower.
func (s *referenceStream) Behind() bool { return s.references.pending != nil || s.wanted() }

// wanted reports whether the deals are to be read anew, and not yet by references of this cycle.
func (s *Source) wanted() bool { return s.chains.behind() && !s.references.fresh }

// Sync implements source.Stream. It is the first one of a cycle.
func (s *referenceStream) Sync(ctx context.Context, from source.Cursor, sink source.Sink) (source.Cursor, error) {
	c := decodeReferenceCursor(from)
	// A file that was replaced since the last cycle is noticed here, not with the first page.
	if _, err := s.api.Credential(ctx); err != nil {
		return nil, err
	}
	if err := s.account.Identify(ctx, s.Name(), from, sink); err != nil {
		return nil, err
	}
	if waiting := s.references.pending; waiting == nil {
		s.references.fresh = false // A cycle begins.
	} else if !s.isOfThisAccount(waiting) {
		s.references = references{}
	}
	if s.references.pending == nil && (s.wanted() || s.older(c.Read, referencesAge)) {
		if err := s.readReferences(ctx); err != nil {
			return nil, err
		}
	}
	if s.references.pending != nil {
		c.Pass, c.Read = s.passAfter(c.Pass), s.references.readAt
		batch := *s.references.pending
		batch.Pass, batch.Sweep, batch.Cursor = c.Pass, s.Kinds(), encodeCursor(&c)
		if err := sink.Commit(ctx, batch); err != nil {
			return nil, err
		}
		s.references.pending = nil
	}
	s.committedReferences = c.Read
	if err := s.account.Identify(ctx, s.Name(), encodeCursor(&c), sink); err != nil {
		return nil, err
	}
	return encodeCursor(&c), nil
}

// isOfThisAccount reports whether records that wait for the mirror are those of the account that is read now: the
// credential may have been another one in between.
func (s *Source) isOfThisAccount(waiting *record.Batch) bool {
	now := s.account.Account()
	return waiting.Account == nil || now == nil || waiting.Account.ID == now.ID
}

// recoverReferences reads the references again where the reading that the deals needed never reached the mirror: the
// process died in between.
func (r *run) recoverReferences(ctx context.Context) error {
	if r.cursor.References <= r.committedReferences || r.references.pending != nil {
		return nil
	}
	return r.refreshReferences(ctx)
}

// refreshReferences reads the references once more for the sake of the deals, if that was not yet done in this cycle.
// Their stream commits them.
func (r *run) refreshReferences(ctx context.Context) error {
	if !r.references.fresh {
		if err := r.readReferences(ctx); err != nil {
			return err
		}
	}
	r.cursor.References = r.references.readAt
	return nil
}

// readReferences reads pipelines, stages and owners.
func (s *Source) readReferences(ctx context.Context) error {
	if err := s.plan.CheckAmount(ctx, s.api, &source.Report{}); err != nil {
		return err
	}
	readAt := s.api.Clock.Now().UnixMilli()
	read, err := objects.ReadReferences(ctx, s.api, &s.plan)
	if err != nil {
		return err
	}
	batch := read.Batch()
	if batch.Account, err = s.account.Vouch(ctx); err != nil {
		return err
	}
	s.references = references{References: read, readAt: readAt, fresh: true, pending: &batch}
	return nil
}

// refer returns the references, read again, once in a cycle, if a deal refers to something they do not hold.
func (r *run) refer(ctx context.Context, deals []*crm.Deal) (*objects.References, error) {
	if r.references.References == nil {
		if err := r.refreshReferences(ctx); err != nil {
			return nil, err
		}
	}
	var unknown []any
	for _, d := range deals {
		unknown = append(unknown, r.references.Unknown(d)...)
	}
	if len(unknown) > 0 {
		if err := r.refreshReferences(ctx); err != nil {
			return nil, err
		}
		r.references.Miss(unknown)
	}
	return r.references.References, nil
}
