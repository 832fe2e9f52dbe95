package table

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Times reads the dates and times of one column.
type Times struct {
	// Midnights says how times of exactly midnight are read, MidnightsUnknown where the column has none.
	Midnights Midnights
	// Moment is the place of the first time that is not midnight, "" where there is none.
	Moment string

	layout   string // of texts, "" is ISO 8601
	location *time.Location
	from1904 bool
}

// Midnights says what a written midnight of a column is: databases and programs write dates that way, in whatever zone.
type Midnights string

// The meanings of midnight.
const (
	MidnightsUnknown Midnights = ""
	MidnightsDates   Midnights = "dates"   // all times of the column are midnight
	MidnightsMoments Midnights = "moments" // some are not
)

// ErrTime is the error of a cell that is no date or time.
var ErrTime = errors.New("not a date or time")

// DecideTimes finds out what the times of a column are. A text is read by the layout, in Go's notation; "" is ISO 8601.
// Times that name no zone are in the location, nil is UTC.
func (g *Grid) DecideTimes(column int, layout string, location *time.Location) Times {
	if location == nil {
		location = time.UTC
	}
	t := Times{layout: layout, location: location, from1904: g.from1904}
	midnights := false
	for _, row := range g.Rows {
		r, err := t.read(row.At(column))
		switch {
		case err != nil || r.at.IsZero() || r.bare:
		case r.midnight():
			midnights = true
		case t.Moment == "":
			t.Moment = g.Place(row.Number, column)
		}
	}
	switch {
	case midnights && t.Moment == "":
		t.Midnights = MidnightsDates
	case midnights:
		t.Midnights = MidnightsMoments
	}
	return t
}

// Instant reads a cell. A blank one is the unknown instant.
func (t Times) Instant(c Cell) (value.Instant, error) {
	if c.Absent() || c.Kind == Text && zeroDate(c.Text) {
		return value.Instant{}, nil
	}
	r, err := t.read(c)
	switch {
	case err != nil:
		return value.Instant{}, err
	case r.bare, t.Midnights == MidnightsDates && r.midnight():
		return value.Date(r.at.Date()), nil
	default:
		return value.Moment(r.at), nil
	}
}

// zeroes is a date and a time of day of nothing but zeros.
var zeroes = regexp.MustCompile(`^0+([-/.]0+){2}([ T]0+(:0+){1,2}(\.0+)?Z?)?$`)

// zeroDate reports whether a text is what databases write for no date: 0000-00-00.
func zeroDate(text string) bool { return zeroes.MatchString(text) }

// reading is a time as it is written: in its own zone, or a bare date.
type reading struct {
	at   time.Time
	bare bool
}

func (r reading) midnight() bool {
	hour, minute, second := r.at.Clock()
	return hour == 0 && minute == 0 && second == 0 && r.at.Nanosecond() == 0
}

func (t Times) read(c Cell) (reading, error) {
	switch {
	case c.Kind == ISO, c.Kind == Text && t.layout == "":
		return t.iso(c.Text)
	case c.Kind == Text:
		return t.byLayout(c.Text)
	case c.Kind == Number && (c.Format == nil || !c.Format.Date) && onlyDigits(c.Text) && t.layout != "" && onlyDigits(t.layout):
		return t.byLayout(c.Text) // A number such as 20240701.
	case c.Kind == Number:
		return t.serial(c)
	case c.Kind == Blank:
		return reading{}, nil
	default:
		return reading{}, ErrTime
	}
}

// isoSpace is the space that many programs write where ISO 8601 has a T, and before the zone.
var isoSpace = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)[ tT](\d\d:\d\d.*?) ?([zZ]|UTC|[+-]\d\d(?::?\d\d)?)?$`)

// yearFirst is a date whose slashes stand for the hyphens of ISO 8601. A year in front leaves one order of the rest.
var yearFirst = regexp.MustCompile(`^(\d{4})/(\d\d)/(\d\d)\b`)

func (t Times) iso(text string) (reading, error) {
	text = yearFirst.ReplaceAllString(text, "$1-$2-$3")
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return reading{at: at, bare: true}, nil
	}
	match := isoSpace.FindStringSubmatch(text)
	if match == nil {
		return reading{}, ErrTime
	}
	zone, layout := strings.ToUpper(match[3]), ""
	switch {
	case zone == "UTC":
		zone = "Z"
		fallthrough
	case zone == "Z", strings.Contains(zone, ":"):
		layout = "Z07:00"
	case len(zone) == 5:
		layout = "Z0700"
	case len(zone) == 3:
		layout = "Z07"
	}
	for _, clock := range []string{"15:04:05", "15:04"} {
		if at, err := time.ParseInLocation("2006-01-02T"+clock+layout, match[1]+"T"+match[2]+zone, t.location); err == nil {
			return reading{at: at}, nil
		}
	}
	return reading{}, ErrTime
}

// byLayout reads a text by the configured layout. People write 1/10/2026 where the layout says 02/01/2006.
func (t Times) byLayout(text string) (reading, error) {
	layouts := []string{t.layout, loose(t.layout)}
	if strings.HasPrefix(t.layout, "2006") {
		layouts = layouts[:1] // 2024-07-1 has lost its last digit.
	}
	for _, layout := range layouts {
		at, err := time.ParseInLocation(layout, text, t.location)
		if err != nil {
			continue
		}
		if madeUp(at, t.location) {
			return reading{}, ErrTime
		}
		return reading{at: at, bare: bareDate(t.layout)}, nil
	}
	return reading{}, ErrTime
}

// madeUp reports whether a zone by letters is none that the location knows: Go gives it the offset 0.
func madeUp(at time.Time, location *time.Location) bool {
	name, offset := at.Zone()
	letters := strings.Trim(name, "+-0123456789") != ""
	return letters && offset == 0 && name != "GMT" && at.Location() != location && at.Location() != time.UTC
}

var padded = regexp.MustCompile(`(^|[^0-9])0([12])($|[^0-9])`)

// loose is a layout whose day and month may have one digit or two.
func loose(layout string) string {
	for range 2 { // Neighbours share the sign between them, which one pass uses up.
		layout = padded.ReplaceAllString(layout, "$1$2$3")
	}
	return layout
}

// bareDate reports whether a layout has no time of day.
func bareDate(layout string) bool {
	morning := time.Date(2006, 1, 2, 3, 4, 5, 6e6, time.UTC)
	evening := time.Date(2006, 1, 2, 23, 59, 58, 7e6, time.UTC)
	return morning.Format(layout) == evening.Format(layout)
}

// serial reads a number of days, as spreadsheet programs store dates. It is rounded to the millisecond, which is what they
// show: a sum of fractions of a day misses midnight by less, and 23:59:59.999 belongs to its day. A number that is not shown as a date is one only where it is a likely
// date: 2024 is a year, 202408 a month. A fraction of a day alone is a time of no day.
func (t Times) serial(c Cell) (reading, error) {
	days, err := strconv.ParseFloat(c.Text, 64)
	const last = 2_958_466 // the day after 9999-12-31
	if err != nil || !(days >= 0 && days < last) || days > 0 && days < 1 {
		return reading{}, ErrTime
	}
	if c.Format == nil || !c.Format.Date {
		const year1970, year2101, from1904 = 25_569, 73_416, 1_462
		likely := days
		if t.from1904 {
			likely += from1904
		}
		if c.Format != nil || likely < year1970 || likely >= year2101 {
			return reading{}, ErrTime
		}
	}
	const perDay = 24 * 60 * 60 * 1000
	all := int64(math.Round(days * perDay))
	day, clock := int(all/perDay), int(all%perDay)
	date := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 0, 0, clock/1000, clock%1000*int(time.Millisecond), t.location)
	}
	at := date(1899, time.December, 30+day)
	switch {
	case t.from1904:
		at = date(1904, time.January, 1+day)
	case day > 0 && day < 60: // Serial 60 is 29 February 1900, a day that never was.
		at = date(1899, time.December, 31+day)
	}
	return reading{at: at, bare: clock == 0}, nil
}
