package targets

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube"
)

// plan is what a target asks for over one period. Of a repeating target there is one for every month, quarter or year.
type plan struct {
	crm.Target
	span    calendar.Span
	base    calendar.Span // of a growth target
	hasBase bool          // the base exists and has ended

	wholePeriod, basePeriod cube.Period
}

// newPlan returns the plan of the period that is the target's at an instant.
func newPlan(c *calendar.Calendar, t crm.Target, at time.Time) plan {
	p := plan{Target: t, span: targetSpan(c, t.Period, at)}
	if t.Growth != nil {
		p.base, p.hasBase = baseSpan(c, p.span, t.Growth.Over)
		// Growth over an unfinished period would be a target that moves.
		p.hasBase = p.hasBase && !p.base.End.After(at)
	}
	return p
}

// firstTenth returns the midnight that ends about the first tenth of the base.
func (p *plan) firstTenth(c *calendar.Calendar) time.Time {
	return c.Start(c.DateOf(p.base.Start.Add(p.base.End.Sub(p.base.Start) / 10)))
}

// spans returns the spans over which the plan needs sums.
func (p *plan) spans() []calendar.Span {
	if p.hasBase {
		return []calendar.Span{p.span, p.base}
	}
	return []calendar.Span{p.span}
}

// place finds the slots of the spans.
func (p *plan) place(cut *cube.Cut) {
	p.wholePeriod = cut.Period(p.span)
	if p.hasBase {
		p.basePeriod = cut.Period(p.base)
	}
}

// ask returns what the plan asks for, false where nobody can know. sum adds up a period within the target's scope.
func (p *plan) ask(sum func(cube.Period) sums) (float64, bool) {
	if p.Growth == nil {
		return p.Value, true
	}
	if !p.hasBase {
		return 0, false
	}
	before := sum(p.basePeriod)
	value, ok := before.Value(p.KPI)
	if !ok || value <= 0 { // Growth from nothing is nothing to aim at.
		return 0, false
	}
	return value * (1 + p.Growth.Ratio), true
}

// planBefore returns the plan of the period before a target's, nil where there was none. A repeating target has one in
// the period just before; of targets for single periods that are one series it is the one that ended last.
func (t *target) planBefore(c *calendar.Calendar, series []*target) *plan {
	if t.Period.Every {
		before := newPlan(c, t.Target, t.span.Start.Add(-1))
		return &before
	}
	var before *plan
	for _, o := range series {
		if o.Period.Every || o.broken || o.span.End.After(t.span.Start) {
			continue
		}
		if before == nil || o.span.End.After(before.span.End) {
			before = &o.plan
		}
	}
	return before
}
