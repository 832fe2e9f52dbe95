package kpi

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// seriesValue returns the value of the only series of a metric whose labels contain all of some pairs.
func seriesValue(t *testing.T, snapshot *metric.Snapshot, metric string, labels ...string) (float64, bool) {
	t.Helper()
	var found []float64
	for series, s := range flatten(t, snapshot) {
		matches := strings.HasPrefix(series, metric+" ")
		for i := 0; i < len(labels); i += 2 {
			matches = matches && strings.Contains(series+" ", " "+labels[i]+`="`+labels[i+1]+`" `)
		}
		if matches {
			found = append(found, s.Value)
		}
	}
	if len(found) > 1 {
		t.Fatalf("%d series of %s match %q", len(found), metric, labels)
	}
	if len(found) == 0 {
		return 0, false
	}
	return found[0], true
}

func wantValue(t *testing.T, snapshot *metric.Snapshot, want float64, metric string, labels ...string) {
	t.Helper()
	got, ok := seriesValue(t, snapshot, metric, labels...)
	if !ok || !closeEnough(want, got) {
		t.Errorf("%s %q is %v (exists: %v), want %v", metric, labels, got, ok, want)
	}
}

func wantAbsent(t *testing.T, snapshot *metric.Snapshot, metric string, labels ...string) {
	t.Helper()
	if got, ok := seriesValue(t, snapshot, metric, labels...); ok {
		t.Errorf("%s %q is %v, want none", metric, labels, got)
	}
}

// ledger returns facts of won deals, each with an amount and a close date.
func ledger(won map[calendar.Date]value.Money) *Facts {
	f := NewFacts(kpitest.Options())
	s := f.Source("acme")
	for date, amount := range won {
		s.Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(crm.Deal{
			Head: record.Head{ID: date.String()}, Outcome: crm.OutcomeWon, Amount: amount * value.MoneyScale, AmountKnown: true,
			Closed: value.Date(date.Year, date.Month, date.Day),
		})}})
	}
	s.MarkReady()
	return f
}

// TestTargetInTheMiddleOfAQuarter reworks a published example: 456,505 of 1,159,000 by 15 November.
func TestTargetInTheMiddleOfAQuarter(t *testing.T) {
	f := ledger(map[calendar.Date]value.Money{
		{Year: 2017, Month: time.September, Day: 30}: 99_999,
		{Year: 2017, Month: time.October, Day: 1}:    200_000,
		{Year: 2017, Month: time.November, Day: 15}:  256_505,
		{Year: 2017, Month: time.November, Day: 16}:  77_777, // Tomorrow.
	})
	quarter := crm.TargetPeriod{Unit: crm.PeriodQuarter, Year: 2017, Number: 4}
	in := Input{
		Calendar: calendar.New(calendar.Options{}), AsOf: true,
		Now: time.Date(2017, time.November, 15, 12, 0, 0, 0, time.UTC),
		Targets: []crm.Target{
			{Name: "days", KPI: "revenue_won", Value: 1_159_000, Period: quarter, Pace: crm.PaceLinear},
			{Name: "work", KPI: "revenue_won", Value: 1_159_000, Period: quarter, Pace: crm.PaceWorkingDays},
		},
	}
	snapshot := Compute(f, in)
	wantValue(t, snapshot, 46.0/92, "sales_target_elapsed_ratio", "target", "days", "method", "linear")
	wantValue(t, snapshot, 33.0/65, "sales_target_elapsed_ratio", "target", "days", "method", "working_days")
	wantValue(t, snapshot, 456_505, "sales_target_actual_value", "target", "days")
	wantValue(t, snapshot, 579_500, "sales_target_expected_value", "target", "days", "method", "linear")
	wantValue(t, snapshot, 0.7877566867989646, "sales_target_pace_ratio", "target", "days")
	wantValue(t, snapshot, 913_010, "sales_target_projection_value", "target", "days")
	wantValue(t, snapshot, 21952.96875, "sales_target_required_rate_per_day", "target", "days")
	wantValue(t, snapshot, 702_495, "sales_target_gap_value", "target", "days")
	wantValue(t, snapshot, 1_159_000*33.0/65, "sales_target_expected_value", "target", "work", "method", "working_days")
	wantAbsent(t, snapshot, "sales_target_expected_value", "target", "work", "method", "linear")
	// The deal of tomorrow is open as of today, and due in the quarter.
	wantValue(t, snapshot, 77_777.0/702_495, "sales_pipeline_coverage_ratio", "target", "days", "denominator", "remaining")
}

func TestTargetOverItsLife(t *testing.T) {
	f := ledger(map[calendar.Date]value.Money{
		{Year: 2026, Month: time.March, Day: 31}: 40,
		{Year: 2026, Month: time.April, Day: 2}:  30,
	})
	target := crm.Target{
		Name: "april", KPI: "revenue_won", Value: 60,
		Period: crm.TargetPeriod{Unit: crm.PeriodMonth, Year: 2026, Number: 4},
	}
	for _, test := range []struct {
		now           string
		begun         bool
		elapsed       float64
		projects      bool
		requires      bool
		actual, value float64
	}{
		{now: "2026-03-31T23:59:59Z", value: 60},
		{now: "2026-04-01T00:00:00Z", begun: true, elapsed: 1.0 / 30, requires: true, value: 60},
		{now: "2026-04-02T00:00:00Z", begun: true, elapsed: 2.0 / 30, projects: true, requires: true, value: 60},
		{now: "2026-04-02T00:00:01Z", begun: true, elapsed: 2.0 / 30, projects: true, requires: true, actual: 30, value: 60},
		{now: "2026-04-30T12:00:00Z", begun: true, elapsed: 1, projects: true, actual: 30, value: 60},
		{now: "2027-01-01T00:00:00Z", begun: true, elapsed: 1, projects: true, actual: 30, value: 60},
	} {
		t.Run(test.now, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, test.now)
			if err != nil {
				t.Fatal(err)
			}
			snapshot := Compute(f, Input{
				Calendar: calendar.New(calendar.Options{}), Now: now, Targets: []crm.Target{target},
			})
			wantValue(t, snapshot, test.value, "sales_target_value")
			start := time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC)
			wantValue(t, snapshot, float64(start.Unix()), "sales_target_start_timestamp_seconds")
			if !test.begun {
				wantAbsent(t, snapshot, "sales_target_actual_value")
				wantAbsent(t, snapshot, "sales_target_elapsed_ratio", "method", "linear")
				return
			}
			wantValue(t, snapshot, test.actual, "sales_target_actual_value")
			wantValue(t, snapshot, test.elapsed, "sales_target_elapsed_ratio", "method", "linear")
			if _, ok := seriesValue(t, snapshot, "sales_target_projection_value"); ok != test.projects {
				t.Errorf("projection exists: %v, want %v", ok, test.projects)
			}
			if _, ok := seriesValue(t, snapshot, "sales_target_required_rate_per_day"); ok != test.requires {
				t.Errorf("required rate exists: %v, want %v", ok, test.requires)
			}
		})
	}
}

func TestTargetsOfOneNameAreOneSeries(t *testing.T) {
	f := ledger(map[calendar.Date]value.Money{{Year: 2026, Month: time.April, Day: 2}: 30})
	var targets []crm.Target
	for quarter := range 4 {
		targets = append(targets, crm.Target{
			Name: "plan", KPI: "revenue_won", Value: float64(100 * (quarter + 1)),
			Period: crm.TargetPeriod{Unit: crm.PeriodQuarter, Year: 2026, Number: quarter + 1},
		})
	}
	for now, want := range map[time.Month]float64{time.March: 100, time.May: 200, time.December: 400} {
		snapshot := Compute(f, Input{
			Calendar: calendar.New(calendar.Options{}), Now: time.Date(2026, now, 5, 0, 0, 0, 0, time.UTC), Targets: targets,
		})
		wantValue(t, snapshot, want, "sales_target_value")
	}
	snapshot := Compute(f, Input{
		Calendar: calendar.New(calendar.Options{}), Now: time.Date(2025, time.May, 5, 0, 0, 0, 0, time.UTC), Targets: targets,
	})
	wantValue(t, snapshot, 100, "sales_target_value")
}

// TestRepAttainmentIsOfRunningTargets has a target that has ended, one that runs and one to come; only the second counts.
func TestRepAttainmentIsOfRunningTargets(t *testing.T) {
	f := NewFacts(kpitest.Options())
	f.Source("acme").Apply(kpitest.Records())
	f.Source("acme").MarkReady()
	c := calendar.New(calendar.Options{})
	var targets []crm.Target
	for month := 4; month <= 6; month++ {
		targets = append(targets, crm.Target{
			Name: "ann " + strconv.Itoa(month), KPI: "deals_won", Value: 4, Scope: map[string]string{"rep": "Ann"},
			Period: crm.TargetPeriod{Unit: crm.PeriodMonth, Year: 2026, Number: month},
		})
	}
	for now, want := range map[string]struct {
		count uint64
		sum   float64
	}{
		"2026-03-31": {}, "2026-04-30": {1, 0.25}, "2026-05-01": {1, 0}, "2026-05-31": {1, 0.5}, "2026-06-01": {1, 0},
		"2026-07-01": {},
	} {
		snapshot := Compute(f, Input{Calendar: c, Now: day(t, c, now), Targets: targets})
		var count uint64
		var sum float64
		for _, s := range flatten(t, snapshot) {
			if s.Histogram != nil && slices.Equal(s.Labels, []string{"kpi", "period"}) {
				count, sum = count+s.Histogram.Count, sum+s.Histogram.Sum
			}
		}
		if count != want.count || !closeEnough(want.sum, sum) {
			t.Errorf("on %s %d attainments sum up to %v, want %d and %v", now, count, sum, want.count, want.sum)
		}
	}
}

func TestTargetOfASourceThatIsNotReady(t *testing.T) {
	w := newWorld(5, 400, calendar.Options{})
	w.sources["globex"].ready = false
	every := crm.TargetPeriod{Unit: crm.PeriodYear, Every: true}
	in := Input{Calendar: w.calendar, Now: w.now(), Targets: []crm.Target{
		{Name: "all", KPI: "deals_won", Value: 5, Period: every},
		{Name: "acme", KPI: "deals_won", Value: 5, Period: every, Scope: map[string]string{"source": "acme"}},
		{Name: "globex", KPI: "deals_won", Value: 5, Period: every, Scope: map[string]string{"source": "globex"}},
		{Name: "unmapped", KPI: "deals_won", Value: 5, Period: every, Scope: map[string]string{"product": "x"}},
		{Name: "growth", KPI: "deals_won", Growth: &crm.Growth{Ratio: 1, Over: crm.OverPreviousYear}, Period: every},
	}}
	snapshot := Compute(w.facts(), in)
	has := map[string][]string{}
	for _, f := range snapshot.Families {
		for _, s := range f.Samples {
			if s.Labels[0] == "target" {
				has[s.Values[0]] = append(has[s.Values[0]], strings.TrimPrefix(f.Metric.Name, "sales_target_"))
			}
		}
	}
	bare := []string{"value", "start_timestamp_seconds", "end_timestamp_seconds", "info"}
	for name, want := range map[string][]string{
		"all":      append(slices.Clip(bare), "matched", "missing_sources"),
		"globex":   append(slices.Clip(bare), "missing_sources"),
		"unmapped": append(slices.Clip(bare), "missing_sources"),
		"growth":   append(slices.Clip(bare[1:]), "matched", "missing_sources"),
	} {
		if !slices.Equal(has[name], want) {
			t.Errorf("%s has %v, want %v", name, has[name], want)
		}
	}
	for name, want := range map[string]float64{"all": 1, "globex": 1, "acme": 0} {
		wantValue(t, snapshot, want, "sales_target_missing_sources", "target", name)
	}
	if len(snapshot.Mismatches) > 0 {
		t.Errorf("mismatches while a source is missing: %v", snapshot.Mismatches)
	}
	if !slices.Contains(has["acme"], "actual_value") {
		t.Errorf("acme has only %v", has["acme"])
	}
}

func TestNoValueIsNotFinite(t *testing.T) {
	w := newWorld(6, 500, calendar.Options{})
	snapshot := Compute(w.facts(), Input{Calendar: w.calendar, Now: w.now(), Targets: oracleTargets()})
	for series, s := range flatten(t, snapshot) {
		if math.IsNaN(s.Value) || math.IsInf(s.Value, 0) {
			t.Errorf("%s is %v", series, s.Value)
		}
	}
}
