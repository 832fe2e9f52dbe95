package targets

import (
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

func TestTargetSpan(t *testing.T) {
	c := calendar.New(calendar.Options{FiscalYearStart: time.October})
	now := time.Date(2026, time.May, 20, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		period     crm.TargetPeriod
		start, end string
	}{
		"month":         {crm.TargetPeriod{Unit: crm.PeriodMonth, Year: 2026, Number: 12}, "2026-12-01", "2027-01-01"},
		"quarter":       {crm.TargetPeriod{Unit: crm.PeriodQuarter, Year: 2026, Number: 1}, "2025-10-01", "2026-01-01"},
		"year":          {crm.TargetPeriod{Unit: crm.PeriodYear, Year: 2026}, "2025-10-01", "2026-10-01"},
		"every month":   {crm.TargetPeriod{Unit: crm.PeriodMonth, Every: true}, "2026-05-01", "2026-06-01"},
		"every quarter": {crm.TargetPeriod{Unit: crm.PeriodQuarter, Every: true}, "2026-04-01", "2026-07-01"},
		"every year":    {crm.TargetPeriod{Unit: crm.PeriodYear, Every: true}, "2025-10-01", "2026-10-01"},
		"custom": {
			crm.TargetPeriod{Unit: crm.PeriodCustom, From: value.Date(2026, 2, 27), To: value.Date(2026, 2, 28)},
			"2026-02-27", "2026-03-01",
		},
	} {
		s := targetSpan(c, test.period, now)
		if start, end := c.DateOf(s.Start).String(), c.DateOf(s.End).String(); start != test.start || end != test.end {
			t.Errorf("%s is %s to %s, want %s to %s", name, start, end, test.start, test.end)
		}
	}
}

func TestBaseSpan(t *testing.T) {
	c := calendar.New(calendar.Options{})
	for _, test := range []struct {
		from, to string // the last day is not part of it
		over     crm.GrowthBase
		want     string // "" is none
	}{
		{"2026-03-01", "2026-04-01", crm.OverPreviousMonth, "2026-02-01 2026-03-01"},
		{"2026-03-01", "2026-04-01", crm.OverPreviousYear, "2025-03-01 2025-04-01"},
		{"2026-01-01", "2026-04-01", crm.OverPreviousQuarter, "2025-10-01 2026-01-01"},
		{"2026-01-01", "2026-04-01", crm.OverPreviousMonth, ""},
		{"2026-01-01", "2027-01-01", crm.OverPreviousYear, "2025-01-01 2026-01-01"},
		{"2026-01-01", "2027-01-01", crm.OverPreviousQuarter, ""},
		{"2026-03-31", "2026-04-11", crm.OverPreviousMonth, "2026-02-28 2026-03-11"},
		{"2026-03-01", "2026-04-01", "previous_week", ""},
	} {
		base, ok := baseSpan(c, calendar.Span{Start: day(t, c, test.from), End: day(t, c, test.to)}, test.over)
		got := ""
		if ok {
			got = c.DateOf(base.Start).String() + " " + c.DateOf(base.End).String()
		}
		if got != test.want {
			t.Errorf("%s before %s..%s is %q, want %q", test.over, test.from, test.to, got, test.want)
		}
	}
}

func day(t *testing.T, c *calendar.Calendar, text string) time.Time {
	t.Helper()
	date, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return c.Start(date)
}
