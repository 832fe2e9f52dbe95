package objects

import (
	"context"
	"math"
	"strconv"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// wireStage is a stage as HubSpot writes it.
type wireStage struct {
	ID           api.Text `json:"id"`
	Label        api.Text `json:"label"`
	DisplayOrder int      `json:"displayOrder"`
	Metadata     struct {
		IsClosed    api.Text `json:"isClosed"`
		Probability api.Text `json:"probability"`
	} `json:"metadata"`
}

// stage returns the stage of a pipeline. Won and lost follow from its metadata, never from its label.
func (w *wireStage) stage(pipeline string) crm.Stage {
	s := crm.Stage{
		Head:     record.Head{ID: StageKey{pipeline, string(w.ID)}.unique()},
		Pipeline: pipeline, Label: string(w.Label), Position: w.DisplayOrder,
		Probability: probability(w.Metadata.Probability),
	}
	closed, known := w.Metadata.IsClosed.Truth()
	switch {
	case known && !closed:
		s.Outcome = crm.OutcomeOpen
	case closed && s.Probability == value.ProbabilityScale:
		s.Outcome = crm.OutcomeWon
	case closed && s.Probability == 0:
		s.Outcome = crm.OutcomeLost
	}
	return s
}

// probability reads a chance such as "0.200000000000000011102230246251565404236316680908203125".
func probability(raw api.Text) value.Probability {
	ratio, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || math.IsNaN(ratio) || math.IsInf(ratio, 0) {
		return value.ProbabilityUnknown
	}
	return value.ProbabilityOf(ratio)
}

// ReadPipelines reads all pipelines of deals with their stages; the answer has no pages.
func (r *References) ReadPipelines(ctx context.Context, a *api.API) error {
	var answer struct {
		Results []struct {
			ID     api.Text    `json:"id"`
			Label  api.Text    `json:"label"`
			Stages []wireStage `json:"stages"`
		} `json:"results"`
	}
	err := a.Call(ctx, source.Request{
		Path: "/crm/pipelines/" + a.Version + "/deals", Endpoint: "crm/pipelines/deals",
	}, api.Required(&answer, func() bool { return answer.Results != nil }))
	if err != nil {
		return err
	}
	r.Pipelines, r.Stages = map[string]crm.Pipeline{}, map[StageKey]crm.Stage{}
	for _, p := range answer.Results {
		id := string(p.ID)
		r.Pipelines[id] = crm.Pipeline{Head: record.Head{ID: id}, Label: string(p.Label)}
		for _, s := range p.Stages {
			r.Stages[StageKey{id, string(s.ID)}] = s.stage(id)
		}
	}
	return nil
}
