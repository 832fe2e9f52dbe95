// Package demo has the part of the configuration that is about a simulated CRM account. The account itself is started by
// the application, which polls it with the real connector.
package demo

import (
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce"
)

// Key is that of the section in a source.
const Key = "demo"

// NewSection returns an empty section.
func NewSection() config.Section { return &section{} }

// Settings are those of a simulated CRM account inside the process.
type Settings struct {
	CRM   string // hubspot.Key or salesforce.Key
	Seed  uint64
	Deals int
}

// Address implements config.Settings. That of a simulated account differs at every start.
func (s *Settings) Address() any { return nil }

// Secrets implements config.Settings.
func (s *Settings) Secrets() []secret.Secret { return nil }

// Files implements config.Settings.
func (s *Settings) Files() []string { return nil }

// Traits implements config.Settings: they are those of the CRM.
func (s *Settings) Traits(mapped map[string]config.Mapping) config.Traits {
	if s.CRM == hubspot.Key {
		return (&hubspot.Settings{}).Traits(mapped)
	}
	return (&salesforce.Settings{}).Traits(mapped)
}

// section is the part of a source under `demo`, as it is written.
type section struct {
	document.Position
	CRM   document.Scalar `yaml:"crm"`
	Seed  document.Scalar `yaml:"seed"`
	Deals document.Scalar `yaml:"deals"`
}

// Read implements config.Section.
func (d *section) Read(c *config.SectionChecker, keys *config.SourceKeys, s *config.Source) {
	c.NoEffect(keys.Account.Position, "has no effect on a demo", "remove it")
	settings := d.settings(c)
	s.Settings = settings
	s.Map = c.Mappings(keys.Map, rules(settings.CRM))
	s.Amount = c.Amount(keys.Amount, rules(settings.CRM))
}

func (d *section) settings(c *config.SectionChecker) *Settings {
	c.Need(d.Position, "crm", d.CRM.Position)
	const maxDeals = 1_000_000
	return &Settings{
		CRM:   document.Choice(c.Checker, d.CRM, "", hubspot.Key, salesforce.Key),
		Seed:  uint64(c.Integer(d.Seed, 1, 0, 1<<53)), //nolint:gosec // not negative, and exact in a float
		Deals: c.Integer(d.Deals, 3000, 1, maxDeals),
	}
}

// rules are those of the CRM that is simulated. Simulated deals have a territory of their own.
func rules(crm string) config.PropertyRules {
	if crm == salesforce.Key {
		rules := salesforce.Rules()
		rules.Defaults["territory"] = "Region__c"
		return rules
	}
	rules := hubspot.Rules()
	rules.Defaults["territory"] = "region"
	return rules
}
