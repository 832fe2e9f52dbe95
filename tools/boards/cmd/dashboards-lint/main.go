// Command dashboards-lint checks Grafana boards and Prometheus rules against the house rules. It exits with 1 if it
// finds something, with 2 if it cannot read what to check.
package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kingpin/v2"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
	"github.com/sales-exporter/sales_exporter/tools/boards/lint"
)

type options struct {
	boards, metrics, rules, catalogue, runbooks string
}

func main() {
	var o options
	app := kingpin.New("dashboards-lint", "Check Grafana boards and Prometheus rules.")
	app.Flag("metrics", "Text exposition of the exporter: metrics and labels must be in it.").StringVar(&o.metrics)
	app.Flag("rules", "Directory of *.rules.yaml to check, too.").StringVar(&o.rules)
	app.Flag("catalogue", "docs/metrics.md: links into it must lead to a heading.").StringVar(&o.catalogue)
	app.Flag("runbooks", "Directory of the runbooks: each alert must have one.").StringVar(&o.runbooks)
	app.Arg("dir", "Directory of the boards.").Required().StringVar(&o.boards)
	kingpin.MustParse(app.Parse(os.Args[1:]))

	in, err := o.load()
	if err != nil {
		fmt.Fprintln(os.Stderr, "dashboards-lint:", err)
		os.Exit(2)
	}
	findings := lint.Run(in)
	for _, f := range findings {
		fmt.Println(f)
	}
	if len(findings) > 0 {
		os.Exit(1)
	}
	fmt.Printf("%d boards and %d rule files are fine\n", len(in.Boards), len(in.Rules))
}

func (o options) load() (*lint.Input, error) {
	in := &lint.Input{Runbooks: o.runbooks, Exceptions: lint.Exceptions()}
	var err error
	if in.Boards, err = board.LoadDir(o.boards); err != nil {
		return nil, err
	}
	if len(in.Boards) == 0 {
		return nil, fmt.Errorf("no board in %s", o.boards)
	}
	if o.rules != "" {
		if in.Rules, err = lint.LoadRules(o.rules); err != nil {
			return nil, err
		}
		if len(in.Rules) == 0 {
			return nil, fmt.Errorf("no rule file in %s", o.rules)
		}
	}
	if o.catalogue != "" {
		if in.Catalogue, err = lint.LoadCatalogue(o.catalogue); err != nil {
			return nil, err
		}
	}
	if o.metrics != "" {
		if in.Scrape, err = lint.LoadScrape(o.metrics); err != nil {
			return nil, err
		}
		in.Scrape.AddRecorded(in.Rules)
	}
	return in, nil
}
