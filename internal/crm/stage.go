package crm

import (
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Stage is one step of a pipeline.
type Stage struct {
	// Head.ID is unique in the source, over all its pipelines.
	record.Head

	// Pipeline is the id of the stage's pipeline, or "" where all pipelines share their stages (Salesforce).
	Pipeline string
	Label    string
	Position int
	// Outcome is OutcomeUnknown where each deal carries its own outcome (Salesforce).
	Outcome     Outcome
	Probability value.Probability
}

// Stages is the kind of the stages.
var Stages = record.Declare("stages",
	record.Reference("pipeline", func(s *Stage) *string { return &s.Pipeline }),
	record.Text("label", func(s *Stage) *string { return &s.Label }),
	record.Whole("position", func(s *Stage) *int { return &s.Position }),
	record.Word("outcome", func(s *Stage) *Outcome { return &s.Outcome }, Outcomes()...),
	record.Probability("probability", func(s *Stage) *value.Probability { return &s.Probability }),
)
