package kpi

import (
	"cmp"
	"strings"
)

// SetCurrency says in which currency the source's amounts are by the configuration, which comes before what its account
// says of itself; "" where it does not say.
func (s *SourceFacts) SetCurrency(stated string) { s.stated = stated }

// Withheld says why a source has no money metrics.
type Withheld struct {
	// Currency is the source's own where that is another one than the reporting currency and has no rate. Where it is "",
	// the source has amounts, but none in the reporting currency.
	Currency string
}

// Withheld returns why the source has no money metrics, nil where it has them.
func (s *SourceFacts) Withheld() *Withheld {
	own := cmp.Or(s.stated, s.told)
	switch {
	case own != "" && own != s.facts.options.Currency:
		return &Withheld{Currency: own}
	case s.deals.amounts.foreign > 0 && s.deals.amounts.priced == 0:
		return &Withheld{}
	default:
		return nil
	}
}

// hasMoney reports whether the source has amounts in the reporting currency. Where it has none, a sum would be 0, which is
// a number and wrong.
func (s *SourceFacts) hasMoney() bool { return s.Withheld() == nil }

// withholdMoney makes the families refuse, or take again, what is made of amounts. It is the one place that does so,
// whatever the metric: an emitter that forgot to ask would serve a 0 for revenue that is there.
func (o *output) withholdMoney(withheld bool) {
	for _, f := range o.families {
		f.withheld = withheld && f.Metric.Money
		f.moneyless = withheld && f.Metric.Shape == ShapeRollup
	}
}

// restsOnMoney reports whether a sample of a rollup without a currency is made of amounts all the same: the win ratio by
// amount, the growth of an amount.
func restsOnMoney(labels, values []string) bool {
	for i, label := range labels {
		if label == "basis" && strings.HasPrefix(values[i], "amount") || label == "kpi" && moneyKPI(values[i]) {
			return true
		}
	}
	return false
}
