package spreadsheet

import (
	"context"
	"maps"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
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
	table, err := s.read(content)
	if err != nil {
		return report, err
	}
	report.File.Rows, report.File.Quarantined = len(table.deals), len(table.quarantined)
	for _, rep := range table.rep {
		report.Reps.Count(rep)
	}
	for _, label := range slices.Sorted(maps.Keys(table.pipeline)) {
		report.Pipelines = append(report.Pipelines, source.PipelineReport{
			Pipeline: crm.Pipeline{ID: label, Label: label}, Selected: s.selection.Selects(label),
		})
	}
	for _, label := range slices.Sorted(maps.Keys(table.stage)) {
		report.Stages = append(report.Stages, crm.Stage{ID: label, Label: label, Outcome: table.stage[label]})
	}
	return report, s.selection.CheckPipelines(slices.Collect(maps.Keys(table.pipeline)))
}
