package crm

import "github.com/sales-exporter/sales_exporter/internal/record"

// Pipeline is a HubSpot pipeline or a Salesforce record type.
type Pipeline struct {
	record.Head

	Label string
	// APIName is a name that the CRM's API has for it beside its id, "" where it has none.
	APIName string
}

// Pipelines is the kind of the pipelines.
var Pipelines = record.Declare("pipelines",
	record.Text("label", func(p *Pipeline) *string { return &p.Label }),
	record.Text("api_name", func(p *Pipeline) *string { return &p.APIName }),
)
