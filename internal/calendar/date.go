package calendar

import (
	"cmp"
	"fmt"
	"time"
)

// Date is a civil date, without zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate returns the date with month and day normalised: October 32 is November 1.
func NewDate(year int, month time.Month, day int) Date {
	return dateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date of the form YYYY-MM-DD", s)
	}
	return dateOf(t), nil
}

// String returns YYYY-MM-DD.
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// Compare returns -1, 0 or 1 as d is before, equal to or after other.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// AddDays returns the date n days later.
func (d Date) AddDays(n int) Date { return NewDate(d.Year, d.Month, d.Day+n) }

// DaysSince returns the number of days from other to d.
func (d Date) DaysSince(other Date) int {
	return int(d.utc().Sub(other.utc()) / (24 * time.Hour))
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

func dateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{Year: year, Month: month, Day: day}
}

// startOfDay returns the first instant of d in loc. time.Date alone is wrong twice: where daylight saving skips
// midnight it may return an instant of the day before, and where midnight happens twice it may return the second one.
func startOfDay(d Date, loc *time.Location) time.Time {
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
	zoneStart, zoneEnd := t.ZoneBounds()
	switch dateOf(t).Compare(d) {
	case -1:
		return zoneEnd
	case 1:
		return zoneStart
	}
	if zoneStart.IsZero() {
		return t
	}
	if t.Hour() != 0 || t.Minute() != 0 || t.Second() != 0 {
		return zoneStart
	}
	_, offset := zoneStart.Add(-1).Zone()
	earlier := d.utc().Add(-time.Duration(offset) * time.Second)
	if earlier.Before(zoneStart) {
		return earlier.In(loc)
	}
	return t
}
