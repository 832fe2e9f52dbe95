package objects

import (
	"context"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
)

// References are the records that deals refer to. They are read whole, so the last reading counts whatever it says of
// its modification date: a restored stock pipeline goes back to 1970 (crm/hubspot 2.8). Hence their version is 0.
type References struct {
	Pipelines map[string]crm.Pipeline
	Stages    map[StageKey]crm.Stage
	Reps      map[string]crm.Rep

	// missing holds what a reading could not find, such as the owner of an old deal who was purged, so that the same
	// deal does not have all references read again in every sync.
	missing map[any]bool
}

// ReadReferences reads pipelines, stages and owners.
func ReadReferences(ctx context.Context, a *api.API, p *Plan) (*References, error) {
	r := &References{missing: map[any]bool{}}
	if err := r.ReadPipelines(ctx, a); err != nil {
		return nil, err
	}
	if err := p.Selection.CheckPipelines(r.PipelineNames()); err != nil {
		return nil, err
	}
	if err := r.ReadReps(ctx, a, p.Owners); err != nil {
		return nil, err
	}
	return r, nil
}

// StageKey names a stage: HubSpot's id of it is unique in its pipeline only.
type StageKey struct{ Pipeline, ID string }

// unique is the stage's id among all stages of the account, as records outside this package refer to it.
func (k StageKey) unique() string {
	if k.ID == "" {
		return ""
	}
	return k.Pipeline + "/" + k.ID
}

type (
	pipelineKey string
	repKey      string
)

// Unknown returns what a deal refers to and no reading has been looking for.
func (r *References) Unknown(deal *crm.Deal) []any {
	var keys []any
	own := strings.Clone // The keys are kept, and the values of a deal are parts of a whole record.
	if _, ok := r.Pipelines[deal.Pipeline]; !ok && deal.Pipeline != "" {
		keys = append(keys, pipelineKey(own(deal.Pipeline)))
	}
	if _, ok := r.Stages[StageKey{deal.Pipeline, deal.Stage}]; !ok && deal.Stage != "" {
		keys = append(keys, StageKey{own(deal.Pipeline), own(deal.Stage)})
	}
	if _, ok := r.Reps[deal.Rep]; !ok && deal.Rep != "" {
		keys = append(keys, repKey(own(deal.Rep)))
	}
	return slices.DeleteFunc(keys, func(key any) bool { return r.missing[key] })
}

// Miss notes what a reading did not find.
func (r *References) Miss(keys []any) {
	for _, key := range keys {
		r.missing[key] = true
	}
}

// PipelineNames returns what the pipelines go by.
func (r *References) PipelineNames() []string {
	var names []string
	for id, p := range r.Pipelines {
		names = append(names, id, p.Label)
	}
	return names
}

// Batch returns the references as records, in an order that does not change.
func (r *References) Batch() record.Batch {
	var b record.Batch
	for _, p := range r.Pipelines {
		crm.Pipelines.Append(&b.Rows, p)
	}
	for _, s := range r.Stages {
		crm.Stages.Append(&b.Rows, s)
	}
	for _, rep := range r.Reps {
		crm.Reps.Append(&b.Rows, rep)
	}
	slices.SortFunc(crm.Pipelines.In(b.Rows), func(x, y crm.Pipeline) int { return strings.Compare(x.ID, y.ID) })
	slices.SortFunc(crm.Stages.In(b.Rows), func(x, y crm.Stage) int {
		return strings.Compare(x.Pipeline+"\x00"+x.ID, y.Pipeline+"\x00"+y.ID)
	})
	slices.SortFunc(crm.Reps.In(b.Rows), func(x, y crm.Rep) int { return strings.Compare(x.ID, y.ID) })
	return b
}
