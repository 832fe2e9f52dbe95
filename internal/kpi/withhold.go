package kpi

import "strings"

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
