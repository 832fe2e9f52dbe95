package salesforce

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// references is what deals refer to by id. The mirror holds it too; it is kept here because the exclude expression and
// the list of pipelines speak of names.
type references struct {
	readAt    time.Time // by our clock
	asOf      int64     // by the org's, in milliseconds since 1970
	reps      map[string]crm.Rep
	stages    map[string]string // labels
	pipelines map[string]recordType
}

type recordType struct{ label, developerName string }

func newReferences() references {
	return references{reps: map[string]crm.Rep{}, stages: map[string]string{}, pipelines: map[string]recordType{}}
}

// readReferences reads owners, stages and record types whole. None of them moves a deal's SystemModstamp when it
// changes (crm/salesforce 3.6), so they are mirrored on their own and joined by id.
func (r *run) readReferences(ctx context.Context) error {
	refs := newReferences()
	refs.readAt, refs.asOf = r.now(), r.api.now().UnixMilli()
	batch := record.Batch{Sweep: []record.Name{crm.Reps.Name(), crm.Stages.Name()}}
	if err := r.readReps(ctx, &refs, &batch); err != nil {
		return err
	}
	if err := r.readStages(ctx, &refs, &batch); err != nil {
		return err
	}
	if err := r.readRecordTypes(ctx, &refs, &batch); err != nil {
		return err
	}
	if err := r.selection.CheckPipelines(refs.pipelineNames()); err != nil {
		return err
	}
	if p := r.cursor.Pass; p != nil {
		batch.Pass = p.Number
	} else {
		batch.Pass = r.nextPass()
	}
	if err := r.commit(ctx, batch); err != nil {
		return err
	}
	r.references = refs
	return nil
}

// pipelineNames returns what a record type goes by, its id in both lengths.
func (refs *references) pipelineNames() []string {
	var names []string
	for id, p := range refs.pipelines {
		names = append(names, id, id[:shortIDLength], p.label, p.developerName)
	}
	return names
}

func (r *run) readReps(ctx context.Context, refs *references, batch *record.Batch) error {
	c := r.plan.reps.columns
	return r.readList(ctx, c, crm.Reps.Name(), batch, func() string { return listQuery(c.object, c.names()) },
		func(f *fields) head {
			id, ok := source.LongRecordID(f.text("Id"))
			if !ok {
				f.fail(record.BadID)
				return head{}
			}
			rep := crm.Rep{
				Head: record.Head{ID: id, Dimensions: f.dimensions(r.plan.reps.mapped)},
				Name: f.text("Name"), Team: f.text("UserRole.Name"), Active: true,
			}
			if c.has("IsActive") {
				rep.Active = f.flag("IsActive", record.BadShape)
			}
			if !f.failed() {
				refs.reps[id] = rep
				crm.Reps.Append(&batch.Rows, rep)
			}
			return head{id: id}
		})
}

// readStages reads the stages, which all record types share. Whether a stage is won is not taken over: the record's
// own IsWon and IsClosed rule.
func (r *run) readStages(ctx context.Context, refs *references, batch *record.Batch) error {
	c := r.plan.stages
	return r.readList(ctx, c, crm.Stages.Name(), batch, func() string { return listQuery(c.object, c.names()) },
		func(f *fields) head {
			label := f.text("MasterLabel")
			stage := crm.Stage{
				// Deals name a stage by this text.
				Head: record.Head{ID: value.CleanLabel(cmp.Or(f.text("ApiName"), label))}, Position: f.whole("SortOrder"),
				Probability: f.percent("DefaultProbability"),
			}
			stage.Label = cmp.Or(label, stage.ID)
			if stage.ID == "" {
				f.fail(record.BadShape)
			}
			if !f.failed() {
				refs.stages[stage.ID] = stage.Label
				crm.Stages.Append(&batch.Rows, stage)
			}
			return head{id: stage.ID}
		})
}

func (r *run) readRecordTypes(ctx context.Context, refs *references, batch *record.Batch) error {
	c := r.plan.recordTypes
	err := r.readList(ctx, c, crm.Pipelines.Name(), batch, func() string { return recordTypeQuery(c.names()) },
		func(f *fields) head {
			id, ok := source.LongRecordID(f.text("Id"))
			if !ok {
				f.fail(record.BadID)
				return head{}
			}
			p := crm.Pipeline{Head: record.Head{ID: id}, Label: cmp.Or(f.text("Name"), f.text("DeveloperName"))}
			refs.pipelines[id] = recordType{label: p.Label, developerName: f.text("DeveloperName")}
			crm.Pipelines.Append(&batch.Rows, p)
			return head{id: id}
		})
	if said(err).code == codeInvalidType {
		// Not every edition has record types. Without a list there is nothing to sweep.
		if r.first("object " + c.object) {
			r.log.Warn("Record types cannot be read; pipelines have no labels")
		}
		return nil
	}
	if err == nil {
		batch.Sweep = append(batch.Sweep, crm.Pipelines.Name())
	}
	return err
}

// readList reads all of a small object into the batch.
func (r *run) readList(
	ctx context.Context, c *columns, kind record.Name, batch *record.Batch, query func() string, read func(*fields) head,
) error {
	return r.selecting(c, func() error {
		rows, err := r.api.all(ctx, query())
		if err != nil {
			return fmt.Errorf("read all of %s: %w", c.object, err)
		}
		return eachRecord(kind, rows, batch, read)
	})
}

// settle completes the deals of a page with what the references say.
func (r *run) settle(ctx context.Context, p *page) error {
	if !r.refreshed && r.namesStranger(crm.Deals.In(p.batch.Rows)) {
		r.refreshed = true
		if err := r.readReferences(ctx); err != nil {
			// Cut off from its cause: a code in there is not an answer to the query whose page this is.
			return &source.Error{Reason: source.ReasonOf(err), Wait: source.WaitOf(err), Err: errors.New(err.Error())}
		}
	}
	var currency string
	if account := r.account.Account(); account != nil {
		currency = account.Currency
	}
	deals := crm.Deals.In(p.batch.Rows)
	for i := range deals {
		d := &deals[i]
		d.Currency = strings.ToUpper(cmp.Or(d.Currency, currency))
		excluded, err := r.exclude(d, p.names[i])
		if err != nil {
			return err
		}
		d.Excluded = excluded
	}
	return nil
}

// namesStranger reports whether a deal names an owner, a stage or a record type that came after the references were
// read. What an older deal names in vain stays unknown: reading again would not help.
func (r *run) namesStranger(deals []crm.Deal) bool {
	refs := r.references
	for _, d := range deals {
		if d.Version < refs.asOf {
			continue
		}
		_, knowsRep := refs.reps[d.Rep]
		_, knowsStage := refs.stages[d.Stage]
		_, knowsPipeline := refs.pipelines[d.Pipeline]
		if d.Rep != "" && !knowsRep || !knowsStage || d.Pipeline != "" && !knowsPipeline {
			return true
		}
	}
	return false
}

// exclude decides whether a deal counts. A record type goes by its id, long or short, its label and its developer name.
func (r *run) exclude(d *crm.Deal, name string) (string, error) {
	pipeline := r.references.pipelines[d.Pipeline]
	record := func() expression.Record { return r.record(d, name, pipeline.label) }
	excluded, err := r.selection.Exclude(d.Pipeline, pipeline.label, record)
	if err == nil && excluded == "pipeline" && d.Pipeline != "" {
		excluded, err = r.selection.Exclude(d.Pipeline[:shortIDLength], pipeline.developerName, record)
	}
	return excluded, err
}

// record is what the exclude expression sees of a deal.
func (r *run) record(d *crm.Deal, name, pipeline string) expression.Record {
	return r.environment.Record(d, source.Named{
		Name: name, Pipeline: pipeline, Stage: cmp.Or(r.references.stages[d.Stage], d.Stage),
		Rep: r.references.reps[d.Rep], Outcome: d.Outcome,
	})
}
