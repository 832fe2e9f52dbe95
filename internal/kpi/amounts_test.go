package kpi

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// teamFacts are two teams of one source: AMER sells in dollars, EMEA in euros.
func teamFacts(more ...crm.Deal) *Facts {
	options := kpitest.Options()
	options.Currency, options.Windows, options.Rollups = "USD", calendar.Windows(), [][]string{{}, {"team"}, {"rep"}}
	f := NewFacts(options)
	euro := func(id string, change ...func(*crm.Deal)) crm.Deal {
		return wonDeal(id, 500, append([]func(*crm.Deal){in("EUR"), func(d *crm.Deal) { d.Rep, d.Pipeline = "e", "p" }}, change...)...)
	}
	dollar := wonDeal("amer", 100)
	dollar.Rep, dollar.Pipeline = "a", "p"
	due := closed(value.Date(2024, 9, 20))
	f.Source("acme").Apply(record.Batch{
		Rows: record.Rows{crm.Reps.Of(
			crm.Rep{Head: record.Head{ID: "a"}, Name: "Ann", Team: "AMER", Active: true}, crm.Rep{Head: record.Head{ID: "e"}, Name: "Eve", Team: "EMEA", Active: true},
		), crm.Pipelines.Of(crm.Pipeline{Head: record.Head{ID: "p"}, Label: "Sales"}), crm.Deals.Of(append([]crm.Deal{
			dollar, euro("won"), euro("lost", with(crm.OutcomeLost)),
			euro("open", with(crm.OutcomeOpen), due, func(d *crm.Deal) {
				d.Probability, d.ForecastCategory = 500_000, crm.ForecastCommit
			}),
		}, more...)...)},
	})
	f.Source("acme").MarkReady()
	return f
}

// TestMoneyOfACombinationWithoutTheReportingCurrency holds that a team that sells in another currency has no revenue of 0,
// while its counts are there and the money of the other team too.
func TestMoneyOfACombinationWithoutTheReportingCurrency(t *testing.T) {
	quarter := crm.TargetPeriod{Unit: crm.PeriodQuarter, Every: true}
	scoped := func(name, kpi, dimension, value string) crm.Target {
		return crm.Target{Name: name, KPI: kpi, Value: 1000, Period: quarter, Scope: map[string]string{dimension: value}}
	}
	in := Input{Calendar: calendar.New(calendar.Options{}), Now: ledgerNow, Targets: []crm.Target{
		scoped("emea", kpiRevenueWon, "team", "EMEA"), scoped("eve", kpiRevenueWon, "rep", "Eve"),
		scoped("emea lost", kpiRevenueLost, "team", "EMEA"), scoped("emea created", kpiPipelineCreated, "team", "EMEA"),
		scoped("emea deals", kpiDealsWon, "team", "EMEA"), scoped("amer", kpiRevenueWon, "team", "AMER"),
		{Name: "all", KPI: kpiRevenueWon, Value: 1000, Period: quarter},
	}}
	snapshot := Compute(teamFacts(), in)
	for _, metric := range []string{
		metricRevenueWon, metricRevenueLost, metricPipelineCreated, metricPipelineAmount, metricWeighted,
		metricForecastCategory, metricRevenueCumulative, metricDealSize, metricDealSizeMean, metricRevenuePerRep,
	} {
		for _, labels := range [][]string{{"team", "EMEA"}, {"rep", "Eve"}} {
			if m := familyOf(snapshot, metric); m != nil && m.Metric.Windowed {
				labels = append(labels, "window", string(calendar.QuarterToDate))
			}
			if hasSeries(snapshot, metric, labels...) {
				t.Errorf("%s of %q is there", metric, labels)
			}
		}
	}
	for _, metric := range []string{metricDealsWon, metricDealsLost, metricDealsCreated, metricPipelineDeals} {
		if !hasSeries(snapshot, metric, "team", "EMEA") {
			t.Errorf("%s of EMEA is absent", metric)
		}
	}
	wantToday := []string{"team", "EMEA", "window", string(calendar.Today)}
	if !hasSeries(snapshot, metricRevenueWon, wantToday...) {
		t.Error("a day without any deals has no revenue of 0")
	}
	if !hasSeries(snapshot, metricRevenueWon, "team", "AMER") {
		t.Error("the revenue of AMER is absent")
	}
	for _, target := range []string{"emea", "eve", "emea lost", "emea created"} {
		wantValue(t, snapshot, 1000, metricTargetValue, "target", target)
		for _, metric := range []string{
			metricTargetActual, metricTargetAttainment, metricTargetGap, metricTargetPace, metricTargetForecast, metricCoverage,
		} {
			if hasSeries(snapshot, metric, "target", target) {
				t.Errorf("%s of %s is there", metric, target)
			}
		}
	}
	wantValue(t, snapshot, 1, metricTargetActual, "target", "emea deals")
	wantValue(t, snapshot, 100, metricTargetActual, "target", "amer")
	wantValue(t, snapshot, 100, metricTargetActual, "target", "all") // What it lacks is in sales_records_excluded.
}

// TestMoneyOfAWindowWithoutTheReportingCurrency holds that a team which sold in dollars before has those windows alone.
func TestMoneyOfAWindowWithoutTheReportingCurrency(t *testing.T) {
	before := wonDeal("before", 70, closed(value.Date(2024, 5, 5)), created(value.Date(2024, 5, 1)))
	before.Rep, before.Pipeline = "e", "p"
	snapshot := Compute(teamFacts(before), Input{Calendar: calendar.New(calendar.Options{}), Now: ledgerNow})
	for window, want := range map[calendar.Window]bool{
		calendar.PreviousQuarter: true, calendar.Trailing365Days: true, calendar.MonthToDate: true,
		calendar.QuarterToDate: false, calendar.Trailing90Days: false,
	} {
		if got := hasSeries(snapshot, metricRevenueWon, "team", "EMEA", "window", string(window)); got != want {
			t.Errorf("the revenue of %s is there: %v, want %v", window, got, want)
		}
		if !hasSeries(snapshot, metricDealsWon, "team", "EMEA", "window", string(window)) {
			t.Errorf("the deals of %s are absent", window)
		}
	}
	if hasSeries(snapshot, metricGrowth, "rollup", "team", "team", "EMEA", "kpi", kpiRevenueWon, "basis", "quarter") {
		t.Error("revenue grows to an unknown one")
	}
}

// TestComputeAgreesWithOracleOnMixedCurrencies compares with the oracle where whole teams, windows or stages sell in other
// currencies.
func TestComputeAgreesWithOracleOnMixedCurrencies(t *testing.T) {
	for name, foreign := range map[string]func(d crm.Deal) bool{
		"half of the reps": func(d crm.Deal) bool { return d.Rep < "rep6" },
		"this year":        func(d crm.Deal) bool { return d.Closed.Milli() > value.Date(2026, 1, 1).Milli() },
		"some stages":      func(d crm.Deal) bool { return d.Stage < "stage3" },
		"nearly all":       func(d crm.Deal) bool { return d.ID > "deal2" },
		"one pipeline":     func(d crm.Deal) bool { return d.Pipeline == "p1" },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(31, oracleDeals(600), calendar.Options{})
			for _, s := range w.sources {
				for dealID, d := range s.deals {
					if foreign(d) {
						d.Currency = "SEK"
						s.deals[dealID] = d
					}
				}
			}
			in := Input{Calendar: w.calendar, Now: w.now(), Targets: oracleTargets(), ValuesPerDimension: 5}
			compareWithOracle(t, Compute(w.facts(), in), newOracle(w, in).run())
			in.AsOf, in.Now = true, w.now().AddDate(-1, 0, 0)
			compareWithOracle(t, Compute(w.facts(), in), newOracle(w, in).run())
		})
	}
}

func familyOf(snapshot *metric.Snapshot, metric string) *metric.Family {
	for i := range snapshot.Families {
		if snapshot.Families[i].Metric.Name == metric {
			return &snapshot.Families[i]
		}
	}
	return nil
}
