//go:build cgo

package peer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/bench/internal/world"
)

// deals are filled by filledTables from raw, whose times are milliseconds since 1970 and whose amounts are
// ten-thousandths of a currency unit.
const plainTables = `
CREATE TABLE raw (id VARCHAR, pipeline VARCHAR, stage VARCHAR, rep VARCHAR, business_type VARCHAR,
	amount BIGINT, created BIGINT, closed BIGINT, entered BIGINT);
CREATE TABLE reps (code USMALLINT, rep VARCHAR, team VARCHAR, territory VARCHAR);
CREATE TABLE stages (code UTINYINT, stage VARCHAR, outcome VARCHAR, probability DOUBLE);
CREATE TABLE windows (code UTINYINT, window_name VARCHAR, start_at TIMESTAMP, end_at TIMESTAMP, costly BOOLEAN);
`

const filledTables = `
CREATE TABLE deals AS SELECT id, pipeline, stage, rep, business_type, (amount / 10000)::DECIMAL(18, 4) amount,
	make_timestamp_ms(created) created, make_timestamp_ms(closed) closed, make_timestamp_ms(entered) entered FROM raw;
` + expertTables + `
DROP TABLE raw;
`

const (
	plainRows  = `FROM deals JOIN stages USING (stage) JOIN reps USING (rep)`
	plainGroup = `window_name, pipeline, rep, team, territory, business_type`
	rollups    = `GROUPING SETS ((window_name, costly), (window_name, costly, team), (window_name, costly, rep),
		(window_name, costly, pipeline))`
	rollupName = `CASE WHEN grouping(team) = 0 THEN 'team' WHEN grouping(rep) = 0 THEN 'rep'
		WHEN grouping(pipeline) = 0 THEN 'pipeline' ELSE 'all' END`
)

// closing is where the expected close of an open deal lies; at writes an instant.
func closing(at func(time.Time) string) string {
	now := world.Now()
	day := now.Truncate(24 * time.Hour)
	month := day.AddDate(0, 0, 1-now.Day())
	quarterEnd := month.AddDate(0, 3-(int(month.Month())-1)%3, 0)
	return fmt.Sprintf(`CASE WHEN closed < %s THEN 'overdue' WHEN closed < %s THEN 'this_month'
		WHEN closed < %s THEN 'this_quarter' ELSE 'later' END`, at(day), at(month.AddDate(0, 1, 0)), at(quarterEnd))
}

// timestamp and milli write an instant as the plain and the coded tables hold it.
func timestamp(t time.Time) string { return t.UTC().Format("TIMESTAMP '2006-01-02 15:04:05.000'") }

func milli(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func plainQueries() []query {
	closedIn := ` JOIN windows ON closed >= start_at AND closed < end_at WHERE outcome <> '' `
	openRows := plainRows + ` WHERE outcome = '' `
	const cycle = `epoch(closed) - epoch(created)`
	queries := []query{
		{`SELECT ` + plainGroup + `,
			count(*) FILTER (outcome = 'won')::DOUBLE won, count(*) FILTER (outcome = 'lost')::DOUBLE lost,
			sum(amount) FILTER (outcome = 'won')::DOUBLE won_amount, sum(amount) FILTER (outcome = 'lost')::DOUBLE lost_amount
			` + plainRows + closedIn + `GROUP BY ` + plainGroup, []string{"won", "lost", "won_amount", "lost_amount"}},
		{`SELECT ` + plainGroup + `, count(*)::DOUBLE created, sum(amount)::DOUBLE created_amount
			` + plainRows + ` JOIN windows ON created >= start_at AND created < end_at GROUP BY ` + plainGroup,
			[]string{"created", "created_amount"}},
		{`SELECT ` + plainGroup + `, stage, ` + closing(timestamp) + ` closing,
			count(*)::DOUBLE open, sum(amount)::DOUBLE open_amount FROM (SELECT *, '' window_name ` +
			openRows + `) GROUP BY ALL`, []string{"open", "open_amount"}},
		{`SELECT pipeline, team, stage, ` + closing(timestamp) + ` closing, sum(amount * probability) ` + openRows +
			`GROUP BY ALL`, nil},
		{`SELECT window_name, pipeline, team, ` + atMost("amount", world.SizeBounds()) + ` ` + plainRows + closedIn +
			`AND costly AND outcome = 'won' AND amount >= 0 GROUP BY window_name, pipeline, team`, nil},
		{`SELECT window_name, pipeline, team, outcome, ` + atMost(cycle, seconds()) + ` ` + plainRows +
			closedIn + `AND costly GROUP BY window_name, pipeline, team, outcome`, nil},
		{`SELECT team, date_trunc('day', closed) AS closed_on, sum(amount) ` + plainRows + fmt.Sprintf(
			` WHERE outcome = 'won' AND closed >= %s AND closed < %s GROUP BY ALL`,
			timestamp(time.UnixMilli(dailyFrom())), timestamp(world.Now())), nil},
		{`SELECT window_name, ` + rollupName + ` AS rollup, team, rep, pipeline,
			count(*) FILTER (outcome = 'won') / count(*), avg(amount) FILTER (outcome = 'won'),
			sum(amount) FILTER (outcome = 'won') / sum(amount), avg(` + cycle + `) FILTER (outcome = 'won'),
			sum(amount) FILTER (outcome = 'won') / count(DISTINCT rep),
			median(amount::DOUBLE) FILTER (outcome = 'won') size_median,
			median(` + cycle + `) FILTER (outcome = 'won') cycle_median
			` + plainRows + closedIn + `GROUP BY ` + rollups + ` HAVING grouping(rep) = 1 OR costly`,
			[]string{"size_median", "cycle_median"}},
	}
	for _, since := range []string{"created", "entered"} {
		age := fmt.Sprintf("epoch(%s) - epoch(%s)", timestamp(world.Now()), since)
		queries = append(queries,
			query{`SELECT pipeline, stage, ` + atMost(age, seconds()) + ` ` + openRows + `GROUP BY pipeline, stage`, nil})
	}
	return queries
}

// seconds are the bounds of the histograms of durations.
func seconds() []float64 {
	var bounds []float64
	for _, days := range world.DurationDays() {
		bounds = append(bounds, float64(days)*86_400)
	}
	return bounds
}

// atMost counts the values up to each bound, and all of them.
func atMost(value string, bounds []float64) string {
	var columns []string
	for _, bound := range bounds {
		columns = append(columns, fmt.Sprintf("count(*) FILTER (%s <= %v)", value, bound))
	}
	return strings.Join(append(columns, "count(*)", fmt.Sprintf("sum(%s)", value)), ", ")
}

func sizeBounds() []int64 {
	var bounds []int64
	for _, b := range world.SizeBounds() {
		bounds = append(bounds, int64(b*1e4))
	}
	return bounds
}

func durationBounds() []int64 {
	var bounds []int64
	for _, days := range world.DurationDays() {
		bounds = append(bounds, int64(days)*86_400_000)
	}
	return bounds
}

// dailyFrom is the start of the previous quarter, before which no day is shown.
func dailyFrom() int64 {
	for _, b := range world.Bounds() {
		if b.Window == "previous_quarter" {
			return b.Start
		}
	}
	return 0
}

const expertTables = `
CREATE TABLE coded AS SELECT (pipeline[9:])::UTINYINT pipeline, s.code stage, r.code rep,
	list_position(['new', 'existing', 'renewal'], business_type)::UTINYINT kind,
	CASE outcome WHEN 'won' THEN 1 WHEN 'lost' THEN 2 ELSE 0 END::UTINYINT outcome,
	amount, created, closed, entered
	FROM raw JOIN stages s USING (stage) JOIN reps r USING (rep);
`

// cuts are the bounds of all windows in order. Between two of them lies an interval, that of all rows before being 0.
func cuts() []int64 {
	var bounds []int64
	for _, w := range world.Bounds() {
		bounds = append(bounds, w.Start, w.End)
	}
	slices.Sort(bounds)
	return slices.Compact(bounds)
}

// interval returns the expression of the interval of a time, without a branch.
func interval(column string) string {
	var terms []string
	for _, cut := range cuts() {
		terms = append(terms, fmt.Sprintf("(%s >= %d)::UTINYINT", column, cut))
	}
	return strings.Join(terms, " + ")
}

// intervals returns which windows have which intervals, as rows.
func intervals() string {
	var rows []string
	for _, w := range world.Bounds() {
		for i, cut := range cuts() {
			if cut >= w.Start && cut < w.End {
				rows = append(rows, fmt.Sprintf("('%s', %t, %d)", w.Window, w.Costly, i+1))
			}
		}
	}
	return "(VALUES " + strings.Join(rows, ", ") + ") i(window_name, costly, span)"
}

// code returns the expression of the bucket of a value.
func code(value string, bounds []int64) string {
	var terms []string
	for _, bound := range bounds {
		terms = append(terms, fmt.Sprintf("(%s > %d)::UTINYINT", value, bound))
	}
	return strings.Join(terms, " + ")
}

func expertQueries() []query {
	first, now := cuts()[0], world.Now().UnixMilli()
	within := func(column string) string { return fmt.Sprintf("%s >= %d AND %s < %d", column, first, column, now) }
	named := ` JOIN reps r ON r.code = s.rep JOIN ` + intervals() + ` USING (span) `
	group := `window_name, pipeline, s.rep, any_value(team), any_value(territory), kind`
	codedRollup := strings.ReplaceAll(rollupName, "grouping(rep)", "grouping(s.rep)")
	by := ` GROUP BY window_name, pipeline, s.rep, kind`
	queries := []query{
		{text: `CREATE OR REPLACE TEMP TABLE closes AS SELECT ` + interval("closed") + ` span, pipeline, rep, kind, outcome,
			count(*) n, count(amount) priced, sum(amount)::BIGINT amount, sum(closed - created)::BIGINT cycle
			FROM coded WHERE outcome > 0 AND ` + within("closed") + ` GROUP BY ALL`},
		{`SELECT ` + group + `, sum(n) FILTER (outcome = 1)::DOUBLE won, sum(n) FILTER (outcome = 2)::DOUBLE lost,
			sum(amount) FILTER (outcome = 1) / 1e4 won_amount, sum(amount) FILTER (outcome = 2) / 1e4 lost_amount
			FROM closes s` + named + by, []string{"won", "lost", "won_amount", "lost_amount"}},
		{`SELECT ` + group + `, sum(n)::DOUBLE created, sum(amount) / 1e4 created_amount FROM (
			SELECT ` + interval("created") + ` span, pipeline, rep, kind, count(*) n, sum(amount)::BIGINT amount
			FROM coded WHERE ` + within("created") + ` GROUP BY ALL) s` + named + by, []string{"created", "created_amount"}},
		{text: `CREATE OR REPLACE TEMP TABLE opens AS SELECT pipeline, stage, rep, kind, ` + closing(milli) + ` closing,
			count(*) n, sum(amount)::BIGINT amount FROM coded WHERE outcome = 0 GROUP BY ALL`},
		{`SELECT '' window_name, o.*, team, territory, n::DOUBLE open, amount / 1e4 open_amount
			FROM opens o JOIN reps r ON r.code = o.rep`, []string{"open", "open_amount"}},
		{text: `SELECT pipeline, team, o.stage, closing, sum(amount / 1e4 * probability)
			FROM opens o JOIN reps r ON r.code = o.rep JOIN stages t ON t.code = o.stage GROUP BY ALL`},
		{text: `SELECT window_name, ` + codedRollup + ` AS rollup, team, s.rep, pipeline,
			sum(n) FILTER (outcome = 1) / sum(n), sum(amount) FILTER (outcome = 1) / sum(priced) FILTER (outcome = 1) / 1e4,
			sum(amount) FILTER (outcome = 1) / sum(amount), sum(cycle) FILTER (outcome = 1) / sum(n) FILTER (outcome = 1),
			sum(amount) FILTER (outcome = 1) / 1e4 / count(DISTINCT s.rep) FROM
			(SELECT span, pipeline, rep, outcome, sum(n) n, sum(priced) priced, sum(amount) amount, sum(cycle) cycle
				FROM closes GROUP BY ALL) s` + named + `GROUP BY GROUPING SETS ((window_name, costly),
			(window_name, costly, team), (window_name, costly, s.rep), (window_name, costly, pipeline))
			HAVING grouping(s.rep) = 1 OR costly`},
		{`SELECT window_name, ` + codedRollup + ` AS rollup, team, s.rep, pipeline,
			median(amount) / 1e4 size_median, median(cycle) / 1e3 cycle_median FROM
			(SELECT ` + interval("closed") + ` span, pipeline, rep, amount, closed - created cycle
				FROM coded WHERE outcome = 1 AND ` + within("closed") + `) s` + named + `GROUP BY GROUPING SETS
			((window_name, costly), (window_name, costly, team), (window_name, costly, s.rep), (window_name, costly, pipeline))
			HAVING grouping(s.rep) = 1 OR costly`, []string{"size_median", "cycle_median"}},
		{text: `SELECT window_name, pipeline, team, bucket, sum(n), sum(amount) FROM (SELECT ` + interval("closed") +
			` span, pipeline, rep, ` + code("amount", sizeBounds()) + ` bucket, count(*) n, sum(amount)::BIGINT amount
			FROM coded WHERE outcome = 1 AND amount >= 0 AND ` + within("closed") + ` GROUP BY ALL) s` + named +
			` WHERE costly GROUP BY ALL`},
		{text: `SELECT window_name, pipeline, team, outcome, bucket, sum(n), sum(cycle) FROM (SELECT ` + interval("closed") +
			` span, pipeline, rep, outcome, ` + code("closed - created", durationBounds()) + ` bucket, count(*) n,
			sum(closed - created)::BIGINT cycle FROM coded WHERE outcome > 0 AND ` + within("closed") + ` GROUP BY ALL) s` +
			named + ` WHERE costly GROUP BY ALL`},
		{text: fmt.Sprintf(`SELECT team, day_number, sum(amount) / 1e4 FROM (SELECT rep, closed // 86400000 AS day_number,
			sum(amount)::BIGINT amount FROM coded WHERE outcome = 1 AND closed >= %d AND closed < %d GROUP BY ALL) s
			JOIN reps r ON r.code = s.rep GROUP BY ALL`, dailyFrom(), now)},
	}
	for _, since := range []string{"created", "entered"} {
		age := fmt.Sprintf("%d - %s", now, since)
		queries = append(queries, query{text: `SELECT pipeline, stage, ` + code(age, durationBounds()) +
			` bucket, count(*), sum(` + age + `) FROM coded WHERE outcome = 0 GROUP BY ALL`})
	}
	return queries
}
