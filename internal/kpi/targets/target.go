package targets

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/cube/groups"
	"github.com/sales-exporter/sales_exporter/internal/kpi/family"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// target is one target in one Compute.
type target struct {
	plan
	previous *plan // of the period before, nil where there was none
	begun    bool
	ended    bool
	progress progress

	source string         // of the scope, "" is all of them
	scope  []groups.Fixed // the dimensions that the scope fixes, in label order
	set    *scopeSet
	values []string // target, kpi, period, source, currency and all dimensions
	broken bool     // the scope fixes something that deals do not carry

	covered []*scopeSums // the sources of the scope that can tell the KPI
	missing int          // how many cannot
	matched bool         // some record carries the scope's labels; what none carries has no 0

	actualPeriod, recentPeriod cube.Period

	// opening is the time up to the first tenth of the base of the plan before.
	opening calendar.Span
}

// minElapsed is the share of a period before which a projection says more about the calendar than about sales.
const minElapsed = 0.05

// newTargets resolves the targets of the input that are in force.
func newTargets(c *family.Computation) []*target {
	progresses := map[calendar.Span]progress{}
	var targets []*target
	for _, t := range c.In.Targets {
		n := newTarget(c, t)
		p, ok := progresses[n.span]
		if !ok {
			p = newProgress(c.In.Calendar, n.span, c.In.Now)
			progresses[n.span] = p
		}
		n.progress = p
		targets = append(targets, n)
	}
	return inForce(c.In.Calendar, targets)
}

func newTarget(c *family.Computation, t crm.Target) *target {
	n := &target{plan: newPlan(c.In.Calendar, t, c.In.Now)}
	n.begun, n.ended = !c.In.Now.Before(n.span.Start), !c.In.Now.Before(n.span.End)
	n.Pace = cmp.Or(t.Pace, crm.PaceLinear)
	n.readScope(c)
	return n
}

// readScope resolves the scope and the label values that follow from it.
func (t *target) readScope(c *family.Computation) {
	scope := map[string]string{}
	for name, text := range t.Scope {
		scope[name] = value.CleanLabel(text)
	}
	t.source = scope["source"]
	delete(scope, "source")
	currency := ""
	if pass.MoneyKPI(t.KPI) {
		currency = c.Options.Currency
	}
	t.values = []string{value.CleanLabel(t.Name), t.KPI, string(t.Period.Unit), t.source, currency}
	for index, name := range c.Options.Dimensions {
		text, fixed := scope[name]
		if fixed {
			t.scope = append(t.scope, groups.Fixed{Index: index, Text: text})
			delete(scope, name)
		}
		t.values = append(t.values, text)
	}
	t.broken = len(scope) > 0
}

// inForce leaves one of the targets that would be the same series: of "quarterly revenue" for 2026-Q3 and 2026-Q4 the
// one that began last, or the first to begin. Two samples of one series make Prometheus drop the scrape.
func inForce(c *calendar.Calendar, targets []*target) []*target {
	best, series := map[string]*target{}, map[string][]*target{}
	for _, t := range targets {
		key := strings.Join(t.values, "\x00")
		series[key] = append(series[key], t)
		if b, ok := best[key]; !ok || t.supersedes(b) {
			best[key] = t
		}
	}
	for key, t := range best {
		if t.begun {
			t.previous = t.planBefore(c, series[key])
			if t.previous != nil && t.previous.hasBase {
				t.opening = calendar.Span{End: t.previous.firstTenth(c)}
			}
		}
	}
	return slices.DeleteFunc(targets, func(t *target) bool { return best[strings.Join(t.values, "\x00")] != t })
}

func (t *target) supersedes(o *target) bool {
	if t.begun != o.begun {
		return t.begun
	}
	if t.begun {
		return t.span.Start.After(o.span.Start)
	}
	return t.span.Start.Before(o.span.Start)
}

// coverage reports whether the target compares itself with open deals.
func (t *target) coverage() bool { return t.KPI == pass.RevenueWon && t.begun }

// spans returns the spans over which the target needs sums.
func (t *target) spans(now time.Time) []calendar.Span {
	spans := t.plan.spans()
	if t.begun {
		spans = append(spans, t.reached(now))
	}
	if t.running() {
		spans = append(spans, t.progress.recent)
	}
	if t.previous != nil {
		spans = append(spans, t.previous.spans()...)
	}
	return spans
}

// recordedSpans returns the spans in which some deal must have been closed for the plan before to be told of.
func (t *target) recordedSpans() []calendar.Span {
	if t.previous.hasBase {
		return []calendar.Span{t.previous.span, t.opening}
	}
	return []calendar.Span{t.previous.span}
}

// running reports whether the period has begun and not ended.
func (t *target) running() bool { return t.begun && !t.ended }

// reached returns the part of the period before now.
func (t *target) reached(now time.Time) calendar.Span {
	if now.Before(t.span.End) {
		return calendar.Span{Start: t.span.Start, End: now}
	}
	return t.span
}

// place finds the slots of the spans.
func (t *target) place(now time.Time) {
	cut := t.set.asked.Cut()
	t.plan.place(cut)
	if t.begun {
		t.actualPeriod = cut.Period(t.reached(now))
	}
	if t.running() {
		t.recentPeriod = cut.Period(t.progress.recent)
	}
	if t.previous != nil {
		t.previous.place(cut)
	}
}

// sums are what the KPIs of targets are made of.
type sums struct {
	pass.Sums
	due dueCell
}

// measurable reports whether the KPI is known within the scope: no source is missing, and something is in it.
func (t *target) measurable() bool { return t.missing == 0 && t.matched }

// sum adds up a period over all sources and groups of a scope.
func (t *target) sum(p cube.Period) sums {
	var sum sums
	for _, in := range t.covered {
		part := in.sum(p)
		part.OfSource()
		sum.Plus(&part)
	}
	return sum
}

// OfSource makes the sums those of one source, so that other sources do not hide what it does not know.
func (s *sums) OfSource() {
	for _, has := range []*pass.Amounts{
		&s.Closed.WonHas, &s.Closed.LostHas, &s.Created.Has,
		&s.due.has, &s.due.weightedHas, &s.due.commitHas, &s.due.bestCaseHas,
	} {
		*has = has.OfSource()
	}
}

// Plus adds other sums.
func (s *sums) Plus(o *sums) {
	s.Closed.Plus(&o.Closed)
	s.Created.Plus(&o.Created)
	s.due.Plus(&o.due)
}

// closedAny reports whether any deal of the covered sources was won or lost in a span. Where none was, the CRM was not
// in use yet, and what was reached is unknown rather than nothing.
func (t *target) closedAny(span calendar.Span) bool {
	return slices.ContainsFunc(t.covered, func(in *scopeSums) bool {
		return in.source.closed.Any(in.source.recorded.Cut().Period(span))
	})
}

// recordedBefore reports whether the covered sources tell what was reached in the period before and what its plan grows
// from. Where the first deal was closed within the base, the base is too small, and the plan was reached many times over.
func (t *target) recordedBefore() bool {
	return !slices.ContainsFunc(t.recordedSpans(), func(span calendar.Span) bool { return !t.closedAny(span) })
}

// unread reports whether some source of the target was read last before an instant.
func (t *target) unread(c *family.Computation, start time.Time) bool {
	return slices.ContainsFunc(t.covered, func(in *scopeSums) bool { return c.Unread(in.source.Source, start) })
}
