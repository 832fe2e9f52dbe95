// Package connectors lists the connectors.
package connectors

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/demo"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/settings"
)

// Connector is the code for one kind of source.
type Connector struct {
	Key     string                // of its section in the configuration of a source
	Section func() config.Section // returns an empty one
	// Open returns the source that is configured; nil where the application first has to start an account.
	Open func(config.Source, source.Environment) (source.Source, error)
}

// All returns the connectors in the order in which the documentation has their sections. To add one is to add its line.
func All() []Connector {
	return []Connector{
		{hubspot.Key, hubspot.NewSection, opening(hubspot.New)},
		{salesforce.Key, salesforce.NewSection, opening(salesforce.New)},
		{settings.Key, settings.NewSection, opening(spreadsheet.New)},
		{demo.Key, demo.NewSection, nil},
	}
}

// opening adapts the constructor of a connector.
func opening[S source.Source](
	construct func(name string, cfg config.Source, env source.Environment) (S, error),
) func(config.Source, source.Environment) (source.Source, error) {
	return func(cfg config.Source, env source.Environment) (source.Source, error) {
		return construct(cfg.Name, cfg, env)
	}
}

// Of returns the connector of a configured source.
func Of(s config.Source) Connector {
	all := All()
	return all[slices.IndexFunc(all, func(c Connector) bool { return c.Key == s.Connector })]
}

// Sections returns what the configuration knows of the connectors.
func Sections() []config.Connector {
	var sections []config.Connector
	for _, c := range All() {
		sections = append(sections, config.Connector{Key: c.Key, Section: c.Section})
	}
	return sections
}
