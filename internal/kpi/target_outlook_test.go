package kpi

import (
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// TestTrailingPace wins 10 on each day of April and May 2026; 300 are asked for in a month of 30 days.
func TestTrailingPace(t *testing.T) {
	won := map[calendar.Date]value.Money{}
	for day := range 61 {
		won[calendar.NewDate(2026, time.April, 1+day)] = 10
	}
	f := ledger(won)
	april := crm.TargetPeriod{Unit: crm.PeriodMonth, Year: 2026, Number: 4}
	holidays := []calendar.Date{{Year: 2026, Month: time.April, Day: 3}, {Year: 2026, Month: time.April, Day: 6}}
	for _, test := range []struct {
		name     string
		options  calendar.Options
		now      string
		pace     crm.Pace
		recent   float64 // days that were won on
		expected float64 // 0 where there is no pace
	}{
		{"before the period", calendar.Options{}, "2026-03-31T12:00:00Z", crm.PaceLinear, 0, 0},
		{"the first instant", calendar.Options{}, "2026-04-01T00:00:00Z", crm.PaceLinear, 0, 10},
		{"clipped to the period", calendar.Options{}, "2026-04-09T12:00:00Z", crm.PaceLinear, 9, 90},
		{"ten working days of 22", calendar.Options{}, "2026-04-22T12:00:00Z", crm.PaceWorkingDays, 14, 300.0 * 10 / 22},
		{"fourteen days of 30", calendar.Options{}, "2026-04-22T12:00:00Z", crm.PaceLinear, 14, 140},
		{"a Sunday", calendar.Options{}, "2026-04-26T12:00:00Z", crm.PaceWorkingDays, 14, 300.0 * 10 / 22},
		{
			"over two holidays",
			calendar.Options{Holidays: holidays},
			"2026-04-15T12:00:00Z", crm.PaceWorkingDays, 15, 300.0 * 9 / 20,
		},
		{"the last day", calendar.Options{}, "2026-04-30T23:59:59Z", crm.PaceLinear, 14, 140},
		{"after the period", calendar.Options{}, "2026-05-01T00:00:00Z", crm.PaceLinear, 0, 0},
		{"nobody works", calendar.Options{WorkingDays: []time.Weekday{}}, "2026-04-22T12:00:00Z", crm.PaceWorkingDays, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, test.now)
			if err != nil {
				t.Fatal(err)
			}
			snapshot := Compute(f, Input{Calendar: calendar.New(test.options), Now: now, Targets: []crm.Target{
				{Name: "plan", KPI: "revenue_won", Value: 300, Period: april, Pace: test.pace},
				{Name: "share", KPI: "win_ratio", Value: 0.5, Period: april, Pace: test.pace},
				{Name: "nothing", KPI: "revenue_won", Value: 0, Period: april, Pace: test.pace},
			}})
			wantAbsent(t, snapshot, metricTargetTrailing, "target", "share")
			wantAbsent(t, snapshot, metricTargetTrailing, "target", "nothing")
			if test.expected == 0 {
				wantAbsent(t, snapshot, metricTargetTrailing, "target", "plan")
				return
			}
			wantValue(t, snapshot, 10*test.recent/test.expected, metricTargetTrailing,
				"target", "plan", "method", string(test.pace))
		})
	}
}

// TestForecast has one open deal of each forecast category, in powers of two so that a sum tells its parts.
func TestForecast(t *testing.T) {
	f := NewFacts(kpitest.Options())
	s := f.Source("acme")
	may := value.Date(2026, time.May, 25)
	var b record.Batch
	for i, category := range append(crm.ForecastCategories(), "") {
		crm.Deals.Append(&b.Rows, crm.Deal{
			Head: record.Head{ID: id("open", i)}, Outcome: crm.OutcomeOpen, Amount: value.MoneyScale << i, AmountKnown: true, Closed: may,
			Probability: value.ProbabilityUnknown, ForecastCategory: category,
		})
	}
	crm.Deals.In(b.Rows)[0].Probability = value.ProbabilityScale / 4
	crm.Deals.Append(&b.Rows, crm.Deal{
		Head: record.Head{ID: "won"}, Outcome: crm.OutcomeWon, Amount: 1000 * value.MoneyScale, AmountKnown: true,
		Closed: value.Date(2026, time.May, 2),
	}, crm.Deal{
		Head: record.Head{ID: "later"}, Outcome: crm.OutcomeOpen, Amount: 5000 * value.MoneyScale, AmountKnown: true,
		Closed: value.Date(2026, time.June, 1), ForecastCategory: crm.ForecastCommit, Probability: value.ProbabilityScale,
	}, crm.Deal{
		Head: record.Head{ID: "undated"}, Outcome: crm.OutcomeOpen, Amount: 5000 * value.MoneyScale, AmountKnown: true,
		ForecastCategory: crm.ForecastCommit, Probability: value.ProbabilityScale,
	})
	s.Apply(b)
	s.MarkReady()
	period := crm.TargetPeriod{Unit: crm.PeriodMonth, Year: 2026, Number: 5}
	compute := func(now time.Time, asOf bool) *metric.Snapshot {
		return Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: now, AsOf: asOf, Targets: []crm.Target{
			{Name: "plan", KPI: "revenue_won", Value: 1, Period: period},
			{Name: "growth", KPI: "revenue_won", Period: period, Growth: &crm.Growth{Ratio: 1, Over: crm.OverPreviousMonth}},
			{Name: "deals", KPI: "deals_won", Value: 1, Period: period},
		}})
	}
	for _, test := range []struct {
		name                       string
		now                        time.Time
		asOf                       bool
		weighted, commit, bestCase float64
	}{
		{"during the period", kpitest.Now(), false, 1000.25, 1000 + 16 + 32, 1000 + 4 + 8 + 16 + 32},
		{"overdue within it", kpitest.Now().AddDate(0, 0, 8), false, 1000.25, 1000 + 16 + 32, 1000 + 4 + 8 + 16 + 32},
		{"once it has ended", kpitest.Now().AddDate(0, 0, 12), false, 1000, 1000, 1000},
		{
			"before the close date of the won deal", time.Date(2026, time.May, 1, 9, 0, 0, 0, time.UTC), false,
			1000.25, 1000 + 16 + 32, 1000 + 4 + 8 + 16 + 32,
		},
		// The won deal is open as of then, and nobody knows how likely it was.
		{"before the deal was won", time.Date(2026, time.May, 1, 9, 0, 0, 0, time.UTC), true, 0.25, 48, 60},
	} {
		t.Run(test.name, func(t *testing.T) {
			snapshot := compute(test.now, test.asOf)
			for _, target := range []string{"plan", "growth"} { // It needs no value to reach.
				wantValue(t, snapshot, test.weighted, metricTargetForecast, "target", target, "method", "weighted")
				wantValue(t, snapshot, test.commit, metricTargetForecast, "target", target, "method", "commit")
				wantValue(t, snapshot, test.bestCase, metricTargetForecast, "target", target, "method", "best_case")
			}
			open := 1.0 + 2 + 4 + 8 + 16 + 32 + 64
			if test.asOf {
				open += 1000
			}
			wantValue(t, snapshot, open, metricCoverage, "target", "plan", "denominator", "target")
			wantAbsent(t, snapshot, metricTargetForecast, "target", "deals")
		})
	}
	reached, _ := seriesValue(t, compute(time.Date(2026, time.May, 1, 9, 0, 0, 0, time.UTC), false), metricTargetActual,
		"target", "plan")
	if reached != 0 {
		t.Errorf("before the close date of the won deal %v is reached", reached)
	}
	before := compute(time.Date(2026, time.April, 30, 12, 0, 0, 0, time.UTC), false)
	wantAbsent(t, before, metricTargetForecast)
}

func TestPreviousAttainment(t *testing.T) {
	f := ledger(map[calendar.Date]value.Money{
		{Year: 2025, Month: time.November, Day: 5}: 3,
		{Year: 2025, Month: time.December, Day: 5}: 100,
		{Year: 2026, Month: time.January, Day: 5}:  50,
		{Year: 2026, Month: time.April, Day: 30}:   60,
		{Year: 2026, Month: time.May, Day: 1}:      7,
	})
	month := func(year, number int) crm.TargetPeriod {
		return crm.TargetPeriod{Unit: crm.PeriodMonth, Year: year, Number: number}
	}
	every := crm.TargetPeriod{Unit: crm.PeriodMonth, Every: true}
	revenue := func(value float64, period crm.TargetPeriod) crm.Target {
		return crm.Target{Name: "plan", KPI: "revenue_won", Value: value, Period: period}
	}
	growth := func(period crm.TargetPeriod) crm.Target {
		return crm.Target{
			Name: "plan", KPI: "revenue_won", Period: period, Growth: &crm.Growth{Ratio: 1, Over: crm.OverPreviousMonth},
		}
	}
	elsewhere := revenue(10, month(2026, 4))
	elsewhere.Scope = map[string]string{"rep": "Ann"}
	for _, test := range []struct {
		name    string
		now     string
		targets []crm.Target
		want    float64 // 0 where there is none
	}{
		{"of a repeating target", "2026-05-20", []crm.Target{revenue(120, every)}, 0.5},
		{"on the first day", "2026-05-01", []crm.Target{revenue(120, every)}, 0.5},
		{"of nothing to reach", "2026-05-20", []crm.Target{revenue(0, every)}, 0},
		{"of growth over the month before that", "2026-02-10", []crm.Target{growth(every)}, 50.0 / 200},
		{"of growth from nothing", "2026-05-20", []crm.Target{growth(every)}, 0},
		{"of a ratio without deals", "2026-03-20", []crm.Target{
			{Name: "plan", KPI: "win_ratio", Value: 0.5, Period: every},
		}, 0},
		{"of the only one", "2026-05-20", []crm.Target{revenue(120, month(2026, 5))}, 0},
		{"of the last to end", "2026-05-20", []crm.Target{
			revenue(1, month(2025, 12)), revenue(240, month(2026, 4)), revenue(2, month(2026, 1)),
			revenue(3, month(2026, 5)), revenue(4, month(2026, 6)),
		}, 0.25},
		{"after a gap", "2026-05-20", []crm.Target{revenue(200, month(2025, 12)), revenue(3, month(2026, 5))}, 0.5},
		{"with growth", "2026-05-20", []crm.Target{growth(month(2026, 1)), revenue(3, month(2026, 5))}, 50.0 / 200},
		{"of another scope", "2026-05-20", []crm.Target{elsewhere, revenue(3, month(2026, 5))}, 0},
		{"of one that overlaps", "2026-05-20", []crm.Target{
			{Name: "plan", KPI: "revenue_won", Value: 10, Period: crm.TargetPeriod{
				Unit: crm.PeriodCustom, From: value.Date(2026, time.April, 1), To: value.Date(2026, time.May, 5),
			}},
			{Name: "plan", KPI: "revenue_won", Value: 10, Period: crm.TargetPeriod{
				Unit: crm.PeriodCustom, From: value.Date(2026, time.May, 5), To: value.Date(2026, time.May, 31),
			}},
		}, 0},
		{"before the period", "2026-05-20", []crm.Target{revenue(3, month(2026, 6))}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := calendar.New(calendar.Options{})
			snapshot := Compute(f, Input{Calendar: c, Now: day(t, c, test.now), Targets: test.targets})
			if test.want == 0 {
				wantAbsent(t, snapshot, metricTargetPrevious, "rep", "")
				return
			}
			wantValue(t, snapshot, test.want, metricTargetPrevious, "rep", "")
		})
	}
}

// TestPreviousAttainmentOfPartialBase has records that begin before, within and after what the plan of the period before
// grows from. From a few weeks of a year any plan was reached three times over.
func TestPreviousAttainmentOfPartialBase(t *testing.T) {
	quarter := crm.TargetPeriod{Unit: crm.PeriodQuarter, Every: true}
	year := crm.TargetPeriod{Unit: crm.PeriodYear, Every: true}
	for _, test := range []struct {
		name   string
		period crm.TargetPeriod
		over   crm.GrowthBase
		first  calendar.Date // the first deal was closed, of 100; from 2024-12-30 on each brings as much
		want   float64       // 0 where there is none
	}{
		{"long before", year, crm.OverPreviousYear, calendar.Date{Year: 2020, Month: time.June, Day: 1}, 2},
		{"just before", year, crm.OverPreviousYear, calendar.Date{Year: 2023, Month: time.December, Day: 31}, 2},
		{"on its first day", year, crm.OverPreviousYear, calendar.Date{Year: 2024, Month: time.January, Day: 1}, 1},
		{"within its first tenth", year, crm.OverPreviousYear, calendar.Date{Year: 2024, Month: time.February, Day: 5}, 1},
		{"behind its first tenth", year, crm.OverPreviousYear, calendar.Date{Year: 2024, Month: time.February, Day: 7}, 0},
		{"near its end", year, crm.OverPreviousYear, calendar.Date{Year: 2024, Month: time.December, Day: 1}, 0},
		{"behind it", year, crm.OverPreviousYear, calendar.Date{Year: 2025, Month: time.June, Day: 1}, 0},
		{"before the quarter", quarter, crm.OverPreviousYear, calendar.Date{Year: 2024, Month: time.September, Day: 1}, 1},
		{"within the quarter", quarter, crm.OverPreviousYear, calendar.Date{Year: 2024, Month: time.December, Day: 1}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := ledger(map[calendar.Date]value.Money{
				test.first: 100,
				{Year: 2024, Month: time.December, Day: 30}: 100,
				{Year: 2025, Month: time.February, Day: 3}:  100,
				{Year: 2025, Month: time.November, Day: 3}:  100,
				{Year: 2026, Month: time.January, Day: 3}:   100,
			})
			c := calendar.New(calendar.Options{})
			snapshot := Compute(f, Input{Calendar: c, Now: day(t, c, "2026-02-20"), Targets: []crm.Target{{
				Name: "plan", KPI: "revenue_won", Period: test.period, Growth: &crm.Growth{Ratio: 0, Over: test.over},
			}}})
			if test.want == 0 {
				wantAbsent(t, snapshot, metricTargetPrevious)
				return
			}
			wantValue(t, snapshot, test.want, metricTargetPrevious)
		})
	}
}

// TestPreviousAttainmentOfSilence tells a period in which a target was missed by all from one without any records.
func TestPreviousAttainmentOfSilence(t *testing.T) {
	april := value.Date(2026, time.April, 20)
	lost := crm.Deal{Head: record.Head{ID: "lost"}, Outcome: crm.OutcomeLost, Closed: april}
	open := crm.Deal{Head: record.Head{ID: "open"}, Outcome: crm.OutcomeOpen, Created: april, Closed: april}
	elsewhere := crm.Deal{Head: record.Head{ID: "rep"}, Rep: "r1", Outcome: crm.OutcomeWon, Closed: april}
	excluded := crm.Deal{Head: record.Head{ID: "excluded"}, Outcome: crm.OutcomeWon, Closed: april, Name: "excluded"}
	every := crm.TargetPeriod{Unit: crm.PeriodMonth, Every: true}
	for _, test := range []struct {
		name   string
		acme   []crm.Deal
		globex []crm.Deal
		scope  map[string]string
		known  bool
	}{
		{name: "no deals"},
		{name: "open deals", acme: []crm.Deal{open}},
		{name: "excluded deals", acme: []crm.Deal{excluded}},
		{name: "lost deals", acme: []crm.Deal{lost}, known: true},
		{name: "deals of others", acme: []crm.Deal{elsewhere}, scope: map[string]string{"rep": "Ann"}, known: true},
		{name: "deals of another source", globex: []crm.Deal{lost}, known: true},
		{name: "deals of a source that is not covered", globex: []crm.Deal{lost}, scope: map[string]string{"source": "acme"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			options := kpitest.Options()
			options.Sources = []string{"acme", "globex"}
			f := NewFacts(options)
			for source, deals := range map[string][]crm.Deal{"acme": test.acme, "globex": test.globex} {
				f.Source(source).Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(deals...), crm.Reps.Of(crm.Rep{Head: record.Head{ID: "r0"}, Name: "Ann"})}})
				f.Source(source).MarkReady()
			}
			snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: kpitest.Now(), Targets: []crm.Target{
				{Name: "plan", KPI: "revenue_won", Value: 100, Period: every, Scope: test.scope},
			}})
			if test.known {
				wantValue(t, snapshot, 0, metricTargetPrevious)
			} else {
				wantAbsent(t, snapshot, metricTargetPrevious)
			}
		})
	}
}
