package hubspot

import (
	"net/http"
	"strings"
)

// property is a definition.
type property struct {
	Name           string   `json:"name"`
	Label          string   `json:"label"`
	Type           string   `json:"type"`
	FieldType      string   `json:"fieldType"`
	GroupName      string   `json:"groupName"`
	Options        []option `json:"options"`
	Calculated     bool     `json:"calculated"`
	External       bool     `json:"externalOptions"`
	Hidden         bool     `json:"hidden"`
	HubspotDefined bool     `json:"hubspotDefined"`
}

type option struct {
	Label        string `json:"label"`
	Value        string `json:"value"`
	DisplayOrder int    `json:"displayOrder"`
	Hidden       bool   `json:"hidden"`
}

func field(name, kind string) property {
	fieldType := map[string]string{
		"string": "text", "number": "number", "datetime": "date", "enumeration": "select", "bool": "booleancheckbox",
	}
	return property{
		Name: name, Label: strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "_", " "),
		Type: kind, FieldType: fieldType[kind], Options: []option{}, HubspotDefined: true,
	}
}

func calculated(name, kind string) property {
	p := field(name, kind)
	p.Calculated = true
	return p
}

func external(name string) property {
	p := field(name, "enumeration")
	p.External = true
	return p
}

// schema is the list of a kind's properties. Those that only the world knows are enumerations without options, or
// strings where HubSpot has them so.
func (h *Handler) schema(k kind) []property {
	common := []property{
		field("hs_object_id", "number"), field("createdate", "datetime"), field("hs_createdate", "datetime"),
		field("hs_lastmodifieddate", "datetime"),
	}
	if k.name == "companies" {
		return withCustom(append(common, field("name", "string"), field("domain", "string"),
			field("hs_merged_object_ids", "enumeration")),
			h.world.AccountProperties())
	}
	deals := append(common,
		field("dealname", "string"), field("amount", "number"), field("deal_currency_code", "enumeration"),
		calculated("amount_in_home_currency", "number"), field("closedate", "datetime"),
		external("pipeline"), external("dealstage"), external("hubspot_owner_id"), external("hubspot_team_id"),
		calculated("hs_is_closed", "bool"), calculated("hs_is_closed_won", "bool"),
		calculated("hs_deal_stage_probability", "number"), field("hs_manual_forecast_category", "enumeration"),
		field("hs_merged_object_ids", "enumeration"), calculated("hs_v2_date_entered_current_stage", "datetime"),
	)
	for _, p := range h.world.Pipelines() {
		for _, s := range p.Stages {
			deals = append(deals, calculated("hs_v2_date_entered_"+s.ID, "datetime"))
		}
	}
	return withCustom(deals, h.world.DealProperties())
}

func withCustom(properties []property, names []string) []property {
	for _, name := range names {
		if ownName(name) {
			p := field(name, "enumeration")
			p.HubspotDefined = name == "dealtype" || name == "industry" || strings.HasPrefix(name, "hs_")
			properties = append(properties, p)
		}
	}
	return properties
}

// definitions returns the schema by name.
func (h *Handler) definitions(k kind) map[string]property {
	definitions := map[string]property{}
	for _, p := range h.schema(k) {
		definitions[p.Name] = p
	}
	return definitions
}

// properties answers with the definitions of a kind. There is no paging.
func (h *Handler) properties(r *http.Request) (int, any, *failure) {
	k, f := kindIn(r, "type")
	if f != nil {
		return 0, nil, f
	}
	return http.StatusOK, results[property]{Results: h.schema(k)}, nil
}
