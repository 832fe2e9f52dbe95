package app

import (
	"context"
	"errors"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

// mirrorSink commits pages into the mirror and counts what became of their records.
type mirrorSink struct {
	store   mirror.Store
	stream  mirror.Stream
	metrics *telemetry.Source
	braked  *error
	keepRaw bool
	account string // id of the account whose records the mirror holds
}

// AccountID implements source.Pinned.
func (m *mirrorSink) AccountID() string { return m.account }

// Commit implements source.Sink. A sweep that the mirror refuses is left out: the records are kept and the sync goes
// on, for what else changed in the CRM is true all the same.
func (m *mirrorSink) Commit(ctx context.Context, batch record.Batch) error {
	batch.KeepRaw = m.keepRaw
	for i := range batch.Quarantined {
		q := &batch.Quarantined[i]
		q.Place, q.Value = source.Shown(q.Place), source.Shown(q.Value)
	}
	applied, err := m.store.Commit(ctx, m.stream, batch)
	if _, braked := errors.AsType[*mirror.BrakeError](err); braked {
		*m.braked = storeFailed("end a full read", err)
		batch.Sweep = nil
		applied, err = m.store.Commit(ctx, m.stream, batch)
	} else if err == nil && slices.Contains(batch.Sweep, crm.Deals.Name()) {
		*m.braked = nil
	}
	if err != nil {
		return storeFailed("commit page to mirror", err)
	}
	for object, operations := range applied {
		for operation, n := range operations {
			m.metrics.Records(string(object), string(operation), n)
		}
	}
	return nil
}

// Unknown implements source.Memory.
func (m *mirrorSink) Unknown(ctx context.Context, object record.Name, ids []string) ([]string, error) {
	unknown, err := m.store.Unknown(ctx, m.stream, object, ids)
	if err != nil {
		return nil, storeFailed("look for records in mirror", err)
	}
	return unknown, nil
}
