package objects

import (
	"context"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
)

// companies are the accounts. They have nothing of their own but what is mapped.
func companies(p *Plan) *Object {
	return &Object{
		Kind: crm.Accounts.Name(), Name: Companies, Mapped: p.Companies, onlyMapped: true,
		Properties: properties(p.Companies, api.PropertyModified, api.PropertyMergedIDs),
		Read:       func(_ context.Context, page *Page) (record.Batch, error) { return p.readCompanies(page.Records), nil },
	}
}

// readCompanies turns a page of companies into a batch.
func (p *Plan) readCompanies(results []api.Record) (batch record.Batch) {
	accounts := make([]crm.Account, 0, len(results))
	for i := range results {
		rec := &results[i]
		version, dated := rec.Version()
		fault := source.Fault{Reason: rec.Bad}
		switch {
		case rec.Bad != "":
		case rec.Properties == nil:
			fault.Reason = record.BadShape
		case !dated:
			fault = rec.Fault(record.BadDate, api.PropertyModified)
		}
		batch.Removals = append(batch.Removals, rec.Mergers(crm.Accounts.Name())...)
		if fault.Reason != "" {
			batch.Quarantined = append(batch.Quarantined, rec.Quarantined(crm.Accounts.Name(), fault))
			continue
		}
		dimensions := labels(p.Companies, func(property string) string {
			return strings.TrimLeft(string(rec.Properties.Get(property)), ";")
		})
		accounts = append(accounts, crm.Account{
			Head: record.Head{ID: string(rec.ID), Version: version, Dimensions: dimensions},
		})
	}
	crm.Accounts.Append(&batch.Rows, accounts...)
	return batch
}
