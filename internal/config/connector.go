package config

import (
	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/config/targets"
)

// Known is what the configuration may name and packages above this one own.
type Known struct {
	Connectors []Connector
	Metrics    []MetricName
	KPIs       []targets.KPI
}

// Connector is what the configuration knows of a connector.
type Connector struct {
	Key     string         // of its section in a source: "hubspot"
	Section func() Section // returns an empty one
}

// Section is the part of a source that its connector reads: a struct with the keys of the section.
type Section interface {
	document.Value
	// Read checks the section and those keys of the source about which each connector has rules of its own: account,
	// amount, map, api_budget and pipelines. It fills in Settings, Account, Amount and Map.
	Read(c *SectionChecker, keys *SourceKeys, source *Source)
}

// Settings are what a connector read in its section.
type Settings interface {
	// Address says which account it is, as a value that can be written as JSON: records that were read from another
	// address are not mixed with new ones. nil leaves that to whoever starts the account.
	Address() any
	// Secrets returns the credentials.
	Secrets() []secret.Secret
	// Files returns the paths, patterns and URLs that are all there is to the source, none where it is an account.
	Files() []string
	// Traits says what the records can have. mapped are the dimensions that properties fill.
	Traits(mapped map[string]Mapping) Traits
}

// Traits say what the records of a source can have.
type Traits struct {
	// Dimensions are those that apply to its records.
	Dimensions []string
	// StagesByName says that the id of a stage is its name.
	StagesByName bool
}

// fieldList is implemented by Settings of sources whose records have no fields but those that the configuration names.
type fieldList interface {
	// Unfilled says what fills a field of the exclude expression and is not there, and what to do about it, or "".
	Unfilled(field string) (what, hint string)
}

// SectionChecker is what a section is checked with.
type SectionChecker struct {
	*document.Checker
	Dimensions []string // the configured ones
}

// NoEffect refuses a key that would be ignored.
func (c *SectionChecker) NoEffect(at document.Position, what, hint string) {
	if at.Set() {
		c.Add(at, what, hint)
	}
}
