package hubspot

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// deals turns a page of deals into a batch.
func (r *run) deals(ctx context.Context, results []json.RawMessage) (record.Batch, error) {
	if len(results) == 0 {
		return record.Batch{}, nil
	}
	if !r.source.references.loaded {
		if err := r.readReferences(ctx); err != nil {
			return record.Batch{}, err
		}
	}
	records := make([]dealRecord, len(results))
	for i, raw := range results {
		records[i] = r.decode(raw)
	}
	if err := r.lookFor(ctx, records); err != nil {
		return record.Batch{}, err
	}
	var batch record.Batch
	for i := range records {
		if err := r.settle(&records[i], &batch); err != nil {
			return record.Batch{}, err
		}
	}
	if !r.source.plan.readsCompanies() {
		return batch, nil
	}
	unread, err := r.source.api.linkAccounts(ctx, crm.Deals.In(batch.Rows))
	r.unlinked += unread
	return batch, err
}

// lookFor reads the references again, once per Sync, if a deal refers to something they do not hold.
func (r *run) lookFor(ctx context.Context, records []dealRecord) error {
	var unknown []any
	for i := range records {
		if records[i].fault.Reason == "" {
			unknown = append(unknown, r.source.references.unknown(&records[i].deal)...)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	if !r.referencesRead {
		if err := r.readReferences(ctx); err != nil {
			return err
		}
	}
	for _, key := range unknown {
		r.source.references.missing[key] = true
	}
	return nil
}

// dealRecord is a deal before it is known what its stage says.
type dealRecord struct {
	object
	raw   json.RawMessage
	deal  crm.Deal
	fault source.Fault // without a reason where the record can be read
}

// decode reads a record as far as it needs nothing but itself.
func (r *run) decode(raw json.RawMessage) dealRecord {
	d := dealRecord{raw: raw}
	d.object, d.fault.Reason = readObject(raw)
	if d.fault.Reason == "" && d.Properties == nil {
		d.fault.Reason = record.BadShape
	}
	if d.fault.Reason != "" {
		return d
	}
	d.deal, d.fault = r.deal(&d.object)
	return d
}

func (r *run) deal(rec *object) (crm.Deal, source.Fault) {
	p := rec.Properties
	d := crm.Deal{
		Head:             record.Head{ID: string(rec.ID)},
		Pipeline:         string(p[propertyPipeline]),
		Stage:            string(p[propertyStage]),
		Rep:              string(p[propertyOwner]),
		Outcome:          flagOutcome(p),
		Probability:      probability(p[propertyProbability]),
		ForecastCategory: forecastCategory(p[propertyForecast]),
	}
	var ok bool
	if d.Version, ok = rec.version(); !ok {
		return d, rec.fault(record.BadDate, propertyModified)
	}
	var err error
	if d.Created, err = value.ParseInstant(string(p[propertyCreated])); err != nil {
		return d, rec.fault(record.BadDate, propertyCreated)
	}
	if d.Closed, err = value.ParseInstant(string(p[propertyClosed])); err != nil {
		return d, rec.fault(record.BadDate, propertyClosed)
	}
	if entered, err := value.ParseInstant(string(p[propertyStageEntered])); err == nil {
		d.StageEntered = entered
	}
	if !r.money(&d, p) {
		return d, rec.fault(record.BadAmount, r.source.plan.amount)
	}
	d.Dimensions = labels(r.source.plan.deal, func(property string) string {
		return strings.TrimLeft(string(p[property]), ";") // of a multiple choice
	})
	return d, source.Fault{}
}

// flagOutcome is what the record itself says. HubSpot calculates the flags without touching the modification date, so
// they may lag behind the stage.
func flagOutcome(p map[string]text) crm.Outcome {
	won, _ := p[propertyIsClosedWon].truth()
	closed, known := p[propertyIsClosed].truth()
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

func forecastCategory(value text) crm.ForecastCategory {
	switch strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(string(value))) {
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

// settle puts a record into the batch, once it is known what it refers to.
func (r *run) settle(d *dealRecord, batch *record.Batch) error {
	// What a deal absorbed is gone even if the deal itself cannot be read.
	batch.Removals = append(batch.Removals, d.mergers(crm.Deals.Name())...)
	stage := r.source.references.stages[stageKey{d.deal.Pipeline, d.deal.Stage}]
	outcome := stage.Outcome
	if outcome == crm.OutcomeUnknown {
		outcome = d.deal.Outcome
	}
	if d.fault.Reason == "" && outcome == crm.OutcomeUnknown {
		d.fault = d.object.fault(record.BadOutcome, propertyStage)
	}
	if d.fault.Reason != "" {
		batch.Quarantined = append(batch.Quarantined, d.quarantined(crm.Deals.Name(), d.fault, d.raw))
		return nil
	}
	if d.deal.Outcome != crm.OutcomeUnknown && d.deal.Outcome != outcome {
		r.disagreements++
	}
	var err error
	d.deal.Excluded, err = r.source.selection.Exclude(d.deal.Pipeline,
		r.source.references.pipelines[d.deal.Pipeline].Label,
		func() expression.Record {
			return r.source.environment.Record(&d.deal, source.Named{
				Name: string(d.Properties[propertyName]), Pipeline: r.source.references.pipelines[d.deal.Pipeline].Label,
				Stage: stage.Label, Rep: r.source.references.reps[d.deal.Rep], Outcome: outcome,
			})
		})
	deal := d.deal
	deal.Stage = stageKey{deal.Pipeline, deal.Stage}.unique()
	crm.Deals.Append(&batch.Rows, deal)
	return err
}
