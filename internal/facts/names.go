package facts

import (
	"cmp"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// PipelineLabel returns the label value of a pipeline: "" where the number points to nothing, "unknown" where the record is
// gone, for its id is no name.
func (s *Source) PipelineLabel(code uint32) string {
	code = s.Pipelines.Survivor(code)
	return shown(code, s.Pipelines.Entries[code].Known, s.Pipelines.Entries[code].Record.Label)
}

// RepLabel returns the label value of a rep in the same way, by name, id or hash.
func (s *Source) RepLabel(code uint32) string {
	switch s.Facts.options.RepLabel {
	case crm.RepLabelID, crm.RepLabelHash:
		return s.RepIDs[code]
	default:
		return s.RepName(code)
	}
}

// RepName returns what a rep is called, whatever the label shows.
func (s *Source) RepName(code uint32) string {
	return shown(code, s.Reps.Entries[code].Known, s.Reps.Entries[code].Record.Name)
}

// StageLabel returns the label value of a stage in the same way, but "(none)" where the number points to nothing: every deal
// has a stage.
func (s *Source) StageLabel(code uint32) string {
	code = s.Stages.Survivor(code)
	e := &s.Stages.Entries[code]
	if !e.Known && s.Facts.options.Traits[s.Name].StagesByName {
		return cmp.Or(value.CleanLabel(string(s.Stages.ids.At(code))), NoneLabel)
	}
	return cmp.Or(shown(code, e.Known, e.Record.Label), NoneLabel)
}

func shown(code uint32, known bool, label string) string {
	switch {
	case code == 0:
		return ""
	case !known:
		return UnknownLabel
	default:
		return label
	}
}

// StageRecords returns what is known of the stages, by number.
func (s *Source) StageRecords() []Stage {
	records := make([]Stage, len(s.Stages.Entries))
	for code := range records {
		e := &s.Stages.Entries[s.Stages.Survivor(uint32(code))]
		records[code] = e.Record
		if !e.Known {
			records[code] = Stage{Outcome: crm.OutcomeUnknown, Probability: value.ProbabilityUnknown}
		}
	}
	return records
}

// None returns the label of records of the source that have no value of a dimension.
func (s *Source) None(dimension string) string {
	if slices.Contains(s.awaited, dimension) {
		return ""
	}
	applies := slices.Contains(s.Facts.options.Traits[s.Name].Dimensions, dimension)
	if dimension == "pipeline" {
		applies = applies ||
			slices.ContainsFunc(s.Pipelines.Entries, func(e Entry[Pipeline]) bool { return e.Known })
	}
	if applies {
		return NoneLabel
	}
	return ""
}
