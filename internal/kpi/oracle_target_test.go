package kpi

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
)

func (o *oracle) targetSpan(p crm.TargetPeriod, at time.Time) calendar.Span {
	if p.Every {
		return map[crm.PeriodUnit]func(time.Time) calendar.Span{
			crm.PeriodMonth: o.calendar.Month, crm.PeriodQuarter: o.calendar.Quarter, crm.PeriodYear: o.calendar.Year,
		}[p.Unit](at)
	}
	switch p.Unit {
	case crm.PeriodMonth:
		return o.calendar.CalendarMonth(p.Year, time.Month(p.Number))
	case crm.PeriodQuarter:
		return o.calendar.FiscalQuarter(p.Year, p.Number)
	case crm.PeriodYear:
		return o.calendar.FiscalYear(p.Year)
	default:
		return o.calendar.Between(o.date(p.From), o.date(p.To).AddDays(1))
	}
}

// daysOf lists the civil days of a span.
func (o *oracle) daysOf(s calendar.Span) []calendar.Date {
	var days []calendar.Date
	for d := o.calendar.DateOf(s.Start); o.calendar.Start(d).Before(s.End); d = d.AddDays(1) {
		days = append(days, d)
	}
	return days
}

// elapsed counts the days of a span that are over or today, against all of them.
func (o *oracle) elapsed(s calendar.Span, counts func(calendar.Date) bool) *big.Rat {
	passed, all := int64(0), int64(0)
	for _, d := range o.daysOf(s) {
		if !counts(d) {
			continue
		}
		all++
		if d.Compare(o.calendar.DateOf(o.in.Now)) <= 0 || !o.in.Now.Before(s.End) {
			passed++
		}
	}
	if all == 0 {
		return nil
	}
	return big.NewRat(passed, all)
}

// covers returns the sources that a scope takes in, and how many of them are not ready, or have no money to add up.
func (o *oracle) covers(scope map[string]string, isMoney bool) (names []string, missing int) {
	for _, name := range slices.Sorted(maps.Keys(o.sources)) {
		if want, ok := scope["source"]; ok && !strings.EqualFold(strings.TrimSpace(want), name) {
			continue
		}
		if o.sources[name].ready && (!isMoney || !o.moneyless[name]) {
			names = append(names, name)
		} else {
			missing++
		}
	}
	return names, missing
}

// inScope returns the deals of all covered sources that a scope takes in.
func (o *oracle) inScope(scope map[string]string, isMoney bool) []*oracleDeal {
	var deals []*oracleDeal
	names, _ := o.covers(scope, isMoney)
	for _, name := range names {
		deals = append(deals, where(o.included(name), func(d *oracleDeal) bool { return carries(d.raw, scope) })...)
	}
	return deals
}

// carries reports whether labels have all that a scope fixes.
func carries(labels, scope map[string]string) bool {
	for dim, want := range scope {
		if dim != "source" && !strings.EqualFold(strings.TrimSpace(want), labels[dim]) {
			return false
		}
	}
	return true
}

// values lists what the records of some sources hold of a dimension.
func (o *oracle) values(names []string, dim string) []string {
	var values []string
	for _, name := range names {
		s := o.sources[name]
		leftOut := map[string]bool{}
		for _, d := range o.every[name] {
			leftOut[d.raw[dim]] = true
		}
		for _, d := range o.counted(name) {
			delete(leftOut, d.raw[dim])
			values = append(values, d.raw[dim])
		}
		first := len(values)
		for repID, rep := range s.reps {
			values = append(values, o.ofRep(name, repID, rep)[dim])
		}
		for _, account := range s.accounts {
			values = append(values, clean(account.Dimensions[dim]))
		}
		for pipelineID, p := range s.pipelines {
			if dim == "pipeline" {
				values = append(values, nameOf(pipelineID, true, p.Label))
			}
		}
		others := slices.DeleteFunc(slices.Clone(values[first:]), func(value string) bool { return leftOut[value] })
		values = append(values[:first], others...)
	}
	return values
}

// counted returns the deals that no filter leaves out, those of after an as-of too.
func (o *oracle) counted(source string) []*oracleDeal {
	return where(o.every[source], func(d *oracleDeal) bool { return !isExcluded(&d.Deal) })
}

// ofRep returns the labels that a deal has of its rep.
func (o *oracle) ofRep(source, repID string, rep crm.Rep) map[string]string {
	labels := map[string]string{"rep": repName(repID, true, rep), "team": cmp.Or(clean(rep.Team), o.none(source, "team"))}
	for dim, value := range rep.Dimensions {
		labels[dim] = clean(value)
	}
	return labels
}

// spelt returns a scope's value as the data spells it, "" where no record holds it.
func (o *oracle) spelt(names []string, dim, want string) string {
	var spellings []string
	for _, value := range o.values(names, dim) {
		if strings.EqualFold(value, strings.TrimSpace(want)) {
			spellings = append(spellings, value)
		}
	}
	switch {
	case len(spellings) == 0:
		return ""
	case slices.Contains(spellings, strings.TrimSpace(want)):
		return strings.TrimSpace(want)
	default:
		return slices.Min(spellings)
	}
}

// matches reports whether a deal carries a scope, a record its only value, or a rep without deals would.
func (o *oracle) matches(scope map[string]string, isMoney bool) bool {
	names, _ := o.covers(scope, isMoney)
	fixed := 0
	for dim, want := range scope {
		if dim == "source" {
			continue
		}
		fixed++
		if o.spelt(names, dim, want) == "" {
			return false
		}
	}
	if fixed == 0 {
		all, kept := 0, 0
		for _, name := range names {
			all, kept = all+len(o.every[name]), kept+len(o.counted(name))
		}
		return len(names) > 0 && (all == 0 || kept > 0)
	}
	if fixed == 1 {
		return len(names) > 0
	}
	for _, name := range names {
		if slices.ContainsFunc(o.counted(name), func(d *oracleDeal) bool { return carries(d.raw, scope) }) {
			return true
		}
		for repID, rep := range o.sources[name].reps {
			owns := slices.ContainsFunc(o.every[name], func(d *oracleDeal) bool { return d.rep == repID })
			labels := o.ofRep(name, repID, rep)
			for dim, want := range scope {
				if labels[dim] == "" && dim != "team" && dim != "rep" {
					labels[dim] = strings.TrimSpace(want) // The deal's own.
				}
			}
			if scope["rep"] != "" && !owns && carries(labels, scope) {
				return true
			}
		}
	}
	return false
}

func (o *oracle) targets() {
	attained := map[string][]*big.Rat{}
	for _, t := range o.in.Targets {
		runs := o.targetSpan(t.Period, o.in.Now).Contains(o.in.Now)
		if a := o.target(t); a != nil && t.Scope["rep"] != "" && runs {
			k := key("sales_rep_attainment_ratio", []string{"kpi", t.KPI, "period", string(t.Period.Unit)})
			attained[k] = append(attained[k], a)
		}
	}
	bounds := []float64{0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2}
	for k, values := range attained {
		o.observe(k, nil, bounds, values)
	}
}

// target makes the series of one target and returns its attainment.
func (o *oracle) target(t crm.Target) *big.Rat {
	span, now := o.targetSpan(t.Period, o.in.Now), o.in.Now
	isMoney := slices.Contains([]string{"revenue_won", "revenue_lost", "pipeline_created"}, t.KPI)
	deals, matched := o.inScope(t.Scope, isMoney), o.matches(t.Scope, isMoney)
	names, missing := o.covers(t.Scope, isMoney)
	for _, name := range names {
		if !now.Before(span.Start) && o.unread(name, span.Start) {
			missing++
		}
	}
	ready := missing == 0 && matched
	isRatio := t.KPI == "win_ratio"
	labels := o.targetLabels(t, isMoney)
	with := func(own ...string) []string { return append(slices.Clone(labels), own...) }
	o.set("sales_target_start_timestamp_seconds", labels, big.NewRat(span.Start.Unix(), 1))
	o.set("sales_target_end_timestamp_seconds", labels, big.NewRat(span.End.Unix(), 1))
	o.set("sales_target_info", []string{
		"target", t.Name, "kpi", t.KPI, "objective", t.Objective, "accountable", t.Accountable, "review_by", t.ReviewBy,
	}, big.NewRat(1, 1))
	o.set("sales_target_missing_sources", labels, big.NewRat(int64(missing), 1))
	if matched {
		o.set("sales_target_matched", labels, big.NewRat(1, 1))
	} else if missing == 0 {
		o.set("sales_target_matched", labels, new(big.Rat))
	}
	value := o.targetValue(t, span, deals, ready)
	o.maybe("sales_target_value", labels, value)
	if missing > 0 || now.Before(span.Start) {
		return nil
	}
	linear := o.elapsed(span, func(calendar.Date) bool { return true })
	working := o.elapsed(span, o.calendar.Works)
	o.maybe("sales_target_elapsed_ratio", with("method", "linear"), linear)
	o.maybe("sales_target_elapsed_ratio", with("method", "working_days"), working)
	if !matched {
		return nil
	}
	end := span.End
	if now.Before(end) {
		end = now
	}
	actual := o.kpi(t.KPI, deals, calendar.Span{Start: span.Start, End: end})
	o.maybe("sales_target_actual_value", labels, actual)
	o.maybe("sales_target_previous_attainment_ratio", labels, o.previous(t, span, deals))
	if t.KPI == "revenue_won" {
		o.forecast(span, deals, with)
	}
	elapsed, method := linear, "linear"
	if t.Pace == crm.PaceWorkingDays {
		elapsed, method = working, "working_days"
	}
	if actual != nil && elapsed != nil && elapsed.Cmp(big.NewRat(1, 20)) >= 0 {
		projection := actual
		if !isRatio {
			projection = ratio(actual, elapsed)
		}
		o.set("sales_target_projection_value", with("method", method), projection)
	}
	o.maybe("sales_target_trailing_pace_ratio", with("method", method), o.trailing(t, span, deals, value))
	if value == nil {
		return nil
	}
	expected := value
	if !isRatio && elapsed != nil {
		expected = new(big.Rat).Mul(value, elapsed)
	}
	if isRatio || elapsed != nil {
		o.set("sales_target_expected_value", with("method", method), expected)
		if actual != nil && expected.Sign() > 0 {
			o.set("sales_target_pace_ratio", with("method", method), ratio(actual, expected))
		}
	}
	if t.KPI == "revenue_won" {
		o.coverage(span, deals, value, actual, with)
	}
	if actual == nil {
		return nil
	}
	gap := new(big.Rat).Sub(value, actual)
	o.set("sales_target_gap_value", labels, gap)
	o.set("sales_target_attainment_ratio", labels, ratio(actual, value))
	o.remaining(t, span, deals, gap, isRatio, labels)
	return ratio(actual, value)
}

// coverage compares the open deals that are due with the target, and with what is missing to it.
func (o *oracle) coverage(
	span calendar.Span, deals []*oracleDeal, value, actual *big.Rat, with func(...string) []string,
) {
	open := money(where(deals, func(d *oracleDeal) bool {
		return d.state == crm.OutcomeOpen && d.Closed.Known() && span.Contains(d.closedAt)
	}))
	o.maybe("sales_pipeline_coverage_ratio", with("denominator", "target"), ratio(open, value))
	if actual == nil {
		return
	}
	if gap := new(big.Rat).Sub(value, actual); gap.Sign() > 0 {
		o.maybe("sales_pipeline_coverage_ratio", with("denominator", "remaining"), ratio(open, gap))
	}
}

func (o *oracle) remaining(
	t crm.Target, span calendar.Span, deals []*oracleDeal, gap *big.Rat, isRatio bool, labels []string,
) {
	left := int64(0)
	for _, d := range o.daysOf(span) {
		if o.calendar.Works(d) && d.Compare(o.calendar.DateOf(o.in.Now)) > 0 {
			left++
		}
	}
	if left > 0 && !isRatio {
		o.set("sales_target_required_rate_per_day", labels, ratio(gap, big.NewRat(left, 1)))
	}
}

func (o *oracle) targetLabels(t crm.Target, isMoney bool) []string {
	currency := ""
	if isMoney {
		currency = "USD"
	}
	names, _ := o.covers(t.Scope, isMoney)
	labels := []string{
		"target", t.Name, "kpi", t.KPI, "period", string(t.Period.Unit),
		"source", strings.ToLower(strings.TrimSpace(t.Scope["source"])), "currency", currency,
	}
	for _, dim := range o.options.Dimensions {
		labels = append(labels, dim, cmp.Or(o.spelt(names, dim, t.Scope[dim]), strings.TrimSpace(t.Scope[dim])))
	}
	return labels
}

// baseOf is what a growth target grows from.
func (o *oracle) baseOf(t crm.Target, span calendar.Span) calendar.Span {
	months := map[crm.GrowthBase]int{"previous_month": 1, "previous_quarter": 3, "previous_year": 12}[t.Growth.Over]
	// The test's periods start and end on the first of a month, where moving by months needs no care.
	from, to := o.calendar.DateOf(span.Start), o.calendar.DateOf(span.End)
	return calendar.Span{
		Start: o.calendar.Start(calendar.NewDate(from.Year, from.Month-time.Month(months), 1)),
		End:   o.calendar.Start(calendar.NewDate(to.Year, to.Month-time.Month(months), 1)),
	}
}

func (o *oracle) targetValue(t crm.Target, span calendar.Span, deals []*oracleDeal, ready bool) *big.Rat {
	if t.Growth == nil {
		return new(big.Rat).SetFloat64(t.Value)
	}
	base := o.baseOf(t, span)
	if !ready || base.End.After(span.Start) || base.End.After(o.in.Now) {
		return nil
	}
	before := o.kpi(t.KPI, deals, base)
	if before == nil || before.Sign() <= 0 {
		return nil
	}
	return before.Mul(before, new(big.Rat).SetFloat64(1+t.Growth.Ratio))
}
