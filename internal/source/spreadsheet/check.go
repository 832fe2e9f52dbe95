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
	got, err := s.acquire(ctx, source.Validators{})
	if err != nil {
		return report, err
	}
	report.File = &source.FileReport{
		Path: s.sheet.File, Modified: got.modified(), Columns: slices.Sorted(maps.Values(s.sheet.Columns)),
	}
	if isURL(s.sheet.File) {
		report.File.Path = s.base()
	}
	now, err := s.read(got.files...)
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
