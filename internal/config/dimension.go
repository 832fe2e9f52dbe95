package config

import (
	"regexp"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/config/targets"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/spelling"
)

// dimensionNames returns the labels of the deal metrics. A name that is not predefined is a dimension where a source
// fills it.
func (c *checker) dimensionNames(l document.List[document.Scalar], sources []*SourceKeys) []string {
	if !l.Usable() {
		return []string{"pipeline", "rep", "team", "territory", "business_type"}
	}
	known := crm.DimensionNames()
	for _, item := range l.Items {
		if !item.Usable() || slices.Contains(known, item.Text) {
			continue
		}
		switch fill := filled(sources, item.Text); {
		case !fill && spelling.Nearest(item.Text, known) != "": // Subset says which name is meant.
		case c.freeName(item) && !fill:
			c.Add(item.Position, document.Quote(item.Text)+" is filled by no source",
				"map it at a source, or name its column in a sheet")
			fallthrough
		default:
			known = append(known, item.Text)
		}
	}
	return c.Subset(l, known, "is not a dimension", "")
}

var labelName = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// freeName refuses a name that means something else already: as a label, as a field of a deal, or as a key of a target,
// which is a column of targets files as a dimension is. It reports whether the name is free.
func (c *checker) freeName(s document.Scalar) bool {
	switch {
	case len(s.Text) > document.MaxLabel || !labelName.MatchString(s.Text):
		c.Add(s.Position, document.Quote(s.Text)+" cannot be a label", "use small letters, digits and single _, beginning with a letter")
	case slices.Contains(ownLabels(), s.Text):
		c.refuseName(s, "is or will be a label of the exporter's own")
	case slices.Contains(foreignLabels(), s.Text):
		c.refuseName(s, "means something else as a label in Prometheus")
	case slices.Contains(dealFields(), s.Text):
		c.refuseName(s, "means something else as a field of a deal")
	case slices.Contains(targets.Keys(), s.Text):
		c.refuseName(s, "means something else as a key of a target")
	default:
		return true
	}
	return false
}

func (c *checker) refuseName(s document.Scalar, why string) {
	c.Add(s.Position, document.Quote(s.Text)+" is a reserved name: it "+why, "use another, such as deal_"+s.Text)
}

// ownLabels returns the labels that metrics carry beside dimensions, those of metrics that later versions bring
// included: a dimension that is accepted today is not refused by an update.
func ownLabels() []string {
	return []string{
		"source", "window", "rollup", "currency", "period", "day", "weekday", "hour", "age", "cohort", "level", "method",
		// deals, pipeline, funnel
		"deal_stage", "outcome", "closing", "probability", "category", "basis", "reason", "movement", "pushes", "event", "step",
		"position", "top", "month_of_quarter",
		// activities, customers, campaigns, surveys
		"activity", "direction", "retention", "campaign_type", "survey", "group",
		// targets, forecasts, quality, reference
		"target", "kpi", "objective", "accountable", "review_by", "denominator", "driver", "target_period", "issue", "unit",
		"kind", "timing", "rep_id", "active", "benchmark", "series",
		// the exporter itself
		"stream", "object", "op", "property", "endpoint", "code", "quota", "metric", "sink", "report", "version", "revision",
		"branch", "goversion", "goos", "goarch", "tags",
	}
}

// foreignLabels returns names that Prometheus and those who run it give to labels of their own.
func foreignLabels() []string {
	return []string{
		"job", "instance", "le", "quantile", "cluster", "namespace", "pod", "container", "node", "host",
		"type", "owner", "customer", "stage", "region", "zone", "service", "env",
	}
}

// dealFields returns what sheets and expressions call the fields of a deal.
func dealFields() []string {
	return []string{
		"id", "name", "amount", "created", "closed", "account", "currency", "probability", "outcome", "forecast_category",
	}
}

// fieldNames is implemented by sections that name the fields of their records, which may be dimensions.
type fieldNames interface{ FieldNames() []string }

// filled reports whether a source maps a property to a dimension or names a field like it.
func filled(sources []*SourceKeys, dimension string) bool {
	return slices.ContainsFunc(sources, func(s *SourceKeys) bool {
		named := func(e document.Entry[MappingKeys]) bool { return e.Key.Text == dimension }
		return slices.ContainsFunc(s.Map.Entries, named) || slices.ContainsFunc(s.Sections, func(f document.Field) bool {
			section, ok := f.Value.(fieldNames)
			return ok && slices.Contains(section.FieldNames(), dimension)
		})
	})
}
