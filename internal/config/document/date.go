package document

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
)

// Date reads a day.
func (c *Checker) Date(s Scalar) (calendar.Date, bool) {
	if !s.Usable() {
		return calendar.Date{}, false
	}
	date, ok := ParseDate(s.Text)
	if !ok {
		c.Add(s.Position, Quote(s.Text)+" is not a date", "write it like 2026-12-24")
	}
	return date, ok
}

// dateLayouts are the spellings of dates that are understood. All of them name the month or begin with the year:
// 03/04/2026 is a different day on either side of an ocean.
var dateLayouts = []string{
	time.DateOnly, "2 January 2006", "2 Jan 2006", "January 2, 2006", "Jan 2, 2006", "2-Jan-2006",
}

// ParseDate reads a day in one of the spellings.
func ParseDate(text string) (calendar.Date, bool) {
	for _, layout := range dateLayouts {
		t, err := time.Parse(layout, text)
		if err == nil && PlausibleYear(t.Year()) {
			return calendar.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}, true
		}
	}
	return calendar.Date{}, false
}

// The years of dates that a sales team can mean.
const firstYear, lastYear = 1900, 2200

// PlausibleYear reports whether a sales team can mean the year.
func PlausibleYear(year int) bool { return year >= firstYear && year <= lastYear }
