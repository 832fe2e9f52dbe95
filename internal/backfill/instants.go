package backfill

import (
	"errors"
	"fmt"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
)

// maxInstants is more than ten years of hours. What asks for more is most likely a mistyped step.
const maxInstants = 100_000

const wholeDay = 24 * time.Hour

// instants returns the instants to compute, in order of time.
func (r Request) instants(c *calendar.Calendar, now time.Time) ([]time.Time, error) {
	from, err := parseInstant(c, r.From)
	if err != nil {
		return nil, fmt.Errorf("read --from: %w", err)
	}
	to := now
	if r.To != "" {
		if to, err = parseInstant(c, r.To); err != nil {
			return nil, fmt.Errorf("read --to: %w", err)
		}
	}
	switch {
	case r.Step <= 0:
		return nil, fmt.Errorf("--step must be longer than 0, such as 1d or 6h, but is %s", r.Step)
	case from.Before(time.Unix(0, 0)):
		return nil, fmt.Errorf("--from %s is before 1970, where Prometheus timestamps begin", from.Format(time.RFC3339))
	case from.After(now):
		return nil, errFuture(from, now)
	case from.After(to):
		return nil, fmt.Errorf("--from %s is after --to %s", from.Format(time.RFC3339), to.Format(time.RFC3339))
	}
	instants := []time.Time{from}
	for n := 1; ; n++ {
		at := r.step(c, from, n)
		switch {
		case at.After(to):
			return instants, nil
		case at.After(now):
			return nil, errFuture(at, now)
		case !at.After(instants[len(instants)-1]):
			continue // A day that the time zone left out, such as 30 December 2011 in Samoa.
		case len(instants) == maxInstants:
			return nil, fmt.Errorf("more than %d instants are between --from and --to; choose a --step larger than %s",
				maxInstants, r.Step)
		}
		instants = append(instants, at)
	}
}

func errFuture(at, now time.Time) error {
	return fmt.Errorf("the instant %s is after now, %s: the future cannot be computed",
		at.Format(time.RFC3339), now.Format(time.RFC3339))
}

// step returns the instant n steps after the first. Days are counted from the first one and keep its local time, so that
// a change to daylight saving shifts none of them. Of a local time that a day has twice it is the first.
func (r Request) step(c *calendar.Calendar, from time.Time, n int) time.Time {
	if r.Step%wholeDay != 0 {
		return from.Add(time.Duration(n) * r.Step)
	}
	date := c.DateOf(from)
	later := date.AddDays(n * int(r.Step/wholeDay))
	if c.Start(date).Equal(from) {
		return c.Start(later)
	}
	local := from.In(c.Location())
	return firstOf(time.Date(later.Year, later.Month, later.Day,
		local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), c.Location()))
}

// firstOf returns the first of the instants that have the local time of an instant: when clocks are set back, an hour
// comes twice, and time.Date takes either.
func firstOf(t time.Time) time.Time {
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return t
	}
	_, offset := t.Zone()
	_, before := start.Add(-1).Zone()
	if earlier := t.Add(time.Duration(offset-before) * time.Second); before > offset && earlier.Before(start) {
		return earlier
	}
	return t
}

// parseInstant reads a date, which is its first instant, or a time. Prometheus knows no time between two milliseconds.
func parseInstant(c *calendar.Calendar, text string) (time.Time, error) {
	if date, err := calendar.ParseDate(text); err == nil {
		return c.Start(date), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, errors.New("it must be a date such as 2026-01-31 or a time such as 2026-01-31T18:00:00+01:00, " +
			"and is \"" + text + "\"")
	}
	return at.Truncate(time.Millisecond).In(c.Location()), nil
}
