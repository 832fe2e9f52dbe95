// Package calendar turns instants into business periods: days, weeks, months, fiscal quarters and years, working days.
//
// Every span is half-open [Start, End) and starts with the first instant of a local day, which is not always midnight:
// some zones skip it when daylight saving begins. Spans of one kind tile time without gap or overlap in every zone.
package calendar

import (
	"slices"
	"time"
)

// Options describe a company's calendar. The zero value is a plain year in UTC with weeks from Sunday.
type Options struct {
	Location        *time.Location // nil means UTC
	FiscalYearStart time.Month     // 0 means January
	WeekStart       time.Weekday
	WorkingDays     []time.Weekday // nil means Monday to Friday
	Holidays        []Date
}

// Calendar computes the periods of one company. It is immutable.
type Calendar struct {
	location    *time.Location
	fiscalStart time.Month
	weekStart   time.Weekday
	works       [7]bool
	holidays    []Date // sorted, without duplicates
}

// New returns the Calendar of options.
func New(options Options) *Calendar {
	c := &Calendar{
		location:    options.Location,
		fiscalStart: options.FiscalYearStart,
		weekStart:   options.WeekStart,
		holidays:    slices.SortedFunc(slices.Values(options.Holidays), Date.Compare),
	}
	if c.location == nil {
		c.location = time.UTC
	}
	if c.fiscalStart == 0 {
		c.fiscalStart = time.January
	}
	days := options.WorkingDays
	if days == nil {
		days = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	}
	for _, d := range days {
		c.works[d] = true
	}
	c.holidays = slices.Compact(c.holidays)
	return c
}

// Location returns the reporting time zone.
func (c *Calendar) Location() *time.Location { return c.location }

// DateOf returns the local civil date of t.
func (c *Calendar) DateOf(t time.Time) Date { return dateOf(t.In(c.location)) }

// Start returns the first instant of a civil day.
func (c *Calendar) Start(d Date) time.Time { return startOfDay(d, c.location) }

// Day returns the civil day that holds t.
func (c *Calendar) Day(t time.Time) Span {
	d := c.DateOf(t)
	return c.Between(d, d.AddDays(1))
}

// Week returns the week that holds t.
func (c *Calendar) Week(t time.Time) Span {
	d := c.DateOf(t)
	first := d.AddDays(-int(d.Weekday()-c.weekStart+7) % 7)
	return c.Between(first, first.AddDays(7))
}

// Month returns the calendar month that holds t.
func (c *Calendar) Month(t time.Time) Span {
	d := c.DateOf(t)
	return c.CalendarMonth(d.Year, d.Month)
}

// Quarter returns the fiscal quarter that holds t.
func (c *Calendar) Quarter(t time.Time) Span {
	d := c.DateOf(t)
	return c.months(d.Year, d.Month-time.Month(c.fiscalMonth(d)%3), 3)
}

// Year returns the fiscal year that holds t.
func (c *Calendar) Year(t time.Time) Span {
	d := c.DateOf(t)
	return c.months(d.Year, d.Month-time.Month(c.fiscalMonth(d)), 12)
}

// CalendarMonth returns a month by its name.
func (c *Calendar) CalendarMonth(year int, month time.Month) Span { return c.months(year, month, 1) }

// FiscalYear returns a fiscal year by its name, the calendar year in which it ends.
func (c *Calendar) FiscalYear(year int) Span {
	return c.months(c.firstYear(year), c.fiscalStart, 12)
}

// FiscalQuarter returns quarter 1..4 of a fiscal year.
func (c *Calendar) FiscalQuarter(year, quarter int) Span {
	return c.months(c.firstYear(year), c.fiscalStart+time.Month(3*(quarter-1)), 3)
}

// Between returns the days from first up to, not including, end.
func (c *Calendar) Between(first, end Date) Span {
	return Span{Start: c.Start(first), End: c.Start(end)}
}

// Days counts the civil days that s touches.
func (c *Calendar) Days(s Span) int {
	first, end := c.dates(s)
	return max(0, end.DaysSince(first))
}

// WorkingDays counts the civil days that s touches on which the company works.
func (c *Calendar) WorkingDays(s Span) int {
	first, end := c.dates(s)
	n := 0
	for d := first; d.Compare(end) < 0; d = d.AddDays(1) {
		if c.Works(d) {
			n++
		}
	}
	return n
}

// Works reports whether the company works on d.
func (c *Calendar) Works(d Date) bool {
	_, holiday := slices.BinarySearchFunc(c.holidays, d, Date.Compare)
	return c.works[d.Weekday()] && !holiday
}

// dates returns the first day that s touches and the day after the last one.
func (c *Calendar) dates(s Span) (first, end Date) {
	if !s.Start.Before(s.End) {
		return Date{}, Date{}
	}
	return c.DateOf(s.Start), c.DateOf(s.End.Add(-1)).AddDays(1)
}

// fiscalMonth returns how many months of the fiscal year lie before the month of d.
func (c *Calendar) fiscalMonth(d Date) int { return (int(d.Month-c.fiscalStart) + 12) % 12 }

// firstYear returns the calendar year in which a fiscal year begins.
func (c *Calendar) firstYear(fiscalYear int) int {
	if c.fiscalStart == time.January {
		return fiscalYear
	}
	return fiscalYear - 1
}

// months returns n calendar months; month may lie outside 1..12 and is normalised.
func (c *Calendar) months(year int, month time.Month, n int) Span {
	first := NewDate(year, month, 1)
	return c.Between(first, NewDate(year, month+time.Month(n), 1))
}
