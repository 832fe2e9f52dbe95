package pass

import (
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/facts"
)

// The numbers of the reasons for which KPIs leave deals out, wholly or in part. Those of configured filters follow.
const (
	leftByCurrency = iota // from sums: no rate
	leftByNoClose         // from every window but all_time: won without a close date
	leftByDate            // from whatever needs the date: it cannot be true
	LeftByFilter          // from every KPI; the first of facts.Filters
)

// LeftOutReasons are the reasons that are no filter's, as label values.
func LeftOutReasons() []string {
	return []string{
		leftByCurrency: "currency_rate_missing", leftByNoClose: "close_date_missing", leftByDate: "implausible_date",
	}
}

// LeftOut counts the deals that KPIs leave out, and adds up their amounts, each in its own currency. A deal is there under
// every reason that it has.
type LeftOut struct {
	Deals   []int          // by reason
	Amounts [][]LeftAmount // by reason, by number of the currency
}

// LeftAmount is the sum of the amounts of some of these deals, in one currency.
type LeftAmount struct {
	Known bool
	Sum   cube.Total
}

func newLeftOut(source *facts.Source) LeftOut {
	reasons := LeftByFilter + len(facts.Filters())
	l := LeftOut{Deals: make([]int, reasons), Amounts: make([][]LeftAmount, reasons)}
	for i := range l.Amounts {
		l.Amounts[i] = make([]LeftAmount, source.Currencies.Numbers())
	}
	return l
}

// add counts a deal and its amount.
func (l *LeftOut) add(d *facts.Deals, row, reason int) {
	l.Deals[reason]++
	if f := d.Flags[row]; f.Priced() || f.Foreign() {
		amount := &l.Amounts[reason][d.Currency[row]]
		amount.Known = true
		amount.Sum.Add(int64(d.Amount[row]))
	}
}

// merge adds what another reader has left out.
func (l *LeftOut) merge(o *LeftOut) {
	for reason, deals := range o.Deals {
		l.Deals[reason] += deals
		for code := range o.Amounts[reason] {
			to, from := &l.Amounts[reason][code], &o.Amounts[reason][code]
			to.Known = to.Known || from.Known
			to.Sum.Plus(&from.Sum)
		}
	}
}

// addMisdated counts a deal with a date that cannot be true, and its amount where the date costs it: no window but
// all_time holds a won deal whose close date is unknown.
func (l *LeftOut) addMisdated(d *facts.Deals, row int, costs bool) {
	if costs {
		l.add(d, row, leftByDate)
		return
	}
	l.Deals[leftByDate]++
}
