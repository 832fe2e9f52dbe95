package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
)

const periodHint = "write 2026-10, 2026-Q4, 2026, or {from: 2026-10-01, to: 2026-12-15}"

// targetPeriod reads when a target runs: a named period, one of its own, or whichever month, quarter or year it is.
func (c *checker) targetPeriod(t targetYAML) crm.TargetPeriod {
	switch {
	case t.Every.set() && t.Period.set():
		c.add(t.Every.place, "stands beside period", "keep one of them")
	case t.Every.set():
		unit := choice(c, t.Every, "", crm.PeriodMonth, crm.PeriodQuarter, crm.PeriodYear)
		return crm.TargetPeriod{Unit: unit, Every: true}
	case !c.need(t.place, "period or every", t.Period.place):
	case t.Period.From.set() || t.Period.To.set() || !t.Period.Name.set():
		return c.customPeriod(t.Period)
	default:
		period, ok := parsePeriod(t.Period.Name.text)
		if !ok {
			c.add(t.Period.Name.place, quote(t.Period.Name.text)+" is not a period", periodHint)
		}
		return period
	}
	return crm.TargetPeriod{}
}

func (c *checker) customPeriod(p periodYAML) crm.TargetPeriod {
	period := crm.TargetPeriod{Unit: crm.PeriodCustom}
	if p.Name.set() {
		c.add(p.Name.place, "stands beside from and to", "keep one of them")
		return period
	}
	if !p.From.set() || !p.To.set() {
		c.lacks(p.place, "needs both from and to", "")
		return period
	}
	from, readFrom := c.date(p.From)
	to, readTo := c.date(p.To)
	if readFrom && readTo && from.Compare(to) > 0 {
		c.add(p.To.place, "is before from", "to is the last day of the period")
	}
	period.From, period.To = instant(from), instant(to)
	return period
}

func instant(d calendar.Date) crm.Instant { return crm.Date(d.Year, d.Month, d.Day) }

var (
	periodName  = regexp.MustCompile(`^(\d{4})(?:-(?:[Qq]([1-4])|(\d{2})))?$`)
	quarterName = regexp.MustCompile(`^[Qq]([1-4])[ /-]?(\d{4})$`)
	yearQuarter = regexp.MustCompile(`^(\d{4})[ /]?[Qq]([1-4])$`)
)

// monthLayouts are the spellings of months that are understood, in capitals or not. 10/2026 has one reading, for no day
// has four digits.
var monthLayouts = []string{"January 2006", "Jan 2006", "Jan-2006", "Jan-06", "2006 January", "2006 Jan", "1/2006"}

// parsePeriod reads 2026-10, 2026-Q4 and 2026, and what sheets hold: "Q4 2026", "October 2026", "Oct-26", and the first
// day of a month, which is how a sheet writes a month. Any other day is no period.
func parsePeriod(text string) (crm.TargetPeriod, bool) {
	text = strings.TrimSpace(text)
	if match := quarterName.FindStringSubmatch(text); match != nil {
		text = match[2] + "-Q" + match[1]
	} else if match := yearQuarter.FindStringSubmatch(text); match != nil {
		text = match[1] + "-Q" + match[2]
	}
	if match := periodName.FindStringSubmatch(text); match != nil {
		return namedPeriod(match[1], match[2], match[3])
	}
	if date, ok := parseDate(text); ok && date.Day == 1 {
		return crm.TargetPeriod{Unit: crm.PeriodMonth, Year: date.Year, Number: int(date.Month)}, true
	}
	for _, layout := range monthLayouts {
		if t, err := time.Parse(layout, text); err == nil && plausibleYear(t.Year()) {
			return crm.TargetPeriod{Unit: crm.PeriodMonth, Year: t.Year(), Number: int(t.Month())}, true
		}
	}
	return crm.TargetPeriod{}, false
}

// monthName reports whether a text is the name of a month, whose year nobody tells.
func monthName(text string) bool {
	_, long := time.Parse("January", text)
	_, short := time.Parse("Jan", text)
	return long == nil || short == nil
}

// periodText writes a month, quarter or year as parsePeriod reads it.
func periodText(p crm.TargetPeriod) string {
	switch p.Unit {
	case crm.PeriodMonth:
		return fmt.Sprintf("%d-%02d", p.Year, p.Number)
	case crm.PeriodQuarter:
		return fmt.Sprintf("%d-Q%d", p.Year, p.Number)
	default:
		return strconv.Itoa(p.Year)
	}
}

// namedPeriod takes the digits of a period's name.
func namedPeriod(year, quarter, month string) (crm.TargetPeriod, bool) {
	period := crm.TargetPeriod{Unit: crm.PeriodYear}
	period.Year, _ = strconv.Atoi(year)
	switch {
	case quarter != "":
		period.Unit = crm.PeriodQuarter
		period.Number, _ = strconv.Atoi(quarter)
	case month != "":
		period.Unit = crm.PeriodMonth
		period.Number, _ = strconv.Atoi(month)
		if period.Number < 1 || period.Number > 12 {
			return period, false
		}
	}
	return period, plausibleYear(period.Year)
}
