package calendar

import (
	"math"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Instant is a value.Instant in one word: milliseconds in the upper bits, "is a bare date" in the lowest one.
type Instant int64

// UnknownInstant is no instant.
const UnknownInstant Instant = math.MinInt64

// The kinds of an instant: a moment, a bare date.
const (
	MomentKind = 0
	DateKind   = 1
)

const (
	milliPerDay = 24 * 60 * 60 * 1000
)

// Pack returns an instant in one word.
func Pack(i value.Instant) Instant {
	switch {
	case !i.Known():
		return UnknownInstant
	case i.IsDate():
		return Instant(i.Milli()<<1 | DateKind)
	default:
		return Instant(i.Milli() << 1)
	}
}

// Known reports whether there is an instant.
func (i Instant) Known() bool { return i != UnknownInstant }

// In returns a known moment in a zone; of a bare date, the first instant of that day there.
func (i Instant) In(zone *time.Location) time.Time {
	if i.isDate() {
		return value.DateMilli(i.Milli()).In(zone)
	}
	return value.MomentMilli(i.Milli()).In(zone)
}

// Milli returns the milliseconds since 1970; of a bare date, those of its midnight in UTC.
func (i Instant) Milli() int64 { return int64(i >> 1) }

// Kind returns MomentKind or DateKind.
func (i Instant) Kind() int    { return int(i & 1) }
func (i Instant) isDate() bool { return i.Kind() == DateKind }

// Edge is a boundary in time as moments see it and as bare dates see it, both in milliseconds: of a date, its midnight
// in UTC. It spares the pass over all deals every conversion between time zones.
type Edge [2]int64

// Before reports whether a known instant lies before the edge.
func (i Instant) Before(e Edge) bool { return i.Milli() < e[i.Kind()] }

// EdgeAt returns the edge at t. A bare date counts as the first instant of its day.
func (c *Calendar) EdgeAt(t time.Time) Edge {
	date := c.DateOf(t)
	if c.Start(date).Before(t) {
		date = date.AddDays(1)
	}
	milli := t.UnixMilli()
	if t.After(time.UnixMilli(milli)) {
		milli++ // The first whole millisecond that is not before t.
	}
	return Edge{MomentKind: milli, DateKind: dateMilli(date)}
}

// dateMilli returns the midnight in UTC of a date, which is how bare dates are stored.
func dateMilli(d Date) int64 {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).UnixMilli()
}

// Days converts between instants and days of the reporting time zone. Salesforce's close date is a bare date and
// its creation a moment, so that every sales cycle asks for the local date of a moment, which is slow to work out anew
// for millions of deals.
type Days struct {
	calendar *Calendar
	offsets  []int32 // of each UTC day since firstUTCDay, in seconds; 0 is not asked yet, offsetVaries is a change
	starts   []int64 // first instant of each local day since firstUTCDay, in milliseconds; 0 is not asked yet
}

const (
	firstUTCDay  = 20 * 365 // around 1990
	utcDays      = 60 * 365
	offsetBase   = 1 << 20 // added to what is stored, so that 0 can mean not asked yet
	offsetVaries = -1
)

// NewDays returns the days of a calendar. They are not safe for concurrent use.
func NewDays(c *Calendar) *Days {
	return &Days{calendar: c, offsets: make([]int32, utcDays), starts: make([]int64, utcDays)}
}

// date returns the local date of a known instant as a number of days since 1970.
func (l *Days) date(i Instant) int64 {
	if i.isDate() {
		return floorDiv(i.Milli(), milliPerDay)
	}
	day := floorDiv(i.Milli(), milliPerDay)
	if at := day - firstUTCDay; at >= 0 && at < utcDays {
		if l.offsets[at] == 0 {
			l.offsets[at] = l.offsetOf(day)
		}
		if l.offsets[at] != offsetVaries {
			return floorDiv(i.Milli()+int64(l.offsets[at]-offsetBase)*1000, milliPerDay)
		}
	}
	return floorDiv(dateMilli(l.calendar.DateOf(time.UnixMilli(i.Milli()))), milliPerDay)
}

// offsetOf returns the zone's offset on a UTC day, or offsetVaries where it changes in the course of the day.
func (l *Days) offsetOf(day int64) int32 {
	first := time.UnixMilli(day * milliPerDay).In(l.calendar.Location())
	_, offset := first.Zone()
	if _, end := first.ZoneBounds(); !end.IsZero() && end.UnixMilli() < (day+1)*milliPerDay {
		return offsetVaries
	}
	return int32(offset) + offsetBase
}

// Moment returns a known instant as milliseconds since 1970; of a bare date, the first instant of that local day.
func (l *Days) Moment(i Instant) int64 {
	if !i.isDate() {
		return i.Milli()
	}
	day := floorDiv(i.Milli(), milliPerDay)
	at := day - firstUTCDay
	if at < 0 || at >= utcDays {
		return l.startOf(i)
	}
	if l.starts[at] == 0 {
		l.starts[at] = l.startOf(i)
	}
	return l.starts[at]
}

func (l *Days) startOf(date Instant) int64 {
	year, month, day := time.UnixMilli(date.Milli()).UTC().Date()
	return l.calendar.Start(Date{Year: year, Month: month, Day: day}).UnixMilli()
}

// Between returns the milliseconds from one instant to a later one. Where either is a bare date nobody knows the hours,
// and it is whole days between the two local dates.
func (l *Days) Between(from, to Instant) int64 {
	if (from|to)&DateKind == 0 {
		return int64(to-from) >> 1
	}
	return (l.date(to) - l.date(from)) * milliPerDay
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
