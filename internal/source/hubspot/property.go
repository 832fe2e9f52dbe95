package hubspot

import (
	"context"

	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/objects"
)

// reportProperties warns once of every mapped property that HubSpot does not have. It costs a call, so it is done with
// a full pass. That the list cannot be read is no reason not to sync.
func (r *run) reportProperties(ctx context.Context) error {
	if len(r.object.Mapped) == 0 {
		return nil
	}
	unknown, err := objects.UnknownProperties(ctx, r.api, r.object.Name, r.object.Mapped)
	switch reason := source.ReasonOf(err); {
	case err == nil:
	case reason == source.ReasonScope, reason == source.ReasonClient:
		r.environment.Logger.Debug("Whether the mapped properties exist cannot be checked", "err", err)
	default:
		return err
	}
	for _, d := range unknown {
		if key := r.object.Name + "." + d.Mapping.Property; !r.warned[key] {
			r.warned[key] = true
			r.environment.Logger.Warn(
				"HubSpot has no such property; use the internal name of the property, such as hs_analytics_source",
				"object", r.object.Name, "property", d.Mapping.Property, "lost", "the dimension "+d.Name)
		}
	}
	return nil
}
