package salesforce

import (
	"context"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// Check implements source.Source.
func (s *Source) Check(ctx context.Context) (source.Report, error) {
	var report source.Report
	// What is wrong with the credential is wrong with every call, and said once.
	if err := s.api.Login(ctx); err != nil {
		return report, err
	}
	err := s.check(ctx, &report)
	report.Quotas = s.Quotas()
	return report, err
}

func (s *Source) check(ctx context.Context, report *source.Report) error {
	if err := s.account.Check(ctx, report); err != nil {
		return err
	}
	for _, o := range s.plan.objects {
		if _, err := s.api.All(ctx, probeQuery(o.columns.object)); err != nil {
			return err
		}
	}
	if err := s.checkReferences(ctx, report); err != nil {
		return err
	}
	return s.checkFields(ctx, report)
}

// checkReferences reads what deals refer to, as a Sync does.
func (s *Source) checkReferences(ctx context.Context, report *source.Report) error {
	refs, err := s.listReferences(ctx)
	if err != nil {
		return err
	}
	for _, rep := range crm.Reps.In(refs.batch.Rows) {
		report.Reps.Count(rep)
	}
	for _, p := range crm.Pipelines.In(refs.batch.Rows) {
		report.Pipelines = append(report.Pipelines,
			source.PipelineReport{Pipeline: p, Selected: s.selection.Selects(namesOf(p)...)})
	}
	outcomes := s.stageOutcomes(ctx)
	for _, stage := range crm.Stages.In(refs.batch.Rows) {
		stage.Outcome = outcomes[stage.Label]
		report.Stages = append(report.Stages, stage)
	}
	return s.selection.CheckPipelines(refs.pipelineNames())
}

// stageOutcomes returns what the list of stages says of them, by label. A Sync goes by the record instead, so nothing
// is wrong where it cannot be read.
func (s *Source) stageOutcomes(ctx context.Context) map[string]crm.Outcome {
	outcomes := map[string]crm.Outcome{}
	rows, err := s.api.All(ctx, outcomeQuery())
	if err != nil {
		s.log.Debug("The outcomes of stages cannot be read", "err", err)
	}
	for _, raw := range rows {
		f := parseFields(raw)
		outcome := crm.OutcomeOpen
		if f.text("IsClosed") == "true" {
			outcome = crm.OutcomeLost
		}
		if f.text("IsWon") == "true" {
			outcome = crm.OutcomeWon
		}
		outcomes[f.text("MasterLabel")] = outcome
	}
	return outcomes
}

// checkFields proves that what the configuration maps can be read.
func (s *Source) checkFields(ctx context.Context, report *source.Report) error {
	var described []*columns
	for _, o := range s.plan.objects {
		described = append(described, o.columns)
	}
	if len(s.plan.reps.mapped) > 0 {
		described = append(described, s.plan.reps.columns)
	}
	mapped := map[string]bool{}
	for _, o := range s.plan.withReps() {
		for _, d := range o.mapped {
			mapped[o.columns.object+"."+d.path] = true
			report.Properties = append(report.Properties, source.PropertyReport{
				Dimension: d.name, Object: o.columns.object, Property: d.path, Found: true,
			})
		}
	}
	lose := func(object, path string) {
		for i := range report.Properties {
			if p := &report.Properties[i]; p.Object == object && p.Property == path {
				p.Found = false
			}
		}
	}
	var missing []string
	for _, c := range described {
		readable, err := s.api.Describe(ctx, c.object)
		if err != nil {
			return err
		}
		if readable == nil {
			continue // A Sync finds out by asking.
		}
		for _, hidden := range c.among(readable) {
			name := c.object + "." + hidden.name
			switch {
			case hidden.required:
				return unreadable(c.object, hidden.name)
			case mapped[name]:
				missing = append(missing, name)
				lose(c.object, hidden.name)
			case !hidden.quiet:
				s.log.Warn("Field cannot be read", "object", c.object, "field", hidden.name, "lost", hidden.lost)
			}
		}
	}
	if len(missing) > 0 {
		e := source.Errorf(source.ReasonConfig, "mapped fields cannot be read: %s", strings.Join(missing, ", "))
		e.Hint = "check their API names and the field-level security of the integration user"
		return e
	}
	return nil
}
