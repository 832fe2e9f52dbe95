package hubspot

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/objects"
)

// Check implements source.Source. It tries every kind of call that a Sync makes, and reports all that fail, so that
// missing scopes can be granted in one go.
func (s *Source) Check(ctx context.Context) (source.Report, error) {
	var report source.Report
	// What is wrong with the credential is wrong with every call, and said once.
	if _, err := s.api.Credential(ctx); err != nil {
		return report, err
	}
	probes := []func(context.Context, *source.Report) error{s.account.Check}
	for _, o := range objects.List(&s.plan) {
		probes = append(probes, s.probe(o), s.checkProperties(o))
		if o.Kind == crm.Deals.Name() {
			probes = append(probes, s.checkAmount, s.checkPipelines, s.checkOwners)
		}
	}
	var failures []error
	for _, probe := range probes {
		err := probe(ctx, &report)
		if err == nil {
			continue
		}
		failures = append(failures, err)
		if reason := source.ReasonOf(err); reason != source.ReasonScope && reason != source.ReasonConfig &&
			reason != source.ReasonClient {
			break // The others would fail in the same way.
		}
	}
	report.Quotas = s.Quotas()
	return report, errors.Join(failures...)
}

func (s *Source) probe(o *objects.Object) func(context.Context, *source.Report) error {
	return func(ctx context.Context, _ *source.Report) error {
		_, err := api.Get[struct{}](ctx, s.api, "/crm/objects/"+s.api.Version+"/"+o.Name, "crm/objects/"+o.Name,
			url.Values{"limit": {"1"}, "properties": {api.PropertyObjectID}})
		return err
	}
}

func (s *Source) checkAmount(ctx context.Context, report *source.Report) error {
	return s.plan.CheckAmount(ctx, s.api, report)
}

func (s *Source) checkPipelines(ctx context.Context, report *source.Report) error {
	var r objects.References
	if err := r.ReadPipelines(ctx, s.api); err != nil {
		return err
	}
	batch := r.Batch()
	for _, p := range crm.Pipelines.In(batch.Rows) {
		report.Pipelines = append(report.Pipelines,
			source.PipelineReport{Pipeline: p, Selected: s.plan.Selection.Selects(p.ID, p.Label)})
	}
	report.Stages = crm.Stages.In(batch.Rows)
	return s.plan.Selection.CheckPipelines(r.PipelineNames())
}

func (s *Source) checkOwners(ctx context.Context, report *source.Report) error {
	var r objects.References
	err := r.ReadReps(ctx, s.api, nil)
	for _, rep := range r.Reps {
		report.Reps.Count(rep)
	}
	return err
}

// checkProperties finds mapped properties that do not exist.
func (s *Source) checkProperties(o *objects.Object) func(context.Context, *source.Report) error {
	return func(ctx context.Context, report *source.Report) error {
		if len(o.Mapped) == 0 {
			return nil
		}
		unknown, err := objects.UnknownProperties(ctx, s.api, o.Name, o.Mapped)
		if err != nil {
			return err
		}
		var failures []error
		for _, d := range o.Mapped {
			missing := slices.ContainsFunc(unknown, func(u objects.Dimension) bool { return u.Name == d.Name })
			report.Properties = append(report.Properties, source.PropertyReport{
				Dimension: d.Name, Object: o.Name, Property: d.Mapping.Property, Found: !missing,
			})
			if missing {
				failure := source.Errorf(source.ReasonConfig, "map.%s: HubSpot has no property %q of %s",
					d.Name, d.Mapping.Property, o.Name)
				failure.Hint = objects.HintPropertyName
				failures = append(failures, failure)
			}
		}
		return errors.Join(failures...)
	}
}
