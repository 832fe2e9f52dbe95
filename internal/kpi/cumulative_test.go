package kpi

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// TestCumulativeGolden shows every curve of the golden records, a run of days with one value as one line.
func TestCumulativeGolden(t *testing.T) {
	f := NewFacts(kpitest.Options())
	f.Source("acme").Apply(kpitest.Records())
	f.Source("acme").MarkReady()
	snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: kpitest.Now()})
	got := curves(t, snapshot)
	kpitest.Compare(t, "cumulative.golden", got)
}

// curves writes the cumulative samples, whose days must be in order, and from where on some are absent.
func curves(t *testing.T, snapshot *metric.Snapshot) string {
	t.Helper()
	var b strings.Builder
	curve, last, days := "", "", 0
	end := func() {
		if days > 0 {
			fmt.Fprintf(&b, " (%d days)\n", days)
		}
	}
	for _, s := range samplesOf(snapshot, metricRevenueCumulative) {
		var labels []string
		day := ""
		for i, label := range s.Labels {
			if label == "day" {
				day = s.Values[i]
				continue
			}
			labels = append(labels, fmt.Sprintf("%s=%q", label, s.Values[i]))
		}
		if of := strings.Join(labels, ","); of != curve {
			end()
			curve, last, days = of, "", 0
			fmt.Fprintf(&b, "%s{%s}", metricRevenueCumulative, curve)
		}
		for days++; day != fmt.Sprintf("%02d", days); days++ {
			if days > 92 {
				t.Fatalf("%s: day %s is out of order", curve, day)
			}
			if last != "absent" {
				fmt.Fprintf(&b, " %02d: absent", days)
			}
			last = "absent"
		}
		value := fmt.Sprint(s.Value)
		if value != last {
			fmt.Fprintf(&b, " %s: %s", day, value)
		}
		last = value
	}
	end()
	return b.String()
}

func samplesOf(snapshot *metric.Snapshot, metric string) []metric.Sample {
	for _, f := range snapshot.Families {
		if f.Metric.Name == metric {
			return f.Samples
		}
	}
	return nil
}

// TestCurvesEndAtTheWindow holds the last day of each curve against the window that says the same in one number.
func TestCurvesEndAtTheWindow(t *testing.T) {
	w := newWorld(41, 3000, calendar.Options{
		Location: mustLoad(t, "America/New_York"), FiscalYearStart: time.February,
	})
	facts := w.facts()
	windows := map[string]calendar.Window{
		"month": calendar.MonthToDate, "previous_month": calendar.PreviousMonth,
		"quarter": calendar.QuarterToDate, "previous_quarter": calendar.PreviousQuarter,
	}
	for _, now := range []time.Time{
		w.now(), w.now().AddDate(-1, -2, 0),
		time.Date(2026, time.May, 1, 0, 0, 0, 0, w.calendar.Location()), // A new quarter in which nothing was won yet.
		time.Date(2026, time.March, 8, 12, 0, 0, 0, w.calendar.Location()),
	} {
		for _, asOf := range []bool{false, true} {
			snapshot := Compute(facts, Input{Calendar: w.calendar, Now: now, AsOf: asOf, ValuesPerDimension: 2})
			ends := map[string]map[string]metric.Sample{}
			for _, s := range samplesOf(snapshot, metricRevenueCumulative) {
				n := len(s.Values)
				period := s.Values[n-3]
				if ends[period] == nil {
					ends[period] = map[string]metric.Sample{}
				}
				ends[period][strings.Join(s.Values[:n-3], "\x00")] = s // The last day overwrites the ones before.
			}
			for period, window := range windows {
				got, day := 0.0, ""
				for _, s := range ends[period] {
					got, day = got+s.Value, s.Values[len(s.Values)-2]
				}
				if want := sumOfMetric(snapshot, metricRevenueWon, string(window)); day == "" || !almost(want, got) {
					t.Errorf("%s, as of %v: %s ends with %v on day %q, %s is %v", now, asOf, period, got, day, window, want)
				}
			}
		}
	}
}

// almost compares sums of floats that were added up in another order.
func almost(a, b float64) bool { return a-b <= 1e-3 && b-a <= 1e-3 }
