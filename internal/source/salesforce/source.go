// Package salesforce is the connector of Salesforce: it reads opportunities, their owners, stages and record types, and
// accounts where the configuration asks for them, over the REST query API.
//
// A full pass reads everything by id, an increment reads what was modified since by (SystemModstamp, Id). Both are
// needed: the increment is cheap, but formulas, parents' fields and hard deletes do not move a record's SystemModstamp.
package salesforce

import (
	"log/slog"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce/api"
)

// Source reads one Salesforce org. Its streams share the session, the allowance, the org's clock and the names that
// expressions speak of. Quotas may run at any time.
type Source struct {
	name        string
	log         *slog.Logger
	now         func() time.Time
	environment source.Environment
	fullPasses  time.Duration
	selection   *source.Selection
	plan        *plan
	api         *api.API
	account     *source.AccountWatch
	streams     []source.Stream

	// What this process has learned. Nothing of it is persisted: a new process learns it again for a few calls.
	//
	// organizationDescribed is when the fields of the org itself were learned, which is read before anything else.
	organizationDescribed time.Time
	references            references
	deletions             deletions
	warned                map[string]bool
}

var (
	_ source.Source        = (*Source)(nil)
	_ source.QuotaReporter = (*Source)(nil)
)

// New returns the connector of a source whose Salesforce section is set. Its errors are of source.ReasonConfig.
func New(name string, cfg config.Source, env source.Environment) (*Source, error) {
	if settingsOf(cfg) == nil {
		return nil, source.Errorf(source.ReasonConfig, "source %q has no Salesforce section", name)
	}
	if env.Now == nil {
		env.Now = time.Now
	}
	if env.Logger == nil {
		env.Logger = slog.New(slog.DiscardHandler)
	}
	selection := source.NewSelection(cfg)
	plan, err := newPlan(cfg, selection.NeedsName())
	if err != nil {
		return nil, err
	}
	fullPasses := cfg.FullSyncInterval
	if fullPasses <= 0 {
		fullPasses = 24 * time.Hour
	}
	s := &Source{
		name: name, log: env.Logger, now: env.Now, environment: env,
		fullPasses: fullPasses, selection: selection, plan: plan, warned: map[string]bool{},
	}
	stated := cfg.Account
	if long, ok := source.LongRecordID(stated); ok {
		stated = long // People see the short form, the API answers with the long one.
	}
	s.account = source.NewAccountWatch(stated, env, s.readOrganization)
	if s.api, err = api.New(api.Access(*settingsOf(cfg)), cfg.Budget, env, s.account.Use); err != nil {
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

// first reports whether it is asked for key for the first time: what a user should know need not be said every five
// minutes.
func (s *Source) first(key string) bool {
	said := s.warned[key]
	s.warned[key] = true
	return !said
}
