package targets

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// targetSpan returns the span of a target's period. Fiscal years are named by the calendar year in which they end.
func targetSpan(c *calendar.Calendar, p crm.TargetPeriod, now time.Time) calendar.Span {
	switch p.Unit {
	case crm.PeriodMonth:
		if p.Every {
			return c.Month(now)
		}
		return c.CalendarMonth(p.Year, time.Month(p.Number))
	case crm.PeriodQuarter:
		if p.Every {
			return c.Quarter(now)
		}
		return c.FiscalQuarter(p.Year, p.Number)
	case crm.PeriodYear:
		if p.Every {
			return c.Year(now)
		}
		return c.FiscalYear(p.Year)
	default:
		return c.Between(dateOf(c, p.From), dateOf(c, p.To).AddDays(1))
	}
}

// dateOf returns the civil date of an instant; a bare date is itself in every zone.
func dateOf(c *calendar.Calendar, i value.Instant) calendar.Date {
	if !i.IsDate() {
		return c.DateOf(i.In(c.Location()))
	}
	year, month, day := time.UnixMilli(i.Milli()).UTC().Date()
	return calendar.Date{Year: year, Month: month, Day: day}
}

// baseSpan returns the earlier period that a growth target grows from: the target's own moved back by a month, a
// quarter or a year. There is none where that would overlap the target, as a month before does for a quarter.
func baseSpan(c *calendar.Calendar, s calendar.Span, over crm.GrowthBase) (calendar.Span, bool) {
	months := 0
	switch over {
	case crm.OverPreviousMonth:
		months = 1
	case crm.OverPreviousQuarter:
		months = 3
	case crm.OverPreviousYear:
		months = 12
	default:
		return calendar.Span{}, false
	}
	base := c.Between(monthsBefore(c.DateOf(s.Start), months), monthsBefore(c.DateOf(s.End), months))
	return base, !base.End.After(s.Start)
}

// monthsBefore returns the same day some months earlier, or the last day of that month where it is shorter.
func monthsBefore(d calendar.Date, months int) calendar.Date {
	first := calendar.NewDate(d.Year, d.Month-time.Month(months), 1)
	last := calendar.NewDate(first.Year, first.Month+1, 0)
	return calendar.Date{Year: first.Year, Month: first.Month, Day: min(d.Day, last.Day)}
}

// progress says how far a period has come. The day of now counts fully, as it does for whoever plans the day.
type progress struct {
	elapsed       map[crm.Pace]float64 // 0..1; a method without days in the period is absent
	remainingDays int                  // working days after today

	// Of a period that has begun and not ended:
	recent     calendar.Span        // its last working days up to now
	recentPart map[crm.Pace]float64 // the part of the period that they are, 0..1
}

// recentDays is how many working days the trailing pace looks back on: two weeks of most companies.
const recentDays = 10

func newProgress(c *calendar.Calendar, s calendar.Span, now time.Time) progress {
	p := progress{elapsed: map[crm.Pace]float64{}, recentPart: map[crm.Pace]float64{}}
	passed, left, recent := s, calendar.Span{}, calendar.Span{}
	if now.Before(s.End) {
		tomorrow := c.Day(now).End
		passed.End = tomorrow
		left = calendar.Span{Start: tomorrow, End: s.End}
		p.recent = recentSpan(c, s, now)
		recent = calendar.Span{Start: p.recent.Start, End: tomorrow}
	}
	for pace, count := range map[crm.Pace]func(calendar.Span) int{
		crm.PaceLinear:      c.Days,
		crm.PaceWorkingDays: c.WorkingDays,
	} {
		if days := count(s); days > 0 {
			p.elapsed[pace] = float64(count(passed)) / float64(days)
			p.recentPart[pace] = float64(count(recent)) / float64(days)
		}
	}
	p.remainingDays = c.WorkingDays(left)
	return p
}

// recentSpan returns the last working days of a period up to now, today included, as far as the period reaches back.
func recentSpan(c *calendar.Calendar, s calendar.Span, now time.Time) calendar.Span {
	first, day := c.DateOf(s.Start), c.DateOf(now)
	for worked := 0; day.Compare(first) > 0; day = day.AddDays(-1) {
		if c.Works(day) {
			worked++
		}
		if worked == recentDays {
			break
		}
	}
	return calendar.Span{Start: c.Start(day), End: now}
}
