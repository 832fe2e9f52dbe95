package calendar_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the tests name zones, wherever they run

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
)

// zones are chosen for their surprises: no daylight saving, the two common kinds, a 45-minute offset, a 30-minute
// daylight saving, and midnights that are skipped or happen twice.
var zones = []string{
	"UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo",
}

func load(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// TestPeriodsTile walks every day of 41 years and demands that each kind of period covers time exactly once.
func TestPeriodsTile(t *testing.T) {
	for i, zone := range zones {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			fiscalStart := time.Month(1 + 2*i)
			c := calendar.New(calendar.Options{
				Location: load(t, zone), FiscalYearStart: fiscalStart, WeekStart: time.Weekday(i),
			})
			periods := map[string]func(time.Time) calendar.Span{
				"day": c.Day, "week": c.Week, "month": c.Month, "quarter": c.Quarter, "year": c.Year,
			}
			previous := map[string]calendar.Span{}
			for d := (calendar.Date{Year: 2000, Month: 1, Day: 1}); d.Year <= 2040; d = d.AddDays(1) {
				start := c.Start(d)
				checkStart(t, c, d, start)
				for name, period := range periods {
					s := period(start)
					if !s.Contains(start) || s.Contains(s.End) || !s.Contains(s.End.Add(-1)) {
						t.Fatalf("%s of %s is %v", name, d, s)
					}
					if p, ok := previous[name]; ok && s != p && s.Start != p.End {
						t.Fatalf("%s of %s starts at %v, the one before ended at %v", name, d, s.Start, p.End)
					}
					if last := period(s.End.Add(-1)); last != s {
						t.Fatalf("%s of %s is %v at its start and %v at its end", name, d, s, last)
					}
					previous[name] = s
				}
				checkNames(t, c, d, start, fiscalStart)
			}
		})
	}
}

// checkStart proves that start belongs to d and the nanosecond before it does not.
func checkStart(t *testing.T, c *calendar.Calendar, d calendar.Date, start time.Time) {
	t.Helper()
	if got := c.DateOf(start); got != d {
		t.Fatalf("first instant of %s is %v", d, start)
	}
	if got := c.DateOf(start.Add(-1)); got != d.AddDays(-1) {
		t.Fatalf("the instant before %v is on %s", start, got)
	}
}

// checkNames proves that a day lies in the month, quarter and year that its name says.
func checkNames(t *testing.T, c *calendar.Calendar, d calendar.Date, start time.Time, fiscalStart time.Month) {
	t.Helper()
	if got, want := c.CalendarMonth(d.Year, d.Month), c.Month(start); got != want {
		t.Fatalf("month of %s: %v, by name %v", d, want, got)
	}
	fiscalYear := d.Year
	if fiscalStart > time.January && d.Month >= fiscalStart {
		fiscalYear++
	}
	if got, want := c.FiscalYear(fiscalYear), c.Year(start); got != want {
		t.Fatalf("fiscal year of %s: %v, by name %v", d, want, got)
	}
	quarter := 1 + (int(d.Month-fiscalStart)+12)%12/3
	if got, want := c.FiscalQuarter(fiscalYear, quarter), c.Quarter(start); got != want {
		t.Fatalf("fiscal quarter of %s: %v, by name %v", d, want, got)
	}
}

func TestWindow(t *testing.T) {
	type want map[calendar.Window][2]string
	tests := []struct {
		name    string
		options calendar.Options
		now     string
		want    want
	}{
		{
			name: "a quarter that has just begun",
			now:  "2018-01-01T00:00:00Z",
			want: want{
				calendar.Today:               {"2018-01-01T00:00:00Z", "2018-01-01T00:00:00Z"},
				calendar.QuarterToDate:       {"2018-01-01T00:00:00Z", "2018-01-01T00:00:00Z"},
				calendar.PreviousQuarter:     {"2017-10-01T00:00:00Z", "2018-01-01T00:00:00Z"},
				calendar.PreviousYear:        {"2017-01-01T00:00:00Z", "2018-01-01T00:00:00Z"},
				calendar.PreviousMonthToDate: {"2017-12-01T00:00:00Z", "2017-12-01T00:00:00Z"},
				calendar.PreviousYearToDate:  {"2017-01-01T00:00:00Z", "2017-01-01T00:00:00Z"},
				calendar.Trailing7Days:       {"2017-12-26T00:00:00Z", "2018-01-01T00:00:00Z"},
			},
		},
		{
			name:    "the middle of a fiscal year",
			options: calendar.Options{FiscalYearStart: time.April, WeekStart: time.Monday},
			now:     "2026-05-20T15:30:00Z",
			want: want{
				calendar.Today:                 {"2026-05-20T00:00:00Z", "2026-05-20T15:30:00Z"},
				calendar.WeekToDate:            {"2026-05-18T00:00:00Z", "2026-05-20T15:30:00Z"},
				calendar.PreviousWeek:          {"2026-05-11T00:00:00Z", "2026-05-18T00:00:00Z"},
				calendar.QuarterToDate:         {"2026-04-01T00:00:00Z", "2026-05-20T15:30:00Z"},
				calendar.YearToDate:            {"2026-04-01T00:00:00Z", "2026-05-20T15:30:00Z"},
				calendar.PreviousYear:          {"2025-04-01T00:00:00Z", "2026-04-01T00:00:00Z"},
				calendar.PreviousMonthToDate:   {"2026-04-01T00:00:00Z", "2026-04-20T15:30:00Z"},
				calendar.PreviousQuarterToDate: {"2026-01-01T00:00:00Z", "2026-02-19T15:30:00Z"},
				calendar.PreviousYearToDate:    {"2025-04-01T00:00:00Z", "2025-05-20T15:30:00Z"},
				calendar.Trailing30Days:        {"2026-04-21T00:00:00Z", "2026-05-20T15:30:00Z"},
			},
		},
		{
			name: "a month longer than the one before it",
			now:  "2026-03-31T12:00:00Z",
			want: want{
				calendar.PreviousMonthToDate: {"2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"},
			},
		},
		{
			name: "a leap day",
			now:  "2028-02-29T12:00:00Z",
			want: want{
				calendar.PreviousYearToDate: {"2027-01-01T00:00:00Z", "2027-03-01T00:00:00Z"},
				calendar.Trailing365Days:    {"2027-03-02T00:00:00Z", "2028-02-29T12:00:00Z"},
			},
		},
		{
			name:    "the day after the clocks went forward",
			options: calendar.Options{Location: load(t, "America/New_York")},
			now:     "2026-03-09T02:30:00-04:00",
			want: want{
				calendar.Trailing7Days: {"2026-03-03T00:00:00-05:00", "2026-03-09T02:30:00-04:00"},
				calendar.MonthToDate:   {"2026-03-01T00:00:00-05:00", "2026-03-09T02:30:00-04:00"},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, test.now)
			if err != nil {
				t.Fatal(err)
			}
			c := calendar.New(test.options)
			got := want{}
			for w := range test.want {
				s := c.Window(w, now)
				got[w] = [2]string{
					s.Start.In(c.Location()).Format(time.RFC3339), s.End.In(c.Location()).Format(time.RFC3339),
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("windows at %s (-want +got):\n%s", test.now, diff)
			}
		})
	}
}

// TestWindowsEndByNow holds for every window, zone and day: no window reads the future, none runs backwards.
func TestWindowsEndByNow(t *testing.T) {
	for _, zone := range zones {
		c := calendar.New(calendar.Options{Location: load(t, zone), FiscalYearStart: time.February})
		for now := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC); now.Year() < 2021; now = now.Add(7 * time.Hour) {
			for _, w := range calendar.Windows() {
				s := c.Window(w, now)
				if w == calendar.AllTime {
					if !s.Start.IsZero() || !s.End.IsZero() {
						t.Fatalf("all time is %v", s)
					}
					continue
				}
				if s.End.After(now) || s.Start.After(s.End) {
					t.Fatalf("%s: %s at %v is %v", zone, w, now, s)
				}
			}
		}
	}
}

func TestWorkingDays(t *testing.T) {
	c := calendar.New(calendar.Options{Holidays: []calendar.Date{
		{Year: 2017, Month: 11, Day: 23}, {Year: 2017, Month: 12, Day: 25}, {Year: 2017, Month: 12, Day: 25},
	}})
	quarter := c.FiscalQuarter(2017, 4)
	noon := time.Date(2017, 11, 15, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name          string
		span          calendar.Span
		days, working int
	}{
		{"a quarter with two holidays", quarter, 92, 63},
		{"the quarter up to a noon", calendar.Span{Start: quarter.Start, End: noon}, 46, 33},
		{"nothing", calendar.Span{Start: noon, End: noon}, 0, 0},
		{"backwards", calendar.Span{Start: noon, End: quarter.Start}, 0, 0},
		{"a weekend", c.Between(calendar.Date{Year: 2017, Month: 11, Day: 18}, calendar.Date{Year: 2017, Month: 11, Day: 20}), 2, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := c.Days(test.span); got != test.days {
				t.Errorf("days: got %d, want %d", got, test.days)
			}
			if got := c.WorkingDays(test.span); got != test.working {
				t.Errorf("working days: got %d, want %d", got, test.working)
			}
		})
	}
}

// TestMidnightTwice holds the zones in which a day's first midnight is not the one that time.Date returns.
func TestMidnightTwice(t *testing.T) {
	havana := load(t, "America/Havana") // On 2020-11-01 the clock went from 01:00 back to 00:00.
	c := calendar.New(calendar.Options{Location: havana})
	want := time.Date(2020, 11, 1, 4, 0, 0, 0, time.UTC)
	if got := c.Start(calendar.Date{Year: 2020, Month: 11, Day: 1}); !got.Equal(want) {
		t.Errorf("first midnight: got %v, want %v", got.UTC(), want)
	}
	apia := calendar.New(calendar.Options{Location: load(t, "Pacific/Apia")}) // 2011-12-30 never happened there.
	skipped := calendar.Date{Year: 2011, Month: 12, Day: 30}
	if got, want := apia.Start(skipped), apia.Start(skipped.AddDays(1)); !got.Equal(want) {
		t.Errorf("a day that never happened starts at %v, the next one at %v", got, want)
	}
}

func TestParseDate(t *testing.T) {
	if d, err := calendar.ParseDate("2026-12-25"); err != nil || d.String() != "2026-12-25" {
		t.Errorf("got %v, %v", d, err)
	}
	for _, bad := range []string{"", "2026-02-30", "25.12.2026", "2026-1-1"} {
		if _, err := calendar.ParseDate(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
