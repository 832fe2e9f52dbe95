package kpi

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// oracleTargets cover every KPI, period, pace and kind of scope.
func oracleTargets() []crm.Target {
	quarter := crm.TargetPeriod{Unit: crm.PeriodQuarter, Every: true}
	targets := []crm.Target{
		{
			Name: "territory", KPI: "revenue_won", Value: 1e6, Period: quarter,
			Scope: map[string]string{"territory": " emea "},
		},
		{Name: "rep", KPI: "revenue_won", Value: 5e4, Period: quarter, Scope: map[string]string{"rep": "Ann Lee"}},
		{
			Name: "rep2", KPI: "revenue_won", Value: 9e5, Period: quarter,
			Scope: map[string]string{"rep": "Bob", "team": "South"},
		},
		{Name: "source", KPI: "deals_won", Value: 30, Period: quarter, Scope: map[string]string{"source": "ACME"}},
		{Name: "nobody", KPI: "deals_won", Value: 30, Period: quarter, Scope: map[string]string{"rep": "Zoe"}},
		{
			Name: "nobody's growth", KPI: "deals_won", Period: quarter, Scope: map[string]string{"rep": "Zoe"},
			Growth: &crm.Growth{Ratio: 0.5, Over: crm.OverPreviousYear},
		},
		{Name: "gone", KPI: "deals_won", Value: 3, Period: quarter, Scope: map[string]string{"rep": "gone"}},
		{Name: "spelt", KPI: "deals_won", Value: 3, Period: quarter, Scope: map[string]string{"territory": "eMeA"}},
		{
			Name: "nothing yet", KPI: "deals_won", Value: 3, Period: quarter,
			Scope: map[string]string{"rep": "gone", "team": "north", "pipeline": "sales", "business_type": "new"},
		},
		{
			Name: "another team", KPI: "deals_won", Value: 3, Period: quarter,
			Scope: map[string]string{"rep": "Gone", "team": "South"},
		},
		{
			Name: "together", KPI: "revenue_won", Value: 3, Period: quarter,
			Scope: map[string]string{"rep": "cy", "team": "north", "source": "acme"},
		},
		{
			Name: "never together", KPI: "revenue_won", Value: 3, Period: quarter,
			Scope: map[string]string{"rep": "Idle", "team": "South"},
		},
		{
			Name: "ended", KPI: "revenue_won", Value: 3e5,
			Period: crm.TargetPeriod{Unit: crm.PeriodQuarter, Year: 2025, Number: 2},
		},
		{
			Name: "rep ended", KPI: "revenue_won", Value: 3e5, Scope: map[string]string{"rep": "Bob"},
			Period: crm.TargetPeriod{Unit: crm.PeriodQuarter, Year: 2025, Number: 2},
		},
		{Name: "future", KPI: "revenue_won", Value: 3e5, Period: crm.TargetPeriod{Unit: crm.PeriodYear, Year: 2030}},
		{
			Name: "custom", KPI: "deals_won", Value: 12, Objective: "o", Accountable: "a", ReviewBy: "2026-06-01",
			Period: crm.TargetPeriod{
				Unit: crm.PeriodCustom, From: value.Date(2026, time.May, 3), To: value.Date(2026, time.May, 24),
			},
		},
		{
			Name: "growth", KPI: "revenue_won", Period: quarter,
			Growth: &crm.Growth{Ratio: 0.25, Over: crm.OverPreviousQuarter},
		},
		{Name: "yoy", KPI: "deals_won", Period: quarter, Growth: &crm.Growth{Ratio: 0.5, Over: crm.OverPreviousYear}},
		{Name: "overlap", KPI: "deals_won", Period: quarter, Growth: &crm.Growth{Ratio: 0.5, Over: crm.OverPreviousMonth}},
		{
			Name: "early", KPI: "deals_won", Period: crm.TargetPeriod{Unit: crm.PeriodMonth, Year: 2026, Number: 7},
			Growth: &crm.Growth{Ratio: 0.5, Over: crm.OverPreviousMonth},
		},
	}
	for i, kpi := range TargetKPIs() {
		for _, unit := range []crm.PeriodUnit{crm.PeriodMonth, crm.PeriodQuarter, crm.PeriodYear} {
			targets = append(targets, crm.Target{
				Name: "all " + kpi, KPI: kpi, Value: 0.5 + float64(i), Period: crm.TargetPeriod{Unit: unit, Every: true},
				Pace: []crm.Pace{"", crm.PaceLinear, crm.PaceWorkingDays}[i%3], Objective: string(unit),
			})
		}
	}
	return targets
}

func TestComputeAgreesWithOracle(t *testing.T) {
	newYork, kathmandu := mustLoad(t, "America/New_York"), mustLoad(t, "Asia/Kathmandu")
	for i, test := range []struct {
		deals    int
		calendar calendar.Options
	}{
		{10_000, calendar.Options{}},
		{1500, calendar.Options{Location: newYork, FiscalYearStart: time.February, WeekStart: time.Monday}},
		{1500, calendar.Options{
			Location: kathmandu, FiscalYearStart: time.October,
			Holidays: []calendar.Date{{Year: 2026, Month: time.May, Day: 21}},
		}},
	} {
		w := newWorld(uint64(i+1), oracleDeals(test.deals), test.calendar)
		w.options.Windows = slices.Concat(calendar.Windows()[5*i:5*i+6], []calendar.Window{calendar.AllTime})
		facts := w.facts()
		for name, in := range map[string]Input{
			"live":                          {Now: w.now()},
			"live folded":                   {Now: w.now(), ValuesPerDimension: 2},
			"as of":                         {Now: w.now().AddDate(0, -14, -3), AsOf: true},
			"as of a year with a few deals": {Now: w.now().AddDate(-6, 0, 0), AsOf: true},
			"as of new year's midnight": {
				Now: time.Date(2025, time.January, 1, 0, 0, 0, 0, w.calendar.Location()), AsOf: true,
			},
		} {
			t.Run(fmt.Sprintf("%s/%s", w.calendar.Location(), name), func(t *testing.T) {
				in.Calendar, in.Targets = w.calendar, oracleTargets()
				compareWithOracle(t, Compute(facts, in), newOracle(w, in).run())
			})
		}
	}
}

// TestWorkersMakeNoDifference computes the same page with one, two and eight workers.
func TestWorkersMakeNoDifference(t *testing.T) {
	w := newWorld(9, 20_000, calendar.Options{Location: mustLoad(t, "America/New_York")})
	w.options.Windows = calendar.Windows()
	facts := w.facts()
	for name, in := range map[string]Input{
		"live": {Now: w.now()}, "as of": {Now: w.now().AddDate(0, -14, -3), AsOf: true},
		"limited": {Now: w.now(), Series: 5000},
	} {
		in.Calendar, in.Targets, in.Workers = w.calendar, oracleTargets(), 1
		want := Compute(facts, in)
		for _, in.Workers = range []int{2, 8} {
			if !reflect.DeepEqual(want, Compute(facts, in)) {
				t.Errorf("%s: another page with %d workers", name, in.Workers)
			}
		}
	}
}

func TestComputeLeavesOutSourcesThatAreNotReady(t *testing.T) {
	w := newWorld(4, 600, calendar.Options{})
	w.sources["globex"].ready = false
	in := Input{Calendar: w.calendar, Now: w.now(), Targets: oracleTargets()}
	snapshot := Compute(w.facts(), in)
	compareWithOracle(t, snapshot, newOracle(w, in).run())
	for _, f := range snapshot.Families {
		for _, s := range f.Samples {
			if i := slices.Index(s.Labels, "source"); i >= 0 && s.Values[i] == "globex" {
				t.Fatalf("%s has a sample of a source that is not ready", f.Metric.Name)
			}
		}
	}
}

// TestComputeLeavesOutMoneyOfAnotherCurrency compares with the oracle where one source, or all of them, have no amount in
// the reporting currency (C6).
func TestComputeLeavesOutMoneyOfAnotherCurrency(t *testing.T) {
	foreign := func(s *worldSource) {
		for dealID, d := range s.deals {
			if d.Currency == "" || d.Currency == "USD" {
				d.Currency = "SEK"
			}
			s.deals[dealID] = d
		}
	}
	for name, change := range map[string]func(w *world){
		"of one account":                  func(w *world) { w.sources["globex"].currency = "EUR" },
		"of both accounts":                func(w *world) { w.sources["globex"].currency, w.sources["acme"].currency = "EUR", "GBP" },
		"of an account that says dollars": func(w *world) { w.sources["globex"].currency = "USD" },
		"of the amounts of one":           func(w *world) { foreign(w.sources["acme"]) },
		"of the amounts of both":          func(w *world) { foreign(w.sources["acme"]); foreign(w.sources["globex"]) },
		"of an account, and of amounts":   func(w *world) { w.sources["acme"].currency = "EUR"; foreign(w.sources["acme"]) },
		"of nobody's amounts": func(w *world) {
			for dealID, d := range w.sources["acme"].deals {
				d.AmountKnown = false
				w.sources["acme"].deals[dealID] = d
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(5, oracleDeals(600), calendar.Options{})
			change(w)
			in := Input{Calendar: w.calendar, Now: w.now(), Targets: oracleTargets()}
			compareWithOracle(t, Compute(w.facts(), in), newOracle(w, in).run())
		})
	}
}

func mustLoad(t *testing.T, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return location
}

// flatten returns a snapshot's samples by series, checking the order on the way.
func flatten(t *testing.T, snapshot *metric.Snapshot) map[string]metric.Sample {
	t.Helper()
	samples := map[string]metric.Sample{}
	for _, f := range snapshot.Families {
		for i, s := range f.Samples {
			if i > 0 && slices.Compare(f.Samples[i-1].Values, s.Values) >= 0 {
				t.Fatalf("%s: %q is not before %q", f.Metric.Name, f.Samples[i-1].Values, s.Values)
			}
			if (s.Histogram != nil) != (f.Metric.Type == metric.HistogramType) {
				t.Fatalf("%s: wrong type of sample", f.Metric.Name)
			}
			var labels []string
			for j, name := range s.Labels {
				labels = append(labels, name, s.Values[j])
			}
			samples[key(f.Metric.Name, labels)] = s
		}
	}
	return samples
}

func compareWithOracle(t *testing.T, snapshot *metric.Snapshot, want map[string]oracleSample) {
	t.Helper()
	got := flatten(t, snapshot)
	families, failures := map[string]int{}, 0
	fail := func(format string, args ...any) {
		if failures++; failures <= 10 {
			t.Errorf(format, args...)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		g, ok := got[k]
		name, _, _ := strings.Cut(k, " ")
		families[name]++
		switch w := want[k]; {
		case !ok:
			fail("missing %s", k)
		case w.hist != nil:
			if diff := cmp.Diff(w.hist, g.Histogram, cmp.Comparer(closeEnough)); diff != "" {
				fail("%s: (-oracle +got)\n%s", k, diff)
			}
		default:
			if exact, _ := w.value.Float64(); !agrees(k, exact, g.Value) {
				fail("%s: got %v, want %v", k, g.Value, exact)
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[k]; !ok {
			fail("surplus %s = %v", k, got[k].Value)
		}
	}
	t.Logf("%d series in %d families agree", len(want), len(families))
}

// agrees compares sums and counts exactly. What was divided may differ by the rounding of its steps.
func agrees(series string, want, got float64) bool {
	name, _, _ := strings.Cut(series, " ")
	for _, divided := range []string{"_ratio", "_mean_", "_median_", "_per_", "sales_target_"} {
		if strings.Contains(name, divided) {
			return closeEnough(want, got)
		}
	}
	return want == got
}

func closeEnough(a, b float64) bool { return math.Abs(a-b) <= 1e-14*math.Max(1, math.Abs(a)) }
