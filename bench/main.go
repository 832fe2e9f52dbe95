// Command bench measures the exporter beside its peers, and checks in CI that it did not become slower than them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"regexp"
	"syscall"

	"github.com/sales-exporter/sales_exporter/bench/internal/exporter"
	"github.com/sales-exporter/sales_exporter/bench/internal/peer"
	"github.com/sales-exporter/sales_exporter/bench/internal/report"
	"github.com/sales-exporter/sales_exporter/bench/internal/row"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	var err error
	if len(os.Args) > 1 && os.Args[1] == "peer" {
		err = servePeer(ctx, os.Args[2:])
	} else {
		err = run(ctx, os.Args[1:])
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// servePeer is one of the peers, in a process of its own.
func servePeer(ctx context.Context, args []string) error {
	if len(args) != 3 {
		return errors.New("peer needs a name and two arguments")
	}
	switch args[0] {
	case "const":
		return peer.ServeConst(ctx, args[1], args[2])
	case "bytes":
		return peer.ServeBytes(ctx, args[1], args[2])
	case "fetch-hubspot":
		return peer.FetchHubSpot(ctx, args[1], exporter.Credential, args[2])
	case "fetch-salesforce":
		return peer.FetchSalesforce(ctx, args[1], exporter.Credential, args[2])
	case "poll":
		return peer.Poll(ctx, args[1], exporter.Credential, args[2])
	default:
		return fmt.Errorf("no peer %q", args[0])
	}
}

type flags struct {
	repository, rows, before, show, out, docs, check string
	setting                                          row.Setting
}

func parse(args []string) (*flags, error) {
	f := &flags{}
	set := flag.NewFlagSet("bench", flag.ContinueOnError)
	set.StringVar(&f.repository, "repository", "..", "folder of the exporter's repository")
	set.StringVar(&f.rows, "rows", "", "rows to run, as a regular expression; all where none is given")
	set.IntVar(&f.setting.Rounds, "rounds", 5, "how often each side runs")
	set.IntVar(&f.setting.Deals, "deals", 1_000_000, "size of the large company")
	set.IntVar(&f.setting.Huge, "huge", 10_000_000, "size of the company that is computed beside it, 0 for none")
	set.BoolVar(&f.setting.DuckDB, "duckdb", true, "compare with DuckDB")
	set.StringVar(&f.before, "before", "", "file of results to show beside these")
	set.StringVar(&f.show, "show", "", "file of results to show; nothing is measured")
	set.StringVar(&f.out, "out", "", "file to write results into; rows that did not run keep what it held")
	set.StringVar(&f.docs, "docs", "", "Markdown file to write the tables into, between its markers")
	set.StringVar(&f.check, "check", "", "file of results to fail on: where a ratio is less than half as good as in it")
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	return f, nil
}

func run(ctx context.Context, args []string) error {
	f, err := parse(args)
	if err != nil {
		return err
	}
	before, err := report.Read(f.before)
	if err != nil {
		return err
	}
	results, err := report.Read(f.show)
	if err == nil && results == nil {
		results, err = f.measure(ctx)
	}
	if err != nil {
		return err
	}
	if f.out != "" {
		if results, err = results.Merge(f.out); err != nil {
			return err
		}
	}
	if _, err := os.Stdout.WriteString(results.Markdown(before)); err != nil {
		return fmt.Errorf("print results: %w", err)
	}
	if f.docs != "" {
		if err := results.Document(f.docs, before); err != nil {
			return err
		}
	}
	if f.check == "" {
		return nil
	}
	recorded, err := report.Read(f.check)
	if err != nil {
		return err
	}
	return results.Check(recorded)
}

// measure runs the chosen rows; of a check, those that CI compares.
func (f *flags) measure(ctx context.Context) (_ *report.Results, err error) {
	chosen, err := regexp.Compile(f.rows)
	if err != nil {
		return nil, fmt.Errorf("read --rows: %w", err)
	}
	s := &f.setting
	s.Logger = slog.New(slog.NewTextHandler(os.Stderr, nil))
	if s.Folder, err = os.MkdirTemp("", "bench"); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(s.Folder)) }()
	if s.Program, err = exporter.Build(ctx, f.repository, s.Folder); err != nil {
		return nil, err
	}
	results, err := report.New(ctx, f.repository)
	if err != nil {
		return nil, err
	}
	for _, r := range row.All() {
		if !chosen.MatchString(r.Name) || f.check != "" && !r.Gate {
			continue
		}
		s.Logger.Info("Measuring", "row", r.Name)
		comparisons, err := r.Run(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("measure %s: %w", r.Name, err)
		}
		results.Comparisons = append(results.Comparisons, comparisons...)
	}
	return results, nil
}
