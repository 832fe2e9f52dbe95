// Package settings is the part of the configuration that is about files: their keys, checks and what they mean.
package settings

import (
	"maps"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// Settings are those of a set of files. A mirror knows its records again by the names and the values of all fields: one
// that is new is left out of the JSON where it is not set.
type Settings struct {
	Decimal string // decimal sign of numbers that are text, "." or ","; "" is decided from each file
	Deals   Sheet
}

// Sheet is one table in a CSV, TSV or XLSX file.
type Sheet struct {
	File       string                 // absolute, or relative to the configuration file and resolved
	Sheet      string                 // of an XLSX file; "" means the first
	HeaderRow  int                    // with the names of the columns; 0 means the first that holds anything
	Columns    map[string]string      // field -> header of the column
	Stages     map[string]crm.Outcome // stage label -> outcome
	DateFormat string                 // a Go layout; "" accepts ISO 8601
}

// Address implements config.Settings.
func (s *Settings) Address() any { return s.Deals.File }

// FormerAddress is the address as earlier versions knew it: with everything that decides what a record says.
func (s *Settings) FormerAddress() any { return s }

// Secrets implements config.Settings.
func (s *Settings) Secrets() []secret.Secret { return nil }

// Files implements config.Settings.
func (s *Settings) Files() []string { return []string{s.Deals.File} }

// Traits implements config.Settings. Dimensions are those for which the sheet has a column.
func (s *Settings) Traits(mapped map[string]config.Mapping) config.Traits {
	traits := config.Traits{StagesByName: true}
	for _, name := range s.Deals.Dimensions() {
		_, column := s.Deals.Columns[name]
		if _, property := mapped[name]; column || property {
			traits.Dimensions = append(traits.Dimensions, name)
		}
	}
	return traits
}

// Dimensions returns those that a column can fill: the predefined ones, then those of this sheet.
func (s *Sheet) Dimensions() []string {
	names := crm.DimensionNames()
	for _, field := range slices.Sorted(maps.Keys(s.Columns)) {
		if !slices.Contains(dealFields(), field) {
			names = append(names, field)
		}
	}
	return names
}

// Unfilled implements what config asks of sources whose records have the fields that the configuration names.
func (s *Settings) Unfilled(field string) (what, hint string) {
	switch _, column := s.Deals.Columns[field]; {
	case field == "forecast_category":
		return "no sheet has", "leave it out of the expression"
	case column, slices.Contains([]string{"id", "stage", "outcome", "currency"}, field):
		return "", ""
	default:
		return "no column is mapped to", "name its column under spreadsheet.deals.columns"
	}
}
