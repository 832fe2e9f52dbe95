package spreadsheet

import (
	"context"
	"maps"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

// Check implements source.Source: it reads the file and commits nothing.
func (s *Source) Check(ctx context.Context) (source.Report, error) {
	var report source.Report
	got, err := s.place.Acquire(ctx, source.Validators{})
	if err != nil {
		return report, err
	}
	report.File = &source.FileReport{
		Path: s.place.Path(), Modified: got.Modified(), Columns: slices.Sorted(maps.Values(s.sheet.Columns)),
	}
	now, err := s.read(got.Files, nil)
	if err != nil {
		return report, err
	}
	report.File.Rows, report.File.Quarantined = len(now.deals), len(now.quarantined)
	report.File.Reasons, report.File.Warnings = now.reasons(), now.warnings()
	for _, rep := range now.reps() {
		report.Reps.Count(rep)
	}
	for _, p := range now.pipelines() {
		report.Pipelines = append(report.Pipelines,
			source.PipelineReport{Pipeline: p, Selected: s.selection.Selects(p.ID, p.Label)})
	}
	report.Stages = now.stages()
	return report, s.selection.CheckPipelines(now.pipelineNames())
}
