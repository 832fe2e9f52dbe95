package kpi

import (
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/facts"
)

// The places of the reasons for which KPIs leave deals out, wholly or in part. Those of configured filters follow.
const (
	leftByCurrency = iota // from sums: no rate
	leftByNoClose         // from every window but all_time: won without a close date
	leftByDate            // from whatever needs the date: it cannot be true
	leftByFilter          // from every KPI; the first of facts.Filters
)

// leftOutReasons are the reasons that are no filter's, as label values.
func leftOutReasons() []string {
	return []string{
		leftByCurrency: "currency_rate_missing", leftByNoClose: "close_date_missing", leftByDate: "implausible_date",
	}
}

// leftOut counts the deals that KPIs leave out, and adds up their amounts, each in its own currency. A deal is there under
// every reason that it has.
type leftOut struct {
	deals   []int          // by reason
	amounts [][]leftAmount // by reason, by number of the currency
}

type leftAmount struct {
	known bool
	sum   cube.Total
}

func newLeftOut(source *facts.Source) leftOut {
	reasons := leftByFilter + len(facts.Filters())
	l := leftOut{deals: make([]int, reasons), amounts: make([][]leftAmount, reasons)}
	for i := range l.amounts {
		l.amounts[i] = make([]leftAmount, source.Currencies.Numbers())
	}
	return l
}

// add counts a deal and its amount.
func (l *leftOut) add(d *facts.Deals, row, reason int) {
	l.deals[reason]++
	if f := d.Flags[row]; f.Priced() || f.Foreign() {
		amount := &l.amounts[reason][d.Currency[row]]
		amount.known = true
		amount.sum.Add(int64(d.Amount[row]))
	}
}

// merge adds what another reader has left out.
func (l *leftOut) merge(o *leftOut) {
	for reason, deals := range o.deals {
		l.deals[reason] += deals
		for code := range o.amounts[reason] {
			to, from := &l.amounts[reason][code], &o.amounts[reason][code]
			to.known = to.known || from.known
			to.sum.Plus(&from.sum)
		}
	}
}

// addMisdated counts a deal with a date that cannot be true, and its amount where the date costs it: no window but
// all_time holds a won deal whose close date is unknown.
func (l *leftOut) addMisdated(d *facts.Deals, row int, costs bool) {
	if costs {
		l.add(d, row, leftByDate)
		return
	}
	l.deals[leftByDate]++
}

// emitLeftOut makes the samples of what is left out.
func (s *scan) emitLeftOut() {
	reasons := leftOutReasons()
	for _, filter := range facts.Filters() {
		reasons = append(reasons, filter.String())
	}
	s.emitLeftDeals(reasons)
	s.emitLeftAmounts(reasons)
}

// emitLeftDeals makes the counts. All of them are there, at 0 too, so that the first deal is an increase.
func (s *scan) emitLeftDeals(reasons []string) {
	family := s.c.out.family(metricExcluded)
	for i, reason := range reasons {
		family.gauge(family.Metric.Labels, []string{s.source.Name, reason}, float64(s.left.deals[i]))
	}
}

// emitLeftAmounts makes the sums, where some deal has an amount.
func (s *scan) emitLeftAmounts(reasons []string) {
	type part struct{ reason, currency string }
	sums := map[part]cube.Total{}
	for i, reason := range reasons {
		for code, amount := range s.left.amounts[i] {
			at := part{reason, s.source.Currencies.Name(code, s.c.options.Currency)}
			if !amount.known || at.currency == "" {
				continue
			}
			sum := sums[at]
			sum.Plus(&amount.sum)
			sums[at] = sum
		}
	}
	family := s.c.out.family(metricExcludedAmount)
	for at, sum := range sums {
		family.gauge(family.Metric.Labels, []string{s.source.Name, at.reason, at.currency}, units(sum))
	}
}
