package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sync/errgroup"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

// CheckSources proves for each configured source, or for the one named, that a sync can work, and writes what it found.
// It opens no mirror, so it may run beside a serving process.
func CheckSources(ctx context.Context, options Options, name string, out io.Writer) error {
	options, err := options.withDefaults()
	if err != nil {
		return err
	}
	validated, err := LoadConfig(options.ConfigFile)
	if err != nil {
		return fmt.Errorf("load configuration: %w", err)
	}
	a := &App{options: options, exporter: telemetry.NewExporter(nil, vocabulary())}
	defer a.demos.Close(ctx) //nolint:errcheck // The process ends here and takes the simulators with it.
	c := validated.Config()
	checked, failed := 0, 0
	for _, s := range c.Sources {
		if name != "" && s.Name != name {
			continue
		}
		checked++
		report, err := a.checkSource(ctx, s, c)
		if err != nil {
			failed++
			fmt.Fprintf(out, "%s (%s): FAILED: %v\n", s.Name, s.Connector, err)
		} else {
			fmt.Fprintf(out, "%s (%s): ok\n", s.Name, s.Connector)
		}
		if err := writeFindings(out, report, c.Location); err != nil {
			return fmt.Errorf("write what was found: %w", err)
		}
	}
	switch {
	case checked == 0:
		_, err := selectSources(c, name)
		return err
	case failed > 0 && checked == 1:
		return errors.New("the source failed")
	case failed > 0:
		return fmt.Errorf("%d of %d sources failed", failed, checked)
	}
	return nil
}

func (a *App) checkSource(ctx context.Context, s config.Source, c config.Config) (source.Report, error) {
	syncer, err := a.newSyncer(ctx, s, c)
	if err != nil {
		return source.Report{}, err
	}
	report, err := syncer.source.Check(ctx)
	currency := ""
	if report.Account != nil {
		currency = report.Account.Currency
	}
	for _, warning := range []string{syncer.money.contradiction(currency), syncer.money.warningOf(currency)} {
		if warning != "" {
			report.Differences = append(report.Differences, warning)
		}
	}
	return report, err
}

// Once syncs every source once, writes the metrics page and stops. The page is written even when a source failed, so
// that it can be looked at; the error then says which.
func Once(ctx context.Context, options Options, out io.Writer) error {
	options, err := options.withDefaults()
	if err != nil {
		return err
	}
	a := &App{options: options}
	a.cleanups.logger = options.Logger
	defer a.Close() //nolint:errcheck // Nothing is lost: every page is durable when its commit returns.
	if err := a.setupEngine(ctx); err != nil {
		return err
	}
	if err := a.engine.load(ctx); err != nil {
		return err
	}
	failures := a.syncAll(ctx)
	if err := a.page.WriteText(out, a.exporter.Registry()); err != nil {
		return err
	}
	return errors.Join(failures, a.engine.verify(ctx))
}

// syncAll syncs all sources at the same time and returns what failed.
func (a *App) syncAll(ctx context.Context) error {
	var group errgroup.Group
	for _, s := range a.engine.syncers {
		group.Go(func() error {
			a.engine.sync(ctx, s)
			if st := s.snapshotStatus(); st.failing || st.lastSuccess.IsZero() {
				return fmt.Errorf("source %s did not sync: %s", s.source.Name(), st.message)
			}
			return nil
		})
	}
	return group.Wait()
}
