package kpi

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// ledgerOptions are those of the cases: everything of one source in one number.
func ledgerOptions() Options {
	return Options{
		Sources: []string{"ledger"}, Currency: "USD", Rollups: [][]string{{}},
		Windows:         []calendar.Window{calendar.QuarterToDate, calendar.AllTime},
		DealSizeBuckets: []float64{100}, DurationBuckets: []time.Duration{time.Hour},
	}
}

// ledgerNow is the instant of the cases.
var ledgerNow = time.Date(2024, time.September, 15, 12, 0, 0, 0, time.UTC)

// wonDeal returns a deal of the third quarter, won after ten days.
func wonDeal(id string, amount value.Money, change ...func(*crm.Deal)) crm.Deal {
	d := crm.Deal{
		Head: record.Head{ID: id}, Pipeline: "sales", Outcome: crm.OutcomeWon, Amount: amount * value.MoneyScale, AmountKnown: true,
		Probability: value.ProbabilityUnknown, Created: value.Date(2024, 7, 22), Closed: value.Date(2024, 8, 1),
	}
	for _, c := range change {
		c(&d)
	}
	return d
}

func in(currency string) func(*crm.Deal) { return func(d *crm.Deal) { d.Currency = currency } }

func closed(at value.Instant) func(*crm.Deal) { return func(d *crm.Deal) { d.Closed = at } }

func created(at value.Instant) func(*crm.Deal) { return func(d *crm.Deal) { d.Created = at } }

func with(outcome crm.Outcome) func(*crm.Deal) { return func(d *crm.Deal) { d.Outcome = outcome } }

// ledgerFilters adds the filters to the options.
func ledgerFilters(options Options) Options {
	options.Selections = kpitest.ByName("ledger")
	options.Selections["ledger"] = facts.Selection{Pipelines: [][]string{{"Sales"}}, Exclude: options.Selections["ledger"].Exclude}
	return options
}

// ledgerPipelines are those that the filters name.
func ledgerPipelines() record.Batch {
	return record.Batch{Rows: record.Rows{crm.Pipelines.Of(crm.Pipeline{Head: record.Head{ID: "sales"}})}}
}

// filtered makes a deal one of another pipeline, or one that the expression excludes.
func filtered(reason string) func(*crm.Deal) {
	return func(d *crm.Deal) {
		if d.Name = "excluded"; reason == "pipeline" {
			d.Pipeline = "other"
		}
	}
}

func unpriced(d *crm.Deal) { d.Amount, d.AmountKnown = 0, false }

// linesOf returns the samples of a source's deals, as lines.
func linesOf(options Options, deals ...crm.Deal) map[string]float64 {
	f := NewFacts(ledgerFilters(options))
	f.Source("ledger").Apply(ledgerPipelines())
	f.Source("ledger").Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(deals...)}})
	f.Source("ledger").MarkReady()
	lines := map[string]float64{}
	for _, family := range Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: ledgerNow}).Families {
		for _, s := range family.Samples {
			var labels []string
			for i, name := range s.Labels {
				if value := s.Values[i]; name != "source" && name != "rollup" && value != "" {
					labels = append(labels, value)
				}
			}
			lines[family.Metric.Name+" "+strings.Join(labels, " ")] = s.Value
		}
	}
	return lines
}

// TestLeftOut holds what is counted as left out, in deals and in money of its own currency, and that the numbers do
// without it.
func TestLeftOut(t *testing.T) {
	const (
		revenue = "sales_revenue_won_amount quarter_to_date USD"
		allTime = "sales_revenue_won_amount all_time USD"
		won     = "sales_deals_won quarter_to_date"
		cycle   = "sales_cycle_mean_seconds quarter_to_date"
	)
	epoch, unknown := value.MomentMilli(0), value.Instant{}
	tests := map[string]struct {
		deals   []crm.Deal
		numbers map[string]float64
		left    map[string]float64 // without those that are 0
		amounts map[string]float64
	}{
		"nothing": {
			deals: []crm.Deal{wonDeal("1", 250)}, numbers: map[string]float64{revenue: 250, cycle: 864000},
		},
		"an amount in euros (B09)": {
			deals:   []crm.Deal{wonDeal("1", 250), wonDeal("2", 1000, in("EUR"))},
			numbers: map[string]float64{revenue: 250, won: 2},
			left:    map[string]float64{"currency_rate_missing": 1}, amounts: map[string]float64{"currency_rate_missing EUR": 1000},
		},
		"amounts in two currencies, won, lost and open": {
			deals: []crm.Deal{
				wonDeal("1", 250), wonDeal("2", 1000, in("EUR")), wonDeal("3", 10, in("EUR"), with(crm.OutcomeLost)),
				wonDeal("4", 7, in("GBP"), with(crm.OutcomeOpen)), wonDeal("5", -3, in("GBP")),
			},
			numbers: map[string]float64{revenue: 250, won: 3},
			left:    map[string]float64{"currency_rate_missing": 4},
			amounts: map[string]float64{"currency_rate_missing EUR": 1010, "currency_rate_missing GBP": 4},
		},
		"a currency without an amount": {
			deals: []crm.Deal{wonDeal("1", 250), wonDeal("2", 0, in("EUR"), unpriced)}, numbers: map[string]float64{revenue: 250},
		},
		"what is no currency": {
			deals:   []crm.Deal{wonDeal("1", 250), wonDeal("2", 9, in("EUROS")), wonDeal("3", 9, in("€")), wonDeal("4", 9, in("eur"))},
			numbers: map[string]float64{revenue: 250}, left: map[string]float64{"currency_rate_missing": 3},
		},
		"a filter": {
			deals: []crm.Deal{
				wonDeal("1", 250), wonDeal("2", 10, filtered("expression")), wonDeal("3", 20, filtered("expression"), in("EUR")),
				wonDeal("4", 40, filtered("pipeline"), closed(unknown)),
			},
			numbers: map[string]float64{allTime: 250},
			left:    map[string]float64{"expression": 2, "pipeline": 1},
			amounts: map[string]float64{"expression USD": 10, "expression EUR": 20, "pipeline USD": 40},
		},
		"a win without a close date (B17)": {
			deals:   []crm.Deal{wonDeal("1", 125000), wonDeal("2", 75000, closed(unknown))},
			numbers: map[string]float64{revenue: 125000, allTime: 200000, won: 1},
			left:    map[string]float64{"close_date_missing": 1}, amounts: map[string]float64{"close_date_missing USD": 75000},
		},
		"a win without a close date, in euros": {
			deals:   []crm.Deal{wonDeal("1", 250), wonDeal("2", 75, closed(unknown), in("EUR"))},
			numbers: map[string]float64{allTime: 250},
			left:    map[string]float64{"close_date_missing": 1, "currency_rate_missing": 1},
			amounts: map[string]float64{"close_date_missing EUR": 75, "currency_rate_missing EUR": 75},
		},
		"a win without a close date and an amount": {
			deals:   []crm.Deal{wonDeal("1", 250), wonDeal("2", 0, closed(unknown), unpriced)},
			numbers: map[string]float64{allTime: 250}, left: map[string]float64{"close_date_missing": 1},
		},
		"losses and open deals without a close date": {
			deals: []crm.Deal{
				wonDeal("1", 250), wonDeal("2", 10, closed(unknown), with(crm.OutcomeLost)),
				wonDeal("3", 10, closed(unknown), with(crm.OutcomeOpen)),
			},
			numbers: map[string]float64{allTime: 250},
		},
		"created in 1900 (B25)": {
			deals:   []crm.Deal{wonDeal("1", 100, created(value.Date(1900, 1, 1))), wonDeal("2", 100)},
			numbers: map[string]float64{revenue: 200, cycle: 864000}, left: map[string]float64{"implausible_date": 1},
		},
		"created at a workbook's day 0 (B25)": {
			deals:   []crm.Deal{wonDeal("1", 100, created(value.Date(1899, 12, 30))), wonDeal("2", 100)},
			numbers: map[string]float64{cycle: 864000}, left: map[string]float64{"implausible_date": 1},
		},
		"created at epoch 0 (B25)": {
			deals:   []crm.Deal{wonDeal("1", 100, created(epoch)), wonDeal("2", 100)},
			numbers: map[string]float64{cycle: 864000}, left: map[string]float64{"implausible_date": 1},
		},
		"won at epoch 0 (B25)": {
			deals:   []crm.Deal{wonDeal("1", 100, closed(epoch)), wonDeal("2", 100)},
			numbers: map[string]float64{revenue: 100, allTime: 200, won: 1},
			left:    map[string]float64{"implausible_date": 1}, amounts: map[string]float64{"implausible_date USD": 100},
		},
		"lost at the last date of programs": {
			deals:   []crm.Deal{wonDeal("1", 100, closed(value.Date(9999, 12, 31)), with(crm.OutcomeLost)), wonDeal("2", 100)},
			numbers: map[string]float64{revenue: 100}, left: map[string]float64{"implausible_date": 1},
		},
		"all dates of a deal at once": {
			deals: []crm.Deal{
				wonDeal("1", 100, created(epoch), closed(epoch), func(d *crm.Deal) { d.StageEntered = epoch }), wonDeal("2", 100),
			},
			numbers: map[string]float64{revenue: 100, allTime: 200, cycle: 864000},
			left:    map[string]float64{"implausible_date": 1}, amounts: map[string]float64{"implausible_date USD": 100},
		},
		"an entry into a stage": {
			deals:   []crm.Deal{wonDeal("1", 100, func(d *crm.Deal) { d.StageEntered = epoch })},
			numbers: map[string]float64{revenue: 100}, left: map[string]float64{"implausible_date": 1},
		},
		"an open deal that is due in 2999": {
			deals:   []crm.Deal{wonDeal("1", 100, closed(value.Date(2999, 1, 1)), with(crm.OutcomeOpen))},
			numbers: map[string]float64{"sales_pipeline_amount (none) unscheduled USD": 100},
			left:    map[string]float64{"implausible_date": 1},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := linesOf(ledgerOptions(), test.deals...)
			for series, want := range test.numbers {
				if value, ok := got[series]; !ok || value != want {
					t.Errorf("%s: got %v, %v, want %v", series, value, ok, want)
				}
			}
			left := map[string]float64{
				"expression": 0, "pipeline": 0, "currency_rate_missing": 0, "close_date_missing": 0, "implausible_date": 0,
			}
			maps.Copy(left, test.left)
			if diff := cmp.Diff(left, under(got, metricExcluded)); diff != "" {
				t.Errorf("deals (-want +got):\n%s", diff)
			}
			if test.amounts == nil {
				test.amounts = map[string]float64{}
			}
			if diff := cmp.Diff(test.amounts, under(got, metricExcludedAmount)); diff != "" {
				t.Errorf("amounts (-want +got):\n%s", diff)
			}
		})
	}
}

// under returns the samples of one metric.
func under(lines map[string]float64, metric string) map[string]float64 {
	found := map[string]float64{}
	for series, value := range lines {
		if labels, ok := strings.CutPrefix(series, metric+" "); ok {
			found[labels] = value
		}
	}
	return found
}

// TestPlausibleDatesAreConfigured moves the bounds.
func TestPlausibleDatesAreConfigured(t *testing.T) {
	options := ledgerOptions()
	options.Plausible = value.DateRange{From: value.Date(1850, 1, 1), To: value.Date(2024, 7, 31)}
	got := linesOf(options, wonDeal("1", 1, closed(value.Date(1900, 1, 1))), wonDeal("2", 2, closed(value.Date(2024, 7, 31))),
		wonDeal("3", 4, closed(value.Date(2024, 8, 1))))
	want := map[string]float64{"quarter_to_date USD": 2, "all_time USD": 7}
	if diff := cmp.Diff(want, under(got, metricRevenueWon)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := under(got, metricExcludedAmount)["implausible_date USD"]; got != 4 {
		t.Errorf("left out %v, want the 4 of the day after the last one", got)
	}
}

// TestCurrenciesAreBounded holds that a sheet with other words in every row does not become thousands of series.
func TestCurrenciesAreBounded(t *testing.T) {
	deals := []crm.Deal{wonDeal("usd", 1)}
	for i := range 2000 {
		code := string([]byte{'A' + byte(i%26), 'A' + byte(i/26%26), 'A' + byte(i/676)})
		deals = append(deals, wonDeal(strconv.Itoa(i), 1, in(code)), wonDeal(fmt.Sprint("word", i), 1, in(fmt.Sprint("W", i))))
	}
	got := linesOf(ledgerOptions(), deals...)
	if n := len(under(got, metricExcludedAmount)); n != 200 {
		t.Errorf("%d series, want %d: %v", n, 200, slices.Sorted(maps.Keys(got))[:5])
	}
	if n := got[metricExcluded+" currency_rate_missing"]; n != 4000 {
		t.Errorf("%v deals are left out, want 4000", n)
	}
}
