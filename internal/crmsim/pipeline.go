package crmsim

import (
	"fmt"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// Pipeline is a HubSpot pipeline or a Salesforce record type. Pipelines are no records but part of how an account is set
// up: they are not versioned.
type Pipeline struct {
	ID     string // HubSpot's id, such as "default"
	Number int64  // for CRMs that number them
	Label  string
	Stages []Stage // by Position
}

// Stage is one step of a pipeline. Stages of several pipelines with one Label agree in everything but ID and Position,
// because Salesforce keeps one list of stages for all record types.
type Stage struct {
	ID          string // unique over all pipelines
	Label       string
	Position    int
	Closed      bool
	Won         bool
	Probability string // "0.0" to "1.0"
	// ForecastCategory is what a deal gets on entering the stage.
	ForecastCategory crm.ForecastCategory
}

// OpenStage returns a stage of deals that are neither won nor lost.
func OpenStage(id, label, probability string, forecast crm.ForecastCategory) Stage {
	return Stage{ID: id, Label: label, Probability: probability, ForecastCategory: forecast}
}

// WonStage returns the stage of won deals.
func WonStage(id, label string) Stage {
	return Stage{
		ID: id, Label: label, Closed: true, Won: true, Probability: "1.0", ForecastCategory: crm.ForecastClosed,
	}
}

// LostStage returns the stage of lost deals.
func LostStage(id, label string) Stage {
	return Stage{ID: id, Label: label, Closed: true, Probability: "0.0", ForecastCategory: crm.ForecastOmitted}
}

// AddPipeline stores a pipeline; its stages get their positions from their order.
func (w *World) AddPipeline(p Pipeline) {
	w.setUp.Lock()
	defer w.setUp.Unlock()
	p.Number = int64(len(w.pipelines) + 1)
	p.Stages = slices.Clone(p.Stages)
	for i := range p.Stages {
		p.Stages[i].Position = i
	}
	w.pipelines = append(w.pipelines, p)
}

// Pipelines returns every pipeline with its stages.
func (w *World) Pipelines() []Pipeline {
	w.setUp.RLock()
	defer w.setUp.RUnlock()
	pipelines := slices.Clone(w.pipelines)
	for i := range pipelines {
		pipelines[i].Stages = slices.Clone(pipelines[i].Stages)
	}
	return pipelines
}

// StageOf returns the stage of a deal and whether its pipeline has such a stage.
func (w *World) StageOf(d *Deal) (Stage, bool) {
	return w.FindStage(d.Pipeline, func(s Stage) bool { return s.ID == d.Stage })
}

// FindStage returns the first stage of a pipeline that is wanted, and whether there is one.
func (w *World) FindStage(pipeline string, wanted func(Stage) bool) (Stage, bool) {
	w.setUp.RLock()
	defer w.setUp.RUnlock()
	for _, p := range w.pipelines {
		if p.ID != pipeline {
			continue
		}
		if i := slices.IndexFunc(p.Stages, wanted); i >= 0 {
			return p.Stages[i], true
		}
	}
	return Stage{}, false
}

// stages returns the stages of a pipeline.
func (w *World) stages(pipeline string) []Stage {
	for _, p := range w.Pipelines() {
		if p.ID == pipeline {
			return p.Stages
		}
	}
	return nil
}

// EditStageProbability changes a stage and with it the calculated values of its deals, none of which is modified.
func (w *World) EditStageProbability(pipeline, stage, probability string) error {
	w.setUp.Lock()
	defer w.setUp.Unlock()
	for i := range w.pipelines {
		if w.pipelines[i].ID != pipeline {
			continue
		}
		for j := range w.pipelines[i].Stages {
			if w.pipelines[i].Stages[j].ID == stage {
				w.pipelines[i].Stages[j].Probability = probability
				return nil
			}
		}
	}
	return fmt.Errorf("edit stage: %w", ErrUnknown)
}
