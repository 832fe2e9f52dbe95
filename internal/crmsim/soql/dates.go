package soql

import (
	"strconv"
	"strings"
	"time"
)

// span is a half-open range of days; a plain date is the span of one day.
type span struct{ from, to time.Time }

func day(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// unit is a length of calendar time: where the one around a day starts, and how to move by whole ones.
type unit struct {
	start func(time.Time) time.Time
	move  func(time.Time, int) time.Time
}

// units are the calendar units of relative date literals. Weeks start on Sunday, as they do for an English locale.
func units() map[string]unit {
	months := func(size int) unit {
		return unit{
			start: func(t time.Time) time.Time {
				return time.Date(t.Year(), t.Month()-(t.Month()-1)%time.Month(size), 1, 0, 0, 0, 0, time.UTC)
			},
			move: func(t time.Time, n int) time.Time { return t.AddDate(0, n*size, 0) },
		}
	}
	return map[string]unit{
		"DAY": {
			start: day,
			move:  func(t time.Time, n int) time.Time { return t.AddDate(0, 0, n) },
		},
		"WEEK": {
			start: func(t time.Time) time.Time { return day(t).AddDate(0, 0, -int(t.Weekday())) },
			move:  func(t time.Time, n int) time.Time { return t.AddDate(0, 0, 7*n) },
		},
		"MONTH":   months(1),
		"QUARTER": months(3),
		"YEAR":    months(12),
	}
}

// maxRelative keeps relative literals inside the range of years that Salesforce knows.
const maxRelative = 9_999

// relativeSpan returns the days of a relative date literal such as TODAY or LAST_N_DAYS:30, in UTC.
// The real ones follow the zone and the locale of the running user.
func relativeSpan(literal string, now time.Time) (span, bool) {
	name, argument, counted := strings.Cut(strings.ToUpper(literal), ":")
	n := 0
	if counted {
		var err error
		if n, err = strconv.Atoi(argument); err != nil || n > maxRelative {
			return span{}, false
		}
	}
	switch name {
	case "TODAY":
		name = "THIS_DAY"
	case "YESTERDAY":
		name = "LAST_DAY"
	case "TOMORROW":
		name = "NEXT_DAY"
	case "LAST_90_DAYS", "NEXT_90_DAYS":
		name, n, counted = strings.Replace(name, "90", "N", 1), 90, !counted
	}
	return unitSpan(name, n, counted, now.UTC())
}

// unitSpan finds the unit and the direction in the name of a literal. LAST_N_DAYS includes today, every other
// LAST_N_ leaves the current unit out (crm/salesforce 2.4).
func unitSpan(name string, n int, counted bool, now time.Time) (span, bool) {
	for word, u := range units() {
		start := u.start(now)
		around := func(from, to int) (span, bool) { return span{u.move(start, from), u.move(start, to)}, true }
		if !counted {
			switch name {
			case "THIS_" + word:
				return around(0, 1)
			case "LAST_" + word:
				return around(-1, 0)
			case "NEXT_" + word:
				return around(1, 2)
			}
			continue
		}
		switch {
		case name == "LAST_N_DAYS" && word == "DAY":
			return around(-n, 1)
		case name == "LAST_N_"+word+"S":
			return around(-n, 0)
		case name == "NEXT_N_"+word+"S":
			return around(1, 1+n)
		case name == "N_"+word+"S_AGO":
			return around(-n, 1-n)
		}
	}
	return span{}, false
}

// parseDate reads a date literal, whose shape the lexer has checked.
func parseDate(literal string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, literal)
	return t, err == nil && knownYear(t)
}

// parseDateTime reads a dateTime literal, whose shape the lexer has checked.
func parseDateTime(literal string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339Nano, literal)
	return t, err == nil && knownYear(t)
}

// knownYear reports whether a day lies in the range that Salesforce keeps.
func knownYear(t time.Time) bool {
	year := t.UTC().Year()
	return year >= 1700 && year <= 4000
}
