// Command sales_exporter turns CRM data into sales KPIs for Prometheus.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // Minimal images hold no zones, and every window depends on one.

	"github.com/prometheus/common/promslog"
	"github.com/prometheus/common/version"

	"github.com/sales-exporter/sales_exporter/internal/alerting"
	"github.com/sales-exporter/sales_exporter/internal/app"
	"github.com/sales-exporter/sales_exporter/internal/backfill"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/dashboard"
	"github.com/sales-exporter/sales_exporter/internal/metricdoc"
)

func main() {
	completeVersion()
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command line and returns the exit code: 0 well, 1 failed, 2 misused.
func run(args []string, stdout, stderr io.Writer) int {
	f := &flags{log: promslog.Config{Writer: stderr}}
	a := f.define(stdout)
	command, err := a.Parse(withCommand(args, a.Model().Commands))
	if err == nil {
		err = f.misplaced(command)
	}
	if err != nil {
		fmt.Fprintf(stderr, "sales_exporter: %v%s; see sales_exporter --help\n", err, didYouMean(err, args, a.Model()))
		return 2
	}
	err = f.execute(command, stdout)
	if wrong, ok := errors.AsType[document.Problems](err); ok {
		// One a line, each beginning with its file, so that editors find the places.
		fmt.Fprintln(stderr, wrong)
		return 1
	}
	if err != nil {
		fmt.Fprintf(stderr, "sales_exporter: %v\n", err)
		return 1
	}
	return 0
}

func (f *flags) execute(command string, stdout io.Writer) error {
	switch command {
	case "version":
		_, err := fmt.Fprintln(stdout, version.Print("sales_exporter"))
		return err
	case "metrics":
		return metricdoc.Write(stdout)
	case "mirror kinds":
		return crm.WriteDocument(stdout)
	case "check-config":
		return f.checkConfig(stdout)
	case "dashboards":
		return f.writeDashboards(stdout)
	case "rules":
		if err := alerting.Write(f.rules.dir, alerting.Options{MaxFor: time.Duration(f.rules.maxFor)}); err != nil {
			return err
		}
		_, err := fmt.Fprintf(stdout, "wrote the rules to %s\n", f.rules.dir)
		return err
	}
	options, stop, err := f.options()
	if err != nil {
		return err
	}
	defer stop()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	switch command {
	case "check-source":
		return app.CheckSources(ctx, options, f.checkSource, stdout)
	case "rejects":
		return app.Rejects(ctx, options, f.rejectsSource, stdout)
	case "mirror records":
		return app.Records(ctx, options, app.RecordsOptions{
			Kind: f.records.kind, Source: f.records.source, JSON: f.records.format == "json",
		}, stdout)
	case "once":
		return app.Once(ctx, options, stdout)
	case "backfill":
		// Whoever reads the report or the log may stop reading, as head does. That must end in an error, not in a death
		// that leaves a copy of the mirror behind.
		signal.Ignore(syscall.SIGPIPE)
		return app.Backfill(ctx, options, backfill.Request{
			From: f.backfill.from, To: f.backfill.to, Step: time.Duration(f.backfill.step), Out: f.backfill.out,
		}, stdout)
	default:
		return serve(ctx, options)
	}
}

// writeDashboards writes the boards for the currency and the fiscal year of the configuration, where one is named.
func (f *flags) writeDashboards(stdout io.Writer) error {
	options := dashboard.Options{Currency: "USD", FiscalYearStart: time.January}
	if f.configNamed {
		validated, err := app.LoadConfig(f.configFile)
		if err != nil {
			return err
		}
		options.Currency, options.FiscalYearStart = validated.Config().Currency, validated.Config().FiscalYearStart
	}
	options.Currency = cmp.Or(f.dashboards.currency, options.Currency)
	options.FiscalYearStart = cmp.Or(time.Month(f.dashboards.fiscalStartMonth), options.FiscalYearStart)
	if err := dashboard.Write(f.dashboards.dir, options); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "wrote the dashboards to %s: amounts in %s, fiscal years from %s on\n", f.dashboards.dir,
		options.Currency, options.FiscalYearStart)
	return err
}

func serve(ctx context.Context, options app.Options) error {
	options.Logger.Info("Starting sales_exporter", "version", version.Info(), "build_context", version.BuildContext())
	a, err := app.New(ctx, options)
	if err != nil {
		return err
	}
	options.Logger.Info("Serving", "address", a.Addr(), "path", options.TelemetryPath)
	return a.Run(ctx)
}

func (f *flags) checkConfig(stdout io.Writer) error {
	file := f.configFile
	if f.checkFile != "" {
		file = f.checkFile
	}
	validated, err := app.LoadConfig(file)
	if f.checkFile != "" && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s does not exist", file)
	}
	if err != nil {
		return err
	}
	for _, warning := range validated.Warnings() {
		fmt.Fprintf(stdout, "%s: warning: %s\n", file, warning)
	}
	c := validated.Config()
	_, err = fmt.Fprintf(stdout, "%s: ok, %s, %s\n", file, counted(len(c.Sources), "source"), counted(len(c.Targets), "target"))
	return err
}

// counted writes a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// options maps the flags to the app's options. The returned function stops the translation of SIGHUP.
func (f *flags) options() (app.Options, func(), error) {
	options := app.Options{
		ConfigFile:      f.configFile,
		Logger:          promslog.New(&f.log),
		ListenAddresses: f.listenAddresses,
		WebConfigFile:   f.webConfigFile,
		TelemetryPath:   f.telemetryPath,

		DisableExporterMetrics: f.disableMetrics,
	}
	if f.asOf != "" {
		at, err := time.Parse(time.RFC3339, f.asOf)
		if err != nil {
			return options, nil, errors.New("--kpi.as-of must be a time such as 2026-07-01T00:00:00Z")
		}
		options.AsOf = at
	}
	reloads, stop := hangups()
	options.ReloadSignal = reloads
	return options, stop, nil
}

// hangups turns SIGHUP into values of a channel; signals that arrive while one is waiting are one reload.
func hangups() (<-chan struct{}, func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	reloads := make(chan struct{}, 1)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-signals:
				select {
				case reloads <- struct{}{}:
				default:
				}
			case <-done:
				return
			}
		}
	}()
	return reloads, func() {
		signal.Stop(signals)
		close(done)
	}
}
