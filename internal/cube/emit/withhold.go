package emit

import (
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// WithholdMoney makes the families refuse, or take again, what is made of amounts. It is the one place that does so,
// whatever the metric: an emitter that forgot to ask would serve a 0 for revenue that is there.
func (o *Output) WithholdMoney(withheld bool) {
	for _, f := range o.Families {
		f.withheld = withheld && f.Metric.Money
		f.moneyless = nil
		if withheld && f.Metric.Form == metric.FormRollup {
			f.moneyless = o.money
		}
	}
}

// restsOnMoney reports whether a sample of a rollup without a currency is made of amounts all the same: the win ratio by
// amount, the growth of an amount.
func restsOnMoney(labels, values []string, money map[string]bool) bool {
	for i, label := range labels {
		if label == "basis" && strings.HasPrefix(values[i], "amount") || label == "kpi" && money[values[i]] {
			return true
		}
	}
	return false
}
