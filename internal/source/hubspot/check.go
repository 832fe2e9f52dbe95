package hubspot

import (
	"context"
	"errors"
	"net/url"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

// Check implements source.Source. It tries every kind of call that a Sync makes, and reports all that fail, so that
// missing scopes can be granted in one go.
func (s *Source) Check(ctx context.Context) error {
	probes := []func(context.Context) error{
		s.probeObject(objectDeals),
		s.probeProperties(objectDeals, s.plan.deal),
		func(ctx context.Context) error { _, _, err := s.api.pipelines(ctx); return err },
		s.probe("/crm/owners/"+s.api.version, "crm/owners", url.Values{"limit": {"1"}}),
		s.probeAccount,
	}
	if s.plan.readsCompanies() {
		probes = append(probes, s.probeObject(objectCompanies), s.probeProperties(objectCompanies, s.plan.company))
	}
	var failures []error
	for _, probe := range probes {
		err := probe(ctx)
		if err == nil {
			continue
		}
		failures = append(failures, err)
		switch source.ReasonOf(err) {
		case source.ReasonScope, source.ReasonConfig, source.ReasonClient:
		default:
			return errors.Join(failures...) // the others would fail in the same way
		}
	}
	return errors.Join(failures...)
}

// probeAccount tries what a Sync can do without: its refusal is worth a warning.
func (s *Source) probeAccount(ctx context.Context) error {
	err := s.probe("/account-info/"+s.api.version+"/details", "account-info/details", nil)(ctx)
	switch reason := source.ReasonOf(err); {
	case err == nil:
		return nil
	case reason == source.ReasonScope, reason == source.ReasonClient:
		s.environment.Logger.Warn("the account's currency cannot be read; deals without a currency count as being in "+
			"the reporting currency", "err", err)
		return nil
	default:
		return err
	}
}

func (s *Source) probe(path, endpoint string, query url.Values) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := get[struct{}](ctx, s.api, path, endpoint, query)
		return err
	}
}

func (s *Source) probeObject(object string) func(context.Context) error {
	return s.probe("/crm/objects/"+s.api.version+"/"+object, "crm/objects/"+object,
		url.Values{"limit": {"1"}, "properties": {propertyObjectID}})
}

// probeProperties finds mapped properties that do not exist: HubSpot ignores them without a word, and the label would
// stay empty.
func (s *Source) probeProperties(object string, dimensions []dimension) func(context.Context) error {
	return func(ctx context.Context) error {
		type definitions struct {
			Results []struct {
				Name text `json:"name"`
			} `json:"results"`
		}
		answer, err := get[definitions](ctx, s.api,
			"/crm/properties/"+s.api.version+"/"+object, "crm/properties/"+object, nil)
		if err != nil {
			return err
		}
		known := map[string]bool{}
		for _, d := range answer.Results {
			known[string(d.Name)] = true
		}
		var failures []error
		for _, d := range dimensions {
			if !known[d.mapping.Property] {
				failures = append(failures, configError(hintPropertyName,
					"map.%s: HubSpot has no property %q of %s", d.name, d.mapping.Property, object))
			}
		}
		return errors.Join(failures...)
	}
}
