package config

import (
	"bufio"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // an image without zoneinfo must accept the same zones as a workstation

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// maxHolidaysFile bounds a file of dates: fifty years of every bank holiday of the world fit.
const maxHolidaysFile = 1 << 20

func (c *checker) location(s scalar) *time.Location {
	if !s.usable() {
		return time.UTC
	}
	location, err := time.LoadLocation(s.text)
	if err != nil || s.text == "Local" {
		c.add(s.place, quote(s.text)+" is not a time zone", "write an IANA name such as Europe/Berlin")
		return time.UTC
	}
	return location
}

func (c *checker) month(s scalar) time.Month {
	return time.Month(c.integer(s, int(time.January), 1, 12))
}

func (c *checker) weekStart(s scalar) time.Weekday {
	if !s.usable() {
		return time.Monday
	}
	return c.weekday(s)
}

func (c *checker) workingDays(l list[scalar]) []time.Weekday {
	if !l.usable() {
		return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	}
	if len(l.items) == 0 {
		c.add(l.place, "must name at least one day", "")
	}
	var days []time.Weekday
	for _, item := range l.items {
		if !item.usable() {
			continue
		}
		if day := c.weekday(item); !slices.Contains(days, day) {
			days = append(days, day)
		}
	}
	c.distinct(l.items)
	return days
}

// weekday reads "monday" or "mon", in any case.
func (c *checker) weekday(s scalar) time.Weekday {
	for day := time.Sunday; day <= time.Saturday; day++ {
		name := day.String()
		if strings.EqualFold(s.text, name) || strings.EqualFold(s.text, name[:3]) {
			return day
		}
	}
	c.add(s.place, quote(s.text)+" is not a day of the week", "write monday or mon")
	return time.Monday
}

// holidays returns the dates of the list and of the file together, each once, in order.
func (c *checker) holidays(l list[scalar], file scalar) []calendar.Date {
	var dates []calendar.Date
	for _, item := range l.items {
		if date, ok := c.date(item); ok {
			dates = append(dates, date)
		}
	}
	c.distinct(l.items)
	if path, data, ok := c.content(file, maxHolidaysFile); ok {
		for line, text := range textLines(data) {
			at := place{file: path, line: line}
			if date, ok := c.date(scalar{place: at, text: text}); ok {
				dates = append(dates, date)
			}
		}
	}
	slices.SortFunc(dates, calendar.Date.Compare)
	return slices.Compact(dates)
}

// textLines yields the lines that hold something besides a # comment, with their numbers.
func textLines(data []byte) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		scanner := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF"))))
		scanner.Buffer(nil, maxHolidaysFile+1)
		for line := 1; scanner.Scan(); line++ {
			text, _, _ := strings.Cut(scanner.Text(), "#")
			if text = strings.TrimSpace(text); text != "" && !yield(line, text) {
				return
			}
		}
	}
}

// date reads a day.
func (c *checker) date(s scalar) (calendar.Date, bool) {
	if !s.usable() {
		return calendar.Date{}, false
	}
	date, ok := parseDate(s.text)
	if !ok {
		c.add(s.place, quote(s.text)+" is not a date", "write it like 2026-12-24")
	}
	return date, ok
}

// dateLayouts are the spellings of dates that are understood. All of them name the month or begin with the year:
// 03/04/2026 is a different day on either side of an ocean.
var dateLayouts = []string{
	time.DateOnly, "2 January 2006", "2 Jan 2006", "January 2, 2006", "Jan 2, 2006", "2-Jan-2006",
}

func parseDate(text string) (calendar.Date, bool) {
	for _, layout := range dateLayouts {
		t, err := time.Parse(layout, text)
		if err == nil && plausibleYear(t.Year()) {
			return calendar.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}, true
		}
	}
	return calendar.Date{}, false
}

// The years of dates that a sales team can mean.
const firstYear, lastYear = 1900, 2200

func plausibleYear(year int) bool { return year >= firstYear && year <= lastYear }

// plausibleDates returns the first and the last day that a date in a CRM can mean. A date of the configuration itself
// lies between 1900 and 2200, so that the range does too.
func (c *checker) plausibleDates(d datesYAML) value.DateRange {
	dates := value.DefaultDateRange()
	from, fromSet := c.date(d.From)
	if fromSet {
		dates.From = value.Date(from.Year, from.Month, from.Day)
	}
	to, toSet := c.date(d.To)
	if toSet {
		dates.To = value.Date(to.Year, to.Month, to.Day)
	}
	if dates.To.Milli() < dates.From.Milli() {
		c.add(d.place, "ends before it begins", "from is the first day that a date can be, to is the last")
	}
	return dates
}

// currencyCode returns a code of ISO 4217, or the fallback where the key is left out or wrong.
func (c *checker) currencyCode(s scalar, fallback string) string {
	if !s.usable() {
		return fallback
	}
	if KnownCurrency(s.text) {
		return s.text
	}
	hint := "write an ISO 4217 code such as USD, EUR or GBP"
	if upper := strings.ToUpper(s.text); KnownCurrency(upper) {
		hint = fmt.Sprintf("did you mean %s?", upper)
	}
	c.add(s.place, quote(s.text)+" is not a currency", hint)
	return fallback
}
