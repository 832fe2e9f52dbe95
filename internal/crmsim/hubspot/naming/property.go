package naming

import (
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// Property is one property of a type: its definition, and where its values come from.
type Property struct {
	Name       string
	Type       string // "string", "number", "datetime", "enumeration" or "bool"
	Calculated bool   // follows from other things at once, without touching the modification date
	External   bool   // an enumeration whose options are elsewhere
	Custom     bool   // made by the account

	// Field is the field of the kind that holds the value; without it and Read, the record's Properties do.
	Field string
	// Read derives the value.
	Read func(*Background, world.Record) Value
}

// Definition is a property on the wire.
type Definition struct {
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

// Definition describes the property.
func (p Property) Definition() Definition {
	fieldTypes := map[string]string{
		"string": "text", "number": "number", "datetime": "date", "enumeration": "select", "bool": "booleancheckbox",
	}
	return Definition{
		Name: p.Name, Label: strings.ToUpper(p.Name[:1]) + strings.ReplaceAll(p.Name[1:], "_", " "),
		Type: p.Type, FieldType: fieldTypes[p.Type], Options: []option{},
		Calculated: p.Calculated, External: p.External, HubspotDefined: !p.Custom,
	}
}

// Common are the properties that every type begins with.
func Common() []Property {
	return []Property{
		{Name: "hs_object_id", Type: "number", Read: func(b *Background, r world.Record) Value {
			return reference(b.naming.Base, r.Base().ID)
		}},
		{Name: "createdate", Type: "datetime", Read: created},
		{Name: "hs_createdate", Type: "datetime", Read: created},
		{Name: "hs_lastmodifieddate", Type: "datetime", Read: func(_ *Background, r world.Record) Value {
			return instant(r.Base().Modified)
		}},
	}
}

func created(_ *Background, r world.Record) Value { return instant(r.Base().Created) }

// Merged is the property that lists what a record absorbed.
func Merged() Property {
	return Property{Name: "hs_merged_object_ids", Type: "enumeration", Read: (*Background).mergedIDs}
}
