package kpi

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/cube"
)

// TestCumulativeGolden shows every curve of the golden records, a run of days with one value as one line.
func TestCumulativeGolden(t *testing.T) {
	f := NewFacts(goldenOptions())
	f.Source("acme").Apply(goldenRecords())
	f.Source("acme").MarkReady()
	snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: goldenNow})
	got := curves(t, snapshot)
	path := filepath.Join("testdata", "cumulative.golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// curves writes the cumulative samples, whose days must be in order, and from where on some are absent.
func curves(t *testing.T, snapshot *Snapshot) string {
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

func samplesOf(snapshot *Snapshot, metric string) []Sample {
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
			ends := map[string]map[string]Sample{}
			for _, s := range samplesOf(snapshot, metricRevenueCumulative) {
				n := len(s.Values)
				period := s.Values[n-3]
				if ends[period] == nil {
					ends[period] = map[string]Sample{}
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

func TestCourses(t *testing.T) {
	berlin, apia := mustLoad(t, "Europe/Berlin"), mustLoad(t, "Pacific/Apia")
	for _, test := range []struct {
		name    string
		options calendar.Options
		now     time.Time
		want    map[string]int // days by period
	}{
		{
			"the middle of a quarter",
			calendar.Options{},
			goldenNow,
			map[string]int{"month": 20, "previous_month": 30, "quarter": 50, "previous_quarter": 90},
		},
		{
			"the first instant of a fiscal year",
			calendar.Options{Location: berlin, FiscalYearStart: time.April},
			time.Date(2028, time.April, 1, 0, 0, 0, 0, berlin),
			map[string]int{"month": 1, "previous_month": 31, "quarter": 1, "previous_quarter": 91},
		},
		{
			"the last instant of a quarter",
			calendar.Options{Location: berlin},
			time.Date(2026, time.December, 31, 23, 59, 59, 999_999_999, berlin),
			map[string]int{"month": 31, "previous_month": 30, "quarter": 92, "previous_quarter": 92},
		},
		{
			"a month with a day that never happened",
			calendar.Options{Location: apia},
			time.Date(2012, time.January, 10, 12, 0, 0, 0, apia),
			map[string]int{"month": 10, "previous_month": 31, "quarter": 10, "previous_quarter": 92},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := map[string]int{}
			c := calendar.New(test.options)
			daily := newDaily(Input{Calendar: c, Now: test.now})
			daily.place(cube.NewTimeline(c, daily.days))
			for _, course := range daily.courses {
				got[course.name] = len(course.days)
				for i, day := range course.days {
					if i > 0 && day.period.From != course.days[i-1].period.To {
						t.Errorf("%s: day %s does not begin where the one before ends", course.name, day.name)
					}
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("days (-want +got)\n%s", diff)
			}
		})
	}
}
