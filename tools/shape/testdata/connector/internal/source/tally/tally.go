// Package tally is a source without an account: it makes deals up, as many as the configuration says.
package tally

import (
	"context"
	"strconv"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Source makes deals up.
type Source struct {
	name     string
	deals    int
	identity source.Identity
}

// New returns the connector of a source with a tally section.
func New(name string, cfg config.Source, env source.Environment) (*Source, error) {
	settings := cfg.Settings.(*Settings)
	return &Source{name, settings.Deals, env.Meaning(cfg, 1).Identity(nil)}, nil
}

// Name implements source.Source.
func (s *Source) Name() string { return s.name }

// Account implements source.Source.
func (s *Source) Account() *record.AccountIdentity { return nil }

// Streams implements source.Source.
func (s *Source) Streams() []source.Stream {
	return []source.Stream{source.Whole{
		Gives: []record.Name{crm.Deals.Name(), crm.Stages.Name()}, Mapping: s.identity, Read: s.sync,
		Again: func(from source.Cursor) source.Cursor { return from }, // Each sync is a full pass.
	}}
}

// sync reads everything, as a full pass.
func (s *Source) sync(ctx context.Context, from source.Cursor, sink source.Sink) (source.Cursor, error) {
	pass, _ := strconv.ParseInt(string(from), 10, 64) // 0 where there is no cursor yet.
	pass++
	batch := record.Batch{
		Pass: pass, Sweep: []record.Name{crm.Deals.Name(), crm.Stages.Name()},
		Cursor: source.Cursor(strconv.FormatInt(pass, 10)),
	}
	crm.Stages.Append(&batch.Rows, crm.Stage{Head: record.Head{ID: "Won"}, Label: "Won", Outcome: crm.OutcomeWon})
	for i := range s.deals {
		crm.Deals.Append(&batch.Rows, crm.Deal{
			Head: record.Head{ID: strconv.Itoa(i + 1), Version: 1}, Stage: "Won", Outcome: crm.OutcomeWon,
			Amount: 100 * value.MoneyScale, AmountKnown: true, Probability: value.ProbabilityUnknown,
			Created: value.Date(2026, 1, 1), Closed: value.Date(2026, 2, 1),
		})
	}
	return batch.Cursor, sink.Commit(ctx, batch)
}

// Check implements source.Source.
func (s *Source) Check(context.Context) (source.Report, error) { return source.Report{}, nil }
