package config

import (
	"bufio"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // an image without zoneinfo must accept the same zones as a workstation // an image without zoneinfo must accept the same zones as a workstation // an image without zoneinfo must accept the same zones as a workstation // an image without zoneinfo must accept the same zones as a workstation

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
	tables "github.com/sales-exporter/sales_exporter/internal/table"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// maxHolidaysFile bounds a file of dates: fifty years of every bank holiday of the world fit.
const maxHolidaysFile = 1 << 20

func (c *checker) location(s document.Scalar) *time.Location {
	if !s.Usable() {
		return time.UTC
	}
	location, err := time.LoadLocation(s.Text)
	if err != nil || s.Text == "Local" {
		c.Add(s.Position, document.Quote(s.Text)+" is not a time zone", "write an IANA name such as Europe/Berlin")
		return time.UTC
	}
	return location
}

func (c *checker) month(s document.Scalar) time.Month {
	return time.Month(c.Integer(s, int(time.January), 1, 12))
}

func (c *checker) weekStart(s document.Scalar) time.Weekday {
	if !s.Usable() {
		return time.Monday
	}
	return c.weekday(s)
}

func (c *checker) workingDays(l document.List[document.Scalar]) []time.Weekday {
	if !l.Usable() {
		return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	}
	if len(l.Items) == 0 {
		c.Add(l.Position, "must name at least one day", "")
	}
	var days []time.Weekday
	for _, item := range l.Items {
		if !item.Usable() {
			continue
		}
		if day := c.weekday(item); !slices.Contains(days, day) {
			days = append(days, day)
		}
	}
	c.Distinct(l.Items)
	return days
}

// weekday reads "monday" or "mon", in any case.
func (c *checker) weekday(s document.Scalar) time.Weekday {
	for day := time.Sunday; day <= time.Saturday; day++ {
		name := day.String()
		if strings.EqualFold(s.Text, name) || strings.EqualFold(s.Text, name[:3]) {
			return day
		}
	}
	c.Add(s.Position, document.Quote(s.Text)+" is not a day of the week", "write monday or mon")
	return time.Monday
}

// holidays returns the dates of the list and of the file together, each once, in order.
func (c *checker) holidays(l document.List[document.Scalar], file document.Scalar) []calendar.Date {
	var dates []calendar.Date
	for _, item := range l.Items {
		if date, ok := c.Date(item); ok {
			dates = append(dates, date)
		}
	}
	c.Distinct(l.Items)
	if path, data, ok := c.Content(file, maxHolidaysFile); ok {
		for line, text := range textLines(data) {
			at := document.Position{File: path, Line: line}
			if date, ok := c.Date(document.Scalar{Position: at, Text: text}); ok {
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

// plausibleDates returns the first and the last day that a date in a CRM can mean. A date of the configuration itself
// lies between 1900 and 2200, so that the range does too.
func (c *checker) plausibleDates(d datesYAML) value.DateRange {
	dates := value.DefaultDateRange()
	from, fromSet := c.Date(d.From)
	if fromSet {
		dates.From = value.Date(from.Year, from.Month, from.Day)
	}
	to, toSet := c.Date(d.To)
	if toSet {
		dates.To = value.Date(to.Year, to.Month, to.Day)
	}
	if dates.To.Milli() < dates.From.Milli() {
		c.Add(d.Position, "ends before it begins", "from is the first day that a date can be, to is the last")
	}
	return dates
}

// currencyCode returns a code of ISO 4217, or the fallback where the key is left out or wrong.
func (c *checker) currencyCode(s document.Scalar, fallback string) string {
	if !s.Usable() {
		return fallback
	}
	if tables.KnownCurrency(s.Text) {
		return s.Text
	}
	hint := "write an ISO 4217 code such as USD, EUR or GBP"
	if upper := strings.ToUpper(s.Text); tables.KnownCurrency(upper) {
		hint = fmt.Sprintf("did you mean %s?", upper)
	}
	c.Add(s.Position, document.Quote(s.Text)+" is not a currency", hint)
	return fallback
}
