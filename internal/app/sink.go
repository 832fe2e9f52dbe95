package app

import (
	"context"
	"errors"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

// mirrorSink commits the pages of one stream into the mirror and counts what became of their records.
type mirrorSink struct {
	store   mirror.Store
	stream  *stream
	metrics *telemetry.Source
	keepRaw bool
	// account is the id of the account whose records the mirror holds of the source, "" before one was told.
	account *string
}

// AccountID implements source.Pinned.
func (m *mirrorSink) AccountID() string { return *m.account }

// shownValue returns the value of a record in quarantine as it may be stored: of a duplicate it is the id.
func shownValue(q record.Quarantined) string {
	if q.Reason == record.BadDuplicate {
		return source.ShownID(q.Value)
	}
	return source.Shown(q.Value)
}

// Commit implements source.Sink. A sweep that the mirror refuses is left out: the records are kept and the sync goes
// on, for what else changed in the CRM is true all the same.
func (m *mirrorSink) Commit(ctx context.Context, batch record.Batch) error {
	if err := m.pin(batch.Account); err != nil {
		return storeFailed("commit page to mirror", err)
	}
	batch.KeepRaw = m.keepRaw
	for i := range batch.Quarantined {
		q := &batch.Quarantined[i]
		q.Place, q.Value = source.Shown(q.Place), shownValue(*q)
	}
	applied, err := m.store.Commit(ctx, m.stream.key, batch)
	if _, braked := errors.AsType[*mirror.BrakeError](err); braked {
		m.stream.brake = brake{kinds: batch.Sweep, why: storeFailed("end a full read", err)}
		batch.Sweep = nil
		applied, err = m.store.Commit(ctx, m.stream.key, batch)
	} else if err == nil {
		m.stream.brake.release(batch.Sweep)
	}
	if err != nil {
		return storeFailed("commit page to mirror", err)
	}
	for kind, operations := range applied {
		for operation, n := range operations {
			m.metrics.Records(string(kind), string(operation), n)
		}
	}
	return nil
}

// pin refuses records of another account than that of the source's other streams; a stream that is new has none yet
// with which the store could compare.
func (m *mirrorSink) pin(account *record.AccountIdentity) error {
	switch {
	case account == nil || account.ID == "":
		return nil
	case *m.account != "" && *m.account != account.ID:
		return &mirror.AccountError{Pinned: *m.account, Got: account.ID}
	}
	*m.account = account.ID
	return nil
}

// Unknown implements source.Memory.
func (m *mirrorSink) Unknown(ctx context.Context, kind record.Name, ids []string) ([]string, error) {
	unknown, err := m.store.Unknown(ctx, m.stream.key, kind, ids)
	if err != nil {
		return nil, storeFailed("look for records in mirror", err)
	}
	return unknown, nil
}
