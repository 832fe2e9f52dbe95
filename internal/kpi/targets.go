package kpi

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// target is one target in one Compute.
type target struct {
	plan
	previous *plan // of the period before, nil where there was none
	begun    bool
	ended    bool
	progress progress

	source string   // of the scope, "" is all of them
	scope  []scoped // the dimensions that the scope fixes, in label order
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
func newTargets(c *computation) []*target {
	progresses := map[calendar.Span]progress{}
	var targets []*target
	for _, t := range c.in.Targets {
		n := newTarget(c, t)
		p, ok := progresses[n.span]
		if !ok {
			p = newProgress(c.in.Calendar, n.span, c.in.Now)
			progresses[n.span] = p
		}
		n.progress = p
		targets = append(targets, n)
	}
	return inForce(c.in.Calendar, targets)
}

func newTarget(c *computation, t crm.Target) *target {
	n := &target{plan: newPlan(c.in.Calendar, t, c.in.Now)}
	n.begun, n.ended = !c.in.Now.Before(n.span.Start), !c.in.Now.Before(n.span.End)
	n.Pace = cmp.Or(t.Pace, crm.PaceLinear)
	n.readScope(c)
	return n
}

// readScope resolves the scope and the label values that follow from it.
func (t *target) readScope(c *computation) {
	scope := map[string]string{}
	for name, text := range t.Scope {
		scope[name] = value.CleanLabel(text)
	}
	t.source = scope["source"]
	delete(scope, "source")
	currency := ""
	if moneyKPI(t.KPI) {
		currency = c.options.Currency
	}
	t.values = []string{value.CleanLabel(t.Name), t.KPI, string(t.Period.Unit), t.source, currency}
	for place, name := range c.options.Dimensions {
		text, fixed := scope[name]
		if fixed {
			t.scope = append(t.scope, scoped{place: place, text: text})
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
func (t *target) coverage() bool { return t.KPI == kpiRevenueWon && t.begun }

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
func (t *target) place(cut *cube.Cut, now time.Time) {
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
	closed  closedCell
	created createdCell
	due     dueCell
}

// measurable reports whether the KPI is known within the scope: no source is missing, and something is in it.
func (t *target) measurable() bool { return t.missing == 0 && t.matched }

// sum adds up a period over all sources and groups of a scope.
func (t *target) sum(p cube.Period) sums {
	var sum sums
	for _, in := range t.covered {
		part := in.sum(p)
		part.ofSource()
		sum.plus(&part)
	}
	return sum
}

// ofSource makes the sums those of one source, so that other sources do not hide what it does not know.
func (s *sums) ofSource() {
	for _, has := range []*amounts{
		&s.closed.wonHas, &s.closed.lostHas, &s.created.has,
		&s.due.has, &s.due.weightedHas, &s.due.commitHas, &s.due.bestCaseHas,
	} {
		*has = has.ofSource()
	}
}

func (s *sums) plus(o *sums) {
	s.closed.plus(&o.closed)
	s.created.plus(&o.created)
	s.due.plus(&o.due)
}

// closedAny reports whether any deal of the covered sources was won or lost in a span. Where none was, the CRM was not
// in use yet, and what was reached is unknown rather than nothing.
func (t *target) closedAny(span calendar.Span) bool {
	return slices.ContainsFunc(t.covered, func(in *scopeSums) bool {
		return in.scan.recorded.Any(in.scan.c.recorded.Period(span))
	})
}

// recordedBefore reports whether the covered sources tell what was reached in the period before and what its plan grows
// from. Where the first deal was closed within the base, the base is too small, and the plan was reached many times over.
func (t *target) recordedBefore() bool {
	return !slices.ContainsFunc(t.recordedSpans(), func(span calendar.Span) bool { return !t.closedAny(span) })
}

// value returns a KPI of the sums; a ratio without a denominator has none, nor money of which none is in the reporting
// currency.
func (s *sums) value(kpi string) (float64, bool) {
	switch kpi {
	case kpiRevenueWon:
		return units(s.closed.wonAmount), !s.closed.wonHas.unknown()
	case kpiRevenueLost:
		return units(s.closed.lostAmount), !s.closed.lostHas.unknown()
	case kpiPipelineCreated:
		return units(s.created.amount), !s.created.has.unknown()
	case kpiDealsWon:
		return float64(s.closed.won), true
	case kpiDealsLost:
		return float64(s.closed.lost), true
	case kpiDealsCreated:
		return float64(s.created.deals), true
	case kpiWinRatio:
		return s.closed.wonShare()
	default:
		return 0, false
	}
}
