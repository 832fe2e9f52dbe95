package app

import (
	"maps"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
)

// traitsOf says what the records of a source can have. A label that they can have and do not is "(none)", one that they
// cannot have is empty. Every HubSpot deal is in a pipeline; a Salesforce org has pipelines where it has record types,
// which its records tell.
func traitsOf(s config.Source) kpi.SourceTraits {
	if s.Spreadsheet != nil {
		return kpi.SourceTraits{Dimensions: columnsOf(s), StagesByName: true}
	}
	applies := slices.Concat([]string{"rep", "team"}, slices.Collect(maps.Keys(s.Map)))
	if s.HubSpot != nil || s.Demo != nil && s.Demo.CRM == "hubspot" {
		return kpi.SourceTraits{Dimensions: append(applies, "pipeline")}
	}
	return kpi.SourceTraits{Dimensions: applies, StagesByName: true}
}

// columnsOf returns the dimensions for which a sheet has a column.
func columnsOf(s config.Source) (dimensions []string) {
	for _, name := range crm.DimensionNames() {
		_, mapped := s.Map[name]
		if _, column := s.Spreadsheet.Deals.Columns[name]; column || mapped {
			dimensions = append(dimensions, name)
		}
	}
	return dimensions
}
