package objects

import (
	"context"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// deals are the deals.
func deals(p *Plan) *Object {
	return &Object{
		Kind: crm.Deals.Name(), Name: Deals, Mapped: p.Deals, Archived: true, Properties: p.dealProperties(),
		Read: func(ctx context.Context, page *Page) (record.Batch, error) { return p.readDeals(ctx, page) },
	}
}

// readDeals turns a page of deals into a batch.
func (p *Plan) readDeals(ctx context.Context, page *Page) (record.Batch, error) {
	if len(page.Records) == 0 {
		return record.Batch{}, nil
	}
	records := make([]dealRecord, len(page.Records))
	var readable []*crm.Deal
	for i := range page.Records {
		records[i] = p.decode(page.Records[i], page.Currency)
		if records[i].fault.Reason == "" {
			readable = append(readable, &records[i].deal)
		}
	}
	references, err := page.Refer(ctx, readable)
	if err != nil {
		return record.Batch{}, err
	}
	var batch record.Batch
	deals := make([]crm.Deal, 0, len(records))
	for i := range records {
		d := &records[i]
		d.settle(references, page.Odd)
		// What a deal absorbed is gone even if the deal itself cannot be read.
		batch.Removals = append(batch.Removals, d.Mergers(crm.Deals.Name())...)
		if d.fault.Reason != "" {
			batch.Quarantined = append(batch.Quarantined, d.Quarantined(crm.Deals.Name(), d.fault))
			continue
		}
		deals = append(deals, d.deal)
	}
	if p.ReadsCompanies() {
		unread, err := linkAccounts(ctx, page.API, deals)
		if err != nil {
			return record.Batch{}, err
		}
		page.Odd.Unlinked += unread
	}
	crm.Deals.Append(&batch.Rows, deals...)
	return batch, nil
}

// dealRecord is a deal before it is known what its stage says.
type dealRecord struct {
	api.Record
	deal  crm.Deal
	fault source.Fault // without a reason where the record can be read
}

// decode reads a record as far as it needs nothing but itself.
func (p *Plan) decode(rec api.Record, currency string) dealRecord {
	d := dealRecord{Record: rec}
	d.fault.Reason = rec.Bad
	if rec.Bad == "" && rec.Properties == nil {
		d.fault.Reason = record.BadShape
	}
	if d.fault.Reason != "" {
		return d
	}
	d.deal, d.fault = p.deal(&d.Record, currency)
	return d
}

func (p *Plan) deal(rec *api.Record, currency string) (crm.Deal, source.Fault) {
	said := rec.Properties
	d := crm.Deal{
		Head:             record.Head{ID: string(rec.ID)},
		Pipeline:         string(said.Get(propertyPipeline)),
		Stage:            string(said.Get(propertyStage)),
		Rep:              string(said.Get(propertyOwner)),
		Outcome:          flagOutcome(said),
		Probability:      probability(said.Get(propertyProbability)),
		ForecastCategory: forecastCategory(said.Get(propertyForecast)),
		Name:             string(said.Get(propertyName)),
	}
	var ok bool
	if d.Version, ok = rec.Version(); !ok {
		return d, rec.Fault(record.BadDate, api.PropertyModified)
	}
	var err error
	if d.Created, err = value.ParseInstant(string(said.Get(propertyCreated))); err != nil {
		return d, rec.Fault(record.BadDate, propertyCreated)
	}
	if d.Closed, err = value.ParseInstant(string(said.Get(propertyClosed))); err != nil {
		return d, rec.Fault(record.BadDate, propertyClosed)
	}
	if entered, err := value.ParseInstant(string(said.Get(propertyStageEntered))); err == nil {
		d.StageEntered = entered
	}
	if !p.money(&d, said, currency) {
		return d, rec.Fault(record.BadAmount, p.Amount)
	}
	d.Dimensions = labels(p.Deals, func(property string) string {
		return strings.TrimLeft(string(said.Get(property)), ";") // of a multiple choice
	})
	return d, source.Fault{}
}

// flagOutcome is what the record itself says. HubSpot calculates the flags without touching the modification date, so
// they may lag behind the stage.
func flagOutcome(p api.Values) crm.Outcome {
	won, _ := p.Get(propertyIsClosedWon).Truth()
	closed, known := p.Get(propertyIsClosed).Truth()
	switch {
	case won:
		return crm.OutcomeWon
	case closed:
		return crm.OutcomeLost
	case known:
		return crm.OutcomeOpen
	}
	return crm.OutcomeUnknown
}

// separators are what parts the words of a forecast category, if anything does.
var separators = strings.NewReplacer("_", "", "-", "", " ", "")

func forecastCategory(value api.Text) crm.ForecastCategory {
	switch separators.Replace(strings.ToLower(string(value))) {
	case "omit", "omitted":
		return crm.ForecastOmitted
	case "pipeline":
		return crm.ForecastPipeline
	case "bestcase":
		return crm.ForecastBestCase
	case "mostlikely":
		return crm.ForecastMostLikely
	case "commit":
		return crm.ForecastCommit
	case "closed":
		return crm.ForecastClosed
	}
	return ""
}

// settle completes a record, once it is known what it refers to.
func (d *dealRecord) settle(references *References, odd *Oddities) {
	stage := references.Stages[StageKey{d.deal.Pipeline, d.deal.Stage}]
	outcome := stage.Outcome
	if outcome == crm.OutcomeUnknown {
		outcome = d.deal.Outcome
	}
	if d.fault.Reason == "" && outcome == crm.OutcomeUnknown {
		d.fault = d.Fault(record.BadOutcome, propertyStage)
	}
	if d.fault.Reason != "" {
		return
	}
	if d.deal.Outcome != crm.OutcomeUnknown && d.deal.Outcome != outcome {
		odd.Disagreements++
	}
	d.deal.Stage = StageKey{d.deal.Pipeline, d.deal.Stage}.unique()
}
