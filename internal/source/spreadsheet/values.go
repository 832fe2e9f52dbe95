package spreadsheet

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

var utc = time.UTC

var errValue = errors.New("cannot be read")

// values reads cells as people and spreadsheet programs write them.
type values struct {
	currency string // reporting
	layout   string // of dates in text; "" is ISO 8601
	serial   bool   // dates may be numbers of days
	from1904 bool   // which day is number 0
}

// money reads "1054", "$500,000 ", "1,250.50 EUR" and the accountants' "(500)", and the currency that the text names;
// where it names none, stated is it. A text that contradicts what is stated cannot be read: one of both is wrong.
func (v values) money(text, stated string) (amount crm.Money, currency string, err error) {
	text = strings.TrimSpace(text)
	inner, accountants := strings.CutPrefix(text, "(")
	if accountants {
		if text, accountants = strings.CutSuffix(inner, ")"); !accountants {
			return 0, "", errValue
		}
	}
	number, sign := splitCurrency(text)
	currency, ok := v.currencyOf(sign, stated)
	if !ok {
		return 0, "", errValue
	}
	amount, err = crm.ParseMoney(number)
	if accountants {
		amount = -amount
	}
	return amount, currency, err
}

// splitCurrency takes the sign or code of a currency off both ends of an amount, and the spaces between its digits.
func splitCurrency(text string) (number, sign string) {
	var digits, letters strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
		case unicode.Is(unicode.Sc, r), unicode.IsLetter(r):
			letters.WriteRune(r)
		default:
			digits.WriteRune(r)
		}
	}
	if exponent := strings.ToUpper(letters.String()); exponent == "E" {
		return strings.Join(strings.Fields(text), ""), "" // 1.5E7, which is how programs write large numbers.
	}
	return digits.String(), strings.ToUpper(letters.String())
}

// currencyOf returns the currency of an amount with a sign. Dollars are of many countries: a $ is the stated or the
// reporting currency where that is a dollar.
func (v values) currencyOf(sign, stated string) (currency string, ok bool) {
	named := ""
	switch {
	case sign == "":
		return stated, true
	case sign == "$":
		named = "USD"
		for _, c := range []string{v.currency, stated} {
			if slices.Contains(dollars(), c) {
				named = c
			}
		}
	case len(sign) == 3 && strings.Trim(sign, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "":
		named = sign
	default:
		named = map[string]string{"US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW"}[sign]
	}
	return named, named != "" && (stated == "" || stated == named)
}

func dollars() []string {
	return []string{"USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN", "BRL", "CLP", "COP", "ARS"}
}

// instant reads a date in the configured layout, as ISO 8601, or as a spreadsheet's number of days. Times of day
// without a zone are UTC.
func (v values) instant(text string) (crm.Instant, error) {
	if text == "" {
		return crm.Instant{}, nil
	}
	if days, err := strconv.ParseFloat(text, 64); err == nil {
		return v.serialInstant(days)
	}
	if v.layout == "" {
		return crm.ParseInstant(text)
	}
	at, err := time.Parse(v.layout, text)
	if err != nil {
		return crm.Instant{}, errValue
	}
	if bareDate(v.layout) {
		return crm.Date(at.Year(), at.Month(), at.Day()), nil
	}
	return crm.Moment(at), nil
}

// serialInstant reads a number of days. In a text file a number is no date: it would be a year, or a date without
// separators in a layout that was not configured.
func (v values) serialInstant(days float64) (crm.Instant, error) {
	if !v.serial {
		return v.numberAsText(days)
	}
	at, err := excelize.ExcelDateToTime(days, v.from1904)
	if err != nil || at.Year() > 4000 {
		return crm.Instant{}, errValue
	}
	if days == math.Trunc(days) {
		return crm.Date(at.Year(), at.Month(), at.Day()), nil
	}
	return crm.Moment(at.Round(time.Second)), nil
}

// numberAsText gives a layout of digits alone, such as 20060102, its chance.
func (v values) numberAsText(number float64) (crm.Instant, error) {
	if v.layout == "" {
		return crm.Instant{}, errValue
	}
	at, err := time.Parse(v.layout, strconv.FormatFloat(number, 'f', -1, 64))
	if err != nil {
		return crm.Instant{}, errValue
	}
	return crm.Date(at.Year(), at.Month(), at.Day()), nil
}

// bareDate reports whether a layout has no time of day.
func bareDate(layout string) bool {
	morning := time.Date(2006, 1, 2, 3, 4, 5, 6e6, utc)
	evening := time.Date(2006, 1, 2, 23, 59, 58, 7e6, utc)
	return morning.Format(layout) == evening.Format(layout)
}

// probability reads "0.5", "50" and "50%". What cannot be read is unknown: no KPI needs it to be there.
func (v values) probability(text string) crm.Probability {
	number, percent := strings.CutSuffix(text, "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil {
		return crm.ProbabilityUnknown
	}
	if percent || f > 1 {
		f /= 100
	}
	return crm.ProbabilityOf(f)
}
