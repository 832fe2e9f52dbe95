package kpi

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// cumulative sums up each day of each period anew.
func (o *oracle) cumulative(source string) {
	const metric = "sales_revenue_won_cumulative_amount"
	for _, dims := range o.grains(metric) {
		for _, group := range by(o.included(source), dims) {
			curve, zero := o.curve(source, dims, group), true
			for _, sum := range curve {
				zero = zero && (sum.value == nil || sum.value.Sign() == 0)
			}
			for _, sum := range curve {
				if !zero && !sum.unread {
					o.maybe(metric, sum.labels, sum.value)
				}
			}
		}
	}
}

type curveDay struct {
	labels []string
	value  *big.Rat
	unread bool
}

func (o *oracle) curve(source string, dims []string, group []*oracleDeal) (curve []curveDay) {
	now := o.in.Now
	month, quarter := o.calendar.Month(now), o.calendar.Quarter(now)
	before := o.calendar.Quarter(quarter.Start.Add(-1))
	won := o.closedIn(group, crm.OutcomeWon, calendar.Span{Start: before.Start, End: now})
	for name, span := range map[string]calendar.Span{
		"month": month, "previous_month": o.calendar.Month(month.Start.Add(-1)),
		"quarter": quarter, "previous_quarter": before,
	} {
		for i, day := range o.daysOf(span) {
			end := o.calendar.Start(day.AddDays(1))
			if day.Compare(o.calendar.DateOf(now)) > 0 {
				break
			}
			if now.Before(end) {
				end = now
			}
			labels := pairs(source, dims, group[0], "period", name, "day", fmt.Sprintf("%02d", i+1), "currency", "USD")
			sum := new(big.Rat)
			if span.Start.Before(end) {
				sum = money(o.closedIn(won, crm.OutcomeWon, calendar.Span{Start: span.Start, End: end}))
			}
			curve = append(curve, curveDay{labels, sum, o.unread(source, o.calendar.Start(day))})
		}
	}
	return curve
}

// forecast adds what is open and due to what is won, be it with a close date that is still to come.
func (o *oracle) forecast(span calendar.Span, deals []*oracleDeal, with func(...string) []string) {
	won, sums, parts := money(o.closedIn(deals, crm.OutcomeWon, span)), map[string]*big.Rat{}, map[string][]*oracleDeal{}
	if won == nil {
		return
	}
	for _, method := range []string{"weighted", "commit", "best_case"} {
		sums[method] = new(big.Rat).Set(won)
	}
	for _, d := range deals {
		due := d.state == crm.OutcomeOpen && d.Closed.Known() && span.Contains(d.closedAt) && o.in.Now.Before(span.End)
		if !due || !d.AmountKnown || d.reopened {
			continue
		}
		probability := d.Probability
		if probability == value.ProbabilityUnknown {
			probability = d.byStage
		}
		if probability != value.ProbabilityUnknown {
			sums["weighted"].Add(sums["weighted"], weigh(d, probability))
			parts["weighted"] = append(parts["weighted"], d)
		}
		amount := weigh(d, value.ProbabilityScale)
		if slices.Contains([]crm.ForecastCategory{"commit", "closed"}, d.ForecastCategory) {
			sums["commit"].Add(sums["commit"], amount)
			parts["commit"] = append(parts["commit"], d)
		}
		if slices.Contains([]crm.ForecastCategory{"commit", "closed", "most_likely", "best_case"}, d.ForecastCategory) {
			sums["best_case"].Add(sums["best_case"], amount)
			parts["best_case"] = append(parts["best_case"], d)
		}
	}
	for method, sum := range sums {
		if money(parts[method]) != nil {
			o.set("sales_target_forecast_value", with("method", method), sum)
		}
	}
}

// trailing returns the pace of the last ten working days, nil where there is none.
func (o *oracle) trailing(t crm.Target, span calendar.Span, deals []*oracleDeal, value *big.Rat) *big.Rat {
	if value == nil || t.KPI == "win_ratio" || !o.in.Now.Before(span.End) {
		return nil
	}
	var passed, worked []calendar.Date
	for _, d := range o.daysOf(span) {
		if d.Compare(o.calendar.DateOf(o.in.Now)) <= 0 {
			passed = append(passed, d)
			if o.calendar.Works(d) {
				worked = append(worked, d)
			}
		}
	}
	first := passed[0]
	if len(worked) >= 10 {
		first = worked[len(worked)-10]
	}
	names, _ := o.covers(t.Scope, false)
	if slices.ContainsFunc(names, func(name string) bool { return o.unread(name, o.calendar.Start(first)) }) {
		return nil
	}
	counts := func(calendar.Date) bool { return true }
	if t.Pace == crm.PaceWorkingDays {
		counts = o.calendar.Works
	}
	all, recent := int64(0), int64(0)
	for _, d := range o.daysOf(span) {
		if !counts(d) {
			continue
		}
		all++
		if d.Compare(first) >= 0 && d.Compare(o.calendar.DateOf(o.in.Now)) <= 0 {
			recent++
		}
	}
	if recent == 0 || value.Sign() <= 0 {
		return nil
	}
	expected := new(big.Rat).Mul(value, big.NewRat(recent, all))
	return ratio(o.kpi(t.KPI, deals, calendar.Span{Start: o.calendar.Start(first), End: o.in.Now}), expected)
}

// previous returns the attainment of a repeating target in the period before.
func (o *oracle) previous(t crm.Target, span calendar.Span, deals []*oracleDeal) *big.Rat {
	if !t.Period.Every {
		return nil // The oracle's targets for single periods all have names of their own.
	}
	before := o.targetSpan(t.Period, span.Start.Add(-time.Second))
	sources := maps.Clone(t.Scope)
	maps.DeleteFunc(sources, func(dim, _ string) bool { return dim != "source" })
	covered := o.inScope(sources, false)
	if len(o.closedIn(covered, crm.OutcomeWon, before))+len(o.closedIn(covered, crm.OutcomeLost, before)) == 0 {
		return nil // Nobody used the CRM then.
	}
	if t.Growth != nil {
		base := o.baseOf(t, before)
		tenth := base.Start.Add(base.End.Sub(base.Start) / 10)
		opening := calendar.Span{Start: o.calendar.Start(calendar.NewDate(1900, 1, 1)), End: o.calendar.Start(o.calendar.DateOf(tenth))}
		if len(o.closedIn(covered, crm.OutcomeWon, opening))+len(o.closedIn(covered, crm.OutcomeLost, opening)) == 0 {
			return nil // Nobody knows what the plan grew from.
		}
	}
	value, reached := o.targetValue(t, before, deals, true), o.kpi(t.KPI, deals, before)
	if value == nil || reached == nil || value.Sign() <= 0 {
		return nil
	}
	return ratio(reached, value)
}
