package tally

import (
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
)

// Key is that of the section in a source.
const Key = "tally"

// NewSection returns an empty section.
func NewSection() config.Section { return &section{} }

// Settings are those of a tally.
type Settings struct{ Deals int }

// Address implements config.Settings.
func (s *Settings) Address() any { return s.Deals }

// Secrets implements config.Settings.
func (s *Settings) Secrets() []secret.Secret { return nil }

// Files implements config.Settings.
func (s *Settings) Files() []string { return nil }

// Traits implements config.Settings.
func (s *Settings) Traits(map[string]config.Mapping) config.Traits {
	return config.Traits{StagesByName: true}
}

// section is the part of a source under `tally`, as it is written.
type section struct {
	document.Position
	Deals document.Scalar `yaml:"deals"`
}

// Read implements config.Section.
func (s *section) Read(c *config.SectionChecker, keys *config.SourceKeys, source *config.Source) {
	c.NoEffect(keys.Account.Position, "has no effect on a tally", "remove it")
	source.Settings = &Settings{Deals: c.Integer(s.Deals, 1, 1, 1000)}
}
