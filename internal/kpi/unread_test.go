package kpi

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// TestWindowsBegunUnreadAreAbsent holds which windows of a source that was read last at some instant are there.
func TestWindowsBegunUnreadAreAbsent(t *testing.T) {
	at := func(month time.Month, day, hour int) time.Time {
		return time.Date(2024, month, day, hour, 0, 0, 0, time.UTC)
	}
	for name, test := range map[string]struct {
		read, now time.Time
		asOf      bool
		absent    []calendar.Window
	}{
		"unknown":                   {now: ledgerNow},
		"just now":                  {read: ledgerNow, now: ledgerNow},
		"this morning":              {read: at(9, 15, 1), now: ledgerNow},
		"on the stroke of midnight": {read: at(9, 15, 0), now: ledgerNow},
		"yesterday":                 {read: at(9, 14, 23), now: ledgerNow, absent: []calendar.Window{calendar.Today, calendar.WeekToDate}}, // A Sunday.
		"before a week": {
			read: at(9, 5, 12), now: ledgerNow,
			absent: []calendar.Window{calendar.Today, calendar.WeekToDate, calendar.PreviousWeek, calendar.Trailing7Days},
		},
		"before a month's end": {
			read: at(8, 25, 12), now: at(9, 4, 12),
			absent: []calendar.Window{calendar.Today, calendar.WeekToDate, calendar.MonthToDate, calendar.Trailing7Days},
		},
		"before a past instant": {read: at(8, 25, 12), now: at(9, 4, 12), asOf: true},
	} {
		t.Run(name, func(t *testing.T) {
			options := ledgerOptions()
			options.Windows = calendar.Windows()
			f := NewFacts(options)
			f.Source("ledger").Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(
				wonDeal("1", 60, closed(value.Date(2024, 8, 25))), wonDeal("2", 60, closed(value.Date(2023, 8, 25))),
			)}})
			f.Source("ledger").MarkReady()
			f.Source("ledger").ReadAt(test.read)
			snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: test.now, AsOf: test.asOf})
			for _, metric := range []string{metricDealsWon, metricRevenueWon, metricDealSize} {
				for _, window := range calendar.Windows() {
					want := !slices.Contains(test.absent, window)
					if got := hasSeries(snapshot, metric, "window", string(window)); got != want {
						t.Errorf("%s of %s is there: %v, want %v", metric, window, got, want)
					}
				}
			}
		})
	}
}

// TestCumulativeEndsWithTheLastRead holds that no line goes on at the same height while nobody looks.
func TestCumulativeEndsWithTheLastRead(t *testing.T) {
	f := NewFacts(ledgerOptions())
	f.Source("ledger").Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(wonDeal("1", 60))}})
	f.Source("ledger").MarkReady()
	f.Source("ledger").ReadAt(time.Date(2024, time.August, 30, 9, 0, 0, 0, time.UTC))
	snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: ledgerNow})
	for series, want := range map[[2]string]bool{
		{"previous_month", "30"}: true, {"previous_month", "31"}: false, {"month", "01"}: false,
		{"quarter", "61"}: true, {"quarter", "62"}: false, {"previous_quarter", "91"}: true,
	} {
		got := hasSeries(snapshot, metricRevenueCumulative, "period", series[0], "day", series[1])
		if got != want {
			t.Errorf("day %s of the %s is there: %v, want %v", series[1], series[0], got, want)
		}
	}
}

// TestTargetsBegunUnread holds that a target over two sources is no sum of the one that is still read.
func TestTargetsBegunUnread(t *testing.T) {
	options := ledgerOptions()
	options.Sources = []string{"acme", "ledger"}
	f := NewFacts(options)
	for _, name := range options.Sources {
		f.Source(name).Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(wonDeal("1", 60), wonDeal("2", 40, closed(value.Date(2024, 9, 2))))}})
		f.Source(name).MarkReady()
		f.Source(name).ReadAt(ledgerNow)
	}
	f.Source("ledger").ReadAt(time.Date(2024, time.August, 30, 9, 0, 0, 0, time.UTC))
	target := func(name, source string, unit crm.PeriodUnit) crm.Target {
		t := crm.Target{Name: name, KPI: kpiRevenueWon, Value: 1000, Period: crm.TargetPeriod{Unit: unit, Every: true}}
		if source != "" {
			t.Scope = map[string]string{"source": source}
		}
		return t
	}
	next := target("next month", "", crm.PeriodMonth)
	next.Period = crm.TargetPeriod{Unit: crm.PeriodMonth, Year: 2024, Number: 10}
	snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: ledgerNow, Targets: []crm.Target{
		target("month", "", crm.PeriodMonth), target("month of ledger", "ledger", crm.PeriodMonth),
		target("month of acme", "acme", crm.PeriodMonth), target("quarter", "", crm.PeriodQuarter), next,
	}})
	for name, want := range map[string]struct{ missing, actual float64 }{
		"month": {1, -1}, "month of ledger": {1, -1}, "month of acme": {0, 40}, "quarter": {0, 200}, "next month": {0, -1},
	} {
		wantValue(t, snapshot, want.missing, metricTargetMissing, "target", name)
		wantValue(t, snapshot, 1000, metricTargetValue, "target", name)
		wantValue(t, snapshot, 1, metricTargetMatched, "target", name)
		if want.actual >= 0 {
			wantValue(t, snapshot, want.actual, metricTargetActual, "target", name)
			continue
		}
		for _, metric := range []string{metricTargetActual, metricTargetAttainment, metricTargetGap, metricTargetPace} {
			wantAbsent(t, snapshot, metric, "target", name)
		}
	}
	// The last ten working days began after the last read, the quarter did not.
	wantAbsent(t, snapshot, metricTargetTrailing, "target", "quarter")
}

// TestComputeAgreesWithOracleOnUnreadSources compares with the oracle where sources were read last at other instants.
func TestComputeAgreesWithOracleOnUnreadSources(t *testing.T) {
	for _, days := range []int{0, 1, 9, 40, 130, 500} {
		t.Run(fmt.Sprintf("%d days ago", days), func(t *testing.T) {
			w := newWorld(uint64(20+days), oracleDeals(600), calendar.Options{})
			w.sources["globex"].read = w.now().AddDate(0, 0, -days)
			w.sources["acme"].read = w.now().AddDate(0, 0, -days/3)
			in := Input{Calendar: w.calendar, Now: w.now(), Targets: oracleTargets(), ValuesPerDimension: 3}
			compareWithOracle(t, Compute(w.facts(), in), newOracle(w, in).run())
		})
	}
}

// hasSeries reports whether a metric has a sample with some labels.
func hasSeries(snapshot *metric.Snapshot, metric string, labels ...string) bool {
	for _, f := range snapshot.Families {
		if f.Metric.Name != metric {
			continue
		}
		for _, s := range f.Samples {
			fits := true
			for i := 0; i < len(labels); i += 2 {
				at := slices.Index(s.Labels, labels[i])
				fits = fits && at >= 0 && s.Values[at] == labels[i+1]
			}
			if fits {
				return true
			}
		}
	}
	return false
}
