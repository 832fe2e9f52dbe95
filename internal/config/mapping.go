package config

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// PropertyRules say what a CRM's properties look like and which dimensions are mapped without being asked.
type PropertyRules struct {
	Property *regexp.Regexp    // the names
	Amount   string            // the property that is a deal's amount unless another one is configured
	Example  string            // how to write a name
	Objects  []string          // whose properties can be read
	Defaults map[string]string // dimension -> property
}

// Mappings returns the configured mappings, and the default ones of dimensions that are configured but not mapped.
func (c *SectionChecker) Mappings(t document.Table[MappingKeys], rules PropertyRules) map[string]Mapping {
	mappings := map[string]Mapping{}
	for _, e := range t.Entries {
		if c.mappable(e.Key) && e.Value.Usable() {
			mappings[e.Key.Text] = c.mapping(e.Value, rules)
		}
	}
	for dimension, property := range rules.Defaults {
		if _, mapped := mappings[dimension]; !mapped && slices.Contains(c.Dimensions, dimension) {
			mappings[dimension] = Mapping{Object: "deal", Property: property}
		}
	}
	return mappings
}

// mappable reports keys of `map` that are no dimension, or none that a property can fill.
func (c *SectionChecker) mappable(key document.Scalar) bool {
	switch {
	case !slices.Contains(crm.DimensionNames(), key.Text) && !slices.Contains(c.Dimensions, key.Text):
		c.Add(key.Position, "is not a dimension", document.OneOfOrAdd(key.Text, crm.DimensionNames(), "dimensions"))
	case !crm.DimensionMapped(key.Text):
		c.Add(key.Position, "cannot be mapped",
			"pipeline is the deal's pipeline, rep its owner's name and team the owner's team")
	case !slices.Contains(c.Dimensions, key.Text):
		c.Add(key.Position, "is not in dimensions", "add it there or remove it here")
	default:
		return true
	}
	return false
}

// Amount returns the property that is a deal's amount, "" for the CRM's own. It is a property of the deal itself: a
// related record may change without the deal, whose amount would then stay as it was.
func (c *SectionChecker) Amount(a AmountKeys, rules PropertyRules) string {
	if !a.Usable() || !c.Need(a.Position, "property", a.Property.Position) {
		return ""
	}
	name := a.Property.Text
	switch {
	case strings.EqualFold(name, rules.Amount):
		return ""
	case !rules.Property.MatchString(name):
		c.Add(a.Property.Position, document.Quote(name)+" is not the name of a property", rules.Example)
	case strings.Contains(name, "."):
		c.Add(a.Property.Position, document.Quote(name)+" is not a property of the deal itself",
			"write the API name of a field of the opportunity, such as Amount_EUR__c")
	}
	return name
}

func (c *SectionChecker) mapping(m MappingKeys, rules PropertyRules) Mapping {
	mapping := Mapping{Object: "deal"}
	if c.Need(m.Position, "property", m.Property.Position) {
		if !rules.Property.MatchString(m.Property.Text) {
			c.Add(m.Property.Position, document.Quote(m.Property.Text)+" is not the name of a property", rules.Example)
		}
		mapping.Property = m.Property.Text
	}
	if object := m.Object; object.Usable() {
		if !slices.Contains(rules.Objects, object.Text) {
			hint := "use " + strings.Join(rules.Objects, ", ")
			if len(rules.Objects) == 1 {
				hint = "remove it and write a path, such as Account.Industry or Owner.UserRole.Name"
			}
			c.Add(object.Position, document.Quote(object.Text)+" has no properties here", hint)
		}
		mapping.Object = object.Text
	}
	for _, e := range m.Values.Entries {
		if !e.Value.Usable() {
			continue
		}
		if mapping.Values == nil {
			mapping.Values = map[string]string{}
		}
		mapping.Values[value.CleanLabel(e.Key.Text)] = c.Label(e.Value)
	}
	return mapping
}
