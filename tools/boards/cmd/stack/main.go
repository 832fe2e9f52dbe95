// Command stack runs the demo without containers, and checks that its boards are full and its alerts fire.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
	"github.com/sales-exporter/sales_exporter/tools/boards/stack"
	"github.com/sales-exporter/sales_exporter/tools/boards/stack/check"
	"github.com/sales-exporter/sales_exporter/tools/boards/stack/query"
)

// patience is how long after the start of Prometheus checks are repeated that do not pass yet, and budget how long all
// may take, so that a program that hangs fails the check.
const (
	patience = 60 * time.Second
	budget   = 5 * time.Minute
)

// flags holds what the command line says.
type flags struct {
	stack      stack.Options
	boards     string
	rules      string
	exceptions string
	dump       string
	prometheus string
}

func main() {
	f := flags{stack: stack.Options{Out: os.Stdout}}
	// A terminal that is closed sends SIGHUP, and its demo must not stay behind. Neither must it where `tee` read what we
	// print and is gone: unless somebody takes SIGPIPE, the next word ends us before anything is stopped.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer cancel()
	var err error
	switch f.parse(os.Args[1:]) {
	case "up":
		err = f.up(ctx, os.Stdout)
	case "check":
		err = f.check(ctx, os.Stdout)
	case "dump":
		err = f.write(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "stack:", err)
		os.Exit(1) //nolint:gocritic // Nothing is left that the deferred cancel would release.
	}
}

func (f *flags) parse(args []string) string {
	app := kingpin.New("stack", "The demo without containers: exporter, Prometheus, Alertmanager, a year of history.")
	app.HelpFlag.Short('h')
	up := app.Command("up", "Start the demo and run it until Ctrl-C.")
	f.defineStack(up)
	up.Flag("exporter-port", "Port of the exporter.").Default("10574").IntVar(&f.stack.ExporterPort)
	up.Flag("prometheus-port", "Port of Prometheus.").Default("9090").IntVar(&f.stack.PrometheusPort)
	up.Flag("alertmanager-port", "Port of Alertmanager.").Default("9093").IntVar(&f.stack.AlertmanagerPort)
	checked := app.Command("check", "Start the demo with two replicas, check it, and stop it.")
	f.defineStack(checked)
	f.defineBoards(checked)
	checked.Flag("rules", "Directory of the committed rules.").Default("../../alerts").StringVar(&f.rules)
	checked.Flag("exceptions", "File that names what may be empty.").
		Default("stack/exceptions.yaml").StringVar(&f.exceptions)
	checked.Flag("dump", "File to write what the boards showed to.").StringVar(&f.dump)
	dump := app.Command("dump", "Write what the boards show on a running demo.")
	f.defineBoards(dump)
	dump.Flag("prometheus", "URL of Prometheus.").Default("http://127.0.0.1:9090").StringVar(&f.prometheus)
	dump.Flag("out", "File to write.").Required().StringVar(&f.dump)
	return kingpin.MustParse(app.Parse(args))
}

func (f *flags) defineStack(c *kingpin.CmdClause) {
	c.Flag("bin", "Directory of sales_exporter, prometheus, promtool and alertmanager.").
		Default("../../bin").StringVar(&f.stack.Bin)
	c.Flag("config", "Configuration of the exporter.").Default("../../config.example.yaml").StringVar(&f.stack.Config)
	c.Flag("dir", "Directory to make the work directory in; the one for temporary files if none is given.").
		StringVar(&f.stack.Dir)
	c.Flag("keep", "Leave the work directory behind, with logs and data.").BoolVar(&f.stack.Keep)
	c.Flag("history", "Days of history to back-fill.").Default("365").IntVar(&f.stack.History)
	c.Flag("max-for", "Cap on how long alerts wait before they fire.").Default("15s").DurationVar(&f.stack.MaxFor)
}

func (f *flags) defineBoards(c *kingpin.CmdClause) {
	c.Flag("boards", "Directory of the boards.").Default("../../dashboards").StringVar(&f.boards)
}

// welcome names only what answers: Prometheus and Alertmanager are built from their modules, which have no web pages.
const welcome = `The demo runs; Ctrl-C stops it.

  Exporter      http://%[1]s/                sources and how fresh they are; the KPIs are under /metrics
  Prometheus    http://%[2]s/api/v1/alerts   what fires
  Alertmanager  http://%[3]s/api/v2/alerts   what is notified; this terminal shows it as well
  Files         %[4]s

Prometheus and Alertmanager run without web pages here. Ask them from another terminal:

  %[5]s/promtool query instant http://%[2]s 'sales_target_attainment_ratio'
  %[5]s/promtool query instant http://%[2]s 'sales_target_attainment_ratio[365d:30d]'
  %[5]s/amtool --alertmanager.url=http://%[3]s alert

`

// up runs the demo until the context ends or a process does.
func (f *flags) up(ctx context.Context, out io.Writer) error {
	f.stack.Replicas = 1
	fmt.Fprintf(out, "Recomputing %d days of history; this takes a minute.\n", f.stack.History)
	s, err := stack.Start(ctx, f.stack)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, welcome, s.Exporters[0], s.Prometheus, s.Alertmanager, s.Dir, f.stack.Bin)
	err = s.Wait(ctx)
	fmt.Fprintln(out, "Stopping.")
	return errors.Join(err, s.Stop())
}

// check runs the demo with two replicas and asserts what it must show.
func (f *flags) check(ctx context.Context, out io.Writer) error {
	start := time.Now()
	boards, err := board.LoadDir(f.boards)
	if err != nil {
		return err
	}
	exceptions, err := check.LoadExceptions(f.exceptions)
	if err != nil {
		return err
	}
	f.stack.Replicas, f.stack.Out = 2, io.Discard
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	s, err := stack.Start(ctx, f.stack)
	if err != nil {
		return err
	}
	report, err := f.examine(ctx, s, check.Options{
		ScrapeInterval: stack.ScrapeInterval, Boards: boards, Exceptions: exceptions, Rules: s.Rules(), Committed: f.rules,
		Replicas: s.Exporters, PrometheusLog: s.PrometheusLog(), Patience: time.Now().Add(patience), Pause: 2 * time.Second,
	})
	stopping := time.Now()
	stopped := check.Section{Title: "tear-down: no process and no file is left"}
	if err := s.Stop(); err != nil {
		stopped.Problems = []string{err.Error()}
	}
	stopped.Took = time.Since(stopping)
	if err != nil {
		return err
	}
	report.Sections = append(report.Sections, stopped)
	return f.conclude(out, report, s.Phases, start)
}

// examine checks a running demo. It ends early if a process does.
func (f *flags) examine(ctx context.Context, s *stack.Stack, o check.Options) (check.Report, error) {
	var err error
	if o.API, err = prometheus("http://" + s.Prometheus); err != nil {
		return check.Report{}, err
	}
	o.Received = func(ctx context.Context) ([]string, []string, error) {
		arrived, err := check.Arrived(ctx, http.DefaultClient, "http://"+s.Alertmanager)
		return arrived, s.Sink.Alerts(), err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	died := make(chan error, 1)
	go func() {
		err := s.Wait(ctx)
		cancel(err)
		died <- err
	}()
	report := check.Run(ctx, o)
	cancel(nil)
	return report, <-died
}

// conclude prints the report and fails if anything is wrong.
func (f *flags) conclude(out io.Writer, report check.Report, phases []stack.Phase, start time.Time) error {
	if err := report.Write(out); err != nil {
		return err
	}
	for _, p := range phases {
		fmt.Fprintf(out, "start  %6.1f s  %s\n", p.Took.Seconds(), p.Name)
	}
	fmt.Fprintf(out, "total  %6.1f s\n", time.Since(start).Seconds())
	if f.dump != "" {
		if err := writeJSON(f.dump, report.Dump); err != nil {
			return err
		}
	}
	if !report.Passed() {
		return errors.New("the demo is not what it should be: see the lines marked FAILED")
	}
	return nil
}

// write writes what the boards show on a demo that runs elsewhere.
func (f *flags) write(ctx context.Context) error {
	boards, err := board.LoadDir(f.boards)
	if err != nil {
		return err
	}
	client, err := prometheus(f.prometheus)
	if err != nil {
		return err
	}
	source := query.Source{API: client, Now: time.Now(), ScrapeInterval: stack.ScrapeInterval}
	dump, err := source.Dump(ctx, boards)
	if err != nil {
		return err
	}
	return writeJSON(f.dump, dump)
}

func prometheus(url string) (v1.API, error) {
	client, err := api.NewClient(api.Config{Address: url})
	if err != nil {
		return nil, fmt.Errorf("connect to Prometheus: %w", err)
	}
	return v1.NewAPI(client), nil
}

func writeJSON(path string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}
