package check

import (
	"context"
	"fmt"
	"slices"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"golang.org/x/sync/errgroup"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
	"github.com/sales-exporter/sales_exporter/tools/boards/stack/query"
)

// parallel is the number of queries sent at a time.
const parallel = 4

// boardCheck opens boards and runs their queries. What returned a number once is not asked again.
type boardCheck struct {
	source     query.Source
	boards     []*board.Board
	exceptions []Exception

	opened  []*query.Opened
	answers map[key]answer
}

// key names a query of a board, however often the board is opened.
type key struct {
	board, panel, ref, value string
	id                       int
}

func keyOf(o *query.Opened, q query.Query) key {
	return key{o.Board.UID, q.Panel, q.Ref, q.Value, q.PanelID}
}

type answer struct {
	result  query.Result
	err     error
	samples int
	// later says that the samples are those of the next step: the demo is younger than the last one.
	later bool
}

// BoardReport says what a board's queries returned.
type BoardReport struct {
	UID  string
	Rows []Row
}

// Row is a query in a BoardReport.
type Row struct {
	Panel, Ref, Expr string
	Samples          int
	// Reason is why the query may be empty, how it failed, or when the samples will show.
	Reason string
}

func (c *boardCheck) look(ctx context.Context) finding {
	c.source.Now = time.Now()
	opened := make([]*query.Opened, len(c.boards))
	for i, b := range c.boards {
		var err error
		if opened[i], err = c.source.Open(ctx, b); err != nil {
			return problem("%v", err)
		}
	}
	c.opened = opened
	for _, o := range c.opened {
		c.ask(ctx, o)
	}
	return c.compare()
}

// ask runs the queries of a board that returned nothing yet.
func (c *boardCheck) ask(ctx context.Context, o *query.Opened) {
	queries := slices.DeleteFunc(slices.Clone(o.Queries), func(q query.Query) bool {
		return c.answers[keyOf(o, q)].samples > 0
	})
	answers := make([]answer, len(queries))
	var group errgroup.Group
	group.SetLimit(parallel)
	for i, q := range queries {
		group.Go(func() error {
			answers[i] = c.answer(ctx, o, q)
			return nil
		})
	}
	_ = group.Wait() // The errors stand in the answers.
	for i, q := range queries {
		c.answers[keyOf(o, q)] = answers[i]
	}
}

// answer runs one query. Points of a range lie on full steps, which may be hours apart: what has data only since the
// demo began may show at the next step.
func (c *boardCheck) answer(ctx context.Context, o *query.Opened, q query.Query) answer {
	result, err := c.source.Run(ctx, o, q)
	a := answer{result: result, err: err, samples: result.Finite()}
	if err != nil || a.samples > 0 || q.Instant {
		return a
	}
	q.Instant = true
	next, err := c.source.Run(ctx, o, q)
	a.err, a.samples = err, next.Finite()
	a.later = a.samples > 0
	return a
}

// compare compares what is empty with what may be.
func (c *boardCheck) compare() finding {
	var f finding
	needed := make([]bool, len(c.exceptions))
	empty, total := 0, 0
	for _, o := range c.opened {
		for _, q := range o.Queries {
			total++
			a := c.answers[keyOf(o, q)]
			if a.samples > 0 {
				continue
			}
			empty++
			excepted := c.excepted(o, q)
			switch {
			case a.err != nil:
				f.problems = append(f.problems, fmt.Sprintf("%s, %q %s: %v", o.Board.UID, q.Panel, q.Ref, a.err))
			case excepted < 0:
				f.problems = append(f.problems, fmt.Sprintf("%s, %q %s is empty: %s", o.Board.UID, q.Panel, q.Ref, q.Expr))
			default:
				needed[excepted] = true
			}
		}
	}
	for i, e := range c.exceptions {
		if e.Panel != "" && !needed[i] {
			f.problems = append(f.problems, unneeded(e))
		}
	}
	f.facts = fmt.Sprintf("%d boards, %d queries, %d of them empty", len(c.opened), total, empty)
	return f
}

// excepted returns the exception that covers a query, -1 if none does.
func (c *boardCheck) excepted(o *query.Opened, q query.Query) int {
	return slices.IndexFunc(c.exceptions, func(e Exception) bool { return e.covers(o.Board.UID, q, c.source.Now) })
}

// expressions returns every query that was sent, each once.
func (c *boardCheck) expressions() []string {
	var all []string
	for _, o := range c.opened {
		for _, q := range o.Queries {
			if !slices.Contains(all, q.Expr) {
				all = append(all, q.Expr)
			}
		}
	}
	return all
}

// report lists the queries of each board.
func (c *boardCheck) report() []BoardReport {
	reports := make([]BoardReport, 0, len(c.opened))
	for _, o := range c.opened {
		r := BoardReport{UID: o.Board.UID}
		for _, q := range o.Queries {
			a := c.answers[keyOf(o, q)]
			row := Row{Panel: q.Panel, Ref: q.Ref, Expr: q.Expr, Samples: a.samples}
			switch i := c.excepted(o, q); {
			case a.err != nil:
				row.Reason = a.err.Error()
			case a.later:
				row.Reason = "at the next step"
			case i >= 0 && a.samples == 0:
				row.Reason = c.exceptions[i].Reason
			}
			r.Rows = append(r.Rows, row)
		}
		reports = append(reports, r)
	}
	return reports
}

// dump returns what the boards showed.
func (c *boardCheck) dump(alerts []v1.Alert) *query.Dump {
	d := &query.Dump{Generated: c.source.Now, Boards: map[string]query.DumpBoard{}}
	for _, o := range c.opened {
		var results []query.Result
		for _, q := range o.Queries {
			if a := c.answers[keyOf(o, q)]; a.err == nil {
				results = append(results, a.result)
			}
		}
		d.Add(o, results, alerts)
	}
	return d
}
