package hubspot

import (
	"context"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

// unknownProperties returns the dimensions whose property HubSpot does not have. It ignores such a property in every
// request without a word, and the label would stay empty.
func (a *api) unknownProperties(ctx context.Context, object string, dimensions []dimension) ([]dimension, error) {
	var answer struct {
		Results []struct {
			Name text `json:"name"`
		} `json:"results"`
	}
	err := a.call(ctx, source.Request{
		Path: "/crm/properties/" + a.version + "/" + object, Endpoint: "crm/properties/" + object,
	}, required(&answer, func() bool { return answer.Results != nil }))
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, d := range answer.Results {
		known[string(d.Name)] = true
	}
	var unknown []dimension
	for _, d := range dimensions {
		if !known[d.mapping.Property] {
			unknown = append(unknown, d)
		}
	}
	return unknown, nil
}

// reportProperties warns once of every mapped property that HubSpot does not have. It costs a call, so it is done with
// a full pass. That the list cannot be read is no reason not to sync.
func (r *run) reportProperties(ctx context.Context) error {
	if len(r.mapped) == 0 {
		return nil
	}
	unknown, err := r.api.unknownProperties(ctx, r.object, r.mapped)
	switch reason := source.ReasonOf(err); {
	case err == nil:
	case reason == source.ReasonScope, reason == source.ReasonClient:
		r.environment.Logger.Debug("Whether the mapped properties exist cannot be checked", "err", err)
	default:
		return err
	}
	for _, d := range unknown {
		if key := r.object + "." + d.mapping.Property; !r.warned[key] {
			r.warned[key] = true
			r.environment.Logger.Warn("HubSpot has no such property; "+hintPropertyName,
				"object", r.object, "property", d.mapping.Property, "lost", "the dimension "+d.name)
		}
	}
	return nil
}
