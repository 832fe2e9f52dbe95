package hubspot

import (
	"context"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// deals turns a page of deals into a batch.
func (r *run) deals(ctx context.Context, results []object) (record.Batch, error) {
	if len(results) == 0 {
		return record.Batch{}, nil
	}
	if !r.references.loaded {
		if err := r.refreshReferences(ctx); err != nil {
			return record.Batch{}, err
		}
	}
	records := make([]dealRecord, len(results))
	for i := range results {
		records[i] = r.decode(results[i])
	}
	if err := r.lookFor(ctx, records); err != nil {
		return record.Batch{}, err
	}
	var batch record.Batch
	deals := make([]crm.Deal, 0, len(records))
	for i := range records {
		d := &records[i]
		r.settle(d)
		// What a deal absorbed is gone even if the deal itself cannot be read.
		batch.Removals = append(batch.Removals, d.mergers(crm.Deals.Name())...)
		if d.fault.Reason != "" {
			batch.Quarantined = append(batch.Quarantined, d.quarantined(crm.Deals.Name(), d.fault))
			continue
		}
		deals = append(deals, d.deal)
	}
	if r.plan.readsCompanies() {
		unread, err := r.api.linkAccounts(ctx, deals)
		if err != nil {
			return record.Batch{}, err
		}
		r.unlinked += unread
	}
	crm.Deals.Append(&batch.Rows, deals...)
	return batch, nil
}

// lookFor reads the references again, once in a cycle, if a deal refers to something they do not hold.
func (r *run) lookFor(ctx context.Context, records []dealRecord) error {
	var unknown []any
	for i := range records {
		if records[i].fault.Reason == "" {
			unknown = append(unknown, r.references.unknown(&records[i].deal)...)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	if err := r.refreshReferences(ctx); err != nil {
		return err
	}
	for _, key := range unknown {
		r.references.missing[key] = true
	}
	return nil
}

// dealRecord is a deal before it is known what its stage says.
type dealRecord struct {
	object
	deal  crm.Deal
	fault source.Fault // without a reason where the record can be read
}

// decode reads a record as far as it needs nothing but itself.
func (r *run) decode(rec object) dealRecord {
	d := dealRecord{object: rec}
	d.fault.Reason = rec.bad
	if rec.bad == "" && rec.Properties == nil {
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
		Pipeline:         string(p.get(propertyPipeline)),
		Stage:            string(p.get(propertyStage)),
		Rep:              string(p.get(propertyOwner)),
		Outcome:          flagOutcome(p),
		Probability:      probability(p.get(propertyProbability)),
		ForecastCategory: forecastCategory(p.get(propertyForecast)),
		Name:             string(p.get(propertyName)),
	}
	var ok bool
	if d.Version, ok = rec.version(); !ok {
		return d, rec.fault(record.BadDate, propertyModified)
	}
	var err error
	if d.Created, err = value.ParseInstant(string(p.get(propertyCreated))); err != nil {
		return d, rec.fault(record.BadDate, propertyCreated)
	}
	if d.Closed, err = value.ParseInstant(string(p.get(propertyClosed))); err != nil {
		return d, rec.fault(record.BadDate, propertyClosed)
	}
	if entered, err := value.ParseInstant(string(p.get(propertyStageEntered))); err == nil {
		d.StageEntered = entered
	}
	if !r.money(&d, p) {
		return d, rec.fault(record.BadAmount, r.plan.amount)
	}
	d.Dimensions = labels(r.plan.deal, func(property string) string {
		return strings.TrimLeft(string(p.get(property)), ";") // of a multiple choice
	})
	return d, source.Fault{}
}

// flagOutcome is what the record itself says. HubSpot calculates the flags without touching the modification date, so
// they may lag behind the stage.
func flagOutcome(p propertyValues) crm.Outcome {
	won, _ := p.get(propertyIsClosedWon).truth()
	closed, known := p.get(propertyIsClosed).truth()
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

func forecastCategory(value text) crm.ForecastCategory {
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
func (r *run) settle(d *dealRecord) {
	stage := r.references.stages[stageKey{d.deal.Pipeline, d.deal.Stage}]
	outcome := stage.Outcome
	if outcome == crm.OutcomeUnknown {
		outcome = d.deal.Outcome
	}
	if d.fault.Reason == "" && outcome == crm.OutcomeUnknown {
		d.fault = d.object.fault(record.BadOutcome, propertyStage)
	}
	if d.fault.Reason != "" {
		return
	}
	if d.deal.Outcome != crm.OutcomeUnknown && d.deal.Outcome != outcome {
		r.disagreements++
	}
	d.deal.Stage = stageKey{d.deal.Pipeline, d.deal.Stage}.unique()
}
