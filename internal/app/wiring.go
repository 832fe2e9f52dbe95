package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/prometheus/common/version"

	"github.com/sales-exporter/sales_exporter/internal/app/known"
	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlite"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/connectors"
	democonfig "github.com/sales-exporter/sales_exporter/internal/source/demo"
)

// LoadConfig reads the configuration file.
func LoadConfig(path string) (*config.Validated, error) { return config.Load(path, known.Names()) }

// newSyncer wires one configured source to its connector.
func (a *App) newSyncer(ctx context.Context, s config.Source, c config.Config) (*syncer, error) {
	account, at := s, addressesOf(s.Settings)
	if _, ok := s.Settings.(*democonfig.Settings); ok {
		simulated, err := a.demos.Get(ctx, s, c, a.options.Now)
		if err != nil {
			return nil, err
		}
		account, at = simulated.Source(s), addresses{simulated.Name, simulated.Name}
	}
	logger := a.options.Logger.With("source_name", s.Name)
	metrics := a.exporter.Source(s.Name)
	env := a.environment(c, logger, metrics)
	connector, err := connectors.Of(account).Open(account, env)
	if err != nil {
		return nil, err
	}
	var namesakes *namesakes
	if c.RepLabel == crm.RepLabelName {
		namesakes = newNamesakes(logger)
	}
	return &syncer{
		namesakes: namesakes,
		source:    connector, streams: newStreams(connector, at),
		wholeIdentity: at.identity(env.Deals(account, 1, account.Map, nil)),
		kind:          s.Connector, stated: s.Account, interval: s.Interval,
		money:  money{kind: s.Connector, currency: account.Currency, property: account.Amount, reporting: c.Currency},
		logger: logger, metrics: metrics, now: a.options.Now, keepRaw: c.KeepQuarantined,
	}, nil
}

// environment returns what every connector of a configuration gets.
func (a *App) environment(c config.Config, logger *slog.Logger, observer source.Observer) source.Environment {
	return source.Environment{
		Logger: logger, Observer: observer, Currency: c.Currency, FiscalYearStart: c.FiscalYearStart,
		Location: c.Location,
		Now:      a.options.Now, Transport: a.options.Transport, UserAgent: "sales_exporter/" + version.Version,
	}
}

func newCalendar(c config.Config) *calendar.Calendar {
	return calendar.New(calendar.Options{
		Location: c.Location, FiscalYearStart: c.FiscalYearStart, WeekStart: c.WeekStart,
		WorkingDays: c.WorkingDays, Holidays: c.Holidays,
	})
}

func openStore(
	ctx context.Context, c config.Config, now func() time.Time, logger *slog.Logger,
) (mirror.Store, error) {
	files := map[string]bool{}
	for _, s := range c.Sources {
		files[s.Name] = len(s.Settings.Files()) > 0
	}
	store, err := sqlite.Open(ctx, c.MirrorSQLitePath, mirror.Options{
		Kinds: crm.Kinds(), Now: now,
		// A file is all there is to its source: what is not in it is gone, however much that is.
		Unbraked: func(source string) bool { return files[source] },
	})
	if errors.Is(err, sqlite.ErrInUse) {
		return nil, fmt.Errorf("%w; stop the other exporter, or give this one a file of its own under mirror.sqlite.path", err)
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, fmt.Errorf("%w; let the user of the exporter write to the folder, or set mirror.sqlite.path", err)
	}
	if err != nil {
		return nil, err
	}
	if reason := store.Replaced(); reason != "" {
		logger.Warn("The mirror was written by an older program and is made anew; every source is read once from the start",
			"path", c.MirrorSQLitePath, "reason", reason)
	}
	return store, nil
}

func newFacts(c config.Config) (*kpi.Facts, error) {
	options := kpi.Options{
		Traits:     map[string]facts.Traits{},
		Selections: map[string]facts.Selection{},
		Currency:   c.Currency, Location: c.Location, Plausible: c.PlausibleDates,
		Dimensions: c.Dimensions, HistogramDimensions: c.HistogramDimensions, Rollups: c.Rollups, Windows: c.Windows,
		Metrics:         kpi.MetricOptions(c.Metrics),
		DealSizeBuckets: c.DealSizeBuckets, DurationBuckets: c.DurationBuckets,
		RepLabel: c.RepLabel,
	}
	for _, s := range c.Sources {
		options.Sources = append(options.Sources, s.Name)
		options.Traits[s.Name] = facts.Traits(s.Settings.Traits(s.Map))
		options.Selections[s.Name] = facts.Selection{
			Pipelines: source.NewSelection(s).Pipelines(), Exclude: s.Exclude,
		}
	}
	if c.RepLabel == crm.RepLabelHash {
		key, err := c.HashKey()
		if err != nil {
			return nil, err
		}
		options.RepHashKey = key
	}
	return kpi.NewFacts(options), nil
}
