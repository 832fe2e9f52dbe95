//go:build cgo

package peer

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/sales-exporter/sales_exporter/bench/internal/world"
)

// DuckDB answers the same questions in SQL, from a table in memory and with one thread.
type DuckDB struct{ db *sql.DB }

// NewDuckDB returns a database that holds the company's deals.
func NewDuckDB(ctx context.Context, n int) (*DuckDB, error) {
	connector, err := duckdb.NewConnector("", nil)
	if err != nil {
		return nil, fmt.Errorf("open DuckDB: %w", err)
	}
	d := &DuckDB{db: sql.OpenDB(connector)}
	d.db.SetMaxOpenConns(2)
	if err := d.exec(ctx, "SET threads = 1", plainTables); err != nil {
		return nil, err
	}
	if err := d.fillReferences(ctx); err != nil {
		return nil, err
	}
	connection, err := connector.Connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to DuckDB: %w", err)
	}
	defer func() { _ = connection.Close() }()
	appender, err := duckdb.NewAppenderFromConn(connection, "", "raw")
	if err != nil {
		return nil, fmt.Errorf("append to DuckDB: %w", err)
	}
	world.Deals(n, world.Now(), func(deal world.Deal) {
		if err != nil {
			return
		}
		r := deal.Record()
		var amount any
		if deal.AmountKnown {
			amount = int64(deal.Amount)
		}
		err = appender.AppendRow(r.ID, r.Pipeline, r.Stage, r.Rep, r.Dimensions["business_type"], amount,
			r.Created.Milli(), r.Closed.Milli(), r.StageEntered.Milli())
	})
	if err != nil {
		return nil, fmt.Errorf("append to DuckDB: %w", err)
	}
	if err := appender.Close(); err != nil {
		return nil, fmt.Errorf("append to DuckDB: %w", err)
	}
	return d, d.exec(ctx, filledTables)
}

// Close frees the database.
func (d *DuckDB) Close() error { return d.db.Close() }

func (d *DuckDB) exec(ctx context.Context, statements ...string) error {
	for _, s := range statements {
		if _, err := d.db.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("run %.60q in DuckDB: %w", s, err)
		}
	}
	return nil
}

func (d *DuckDB) fillReferences(ctx context.Context) error {
	var statements []string
	for i := range world.Reps {
		statements = append(statements, fmt.Sprintf("INSERT INTO reps VALUES (%d, '%s', '%s', '%s')",
			i, world.RepID(i), world.Team(i), world.Territory(i)))
	}
	for p := range world.Pipelines {
		for i := range world.Stages {
			outcome := map[int]string{world.Won: "won", world.Lost: "lost"}[i]
			statements = append(statements, fmt.Sprintf("INSERT INTO stages VALUES (%d, '%s', '%s', %v)",
				p*world.Stages+i, world.StageID(p, i), outcome, float64(world.Probability(i))/1e6))
		}
	}
	for i, w := range world.Bounds() {
		statements = append(statements, fmt.Sprintf(
			"INSERT INTO windows VALUES (%d, '%s', make_timestamp_ms(%d), make_timestamp_ms(%d), %t)",
			i, w.Window, w.Start, w.End, w.Costly))
	}
	return d.exec(ctx, strings.Join(statements, ";"))
}

// Plain runs what somebody writes who knows SQL and the questions.
func (d *DuckDB) Plain(ctx context.Context) (world.Totals, error) { return d.run(ctx, plainQueries()) }

// Expert runs what somebody writes who knows the engine as well: codes instead of names, rows added up once by interval
// of time, windows rolled up from those.
func (d *DuckDB) Expert(ctx context.Context) (world.Totals, error) {
	return d.run(ctx, expertQueries())
}

// run runs the queries and reads every row.
func (d *DuckDB) run(ctx context.Context, queries []query) (world.Totals, error) {
	totals := world.Totals{}
	for _, q := range queries {
		rows, err := d.db.QueryContext(ctx, q.text)
		if err != nil {
			return nil, fmt.Errorf("run %.60q in DuckDB: %w", q.text, err)
		}
		if err := q.read(rows, totals); err != nil {
			return nil, fmt.Errorf("read %.60q from DuckDB: %w", q.text, err)
		}
	}
	return totals, nil
}

// query is a statement, and which of its columns are totals: they are added up under the window_name that the
// row has, or under none.
type query struct {
	text   string
	totals []string
}

func (q query) read(rows *sql.Rows, totals world.Totals) error {
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(names))
	pointers := make([]any, len(names))
	for i := range values {
		pointers[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return err
		}
		q.add(names, values, totals)
	}
	return rows.Err()
}

func (q query) add(names []string, values []any, totals world.Totals) {
	window, counted := "", true
	for i, name := range names {
		switch name {
		case "window_name":
			window, _ = values[i].(string)
		case "rollup":
			counted = values[i] == "all"
		}
	}
	if !counted {
		return
	}
	for i, name := range names {
		for _, total := range q.totals {
			if v, ok := values[i].(float64); name == total && ok && v != 0 {
				totals[total+" "+window] += v
			}
		}
	}
}
