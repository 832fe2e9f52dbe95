package calendar

import "time"

// Span is the half-open interval [Start, End). A zero Start reaches back for ever, a zero End forward for ever.
type Span struct{ Start, End time.Time }

// Contains reports whether t lies in s.
func (s Span) Contains(t time.Time) bool {
	return (s.Start.IsZero() || !t.Before(s.Start)) && (s.End.IsZero() || t.Before(s.End))
}

// until cuts s at t.
func (s Span) until(t time.Time) Span {
	if t.Before(s.End) {
		s.End = t
	}
	return s
}

// Window names a period relative to now; it is a value of the `window` label.
type Window string

// The windows.
const (
	Today         Window = "today"
	WeekToDate    Window = "week_to_date"
	MonthToDate   Window = "month_to_date"
	QuarterToDate Window = "quarter_to_date"
	YearToDate    Window = "year_to_date"

	PreviousWeek    Window = "previous_week"
	PreviousMonth   Window = "previous_month"
	PreviousQuarter Window = "previous_quarter"
	PreviousYear    Window = "previous_year"

	// The same elapsed part of the previous period, for growth that compares like with like.
	PreviousMonthToDate   Window = "previous_month_to_date"
	PreviousQuarterToDate Window = "previous_quarter_to_date"
	PreviousYearToDate    Window = "previous_year_to_date"

	Trailing7Days   Window = "trailing_7d"
	Trailing30Days  Window = "trailing_30d"
	Trailing90Days  Window = "trailing_90d"
	Trailing365Days Window = "trailing_365d"

	AllTime Window = "all_time"
)

// Windows returns every window in canonical order.
func Windows() []Window {
	return []Window{
		Today, WeekToDate, MonthToDate, QuarterToDate, YearToDate,
		PreviousWeek, PreviousMonth, PreviousQuarter, PreviousYear,
		PreviousMonthToDate, PreviousQuarterToDate, PreviousYearToDate,
		Trailing7Days, Trailing30Days, Trailing90Days, Trailing365Days,
		AllTime,
	}
}

// DefaultWindows returns the windows of deals that are computed unless the configuration chooses others.
func DefaultWindows() []Window {
	return []Window{
		MonthToDate, QuarterToDate, YearToDate, PreviousQuarter, Trailing30Days, Trailing90Days, Trailing365Days,
	}
}

// Window returns the span of w as of now. No window but AllTime reaches beyond now, and now itself is outside: at a
// midnight, Today is empty. An unknown window is an empty span.
func (c *Calendar) Window(w Window, now time.Time) Span {
	switch w {
	case Today:
		return c.Day(now).until(now)
	case WeekToDate:
		return c.Week(now).until(now)
	case MonthToDate:
		return c.Month(now).until(now)
	case QuarterToDate:
		return c.Quarter(now).until(now)
	case YearToDate:
		return c.Year(now).until(now)
	case PreviousWeek:
		return before(c.Week, now)
	case PreviousMonth:
		return before(c.Month, now)
	case PreviousQuarter:
		return before(c.Quarter, now)
	case PreviousYear:
		return before(c.Year, now)
	case PreviousMonthToDate:
		return c.sameElapsed(c.Month, now)
	case PreviousQuarterToDate:
		return c.sameElapsed(c.Quarter, now)
	case PreviousYearToDate:
		return before(c.Year, now).until(c.yearEarlier(now))
	case Trailing7Days:
		return c.trailing(7, now)
	case Trailing30Days:
		return c.trailing(30, now)
	case Trailing90Days:
		return c.trailing(90, now)
	case Trailing365Days:
		return c.trailing(365, now)
	case AllTime:
		return Span{}
	default:
		return Span{Start: now, End: now}
	}
}

// before returns the period that ends where the one that holds now begins.
func before(period func(time.Time) Span, now time.Time) Span {
	return period(period(now).Start.Add(-1))
}

// trailing returns the last n civil days, today included and cut at now.
func (c *Calendar) trailing(n int, now time.Time) Span {
	return Span{Start: c.Start(c.DateOf(now).AddDays(1 - n)), End: now}
}

// sameElapsed returns the part of the previous period that has as many days, and the same clock time on the last of
// them, as have passed of the present one. A shorter previous period is taken whole.
func (c *Calendar) sameElapsed(period func(time.Time) Span, now time.Time) Span {
	previous := before(period, now)
	days := c.DateOf(now).DaysSince(c.DateOf(period(now).Start))
	return previous.until(c.atClockOf(now, c.DateOf(previous.Start).AddDays(days)))
}

// yearEarlier returns now with the year before. On a leap day it is the end of February 28.
func (c *Calendar) yearEarlier(now time.Time) time.Time {
	d := c.DateOf(now)
	if d.Month == time.February && d.Day == 29 {
		return c.Start(Date{Year: d.Year - 1, Month: time.March, Day: 1})
	}
	return c.atClockOf(now, Date{Year: d.Year - 1, Month: d.Month, Day: d.Day})
}

// atClockOf returns day d at the wall-clock time of now, kept inside the day where the zone skips that time.
func (c *Calendar) atClockOf(now time.Time, d Date) time.Time {
	local := now.In(c.location)
	hour, minute, second := local.Clock()
	if hour+minute+second+local.Nanosecond() == 0 {
		return c.Start(d)
	}
	t := time.Date(d.Year, d.Month, d.Day, hour, minute, second, local.Nanosecond(), c.location)
	if start := c.Start(d); t.Before(start) {
		return start
	}
	if end := c.Start(d.AddDays(1)); end.Before(t) {
		return end
	}
	return t
}
