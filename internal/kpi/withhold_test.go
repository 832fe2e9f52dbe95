package kpi

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// TestWithheld holds when a source has no money metrics.
func TestWithheld(t *testing.T) {
	account := func(currency string) record.Batch {
		return record.Batch{Account: &record.AccountIdentity{ID: "1", Currency: currency}}
	}
	deals := func(deals ...crm.Deal) record.Batch { return record.Batch{Rows: record.Rows{crm.Deals.Of(deals...)}} }
	removal := func(id string) record.Batch {
		return record.Batch{Removals: []record.Removal{{Kind: crm.Deals.Name(), ID: id}}}
	}
	dollars, euros := wonDeal("1", 100), wonDeal("2", 100, in("EUR"))
	none := &facts.Withheld{}
	tests := map[string]struct {
		stated  string
		batches []record.Batch
		want    *facts.Withheld
	}{
		"an empty source":                       {},
		"no amounts":                            {batches: []record.Batch{deals(wonDeal("1", 0, unpriced))}},
		"amounts in the reporting currency":     {batches: []record.Batch{deals(dollars)}},
		"amounts in both":                       {batches: []record.Batch{deals(dollars, euros)}},
		"amounts in another one only":           {batches: []record.Batch{deals(euros)}, want: none},
		"and deals without an amount":           {batches: []record.Batch{deals(euros, wonDeal("3", 0, unpriced))}, want: none},
		"the others are filtered":               {batches: []record.Batch{deals(euros, wonDeal("3", 1, filtered("pipeline")))}, want: none},
		"the foreign ones are filtered":         {batches: []record.Batch{deals(wonDeal("2", 1, in("EUR"), filtered("pipeline")))}},
		"the last one is removed":               {batches: []record.Batch{deals(dollars, euros), removal("1")}, want: none},
		"a removed one is removed again":        {batches: []record.Batch{deals(dollars, euros), removal("2"), removal("2")}},
		"the last one changes":                  {batches: []record.Batch{deals(dollars, euros), deals(wonDeal("1", 1, in("EUR")))}, want: none},
		"one comes back":                        {batches: []record.Batch{deals(dollars, euros), removal("1"), deals(dollars)}},
		"an account in another one":             {batches: []record.Batch{account("EUR"), deals(dollars)}, want: &facts.Withheld{Currency: "EUR"}},
		"an account in the reporting one":       {batches: []record.Batch{account("USD"), deals(dollars)}},
		"an account that does not say":          {batches: []record.Batch{account(""), deals(dollars)}},
		"an account that changed":               {batches: []record.Batch{account("EUR"), deals(dollars), account("USD")}},
		"stated to be another one":              {stated: "EUR", batches: []record.Batch{deals(dollars)}, want: &facts.Withheld{Currency: "EUR"}},
		"stated to be the reporting one":        {stated: "USD", batches: []record.Batch{account("EUR"), deals(dollars)}},
		"stated so, but no amount is in it":     {stated: "USD", batches: []record.Batch{account("EUR"), deals(euros)}, want: none},
		"stated to be another than the account": {stated: "EUR", batches: []record.Batch{account("USD")}, want: &facts.Withheld{Currency: "EUR"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := NewFacts(ledgerFilters(ledgerOptions()))
			source := f.Source("ledger")
			source.SetCurrency(test.stated)
			source.Forget() // Forgets the records, not the configuration.
			source.Apply(ledgerPipelines())
			for _, b := range test.batches {
				source.Apply(b)
				source.Apply(b)
			}
			if diff := cmp.Diff(test.want, source.Withheld()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestWithheldSourceKeepsItsCounts compares a page of two sources in two currencies with one of two in one: what is not
// money stays as it was, what is money is gone, in the sources that lack it alone.
func TestWithheldSourceKeepsItsCounts(t *testing.T) {
	w := newWorld(8, 900, calendar.Options{})
	in := Input{Calendar: w.calendar, Now: w.now(), Targets: oracleTargets(), ValuesPerDimension: 4}
	before := Compute(w.facts(), in)
	w.sources["globex"].currency = "EUR"
	after := Compute(w.facts(), in)
	if was, is := foldedIn(before, metricRevenueWon), foldedIn(after, metricRevenueWon); is == 0 || is >= was {
		t.Errorf("%d combinations of revenue are folded, %d with both sources", is, was)
	}
	whole, parted := flatten(t, before), flatten(t, after)
	for series, sample := range parted {
		missing := strings.HasPrefix(series, metricTargetMissing) && sample.Value == 1
		if other, ok := whole[series]; !ok || !missing && !cmp.Equal(sample, other) {
			t.Errorf("%s changed", series)
		}
		if strings.Contains(series, `source="globex"`) && strings.Contains(series, "currency=") &&
			!strings.HasPrefix(series, "sales_target") && !strings.HasPrefix(series, metricExcludedAmount) {
			t.Errorf("%s is served", series)
		}
	}
	gone := 0
	for series := range whole {
		if _, ok := parted[series]; ok {
			continue
		}
		gone++
		money := slices.ContainsFunc([]string{
			"currency=\"USD\"", `basis="amount"`, `kpi="revenue_won"`, `kpi="revenue_lost"`, `kpi="pipeline_created"`,
		}, func(sign string) bool { return strings.Contains(series, sign) })
		if !money || strings.Contains(series, `source="acme"`) && !strings.HasPrefix(series, "sales_target") {
			t.Errorf("%s is gone", series)
		}
	}
	if gone == 0 {
		t.Error("nothing is gone")
	}
}

func foldedIn(snapshot *metric.Snapshot, name string) int {
	i := slices.IndexFunc(snapshot.Families, func(f metric.Family) bool { return f.Metric.Name == name })
	return snapshot.Families[i].Folded
}

// TestTargetsOverTwoCurrencies holds that a target over several sources is absent while one of them has no money, never
// the sum of the rest.
func TestTargetsOverTwoCurrencies(t *testing.T) {
	every := crm.TargetPeriod{Unit: crm.PeriodQuarter, Every: true}
	growth := &crm.Growth{Ratio: 0.2, Over: "previous_quarter"}
	targets := []crm.Target{
		{Name: "both", KPI: kpiRevenueWon, Value: 1000, Period: every},
		{Name: "dollars", KPI: kpiRevenueWon, Value: 1000, Period: every, Scope: map[string]string{"source": "acme"}},
		{Name: "euros", KPI: kpiRevenueWon, Value: 1000, Period: every, Scope: map[string]string{"source": "ledger"}},
		{Name: "growth of both", KPI: kpiRevenueWon, Growth: growth, Period: every},
		{Name: "created by both", KPI: kpiPipelineCreated, Value: 1000, Period: every},
		{Name: "lost by both", KPI: kpiRevenueLost, Value: 1000, Period: every},
		{Name: "deals of both", KPI: kpiDealsWon, Value: 10, Period: every},
		{Name: "share of both", KPI: kpiWinRatio, Value: 0.5, Period: every},
		{Name: "growth of deals", KPI: kpiDealsWon, Growth: growth, Period: every},
	}
	options := ledgerOptions()
	options.Sources = []string{"acme", "ledger"}
	f := NewFacts(options)
	before := value.Date(2024, 5, 5)
	f.Source("acme").Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(wonDeal("1", 300), wonDeal("2", 100, closed(before)))}})
	f.Source("ledger").Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(wonDeal("1", 70, in("EUR")), wonDeal("2", 10, in("EUR"), closed(before)))}})
	for _, name := range options.Sources {
		f.Source(name).MarkReady()
	}
	served := func() map[string][]string {
		metrics := map[string][]string{}
		snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: ledgerNow, Targets: targets})
		for _, family := range snapshot.Families {
			if family.Metric.Form != metric.FormTarget {
				continue
			}
			for _, s := range family.Samples {
				if name := family.Metric.Name; name != metricTargetMatched && !slices.Contains(metrics[s.Values[0]], name) {
					metrics[s.Values[0]] = append(metrics[s.Values[0]], name)
				}
			}
		}
		return metrics
	}
	plan := []string{metricTargetValue, metricTargetStart, metricTargetEnd, metricTargetMissing}
	got := served()
	for target, want := range map[string][]string{
		"both": plan, "euros": plan, "created by both": plan, "lost by both": plan,
		"growth of both": {metricTargetStart, metricTargetEnd, metricTargetMissing},
	} {
		slices.Sort(got[target])
		slices.Sort(want)
		if diff := cmp.Diff(want, got[target]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", target, diff)
		}
	}
	for _, target := range []string{"dollars", "deals of both", "share of both", "growth of deals"} {
		if !slices.Contains(got[target], metricTargetActual) {
			t.Errorf("%s has no actual: %v", target, got[target])
		}
	}
	// As soon as all of them have money, all targets are there.
	f.Source("ledger").Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(wonDeal("1", 70), wonDeal("2", 10, closed(before)))}})
	for target, metrics := range served() {
		if !slices.Contains(metrics, metricTargetActual) || !slices.Contains(metrics, metricTargetValue) {
			t.Errorf("%s lacks its actual or value: %v", target, metrics)
		}
	}
}
