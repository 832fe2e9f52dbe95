package salesforce

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce/tables"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql"
)

// objectSummary is an object as the list of all objects shows it.
type objectSummary struct {
	Name          string            `json:"name"`
	Label         string            `json:"label"`
	KeyPrefix     string            `json:"keyPrefix"`
	Custom        bool              `json:"custom"`
	Queryable     bool              `json:"queryable"`
	Replicateable bool              `json:"replicateable"`
	Retrieveable  bool              `json:"retrieveable"`
	URLs          map[string]string `json:"urls"`
}

type fieldDescription struct {
	Name             string   `json:"name"`
	Label            string   `json:"label"`
	Type             string   `json:"type"`
	SoapType         string   `json:"soapType"`
	Nillable         bool     `json:"nillable"`
	Calculated       bool     `json:"calculated"`
	Custom           bool     `json:"custom"`
	Filterable       bool     `json:"filterable"`
	Sortable         bool     `json:"sortable"`
	Groupable        bool     `json:"groupable"`
	CompoundField    *string  `json:"compoundFieldName"`
	PicklistValues   []string `json:"picklistValues"`
	ReferenceTo      []string `json:"referenceTo"`
	RelationshipName *string  `json:"relationshipName"`
}

type recordTypeInfo struct {
	ID            string `json:"recordTypeId"`
	Name          string `json:"name"`
	DeveloperName string `json:"developerName"`
	Available     bool   `json:"available"`
	Master        bool   `json:"master"`
}

func summarize(t *tables.Table, version string) objectSummary {
	url := "/services/data/" + version + "/sobjects/" + t.Object.Name
	return objectSummary{
		Name: t.Object.Name, Label: t.Object.Name, KeyPrefix: t.Prefix, Queryable: true, Retrieveable: true,
		Replicateable: t.Replicated,
		URLs:          map[string]string{"sobject": url, "describe": url + "/describe", "rowTemplate": url + "/{ID}"},
	}
}

func (h *Handler) listObjects(c *call) answer {
	objects := []objectSummary{}
	all := h.schema.Load().Tables
	for _, name := range slices.Sorted(maps.Keys(all)) {
		objects = append(objects, summarize(all[name], c.version))
	}
	return reply(http.StatusOK, map[string]any{"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects})
}

// describe answers with the fields that the user may see: one that is hidden is simply not there.
func (h *Handler) describe(c *call) answer {
	t := h.schema.Load().Table(c.arguments[0])
	if t == nil {
		return notFound()
	}
	fields := []fieldDescription{}
	for _, f := range t.Object.Fields {
		fields = append(fields, describeField(f))
	}
	types := []recordTypeInfo{}
	if t.RecordTypes {
		for _, p := range h.world.Pipelines() {
			types = append(types, recordTypeInfo{
				ID: tables.ID(tables.PrefixRecordType, p.Number), Name: p.Label, DeveloperName: tables.DeveloperName(p.Label),
				Available: true,
			})
		}
	}
	types = append(types, recordTypeInfo{
		ID: soql.FullID(tables.PrefixRecordType + "000000000000"), Name: "Master", DeveloperName: "Master",
		Available: true, Master: true,
	})
	return reply(http.StatusOK, struct {
		objectSummary
		Fields             []fieldDescription `json:"fields"`
		ChildRelationships []struct{}         `json:"childRelationships"`
		RecordTypeInfos    []recordTypeInfo   `json:"recordTypeInfos"`
	}{summarize(t, c.version), fields, []struct{}{}, types})
}

func describeField(f soql.Field) fieldDescription {
	d := fieldDescription{
		Name: f.Name, Label: f.Name, Type: string(f.Type), SoapType: soapType(f.Type),
		Nillable: f.Nillable, Calculated: f.Calculated, Custom: strings.HasSuffix(f.Name, "__c"),
		Filterable: f.Filterable, Sortable: f.Sortable, Groupable: f.Groupable,
		PicklistValues: []string{}, ReferenceTo: []string{},
	}
	if f.ReferenceTo != "" {
		d.ReferenceTo, d.RelationshipName = []string{f.ReferenceTo}, &f.Relationship
	}
	return d
}

func soapType(kind soql.FieldType) string {
	switch kind {
	case soql.TypeID, soql.TypeReference:
		return "tns:ID"
	case soql.TypeBoolean, soql.TypeInt, soql.TypeDate:
		return "xsd:" + string(kind)
	case soql.TypeDateTime:
		return "xsd:dateTime"
	case soql.TypeCurrency, soql.TypePercent, soql.TypeDouble:
		return "xsd:double"
	default:
		return "xsd:string"
	}
}
