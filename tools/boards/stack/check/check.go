package check

import (
	"context"
	"fmt"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
	"github.com/sales-exporter/sales_exporter/tools/boards/stack/query"
)

// Options say what to check.
type Options struct {
	API            v1.API
	ScrapeInterval time.Duration
	// Boards are those whose queries must return something.
	Boards []*board.Board
	// Exceptions are what may be empty. One that is not empty is a failure, so that the list stays short.
	Exceptions []Exception
	// Replicas are the addresses of the exporters, which are also their instance labels.
	Replicas []string
	// Received returns the names of the alerts that Alertmanager has, and of those that its receiver was told of.
	Received func(context.Context) (alertmanager, receiver []string, err error)
	// PrometheusLog is the path of Prometheus' log.
	PrometheusLog string
	// Rules and Committed are directories of rule files that must be equal except for how long alerts wait.
	Rules, Committed string
	// Patience is when checks that fail are no longer repeated: exporters sync and alerts wait.
	Patience time.Time
	// Pause lies between two tries.
	Pause time.Duration
}

// Section is the outcome of one check.
type Section struct {
	Title string
	// Problems are what is wrong; none is a pass.
	Problems []string
	// Facts say what was looked at, in a line.
	Facts string
	Took  time.Duration
}

// Report is the outcome of all, with what the boards showed.
type Report struct {
	Sections []Section
	Boards   []BoardReport
	Dump     *query.Dump
}

// Passed reports whether nothing is wrong.
func (r Report) Passed() bool {
	for _, s := range r.Sections {
		if len(s.Problems) > 0 {
			return false
		}
	}
	return true
}

// finding is what one look at one thing brought.
type finding struct {
	problems []string
	facts    string
}

func problem(format string, args ...any) finding {
	return finding{problems: []string{fmt.Sprintf(format, args...)}}
}

func (r *Report) add(title string, f finding, start time.Time) {
	r.Sections = append(r.Sections, Section{title, f.problems, f.facts, time.Since(start)})
}

// Run performs all checks. Later ones rely on what earlier ones waited for: series on targets, annotations on alerts.
func Run(ctx context.Context, o Options) Report {
	boards := &boardCheck{
		source: query.Source{API: o.API, Now: time.Now(), ScrapeInterval: o.ScrapeInterval},
		boards: o.Boards, exceptions: o.Exceptions, answers: map[key]answer{},
	}
	var report Report
	for _, step := range []struct {
		title string
		look  func(context.Context) finding
	}{
		{"targets: every one is up", o.targets},
		{"rules: every one evaluates", o.evaluation},
		{"alerts: business alerts fire, none of the exporter's own, and they arrive", o.alerts},
		{"boards: every query returns a number", boards.look},
		{"names: every metric and label that boards and rules use exists", func(ctx context.Context) finding {
			return o.names(ctx, boards.expressions())
		}},
		{"replicas: each alone shows the numbers of both", func(ctx context.Context) finding {
			return o.replicas(ctx, boards.expressions())
		}},
	} {
		start := time.Now()
		report.add(step.title, o.patiently(ctx, step.look), start)
	}
	// What stands in files does not get better by waiting.
	start := time.Now()
	report.add("log: Prometheus refused no sample", scanLog(o.PrometheusLog), start)
	start = time.Now()
	report.add("rules: generated equal committed but for the time that alerts wait",
		compareRules(o.Rules, o.Committed), start)
	report.Boards = boards.report()
	alerts, err := o.API.Alerts(ctx)
	if err != nil {
		report.Sections = append(report.Sections, Section{Title: "dump", Problems: []string{err.Error()}})
	}
	report.Dump = boards.dump(alerts.Alerts)
	return report
}

// patiently looks until nothing is wrong or patience is over.
func (o Options) patiently(ctx context.Context, look func(context.Context) finding) finding {
	for {
		found := look(ctx)
		if len(found.problems) == 0 || ctx.Err() != nil || time.Now().Add(o.Pause).After(o.Patience) {
			return found
		}
		select {
		case <-ctx.Done():
		case <-time.After(o.Pause):
		}
	}
}
