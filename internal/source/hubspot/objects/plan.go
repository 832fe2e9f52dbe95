package objects

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
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
	propertyForecast     = "hs_manual_forecast_category"
	propertyStageEntered = "hs_v2_date_entered_current_stage"
	propertyOwner        = "hubspot_owner_id"
	propertyPipeline     = "pipeline"

	propertyName = "dealname" // only where an expression reads it
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

// HintPropertyName says what a property is to be named by.
const HintPropertyName = "use the internal name of the property, such as hs_analytics_source"

// Plan is what a configuration makes the connector ask for.
type Plan struct {
	Deals, Companies, Owners []Dimension // what is mapped from each
	Amount                   string      // the property that is a deal's amount
	Selection                *source.Selection

	stated string // the currency that the configuration says of the source
}

// Dimension is one configured label and the property that fills it.
type Dimension struct {
	Name    string
	Mapping config.Mapping
}

// ReadsCompanies reports whether anything is mapped from companies. If nothing is, neither companies nor associations
// are read: no KPI needs them, and their scope need not be granted.
func (p *Plan) ReadsCompanies() bool { return len(p.Companies) > 0 }

// NewPlan returns the plan of a source.
func NewPlan(cfg config.Source) (Plan, error) {
	p := Plan{
		Amount: cmp.Or(cfg.Amount, propertyAmount), Selection: source.NewSelection(cfg),
		stated: cfg.Currency,
	}
	if !api.Plain(p.Amount, maxPropertyName) {
		return Plan{}, configError(HintPropertyName, "amount: %q is not the name of a property", p.Amount)
	}
	for name, mapping := range cfg.Map {
		if err := p.add(Dimension{name, mapping}); err != nil {
			return Plan{}, err
		}
	}
	for _, dimensions := range [][]Dimension{p.Deals, p.Companies, p.Owners} {
		slices.SortFunc(dimensions, func(a, b Dimension) int { return cmp.Compare(a.Name, b.Name) })
	}
	for _, o := range List(&p) {
		if len(strings.Join(o.Properties, ",")) > maxPropertiesLength {
			return Plan{}, configError("map fewer properties", "the mapped properties are too many for one request")
		}
	}
	return p, nil
}

// dealProperties returns what is asked of a deal.
func (p *Plan) dealProperties() []string {
	names := properties(p.Deals,
		propertyAmount, propertyHomeAmount, propertyClosed, propertyCreated, propertyCurrency, propertyStage,
		propertyProbability, propertyIsClosed, propertyIsClosedWon, api.PropertyModified, propertyForecast,
		api.PropertyMergedIDs, propertyStageEntered, propertyOwner, propertyPipeline)
	if !slices.Contains(names, p.Amount) {
		names = append(names, p.Amount)
	}
	if p.Selection.NeedsName() {
		names = append(names, propertyName)
	}
	return names
}

func (p *Plan) add(d Dimension) error {
	property := d.Mapping.Property
	if !api.Plain(property, maxPropertyName) {
		return configError(HintPropertyName, "map.%s: %q is not the name of a property", d.Name, property)
	}
	switch d.Mapping.Object {
	case mappedDeal, "":
		p.Deals = append(p.Deals, d)
	case mappedCompany:
		p.Companies = append(p.Companies, d)
	case mappedOwner:
		if property != ownerType && property != ownerTeam {
			return configError(`an owner has only the properties "type" and "team"`,
				"map.%s: no property %q of owner", d.Name, property)
		}
		p.Owners = append(p.Owners, d)
	default:
		return configError(`say "deal", "company" or "owner"`, "map.%s: unknown object %q", d.Name, d.Mapping.Object)
	}
	return nil
}

// properties returns base and the mapped properties, each once.
func properties(dimensions []Dimension, base ...string) []string {
	names := base
	for _, d := range dimensions {
		if !slices.Contains(names, d.Mapping.Property) {
			names = append(names, d.Mapping.Property)
		}
	}
	return names
}

// labels fills the dimensions from values by property name; nil where all are empty.
func labels(dimensions []Dimension, valueOf func(property string) string) value.Dimensions {
	var filled value.Dimensions
	for _, d := range dimensions {
		label := source.MapValue(d.Mapping, valueOf(d.Mapping.Property))
		if label == "" {
			continue
		}
		if filled == nil {
			filled = value.Dimensions{}
		}
		filled[d.Name] = label
	}
	return filled
}

func configError(hint, format string, args ...any) error {
	err := source.Errorf(source.ReasonConfig, format, args...)
	err.Hint = hint
	return err
}

// UnknownProperties returns the dimensions whose property HubSpot does not have. It ignores such a property in every
// request without a word, and the label would stay empty.
func UnknownProperties(
	ctx context.Context, a *api.API, object string, dimensions []Dimension,
) (unknown []Dimension, err error) {
	known, err := a.Properties(ctx, object)
	if err != nil {
		return nil, err
	}
	for _, d := range dimensions {
		if !known[d.Mapping.Property] {
			unknown = append(unknown, d)
		}
	}
	return unknown, nil
}
