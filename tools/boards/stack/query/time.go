package query

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// Clock resolves the relative times of a board.
type Clock struct {
	// Now is what "now" means.
	Now time.Time
	// FiscalStart is the month in which fiscal years begin, counted from 0 as boards do.
	FiscalStart int
}

// step is one piece of a relative time: -7d, +1M, or /fQ.
var step = regexp.MustCompile(`^(?:([+-])(\d+)([smhdwMQy])|/(fQ|fy|[smhdwMQy]))`)

// Range resolves the range that a board opens with.
func (c Clock) Range(r board.TimeRange) (from, to time.Time, err error) {
	if from, err = c.Resolve(r.From, false); err != nil {
		return from, to, err
	}
	if to, err = c.Resolve(r.To, true); err != nil {
		return from, to, err
	}
	if !from.Before(to) {
		return from, to, fmt.Errorf("the range from %q to %q is empty", r.From, r.To)
	}
	return from, to, nil
}

// Resolve turns a time such as now-7d/d into an instant. Rounding goes down, or for the end of a range up to the last
// millisecond of the unit, as in Grafana.
func (c Clock) Resolve(text string, end bool) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	if len(text) < 3 || text[:3] != "now" {
		return time.Time{}, fmt.Errorf("%q is neither a relative time nor RFC 3339", text)
	}
	at := c.Now
	for rest := text[3:]; rest != ""; {
		found := step.FindStringSubmatch(rest)
		if found == nil {
			return time.Time{}, fmt.Errorf("cannot read %q in the time %q", rest, text)
		}
		rest = rest[len(found[0]):]
		if unit := found[4]; unit != "" {
			at = c.round(at, unit, end)
			continue
		}
		n, err := strconv.Atoi(found[1] + found[2])
		if err != nil {
			return time.Time{}, fmt.Errorf("read the time %q: %w", text, errors.Unwrap(err))
		}
		at = add(at, n, found[3])
	}
	return at, nil
}

func (c Clock) round(at time.Time, unit string, end bool) time.Time {
	start := c.floor(at, unit)
	if !end {
		return start
	}
	switch unit {
	case "fQ":
		unit = "Q"
	case "fy":
		unit = "y"
	}
	return add(start, 1, unit).Add(-time.Millisecond)
}

func (c Clock) floor(at time.Time, unit string) time.Time {
	y, m, d := at.Date()
	day := func(m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, at.Location()) }
	switch unit {
	case "s":
		return at.Truncate(time.Second)
	case "m":
		return at.Truncate(time.Minute)
	case "h":
		return time.Date(y, m, d, at.Hour(), 0, 0, 0, at.Location())
	case "d":
		return day(m, d)
	case "w":
		return day(m, d-(int(at.Weekday())+6)%7) // Weeks begin on Monday.
	case "Q":
		return day(m-(m-1)%3, 1)
	case "y":
		return day(1, 1)
	case "fQ":
		return day(m-time.Month((int(m)-1-c.FiscalStart+12)%3), 1)
	case "fy":
		return day(m-time.Month((int(m)-1-c.FiscalStart+12)%12), 1)
	default:
		return day(m, 1)
	}
}

func add(at time.Time, n int, unit string) time.Time {
	switch unit {
	case "s":
		return at.Add(time.Duration(n) * time.Second)
	case "m":
		return at.Add(time.Duration(n) * time.Minute)
	case "h":
		return at.Add(time.Duration(n) * time.Hour)
	case "d":
		return at.AddDate(0, 0, n)
	case "w":
		return at.AddDate(0, 0, 7*n)
	case "M":
		return addMonths(at, n)
	case "Q":
		return addMonths(at, 3*n)
	default:
		return addMonths(at, 12*n)
	}
}

// addMonths keeps the day of the month where the month has it, and takes its last day otherwise.
func addMonths(at time.Time, n int) time.Time {
	y, m, d := at.Date()
	last := time.Date(y, m+time.Month(n)+1, 0, 0, 0, 0, 0, at.Location()).Day()
	return time.Date(y, m+time.Month(n), min(d, last), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), at.Location())
}
