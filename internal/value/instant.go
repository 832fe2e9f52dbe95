package value

import (
	"strconv"
	"strings"
	"time"
)

// Instant is a point in time as a CRM gave it: a moment, or a bare date without zone. The zero value is unknown.
// The difference matters: a bare date is a day of whoever reads it and must not be shifted by a zone, a moment must.
type Instant struct {
	milli int64
	kind  instantKind
}

type instantKind uint8

const (
	instantUnknown instantKind = iota
	instantMoment
	instantDate
)

// Moment returns the Instant of t, kept to the millisecond.
func Moment(t time.Time) Instant { return Instant{milli: t.UnixMilli(), kind: instantMoment} }

// MomentMilli returns the Instant of a number of milliseconds since 1970 UTC.
func MomentMilli(ms int64) Instant { return Instant{milli: ms, kind: instantMoment} }

// Date returns the Instant of a bare date.
func Date(year int, month time.Month, day int) Instant {
	return Instant{milli: time.Date(year, month, day, 0, 0, 0, 0, time.UTC).UnixMilli(), kind: instantDate}
}

// DateMilli returns the Instant of a bare date whose midnight in UTC is so many milliseconds after 1970.
func DateMilli(ms int64) Instant { return Instant{milli: ms, kind: instantDate} }

// Known reports whether the CRM gave a time at all.
func (i Instant) Known() bool { return i.kind != instantUnknown }

// IsDate reports whether the Instant is a bare date.
func (i Instant) IsDate() bool { return i.kind == instantDate }

// Milli returns milliseconds since 1970 UTC of a moment, and of a bare date its midnight in UTC.
// It is for storage; windows need In.
func (i Instant) Milli() int64 { return i.milli }

// In returns the moment in loc; of a bare date, the first instant of that day in loc.
func (i Instant) In(loc *time.Location) time.Time {
	t := time.UnixMilli(i.milli).In(loc)
	if i.kind != instantDate {
		return t
	}
	u := time.UnixMilli(i.milli).UTC()
	return time.Date(u.Year(), u.Month(), u.Day(), 0, 0, 0, 0, loc)
}

// Encode returns a compact text form for storage: "" unknown, "d<ms>" a bare date, "m<ms>" a moment.
func (i Instant) Encode() string {
	switch i.kind {
	case instantMoment:
		return "m" + strconv.FormatInt(i.milli, 10)
	case instantDate:
		return "d" + strconv.FormatInt(i.milli, 10)
	default:
		return ""
	}
}

// String writes a moment as RFC 3339 in UTC, a bare date as such: "2026-03-31", "" where it is unknown.
func (i Instant) String() string {
	switch i.kind {
	case instantMoment:
		return time.UnixMilli(i.milli).UTC().Format(time.RFC3339Nano)
	case instantDate:
		return time.UnixMilli(i.milli).UTC().Format(time.DateOnly)
	default:
		return ""
	}
}

// momentLayouts are the spellings of the CRMs: RFC 3339 (HubSpot, Salesforce Bulk) and Salesforce REST, whose offset
// has no colon, which is why RFC 3339 parsing alone fails (crm/salesforce 2.2).
var momentLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700"}

// ParseInstant reads what CRMs write: an ISO 8601 moment with or without milliseconds, a bare date, or milliseconds
// since 1970, also written as a float. An empty text is the unknown Instant and no error. A placeholder such as 0001-01-01
// or 9999-12-31 is a date: whether it can be true is for a DateRange to say, and its deal counts all the same.
func ParseInstant(s string) (Instant, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Instant{}, nil
	}
	if len(s) == len(time.DateOnly) { // the error of a failed try would cost more than all the rest
		if t, err := time.Parse(time.DateOnly, s); err == nil {
			return Instant{milli: t.UnixMilli(), kind: instantDate}, nil
		}
	}
	for _, layout := range momentLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return Moment(t), nil
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f >= minMilli && f < maxMilli) {
		return Instant{}, errInstant
	}
	return MomentMilli(int64(f)), nil
}

// The years 1 to 9999, which are those of the spellings above. A float holds them exactly.
const (
	minMilli = -62_135_596_800_000
	maxMilli = 253_402_300_800_000
)

type instantError struct{}

func (instantError) Error() string { return "not a date or time" }

var errInstant error = instantError{}

// DateRange bounds the dates that can be true, both ends included. CRMs and sheets hold placeholders outside of it:
// 1900-01-01, day 0 of a spreadsheet, 9999-12-31. A date outside is unknown, and an issue.
type DateRange struct{ From, To Instant }

// DefaultDateRange returns 1990-01-01 to 2100-12-31.
func DefaultDateRange() DateRange {
	return DateRange{From: Date(1990, time.January, 1), To: Date(2100, time.December, 31)}
}

// Holds reports whether a known instant lies in the range, by its date in UTC. The zero DateRange is the default one.
func (r DateRange) Holds(i Instant) bool {
	if r == (DateRange{}) {
		r = DefaultDateRange()
	}
	const day = 24 * 60 * 60 * 1000
	return i.milli >= r.From.milli && i.milli < r.To.milli+day
}
