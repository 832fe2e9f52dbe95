package kpi

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// ratio returns a / b, nil where b is 0 or one of them is unknown.
func ratio(a, b *big.Rat) *big.Rat {
	if a == nil || b == nil || b.Sign() == 0 {
		return nil
	}
	return new(big.Rat).Quo(a, b)
}

// winRatio returns won / (won + lost), nil where that is no share.
func winRatio(won, lost *big.Rat) *big.Rat {
	if won == nil || lost == nil {
		return nil
	}
	r := ratio(won, new(big.Rat).Add(won, lost))
	if r == nil || r.Sign() < 0 || r.Cmp(big.NewRat(1, 1)) > 0 || new(big.Rat).Add(won, lost).Sign() < 0 {
		return nil
	}
	return r
}

func median(values []*big.Rat) *big.Rat {
	sorted := slices.SortedFunc(slices.Values(values), (*big.Rat).Cmp)
	n := len(sorted)
	if n == 0 {
		return nil
	}
	sum := new(big.Rat).Add(sorted[(n-1)/2], sorted[n/2])
	return sum.Mul(sum, big.NewRat(1, 2))
}

func mean(values []*big.Rat) *big.Rat { return ratio(sumOf(values), big.NewRat(int64(len(values)), 1)) }

// rollups computes every metric that cannot be summed up, each by its own sets of dimensions.
func (o *oracle) rollups(source string) {
	for _, m := range []string{
		"sales_win_ratio", "sales_deal_size_mean_amount", "sales_deal_size_median_amount", "sales_cycle_mean_seconds",
		"sales_cycle_median_seconds", "sales_revenue_per_rep_amount",
	} {
		for _, dims := range o.grains(m) {
			for _, group := range by(o.included(source), dims) {
				for _, w := range o.windows(source, m, dims) {
					o.rollup(m, o.rollupLabels(source, dims, group[0]), group, w)
				}
			}
		}
	}
	for _, dims := range o.grains("sales_growth_ratio") {
		for _, group := range by(o.included(source), dims) {
			o.growth(source, o.rollupLabels(source, dims, group[0]), group)
		}
	}
}

func (o *oracle) rollupLabels(source string, dims []string, d *oracleDeal) func(own ...string) []string {
	name := "all"
	if len(dims) > 0 {
		name = strings.Join(dims, ",")
	}
	return func(own ...string) []string {
		all := []string{"source", source, "rollup", name}
		return append(append(all, pairs("", dims, d)[2:]...), own...)
	}
}

func (o *oracle) rollup(metric string, labels func(own ...string) []string, group []*oracleDeal, w calendar.Window) {
	won, lost := o.closedIn(group, crm.OutcomeWon, o.spans[w]), o.closedIn(group, crm.OutcomeLost, o.spans[w])
	reps := map[string]bool{}
	for _, d := range slices.Concat(won, lost) {
		if d.rep != "" {
			reps[d.rep] = true
		}
	}
	plain, amount := labels("window", string(w)), labels("window", string(w), "currency", "USD")
	switch metric {
	case "sales_win_ratio":
		o.maybe(metric, labels("basis", "count", "window", string(w)), winRatio(count(won), count(lost)))
		o.maybe(metric, labels("basis", "amount", "window", string(w)), winRatio(money(won), money(lost)))
	case "sales_deal_size_mean_amount":
		o.maybe(metric, amount, mean(amountsOf(won, true)))
	case "sales_deal_size_median_amount":
		o.maybe(metric, amount, median(amountsOf(won, true)))
	case "sales_cycle_mean_seconds":
		o.maybe(metric, plain, mean(o.cycles(won)))
	case "sales_cycle_median_seconds":
		o.maybe(metric, plain, median(o.cycles(won)))
	case "sales_revenue_per_rep_amount":
		o.maybe(metric, amount, ratio(money(won), big.NewRat(int64(len(reps)), 1)))
	}
}

func (o *oracle) growth(source string, labels func(own ...string) []string, group []*oracleDeal) {
	for _, basis := range []string{"month", "quarter", "year"} {
		now, before := o.spans[calendar.Window(basis+"_to_date")], o.spans[calendar.Window("previous_"+basis+"_to_date")]
		if o.unread(source, now.Start) || o.unread(source, before.Start) {
			continue
		}
		for _, kpi := range []string{"revenue_won", "deals_won", "deals_created", "pipeline_created"} {
			is, was := o.kpi(kpi, group, now), o.kpi(kpi, group, before)
			if is != nil && was != nil && was.Sign() > 0 {
				growth := new(big.Rat).Sub(ratio(is, was), big.NewRat(1, 1))
				o.set("sales_growth_ratio", labels("kpi", kpi, "basis", basis), growth)
			}
		}
	}
}

// maybe sets a sample unless there is no value.
func (o *oracle) maybe(name string, labels []string, value *big.Rat) {
	if value != nil {
		o.set(name, labels, value)
	}
}

// kpi returns a KPI of some deals over a span, nil where a ratio has no denominator.
func (o *oracle) kpi(name string, deals []*oracleDeal, span calendar.Span) *big.Rat {
	won, lost := o.closedIn(deals, crm.OutcomeWon, span), o.closedIn(deals, crm.OutcomeLost, span)
	created := o.createdIn(deals, span)
	return map[string]*big.Rat{
		"revenue_won": money(won), "revenue_lost": money(lost), "pipeline_created": money(created),
		"deals_won": count(won), "deals_lost": count(lost), "deals_created": count(created),
		"win_ratio": winRatio(count(won), count(lost)),
	}[name]
}

func (o *oracle) closing(i value.Instant) string {
	if !i.Known() {
		return "unscheduled"
	}
	t, quarter := o.at(i), o.calendar.Quarter(o.in.Now)
	switch {
	case t.Before(o.calendar.Day(o.in.Now).Start):
		return "overdue"
	case t.Before(o.calendar.Month(o.in.Now).End):
		return "this_month"
	case t.Before(quarter.End):
		return "this_quarter"
	case t.Before(o.calendar.Quarter(quarter.End).End):
		return "next_quarter"
	default:
		return "later"
	}
}

// weigh multiplies an amount with a probability and rounds half away from zero to the money step.
func weigh(d *oracleDeal, p value.Probability) *big.Rat {
	if !d.priced {
		return new(big.Rat)
	}
	exact := new(big.Rat).Mul(big.NewRat(int64(d.Amount), 1), big.NewRat(int64(p), value.ProbabilityScale))
	rounded, _ := strconv.ParseInt(exact.FloatString(0), 10, 64)
	return big.NewRat(rounded, value.MoneyScale)
}

func (o *oracle) pipeline(source string) {
	open := where(o.included(source), func(d *oracleDeal) bool { return d.state == crm.OutcomeOpen })
	for _, metric := range []string{"sales_pipeline_deals", "sales_pipeline_amount", "sales_pipeline_weighted_amount"} {
		for _, dims := range o.grains(metric) {
			for _, group := range by(open, dims) {
				o.cells(source, metric, dims, group)
			}
		}
	}
	for _, dims := range o.grains("sales_pipeline_forecast_category_amount") {
		for _, group := range by(open, dims) {
			o.categories(source, dims, group)
		}
	}
	o.waiting(source, open)
}

// cells computes a metric by stage and expected close.
func (o *oracle) cells(source, metric string, dims []string, group []*oracleDeal) {
	cells := map[[2]string][]*oracleDeal{}
	for _, d := range group {
		at := [2]string{d.stage, o.closing(d.Closed)}
		cells[at] = append(cells[at], d)
	}
	for at, deals := range cells {
		own := []string{"deal_stage", at[0], "closing", at[1]}
		switch metric {
		case "sales_pipeline_deals":
			o.set(metric, pairs(source, dims, deals[0], own...), count(deals))
		case "sales_pipeline_amount":
			o.maybe(metric, pairs(source, dims, deals[0], append(own, "currency", "USD")...), money(deals))
		default:
			o.weighted(source, dims, deals, own)
		}
	}
}

func (o *oracle) categories(source string, dims []string, group []*oracleDeal) {
	categories := map[string][]*oracleDeal{}
	for _, d := range group {
		if slices.Contains(crm.ForecastCategories(), d.ForecastCategory) && !d.reopened {
			categories[string(d.ForecastCategory)] = append(categories[string(d.ForecastCategory)], d)
		}
	}
	for category, deals := range categories {
		o.maybe("sales_pipeline_forecast_category_amount",
			pairs(source, dims, deals[0], "category", category, "currency", "USD"), money(deals))
	}
}

func (o *oracle) weighted(source string, dims []string, deals []*oracleDeal, own []string) {
	for _, from := range []string{"crm", "stage"} {
		var values []*big.Rat
		var weighed []*oracleDeal
		for _, d := range deals {
			p := d.byStage
			if from == "crm" && d.Probability != value.ProbabilityUnknown {
				p = d.Probability
			}
			if p != value.ProbabilityUnknown && !d.reopened {
				values, weighed = append(values, weigh(d, p)), append(weighed, d)
			}
		}
		if len(values) > 0 && money(weighed) != nil {
			o.set("sales_pipeline_weighted_amount", pairs(source, dims, deals[0],
				append(slices.Clone(own), "probability", from, "currency", "USD")...), sumOf(values))
		}
	}
}

func (o *oracle) waiting(source string, open []*oracleDeal) {
	since := func(i value.Instant) *big.Rat {
		ms := o.in.Now.UnixMilli() - o.at(i).UnixMilli()
		if !i.Known() || ms < 0 {
			return nil
		}
		return big.NewRat(ms, 1000)
	}
	for metric, wait := range map[string]func(d *oracleDeal) *big.Rat{
		"sales_deal_age_seconds": func(d *oracleDeal) *big.Rat { return since(d.Created) },
		"sales_deal_time_in_stage_seconds": func(d *oracleDeal) *big.Rat {
			if d.reopened {
				return nil
			}
			return since(d.StageEntered)
		},
	} {
		for _, dims := range o.grains(metric) {
			for _, group := range by(open, dims) {
				waits := map[string][]*big.Rat{}
				for _, d := range group {
					if w := wait(d); w != nil {
						waits[d.stage] = append(waits[d.stage], w)
					}
				}
				for stage, values := range waits {
					o.observe(metric, pairs(source, dims, group[0], "deal_stage", stage), o.seconds(), values)
				}
			}
		}
	}
}

func (o *oracle) info(source string) {
	o.leftOut(source)
	for repID, rep := range o.sources[source].reps {
		if name := repName(repID, true, rep); !o.folded["rep"][name] {
			o.set("sales_rep_info", []string{
				"source", source, "rep", name, "rep_id", repID, "team", cmp.Or(clean(rep.Team), o.none(source, "team")),
				"active", strconv.FormatBool(rep.Active),
			}, big.NewRat(1, 1))
		}
	}
}

// reasons returns why KPIs leave a deal out, and whether each reason costs its amount.
func (d *oracleDeal) reasons() map[string]bool {
	if isExcluded(&d.Deal) {
		return map[string]bool{"expression": true}
	}
	reasons := map[string]bool{}
	if d.AmountKnown && !d.priced {
		reasons["currency_rate_missing"] = true
	}
	if d.misdated {
		reasons["implausible_date"] = d.misclose && d.state == crm.OutcomeWon
	}
	if d.state == crm.OutcomeWon && !d.Closed.Known() && !d.misclose {
		reasons["close_date_missing"] = true
	}
	return reasons
}

func (o *oracle) leftOut(source string) {
	counts := map[string]int64{
		"pipeline": 0, "expression": 0, "currency_rate_missing": 0, "close_date_missing": 0, "implausible_date": 0,
	}
	amounts := map[[2]string]*big.Rat{}
	for _, d := range o.deals[source] {
		currency := cmp.Or(d.Currency, "USD")
		for reason, costs := range d.reasons() {
			counts[reason]++
			if !costs || !d.AmountKnown || len(currency) != 3 {
				continue
			}
			at := [2]string{reason, currency}
			if amounts[at] == nil {
				amounts[at] = new(big.Rat)
			}
			amounts[at].Add(amounts[at], big.NewRat(int64(d.Amount), value.MoneyScale))
		}
	}
	for reason, n := range counts {
		o.set("sales_records_excluded", []string{"source", source, "reason", reason}, big.NewRat(n, 1))
	}
	for at, amount := range amounts {
		o.set("sales_records_excluded_amount",
			[]string{"source", source, "reason", at[0], "currency", at[1]}, amount)
	}
}
