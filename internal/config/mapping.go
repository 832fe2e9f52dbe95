package config

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// The CRMs, as `demo.crm` names them.
const (
	kindHubSpot    = "hubspot"
	kindSalesforce = "salesforce"
)

var (
	hubspotProperty    = regexp.MustCompile(`^[a-z0-9_]+$`)
	salesforceProperty = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*$`)
)

// mappingRules say what a CRM's properties look like and which dimensions are mapped without being asked.
type mappingRules struct {
	property *regexp.Regexp
	amount   string // the property that is a deal's amount unless another one is configured
	example  string
	objects  []string
	defaults map[string]string // dimension -> property
}

func hubspotRules() mappingRules {
	return mappingRules{
		property: hubspotProperty,
		amount:   "amount",
		example:  "write the internal name, in lower case, such as dealtype",
		objects:  []string{"deal", "company", "owner"},
		defaults: map[string]string{"business_type": "dealtype", "channel": "hs_analytics_source"},
	}
}

func salesforceRules() mappingRules {
	return mappingRules{
		property: salesforceProperty,
		amount:   "Amount",
		example:  "write the API name or a path, such as Type or Account.Industry",
		objects:  []string{"deal"},
		defaults: map[string]string{"business_type": "Type", "channel": "LeadSource"},
	}
}

// demoRules are those of the CRM that is simulated. Simulated deals have a territory of their own.
func demoRules(kind string) mappingRules {
	if kind == kindSalesforce {
		rules := salesforceRules()
		rules.defaults["territory"] = "Region__c"
		return rules
	}
	rules := hubspotRules()
	rules.defaults["territory"] = "region"
	return rules
}

// mappings returns the configured mappings, and the default ones of dimensions that are configured but not mapped.
func (c *checker) mappings(t table[mappingYAML], rules mappingRules) map[string]Mapping {
	mappings := map[string]Mapping{}
	for _, e := range t.entries {
		if c.mappable(e.key) && e.value.usable() {
			mappings[e.key.text] = c.mapping(e.value, rules)
		}
	}
	for dimension, property := range rules.defaults {
		if _, mapped := mappings[dimension]; !mapped && slices.Contains(c.dimensions, dimension) {
			mappings[dimension] = Mapping{Object: "deal", Property: property}
		}
	}
	return mappings
}

// mappable reports keys of `map` that are no dimension, or none that a property can fill.
func (c *checker) mappable(key scalar) bool {
	switch {
	case !slices.Contains(crm.DimensionNames(), key.text):
		c.add(key.place, "is not a dimension", oneOf(key.text, crm.DimensionNames()))
	case !crm.DimensionMapped(key.text):
		c.add(key.place, "cannot be mapped",
			"pipeline is the deal's pipeline, rep its owner's name and team the owner's team")
	case !slices.Contains(c.dimensions, key.text):
		c.add(key.place, "is not in dimensions", "add it there or remove it here")
	default:
		return true
	}
	return false
}

// amount returns the property that is a deal's amount, "" for the CRM's own. It is a property of the deal itself: a
// related record may change without the deal, whose amount would then stay as it was.
func (c *checker) amount(a amountYAML, rules mappingRules) string {
	if !a.usable() || !c.need(a.place, "property", a.Property.place) {
		return ""
	}
	name := a.Property.text
	switch {
	case strings.EqualFold(name, rules.amount):
		return ""
	case !rules.property.MatchString(name):
		c.add(a.Property.place, quote(name)+" is not the name of a property", rules.example)
	case strings.Contains(name, "."):
		c.add(a.Property.place, quote(name)+" is not a property of the deal itself",
			"write the API name of a field of the opportunity, such as Amount_EUR__c")
	}
	return name
}

func (c *checker) mapping(m mappingYAML, rules mappingRules) Mapping {
	mapping := Mapping{Object: "deal"}
	if c.need(m.place, "property", m.Property.place) {
		if !rules.property.MatchString(m.Property.text) {
			c.add(m.Property.place, quote(m.Property.text)+" is not the name of a property", rules.example)
		}
		mapping.Property = m.Property.text
	}
	if object := m.Object; object.usable() {
		if !slices.Contains(rules.objects, object.text) {
			hint := "use " + strings.Join(rules.objects, ", ")
			if len(rules.objects) == 1 {
				hint = "remove it and write a path, such as Account.Industry or Owner.UserRole.Name"
			}
			c.add(object.place, quote(object.text)+" has no properties here", hint)
		}
		mapping.Object = object.text
	}
	for _, e := range m.Values.entries {
		if !e.value.usable() {
			continue
		}
		if mapping.Values == nil {
			mapping.Values = map[string]string{}
		}
		mapping.Values[value.CleanLabel(e.key.text)] = c.label(e.value)
	}
	return mapping
}
