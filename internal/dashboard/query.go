package dashboard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// selection is a metric with matchers: the part of a query that knows the metric's labels.
type selection struct {
	metric   *known
	suffix   string // "_bucket" and the like
	matchers []string
	over     string // function over a range, "" for an instant value
	window   string // the range
	at       string // PromQL's @ modifier
	daylong  bool   // see daily
}

// pick returns the series of a metric that the board's variables and further matchers select. A matcher is written as
// in PromQL: `window="trailing_30d"`.
func (g *generator) pick(name string, matchers ...string) selection {
	m := g.find(name)
	s := selection{metric: m, matchers: []string{`job=~"$job"`}}
	for _, v := range []string{"source", "pipeline", "team"} {
		// A rollup over everything has no dimensions left that a filter could match.
		whole := v != "source" && slices.Contains(matchers, `rollup="all"`)
		if g.filters[v] && m.has(v) && !m.target && !whole && !matches(matchers, v) {
			s.matchers = append(s.matchers, fmt.Sprintf(`%s=~"$%s"`, v, v))
		}
	}
	if g.filters["instance"] {
		s.matchers = append(s.matchers, `instance=~"$instance"`)
	}
	if m.has("currency") && !matches(matchers, "currency") {
		s.matchers = append(s.matchers, `currency="$currency"`)
	}
	for _, matcher := range matchers {
		if label := labelOf(matcher); !m.has(label) && label != "le" && label != "instance" {
			panic(fmt.Sprintf("%s has no label %s", name, label))
		}
		byRep := slices.Contains(matchers, `rollup="rep"`)
		if labelOf(matcher) == "window" && !m.hasWindow(matcher, byRep) {
			panic(fmt.Sprintf("%s has not all windows of %s by default", name, matcher))
		}
	}
	s.matchers = append(s.matchers, matchers...)
	return s
}

// plan returns the series of a target metric for the target that the board shows.
func (g *generator) plan(name string, matchers ...string) selection {
	return g.pick(name, append([]string{`kpi="revenue_won"`, `period="$period"`, `target="$target"`}, matchers...)...)
}

// running keeps the series of targets whose period it is: those of past and of coming months are served, too.
func (g *generator) running(expr string) string {
	start, end := g.bounds()
	return during(expr, start, end)
}

// runningDaily does so for lines of days, see selection.daily.
func (g *generator) runningDaily(expr string) string {
	start, end := g.bounds()
	return during(expr, start.daily(), end.daily())
}

// bounds are the first and the last instant of the targets' periods.
func (g *generator) bounds() (start, end selection) {
	revenue := []string{`kpi="revenue_won"`, `period="$period"`, `currency=~".*"`}
	return g.pick("sales_target_start_timestamp_seconds", revenue...), g.pick("sales_target_end_timestamp_seconds", revenue...)
}

func during(expr string, start, end selection) string {
	return fmt.Sprintf("((%s)\nand on (target) (%s <= time())\nand on (target) (%s > time()))", expr, start.max("target"),
		end.max("target"))
}

// ofTeams returns the values of running targets that fix a team and nothing else.
func (g *generator) ofTeams(name string, matchers ...string) string {
	return g.running(g.perTeam(name, matchers...).max("team", "target"))
}

// perTeam returns the series of a target metric for all targets that fix a team and nothing else.
func (g *generator) perTeam(name string, matchers ...string) selection {
	only := []string{`kpi="revenue_won"`, `period="$period"`, `source=""`}
	if g.filters["team"] {
		only = append(only, `team=~"$team"`)
	}
	only = append(only, `team!=""`)
	for _, d := range crm.DimensionNames() {
		if d != "team" {
			only = append(only, d+`=""`)
		}
	}
	return g.pick(name, append(only, matchers...)...)
}

func labelOf(matcher string) string {
	return matcher[:strings.IndexAny(matcher, "=!")]
}

func matches(matchers []string, label string) bool {
	return slices.ContainsFunc(matchers, func(m string) bool { return labelOf(m) == label })
}

// daily returns the selection for a line of days: where there is no live value, the back-filled one of the day. Back-filled
// history has one sample a day, which an instant look-back of five minutes would not find; live values are not stretched,
// so that an outage is a gap.
func (s selection) daily() selection {
	s.daylong = true
	return s
}

// backfilled returns the last back-filled value of a day. Some days have 25 hours.
func (s selection) backfilled() selection {
	s.daylong, s.over, s.window = false, "last_over_time", "25h"
	s.matchers = append(slices.Clip(s.matchers), `instance="backfill"`)
	return s
}

// rate returns what the selected counters gain in a second.
func (s selection) rate() selection {
	s.over, s.window = "rate", "$__rate_interval"
	return s
}

// longestOutage is how long the age of data goes on growing while no instance is scraped.
const longestOutage = "7d"

// lastSync returns when sources were last read completely, by job and further labels: what instances say now, or, where
// none of a job says anything, what the last ones said. So the age grows while the exporter is away, and a source that is
// no longer configured does not count.
func (g *generator) lastSync(by ...string) string {
	now := g.pick("sales_exporter_sync_last_success_timestamp_seconds")
	before := now
	before.over, before.window = "last_over_time", longestOutage
	return fmt.Sprintf("((max by (%s) (%s))\nor on (job)\n(max by (job, source) (%s)))",
		strings.Join(append([]string{"job", "source"}, by...), ", "), now.series(), before.series())
}

// increase returns what the selected counters gained in a time that does not depend on the board's.
func (s selection) increase(window string) selection {
	s.over, s.window = "increase", window
	return s
}

// end returns the selection as of the end of the board's time range, at every point of a line.
func (s selection) end() selection {
	s.at = " @ end()"
	return s
}

func (s selection) bucket() selection {
	s.suffix = "_bucket"
	return s
}

// once returns the expression of the selected series, each once however many replicas expose it. Labels that the
// matchers pin are dropped.
func (s selection) once() string {
	by := []string{"job"} // Replicas share one; two deployments may name their sources alike.
	for _, label := range s.metric.labels {
		pinned := slices.ContainsFunc(s.matchers, func(m string) bool { return strings.HasPrefix(m, label+`="`) })
		// A target has the one method that is configured for it.
		if single := s.metric.target && label == "method"; !pinned && !single {
			by = append(by, label)
		}
	}
	if s.suffix == "_bucket" {
		by = append(by, "le")
	}
	return fmt.Sprintf("max by (%s) (%s)", strings.Join(by, ", "), s.series())
}

func (s selection) series() string {
	series := fmt.Sprintf("%s%s{%s}", s.metric.name, s.suffix, strings.Join(s.matchers, ","))
	if s.over != "" {
		return fmt.Sprintf("%s(%s[%s]%s)", s.over, series, s.window, s.at)
	}
	return series + s.at
}

// sum returns the sum over replicated-once series, by some labels.
func (s selection) sum(by ...string) string { return s.aggregate("sum", by) }

// total returns the sum over counters, by some labels. What each replica counts is its own doing, so that here their
// sum is the truth: both of them cost API calls.
func (s selection) total(by ...string) string {
	if len(by) == 0 {
		return fmt.Sprintf("sum(%s)", s.series())
	}
	return fmt.Sprintf("sum by (%s) (%s)", strings.Join(by, ", "), s.series())
}

// max returns the largest value by some labels. One aggregation is enough: replicas are equal.
func (s selection) max(by ...string) string {
	if s.daylong {
		return s.filled(func(s selection) string { return s.max(by...) })
	}
	if len(by) == 0 {
		return fmt.Sprintf("max(%s)", s.series())
	}
	return fmt.Sprintf("max by (%s) (%s)", strings.Join(by, ", "), s.series())
}

func (s selection) min(by ...string) string {
	if len(by) == 0 {
		return fmt.Sprintf("min(%s)", s.series())
	}
	return fmt.Sprintf("min by (%s) (%s)", strings.Join(by, ", "), s.series())
}

func (s selection) aggregate(op string, by []string) string {
	for _, label := range by {
		if !s.metric.has(label) && label != "le" {
			panic(fmt.Sprintf("%s has no label %s", s.metric.name, label))
		}
	}
	if s.daylong {
		return s.filled(func(s selection) string { return s.aggregate(op, by) })
	}
	if len(by) == 0 {
		return fmt.Sprintf("%s(%s)", op, s.once())
	}
	return fmt.Sprintf("%s by (%s) (%s)", op, strings.Join(by, ", "), s.once())
}

// filled returns an aggregation over live values, and over back-filled ones where there are none.
func (s selection) filled(aggregate func(selection) string) string {
	live, past := s, s.backfilled()
	live.daylong = false
	return "(" + aggregate(live) + "\nor\n" + aggregate(past) + ")"
}

// emptyNamed gives series whose label is empty a name for it.
func emptyNamed(label, text, expr string) string {
	return fmt.Sprintf(`label_replace(%s, "%s", "%s", "%s", "")`, expr, label, text, label)
}

// byClosing returns the sums of open deals by when they are due, soonest first.
func (g *generator) byClosing(name string, matchers ...string) string {
	var parts []string
	for _, closing := range []string{"overdue", "this_month", "this_quarter", "next_quarter", "later", "unscheduled"} {
		due := g.pick(name, append(slices.Clip(matchers), `closing=~"`+closing+`"`)...)
		parts = append(parts, due.sum("closing"))
	}
	return strings.Join(parts, "\nor\n")
}

// positive keeps values above 0, so that a division by it yields nothing rather than infinity.
func positive(expr string) string { return fmt.Sprintf("(%s > 0)", expr) }

// verdict names a value in a label `status`, so that colour is not the only signal. The levels ascend; the value gets
// the name of the last level that it reaches, and below names what reaches none.
func verdict(expr, below string, levels ...level) string {
	name := func(expr, text string) string {
		return fmt.Sprintf(`label_replace(%s, "status", "%s", "", "")`, expr, text)
	}
	parts := []string{name(fmt.Sprintf("(%s) < %g", expr, levels[0].from), below)}
	for i, l := range levels {
		condition := fmt.Sprintf("(%s) >= %g", expr, l.from)
		if i+1 < len(levels) {
			condition += fmt.Sprintf(" < %g", levels[i+1].from)
		}
		parts = append(parts, name(condition, l.text))
	}
	return strings.Join(parts, "\nor\n")
}

// coverageVerdict names how often what is due covers what is missing. Where nothing is missing any more there is no such
// number, and gap tells it from a lack of data.
func coverageVerdict(coverage, gap string) string {
	return verdict(coverage, "THIN", covered().levels...) + "\nor\n" +
		fmt.Sprintf(`label_replace((%s) <= 0, "status", "REACHED", "", "") * 0 + Inf`, gap)
}

// level is where a verdict begins.
type level struct {
	from float64
	text string
}
