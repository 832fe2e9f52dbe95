// Package salesforce is the connector of Salesforce: it reads opportunities, their owners, stages and record types, and
// accounts where the configuration asks for them, over the REST query API.
//
// A full pass reads everything by id, an increment reads what was modified since by (SystemModstamp, Id). Both are
// needed: the increment is cheap, but formulas, parents' fields and hard deletes do not move a record's SystemModstamp.
package salesforce

import (
	"context"
	"log/slog"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// Source reads one Salesforce org. The engine never overlaps two Syncs, nor a Sync and a Check; Quotas may run
// at any time.
type Source struct {
	name        string
	log         *slog.Logger
	now         func() time.Time
	environment source.Environment
	fullPasses  time.Duration
	selection   *source.Selection
	plan        *plan
	api         *api
	account     *source.AccountWatch

	// What this process has learned. Nothing of it is persisted: a new process learns it again for a few calls.
	described bool
	// organizationDescribed is when the same was learned of the org itself, which is read before anything else.
	organizationDescribed time.Time
	references            references
	deletedAsked          time.Time
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
	if s.api, err = newAPI(cfg, env, s.account.Use); err != nil {
		return nil, err
	}
	return s, nil
}

// Name implements source.Source.
func (s *Source) Name() string { return s.name }

// Objects implements source.Source.
func (s *Source) Objects() []record.Name {
	objects := []record.Name{crm.Reps.Name(), crm.Pipelines.Name(), crm.Stages.Name()}
	for _, o := range s.plan.mirrored() {
		objects = append(objects, o.kind)
	}
	return objects
}

// Quotas implements source.QuotaReporter.
func (s *Source) Quotas() []source.Quota { return s.api.budget.Quotas() }

// Sync implements source.Source.
func (s *Source) Sync(ctx context.Context, from source.Cursor, sink source.Sink) (source.Cursor, error) {
	state, ok := decodeCursor(from)
	if !ok {
		s.log.Warn("The stored cursor cannot be read; starting a full sync")
	}
	r := &run{Source: s, sink: sink, cursor: state, heldBack: state.HeldBack}
	if err := r.identify(ctx, from); err != nil {
		return nil, err
	}
	if err := r.sync(ctx); err != nil {
		return nil, err
	}
	if err := s.account.Identify(ctx, r.encode(), sink); err != nil {
		return nil, err
	}
	return r.encode(), nil
}

// first reports whether it is asked for key for the first time: what a user should know need not be said every five
// minutes.
func (s *Source) first(key string) bool {
	said := s.warned[key]
	s.warned[key] = true
	return !said
}
