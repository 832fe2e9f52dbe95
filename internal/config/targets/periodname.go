package targets

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	tables "github.com/sales-exporter/sales_exporter/internal/table"
)

// The spellings of periods, in capitals or not. A year of two digits stands only where it cannot be a day.
var (
	yearName    = regexp.MustCompile(`^(?:(\d{4})|FY ?'?(\d{4}|\d{2}))$`)
	quarterName = regexp.MustCompile(`^(?:Q([1-4])|([1-4])Q)[ /-]?(?:FY ?)?'?(\d{4}|\d{2})$`)
	yearQuarter = regexp.MustCompile(`^(?:(\d{4})|FY ?'?(\d{4}|\d{2}))[ /-]?Q([1-4])$`)
	yearMonth   = regexp.MustCompile(`^(\d{4})(?:-(\d{2})|/(\d{1,2}))$`)
	monthYear   = regexp.MustCompile(`^(\d{1,2})[/.](\d{4})$`) // It has one reading: no day has four digits.
	firstOfThe  = regexp.MustCompile(`^0?1\.(\d{1,2})\.(\d{4})$`)
	wordYear    = regexp.MustCompile(`^(\pL+)\.?(?:[ /-]?(\d{4})|(?:-|[ -]?')(\d{2}))$`)
	yearWord    = regexp.MustCompile(`^(\d{4})[ /-](\pL+)\.?$`)
)

// parsePeriod reads 2026-10, 2026-Q4 and 2026, and what sheets hold: "Q4 2026", "FY26", "October 2026", "Oct-26", and the
// first day of a month, which is how a sheet writes a month. Any other day is no period.
func parsePeriod(text string) (period crm.TargetPeriod, ok bool) {
	text = strings.ToUpper(tables.Clean(text))
	if m := yearName.FindStringSubmatch(text); m != nil {
		return periodOf(crm.PeriodYear, m[1]+m[2], "")
	}
	if m := quarterName.FindStringSubmatch(text); m != nil {
		return periodOf(crm.PeriodQuarter, m[3], m[1]+m[2])
	}
	if m := yearQuarter.FindStringSubmatch(text); m != nil {
		return periodOf(crm.PeriodQuarter, m[1]+m[2], m[3])
	}
	if m := yearMonth.FindStringSubmatch(text); m != nil {
		return periodOf(crm.PeriodMonth, m[1], m[2]+m[3])
	}
	for _, shape := range []*regexp.Regexp{monthYear, firstOfThe} {
		if m := shape.FindStringSubmatch(text); m != nil {
			return periodOf(crm.PeriodMonth, m[2], m[1])
		}
	}
	if m := wordYear.FindStringSubmatch(text); m != nil {
		return periodOf(crm.PeriodMonth, m[2]+m[3], monthNumber(m[1]))
	}
	if m := yearWord.FindStringSubmatch(text); m != nil {
		return periodOf(crm.PeriodMonth, m[1], monthNumber(m[2]))
	}
	if date, ok := document.ParseDate(text); ok && date.Day == 1 {
		return crm.TargetPeriod{Unit: crm.PeriodMonth, Year: date.Year, Number: int(date.Month)}, true
	}
	return crm.TargetPeriod{}, false
}

// periodOf takes the digits of a period's name.
func periodOf(unit crm.PeriodUnit, year, number string) (crm.TargetPeriod, bool) {
	period := crm.TargetPeriod{Unit: unit}
	period.Year, _ = strconv.Atoi(year)
	if len(year) == 2 {
		period.Year += 2000
	}
	if unit == crm.PeriodYear {
		return period, document.PlausibleYear(period.Year)
	}
	period.Number, _ = strconv.Atoi(number)
	return period, document.PlausibleYear(period.Year) && period.Number >= 1 && period.Number <= 12
}

// monthNumber returns the digits of a month by its English, German or French name, "" of another word.
func monthNumber(word string) string {
	for i, names := range []string{
		"january jan januar jänner janvier janv", "february feb februar février févr fév fevrier fevr fev",
		"march mar märz mär maerz mrz mars", "april apr avril avr", "may mai", "june jun juni juin",
		"july jul juli juillet juil", "august aug août aout", "september sep sept septembre",
		"october oct oktober okt octobre", "november nov novembre", "december dec dezember dez décembre déc",
	} {
		for name := range strings.FieldsSeq(names) {
			if name == tables.Key(word) {
				return strconv.Itoa(i + 1)
			}
		}
	}
	return ""
}

// monthName reports whether a text is the name of a month, whose year nobody tells.
func monthName(text string) bool { return monthNumber(strings.TrimSuffix(text, ".")) != "" }

// notPeriod says what is wrong with a text that is no period.
func notPeriod(text string) string {
	date, ok := document.ParseDate(text)
	if day, err := time.Parse("2.1.2006", text); err == nil && !ok {
		date, ok = calendar.Date{Year: day.Year(), Month: day.Month(), Day: day.Day()}, true
	}
	if ok {
		return fmt.Sprintf("%s is the day %s, not the first of a month", document.Quote(text), date)
	}
	return document.Quote(text) + " is not a period"
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
