package salesforce

import (
	"context"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

// Check implements source.Source. It changes nothing that a Sync relies on.
func (s *Source) Check(ctx context.Context) error {
	objects := []string{objectOrganization, objectUser, objectStage, objectRecordType}
	for _, o := range s.plan.mirrored() {
		objects = append(objects, o.columns.object)
	}
	for _, object := range objects {
		_, err := s.api.all(ctx, probeQuery(object))
		if object == objectRecordType && said(err).code == codeInvalidType {
			continue // Not every edition has record types.
		}
		if err != nil {
			return err
		}
	}
	return s.checkFields(ctx)
}

// checkFields proves that what the configuration maps can be read.
func (s *Source) checkFields(ctx context.Context) error {
	described := s.plan.described()
	if len(s.plan.reps.mapped) > 0 {
		described = append(described, s.plan.reps.columns)
	}
	mapped := map[string]bool{}
	for _, o := range append(s.plan.mirrored(), s.plan.reps) {
		for _, d := range o.mapped {
			mapped[o.columns.object+"."+d.path] = true
		}
	}
	var missing []string
	for _, c := range described {
		readable, err := s.api.describe(ctx, c.object)
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
			case !hidden.quiet:
				s.log.Warn("field cannot be read", "object", c.object, "field", hidden.name, "lost", hidden.lost)
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
