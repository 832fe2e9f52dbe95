package table

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Amount is a number as a person or a program wrote it.
type Amount struct {
	Number   string // plain, such as "-1250.5" or "1.5E7"
	Currency string // sign or code as written, in capitals; "" where there is none, see CurrencyOf
	Percent  bool   // the number is followed by a percent sign
}

// Money returns the number in currency units.
func (a Amount) Money() (value.Money, error) { return value.ParseMoney(a.Number) }

// Float returns the number; that of "50%" is 50.
func (a Amount) Float() float64 {
	f, err := strconv.ParseFloat(a.Number, 64)
	if err != nil {
		return 0 // The texts of an Amount are numbers; one beyond any float is no amount and fails as Money.
	}
	return f
}

// Ambiguous is the error of a text that is one number with a decimal point, another with a decimal comma.
type Ambiguous struct{ Text, Point, Comma string }

// Error implements error.
func (e *Ambiguous) Error() string {
	return fmt.Sprintf("%q may be %s or %s", e.Text, e.Point, e.Comma)
}

// NotNumber is the error of a text that is no number under any, or under the given decimal sign.
type NotNumber struct{ Text string }

// Error implements error.
func (e *NotNumber) Error() string { return fmt.Sprintf("%q is not a number", e.Text) }

// ParseAmount reads a text such as "1054", "$500,000", "1.250,50 EUR", "1'250.50", "12,5 %" and the accountants'
// "(500)". Where the decimal sign is Undecided, a text with two readings is an *Ambiguous error.
func ParseAmount(text string, decimal Decimal) (Amount, error) {
	w, ok := takeApart(text)
	if !ok {
		return Amount{}, &NotNumber{text}
	}
	point, byPoint := w.read(Point)
	comma, byComma := w.read(Comma)
	switch {
	case decimal == Point && byPoint, decimal == Undecided && byPoint && !byComma:
		return point, nil
	case decimal == Comma && byComma, decimal == Undecided && byComma && !byPoint:
		return comma, nil
	case decimal != Undecided || !byPoint:
		return Amount{}, &NotNumber{text}
	case point.Number == comma.Number:
		return point, nil
	default:
		return Amount{}, &Ambiguous{Text: text, Point: point.plain(), Comma: comma.plain()}
	}
}

// plain shows a number without the zeros that say nothing.
func (a Amount) plain() string {
	if strings.Contains(a.Number, ".") {
		return strings.TrimRight(strings.TrimRight(a.Number, "0"), ".")
	}
	return a.Number
}

// Amount reads a cell by the decimal sign of its file. Dates that a program made out of numbers, truth values and
// numbers in thousands, which only their format says, are no amounts. One number in a cell that was merged over several
// rows is a *Merged error.
func (d Decimal) Amount(c Cell) (Amount, error) {
	if c.Merged != nil {
		return Amount{}, c.Merged
	}
	switch c.Kind {
	case Text:
		return ParseAmount(c.Text, d)
	case Number:
		return c.number()
	default:
		return Amount{}, &NotNumber{c.Text}
	}
}

// number reads a number of a workbook.
func (c Cell) number() (Amount, error) {
	value, err := strconv.ParseFloat(c.Text, 64)
	if err != nil || math.IsInf(value, 0) || math.IsNaN(value) {
		return Amount{}, &NotNumber{c.Text}
	}
	switch {
	case c.Format == nil:
		return Amount{Number: c.Text}, nil
	case c.Format.Date:
		return Amount{}, &NotNumber{c.Text + ", shown as a date,"}
	case c.Format.Unit != "":
		return Amount{}, &NotNumber{c.Text + " " + c.Format.Unit}
	case c.Format.Percent:
		return Amount{Number: strconv.FormatFloat(value*100, 'g', 15, 64), Percent: true}, nil
	default:
		return Amount{Number: c.Text, Currency: c.Format.Currency}, nil
	}
}

// written is a number taken apart: what stands around its digits, and the digits with their separators.
type written struct {
	sign, digits, exponent, currency string
	percent                          bool
}

var (
	numberShape = regexp.MustCompile(`^([^0-9]*?)([.,]?[0-9][0-9., ']*)([eE][+-]?[0-9]{1,3})?([^0-9]*)$`)
	// dashShape is how accountants write 0, with a currency or without: "-", "$ -", "- €".
	dashShape = regexp.MustCompile(`^([^0-9()-]*)-([^0-9()-]*)$`)
)

// maxNumber is longer than any amount, in bytes.
const maxNumber = 64

// takeApart finds the sign, the currency and the percent sign of a number.
func takeApart(text string) (w written, ok bool) {
	if len(text) > maxNumber {
		return w, false
	}
	text = strings.Map(plainRune, strings.TrimSpace(text))
	if match := dashShape.FindStringSubmatch(text); match != nil {
		w.currency, w.digits = around(match[1], match[2]), "0"
		return w, w.currency == "" || isCurrency(w.currency)
	}
	match := numberShape.FindStringSubmatch(text)
	if match == nil {
		return w, false
	}
	before, after := match[1], match[4]
	w.digits, w.exponent = strings.TrimSpace(match[2]), match[3]
	if before, after, ok = w.takeSign(before, after, strings.HasSuffix(match[2], " ")); !ok {
		return w, false
	}
	if rest, found := strings.CutSuffix(after, "%"); found {
		w.percent, after = true, rest
	}
	w.currency = around(before, after)
	// In "Fr.500" the point belongs to the word.
	glued := strings.ContainsAny(w.digits[:1], ".,") && w.currency != ""
	return w, !glued && !strings.ContainsAny(w.currency, "+-%()0123456789") && (!w.percent || w.currency == "")
}

// around returns what stands beside a number, in capitals.
func around(before, after string) string {
	return strings.ToUpper(strings.TrimSpace(before) + strings.TrimSpace(after))
}

// takeSign takes the sign out of what stands around the digits: a minus in front of them or, as some ledgers write it,
// right behind them, or the accountants' parentheses. A number has one of them. In "500.-" the dash stands for no cents.
func (w *written) takeSign(before, after string, spaced bool) (rest, behind string, ok bool) {
	if open := strings.Index(before, "("); open >= 0 {
		closed := strings.LastIndex(after, ")")
		if closed < 0 {
			return "", "", false
		}
		w.sign = "-"
		before, after = before[:open]+before[open+1:], after[:closed]+after[closed+1:]
	}
	if at := strings.IndexAny(before, "+-"); at >= 0 {
		if w.sign != "" {
			return "", "", false
		}
		w.sign = before[at : at+1]
		before = before[:at] + before[at+1:]
	}
	switch rest := strings.TrimLeft(after, "-"); {
	case rest == after || spaced:
	case strings.ContainsAny(w.digits[len(w.digits)-1:], ".,"):
		after = rest
	case w.sign == "" && len(rest) == len(after)-1 && w.exponent == "":
		w.sign, after = "-", rest
	}
	return before, after, true
}

// plainRune makes one of the spaces, apostrophes and minus signs that programs use.
func plainRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case r == '\u2019': // ’
		return '\''
	case r == '\u2212', r == '\u2010', r == '\u2011', r == '\u2013', r == '\u2014': // − ‐ ‑ – —
		return '-'
	default:
		return r
	}
}

// read reads the number by a decimal sign; false where that makes no number of it.
func (w written) read(decimal Decimal) (Amount, bool) {
	whole, fraction, _ := strings.Cut(w.digits, decimal.String())
	other := byte(Point)
	if decimal == Point {
		other = byte(Comma)
	}
	plain, ok := ungroup(whole, other)
	if !ok || !onlyDigits(fraction) || w.exponent != "" && plain != whole {
		return Amount{}, false
	}
	number := strings.TrimPrefix(w.sign, "+") + plain
	if plain == "" {
		number += "0"
	}
	if fraction != "" {
		number += "." + fraction
	}
	return Amount{Number: number + strings.ToUpper(w.exponent), Currency: w.currency, Percent: w.percent}, true
}

func onlyDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// ungroup takes the separators of thousands out of a whole number: one kind of them, between groups of three digits, or
// of two before the last three, as in India. A number does not begin with a group of zeros.
func ungroup(whole string, other byte) (string, bool) {
	at := strings.IndexFunc(whole, func(r rune) bool { return r < '0' || r > '9' })
	if at < 0 {
		return whole, true
	}
	separator := whole[at]
	if separator != other && separator != ' ' && separator != '\'' {
		return "", false
	}
	groups := strings.Split(whole, string(separator))
	last := len(groups) - 1
	size := 3
	if last > 1 && separator == ',' && len(groups[1]) == 2 {
		size = 2
	}
	for i, group := range groups {
		switch {
		case !onlyDigits(group),
			i == 0 && (group == "" || len(group) > size || group[0] == '0'),
			i > 0 && i < last && len(group) != size,
			i == last && len(group) != 3:
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}
