// Package hubspot is the connector of HubSpot: it reads deals, their owners, pipelines and stages, and companies where
// the configuration asks for them.
//
// A full pass lists everything, an increment searches what was modified since. Both are needed: the search is cheap but
// hides archived records, lags behind, and misses calculated properties; the listing sees all of it but costs a call
// for every 100 deals.
package hubspot

import (
	"log/slog"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/objects"
)

// Source reads one HubSpot account. Its streams share the credential, the allowance, HubSpot's clock and the names that
// expressions speak of. Quotas may run at any time.
type Source struct {
	name        string
	config      config.Source
	environment source.Environment
	plan        objects.Plan
	api         *api.API
	account     *source.AccountWatch
	streams     []source.Stream

	// references is what this process knows of owners, pipelines and stages. It is not persisted: a page that needs
	// it reads it again for three calls.
	references references
	// committedReferences is when those were read that the mirror has.
	committedReferences int64
	chains              chains
	// warned holds what was warned of.
	warned map[string]bool
}

// New returns the connector of a source whose HubSpot section is set. Its errors are of source.ReasonConfig.
func New(name string, cfg config.Source, env source.Environment) (*Source, error) {
	if settingsOf(cfg) == nil {
		return nil, source.Errorf(source.ReasonConfig, "source %q has no HubSpot section", name)
	}
	if env.Logger == nil {
		env.Logger = slog.New(slog.DiscardHandler)
	}
	env.Currency, cfg.Currency = strings.ToUpper(env.Currency), strings.ToUpper(cfg.Currency)
	plan, err := objects.NewPlan(cfg)
	if err != nil {
		return nil, err
	}
	s := &Source{name: name, config: cfg, environment: env, plan: plan, warned: map[string]bool{}}
	s.account = source.NewAccountWatch(cfg.Account, env, s.readAccount)
	s.api, err = api.New(settingsOf(cfg).access(), cfg.Budget, env, s.account.Use)
	if err != nil {
		return nil, err
	}
	s.streams = newStreams(s, cfg)
	return s, nil
}

// Name implements source.Source.
func (s *Source) Name() string { return s.name }

// Account implements source.Source.
func (s *Source) Account() *record.AccountIdentity { return s.account.Account() }

// Streams implements source.Source.
func (s *Source) Streams() []source.Stream { return s.streams }

// Quotas implements source.QuotaReporter.
func (s *Source) Quotas() []source.Quota { return s.api.Quotas() }
