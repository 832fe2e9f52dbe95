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
	content, err := readSettled(ctx, s.sheet.File, s.env.Now)
	if err != nil {
		return report, err
	}
	report.File = &source.FileReport{
		Path: s.sheet.File, Modified: content.modified, Columns: slices.Sorted(maps.Values(s.sheet.Columns)),
	}
	now, err := s.read(content)
	if err != nil {
		return report, err
	}
	report.File.Rows, report.File.Quarantined = len(now.deals), len(now.quarantined)
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
