package hubspot

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// The properties that every KPI needs. The deal's name is not among them: it is personal as often as not.
const (
	propertyAmount       = "amount"
	propertyHomeAmount   = "amount_in_home_currency"
	propertyClosed       = "closedate"
	propertyCreated      = "createdate"
	propertyCurrency     = "deal_currency_code"
	propertyStage        = "dealstage"
	propertyProbability  = "hs_deal_stage_probability"
	propertyIsClosed     = "hs_is_closed"
	propertyIsClosedWon  = "hs_is_closed_won"
	propertyModified     = "hs_lastmodifieddate"
	propertyForecast     = "hs_manual_forecast_category"
	propertyMergedIDs    = "hs_merged_object_ids"
	propertyStageEntered = "hs_v2_date_entered_current_stage"
	propertyOwner        = "hubspot_owner_id"
	propertyPipeline     = "pipeline"

	propertyObjectID = "hs_object_id" // only ever filtered by
	propertyName     = "dealname"     // only where an expression reads it
)

// What a dimension is mapped from.
const (
	mappedDeal    = "deal"
	mappedCompany = "company"
	mappedOwner   = "owner"

	ownerType = "type"
	ownerTeam = "team"
)

const (
	maxPropertyName = 255
	// maxPropertiesLength is of the joined names: HubSpot refuses long URLs with 414 (crm/hubspot 3.1).
	maxPropertiesLength = 4000
)

const hintPropertyName = "use the internal name of the property, such as hs_analytics_source"

// plan is what a configuration makes the connector ask for.
type plan struct {
	deal, company, owner              []dimension
	dealProperties, companyProperties []string
	amount                            string // the property that is a deal's amount
}

// dimension is one configured label and the property that fills it.
type dimension struct {
	name    string
	mapping config.Mapping
}

// readsCompanies reports whether anything is mapped from companies. If nothing is, neither companies nor associations
// are read: no KPI needs them, and their scope need not be granted.
func (p *plan) readsCompanies() bool { return len(p.company) > 0 }

func newPlan(cfg config.Source) (plan, error) {
	p := plan{amount: cmp.Or(cfg.Amount, propertyAmount)}
	if !plain(p.amount, maxPropertyName) {
		return plan{}, configError(hintPropertyName, "amount: %q is not the name of a property", p.amount)
	}
	for name, mapping := range cfg.Map {
		if err := p.add(dimension{name, mapping}); err != nil {
			return plan{}, err
		}
	}
	for _, dimensions := range [][]dimension{p.deal, p.company, p.owner} {
		slices.SortFunc(dimensions, func(a, b dimension) int { return cmp.Compare(a.name, b.name) })
	}
	p.dealProperties = properties(p.deal,
		propertyAmount, propertyHomeAmount, propertyClosed, propertyCreated, propertyCurrency, propertyStage,
		propertyProbability, propertyIsClosed, propertyIsClosedWon, propertyModified, propertyForecast,
		propertyMergedIDs, propertyStageEntered, propertyOwner, propertyPipeline)
	if !slices.Contains(p.dealProperties, p.amount) {
		p.dealProperties = append(p.dealProperties, p.amount)
	}
	if source.NewSelection(cfg).NeedsName() {
		p.dealProperties = append(p.dealProperties, propertyName)
	}
	p.companyProperties = properties(p.company, propertyModified, propertyMergedIDs)
	for _, names := range [][]string{p.dealProperties, p.companyProperties} {
		if len(strings.Join(names, ",")) > maxPropertiesLength {
			return plan{}, configError("map fewer properties", "the mapped properties are too many for one request")
		}
	}
	return p, nil
}

func (p *plan) add(d dimension) error {
	property := d.mapping.Property
	if !plain(property, maxPropertyName) {
		return configError(hintPropertyName, "map.%s: %q is not the name of a property", d.name, property)
	}
	switch d.mapping.Object {
	case mappedDeal, "":
		p.deal = append(p.deal, d)
	case mappedCompany:
		p.company = append(p.company, d)
	case mappedOwner:
		if property != ownerType && property != ownerTeam {
			return configError(`an owner has only the properties "type" and "team"`,
				"map.%s: no property %q of owner", d.name, property)
		}
		p.owner = append(p.owner, d)
	default:
		return configError(`say "deal", "company" or "owner"`, "map.%s: unknown object %q", d.name, d.mapping.Object)
	}
	return nil
}

// properties returns base and the mapped properties, each once.
func properties(dimensions []dimension, base ...string) []string {
	names := base
	for _, d := range dimensions {
		if !slices.Contains(names, d.mapping.Property) {
			names = append(names, d.mapping.Property)
		}
	}
	return names
}

// labels fills the dimensions from values by property name; nil where all are empty.
func labels(dimensions []dimension, valueOf func(property string) string) value.Dimensions {
	var filled value.Dimensions
	for _, d := range dimensions {
		label := source.MapValue(d.mapping, valueOf(d.mapping.Property))
		if label == "" {
			continue
		}
		if filled == nil {
			filled = value.Dimensions{}
		}
		filled[d.name] = label
	}
	return filled
}

func configError(hint, format string, args ...any) error {
	err := source.Errorf(source.ReasonConfig, format, args...)
	err.Hint = hint
	return err
}
