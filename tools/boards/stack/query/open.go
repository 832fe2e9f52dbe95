package query

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// Opened is a board as it is when somebody opens it.
type Opened struct {
	Board    *board.Board
	From, To time.Time
	Choices  Choices
	// Queries are those of the panels, in order, and then those of the annotations.
	Queries []Query
	// Repeats are the values of the variables that rows and panels are repeated for.
	Repeats map[string][]string
}

// Query is one query, ready to be sent.
type Query struct {
	// Panel is the title of the panel, or the name of the annotation.
	Panel string
	// PanelID is 0 for annotations.
	PanelID int
	// Value is what a repeated panel is repeated for, from the second value on.
	Value string
	// Ref tells the queries of a panel apart.
	Ref string
	// Expr is the query with its variables replaced.
	Expr string
	// Legend is the legend's format, as it stands in the board.
	Legend string
	// Instant queries are evaluated at the end of the board's time range, the others over Range.
	Instant bool
	Range   v1.Range
}

// Result is what Prometheus answered.
type Result struct {
	Query Query
	Value model.Value
}

// Source is what boards are opened against.
type Source struct {
	API            v1.API
	Now            time.Time
	ScrapeInterval time.Duration
}

// Open resolves the time range, the variables and with them the queries of a board.
func (s Source) Open(ctx context.Context, b *board.Board) (*Opened, error) {
	from, to, err := Clock{Now: s.Now, FiscalStart: b.FiscalYearStartMonth}.Range(b.Time)
	if err != nil {
		return nil, fmt.Errorf("board %s: %w", b.UID, err)
	}
	w := board.Window{From: from, To: to, ScrapeInterval: s.ScrapeInterval}
	choices, err := resolve(ctx, s.API, b, w)
	if err != nil {
		return nil, fmt.Errorf("board %s: %w", b.UID, err)
	}
	o := &Opened{Board: b, From: from, To: to, Choices: choices, Repeats: map[string][]string{}}
	row := ""
	for _, p := range b.AllPanels() {
		if p.Type == "row" {
			row = p.Repeat
		}
		queries, err := o.panel(p, cmp.Or(p.Repeat, row), w)
		if err != nil {
			return nil, fmt.Errorf("board %s, panel %q: %w", b.UID, p.Title, err)
		}
		o.Queries = append(o.Queries, queries...)
	}
	for _, a := range b.Annotations {
		if a.Expr == "" {
			continue
		}
		query, err := o.annotation(a, w)
		if err != nil {
			return nil, fmt.Errorf("board %s, annotation %q: %w", b.UID, a.Name, err)
		}
		o.Queries = append(o.Queries, query)
	}
	return o, nil
}

// panel returns the queries of a panel, for each value in turn if it or its row is repeated for a variable.
func (o *Opened) panel(p board.Panel, variable string, w board.Window) ([]Query, error) {
	repeats := []map[string]string{nil}
	if variable != "" {
		repeats, o.Repeats[variable] = nil, o.repeated(variable)
		for _, value := range o.Repeats[variable] {
			repeats = append(repeats, map[string]string{variable: value})
		}
	}
	var queries []Query
	for i, repeat := range repeats {
		values := o.Choices.values(repeat)
		for _, t := range p.Targets {
			window, err := narrow(w, p.MaxDataPoints, t.Interval, p.Interval)
			if err != nil {
				return nil, err
			}
			q := Query{
				Panel: p.Title, PanelID: p.ID, Ref: t.RefID, Legend: t.LegendFormat, Instant: t.Instant && !t.Range,
				Expr: board.Expand(t.Expr, values, window), Range: aligned(window),
			}
			if i > 0 {
				q.Value = repeat[variable]
			}
			queries = append(queries, q)
		}
	}
	return queries, nil
}

// repeated returns the values that a panel is repeated for: the chosen ones, or all that there are.
func (o *Opened) repeated(variable string) []string {
	choice := o.Choices[variable]
	if choice.All != "" {
		return choice.Options
	}
	return choice.Values
}

// annotationPoints is how many points Grafana asks for in the range of an annotation.
const annotationPoints = 100

// annotation returns the query of an annotation, whose least step is a minute where it names none.
func (o *Opened) annotation(a board.Annotation, w board.Window) (Query, error) {
	step := a.Step
	if step == "" {
		step = "1m"
	}
	w, err := narrow(w, annotationPoints, step)
	if err != nil {
		return Query{}, err
	}
	return Query{
		Panel: a.Name, Ref: "annotation", Expr: board.Expand(a.Expr, o.Choices.values(nil), w), Legend: a.TitleFormat,
		Range: aligned(w),
	}, nil
}

// narrow gives a window the resolution of a panel. Of the intervals, the first that is not empty is the least step.
func narrow(w board.Window, points int, intervals ...string) (board.Window, error) {
	w.MaxDataPoints = points
	i := slices.IndexFunc(intervals, func(s string) bool { return s != "" })
	if i < 0 {
		return w, nil
	}
	least, err := model.ParseDuration(intervals[i])
	if err != nil {
		return w, fmt.Errorf("least interval: %w", err)
	}
	w.MinInterval = time.Duration(least)
	return w, nil
}

// aligned is the range of a query. Grafana moves both ends down to multiples of the step, so that points stay where
// they are when a board is refreshed.
func aligned(w board.Window) v1.Range {
	step := w.Interval()
	down := func(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli() - t.UnixMilli()%step.Milliseconds()) }
	return v1.Range{Start: down(w.From), End: down(w.To), Step: step}
}

// Run executes a query.
func (s Source) Run(ctx context.Context, o *Opened, q Query) (Result, error) {
	var value model.Value
	var err error
	if q.Instant {
		value, _, _, err = s.API.Query(ctx, q.Expr, o.To)
	} else {
		value, _, _, err = s.API.QueryRange(ctx, q.Expr, q.Range)
	}
	if err != nil {
		return Result{}, fmt.Errorf("query %s: %w", q.Expr, err)
	}
	return Result{q, value}, nil
}

// Finite counts the samples that are numbers.
func (r Result) Finite() int {
	n := 0
	count := func(v model.SampleValue) {
		if !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) {
			n++
		}
	}
	switch value := r.Value.(type) {
	case model.Vector:
		for _, sample := range value {
			count(sample.Value)
		}
	case model.Matrix:
		for _, series := range value {
			for _, pair := range series.Values {
				count(pair.Value)
			}
		}
	case *model.Scalar:
		count(value.Value)
	}
	return n
}
