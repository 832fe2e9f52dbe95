package config

import (
	"regexp"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// dimensionNames returns the labels of the deal metrics. A name that is not predefined is a dimension where a source
// fills it; where none does, it is a typing error.
func (c *checker) dimensionNames(l document.List[document.Scalar], sources []*SourceKeys) []string {
	if !l.Usable() {
		return []string{"pipeline", "rep", "team", "territory", "business_type"}
	}
	known := crm.DimensionNames()
	for _, item := range l.Items {
		if item.Usable() && !slices.Contains(known, item.Text) && filled(sources, item.Text) {
			c.freeName(item)
			known = append(known, item.Text)
		}
	}
	return c.Subset(l, known, "is not a dimension", "")
}

var labelName = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// freeName refuses a name that means something else already: as a label, or as a field of a deal.
func (c *checker) freeName(s document.Scalar) {
	switch {
	case len(s.Text) > document.MaxLabel || !labelName.MatchString(s.Text):
		c.Add(s.Place, document.Quote(s.Text)+" cannot be a label", "use small letters, digits and single _, beginning with a letter")
	case slices.Contains(c.known.Labels, s.Text), slices.Contains(foreignLabels(), s.Text), slices.Contains(dealFields(), s.Text):
		c.Add(s.Place, document.Quote(s.Text)+" means something else as a label or as a field of a deal", "use another name")
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
