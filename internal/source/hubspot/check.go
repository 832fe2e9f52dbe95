package hubspot

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// Check implements source.Source. It tries every kind of call that a Sync makes, and reports all that fail, so that
// missing scopes can be granted in one go.
func (s *Source) Check(ctx context.Context) (source.Report, error) {
	var report source.Report
	// What is wrong with the credential is wrong with every call, and said once.
	if _, err := s.api.credential(ctx); err != nil {
		return report, err
	}
	probes := []func(context.Context, *source.Report) error{
		s.account.Check, s.probe(objectDeals), s.checkProperties(objectDeals, s.plan.deal), s.checkAmount,
		s.checkPipelines, s.checkOwners,
	}
	if s.plan.readsCompanies() {
		probes = append(probes, s.probe(objectCompanies), s.checkProperties(objectCompanies, s.plan.company))
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

func (s *Source) probe(object string) func(context.Context, *source.Report) error {
	return func(ctx context.Context, _ *source.Report) error {
		_, err := get[struct{}](ctx, s.api, "/crm/objects/"+s.api.version+"/"+object, "crm/objects/"+object,
			url.Values{"limit": {"1"}, "properties": {propertyObjectID}})
		return err
	}
}

func (s *Source) checkPipelines(ctx context.Context, report *source.Report) error {
	var r references
	var err error
	if r.pipelines, r.stages, err = s.api.pipelines(ctx); err != nil {
		return err
	}
	batch := r.batch()
	for _, p := range crm.Pipelines.In(batch.Rows) {
		report.Pipelines = append(report.Pipelines,
			source.PipelineReport{Pipeline: p, Selected: s.selection.Selects(p.ID, p.Label)})
	}
	report.Stages = crm.Stages.In(batch.Rows)
	return s.selection.CheckPipelines(r.pipelineNames())
}

func (s *Source) checkOwners(ctx context.Context, report *source.Report) error {
	reps, err := s.api.owners(ctx, nil)
	for _, rep := range reps {
		report.Reps.Count(rep)
	}
	return err
}

// checkProperties finds mapped properties that do not exist.
func (s *Source) checkProperties(object string, dimensions []dimension) func(context.Context, *source.Report) error {
	return func(ctx context.Context, report *source.Report) error {
		if len(dimensions) == 0 {
			return nil
		}
		unknown, err := s.api.unknownProperties(ctx, object, dimensions)
		if err != nil {
			return err
		}
		var failures []error
		for _, d := range dimensions {
			missing := slices.ContainsFunc(unknown, func(u dimension) bool { return u.name == d.name })
			report.Properties = append(report.Properties, source.PropertyReport{
				Dimension: d.name, Object: object, Property: d.mapping.Property, Found: !missing,
			})
			if missing {
				failures = append(failures, configError(hintPropertyName,
					"map.%s: HubSpot has no property %q of %s", d.name, d.mapping.Property, object))
			}
		}
		return errors.Join(failures...)
	}
}
