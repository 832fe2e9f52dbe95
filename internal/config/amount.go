package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	tables "github.com/sales-exporter/sales_exporter/internal/table"
)

// number is a scalar that holds a number as people write it: a text of the configuration, or a cell of a sheet.
type number struct {
	scalar
	cell    tables.Cell    // blank for a text of the configuration
	decimal tables.Decimal // of the sheet, see Grid.DecideDecimal
}

// ratio is a number and whether it was written with a percent sign, as that of "25%", which is 0.25, or with a currency.
type ratio struct {
	value          float64
	percent, money bool
}

// quantity reads a number. It returns what is wrong with it and what to write instead, "" where nothing is.
//
// It understands 500000, "500,000.50", "EUR 500000" and "25%". A text that is one number with a decimal point and another
// with a decimal comma is refused, with both, and so is money in another currency than the reporting one: there is no
// rate to convert it with.
func (n number) quantity(currency string) (read ratio, wrong, hint string) {
	amount, err := n.amount()
	if ambiguous, ok := errors.AsType[*tables.Ambiguous](err); ok {
		wrong, hint = bothReadings(n.text, ambiguous)
		return read, wrong, hint
	}
	if merged, ok := errors.AsType[*tables.Merged](err); ok {
		return read, "is in a merged cell: " + merged.Error(), "write the amount of each row into its own cell"
	}
	if err != nil {
		hint = "write a number such as 500000"
		if comma, err := tables.ParseAmount(n.text, tables.Comma); err == nil && !n.cell.Dash() {
			hint = "write " + comma.Number
		}
		if n.cell.Format != nil && n.cell.Format.Unit != "" {
			return read, fmt.Sprintf("%s is shown in units of %s", quote(n.text), quote(n.cell.Format.Unit)),
				"write the whole number, in a format without a unit"
		}
		return read, quote(n.text) + " is not a number", hint
	}
	switch code, _ := amount.CurrencyOf("", currency); {
	case amount.Currency == "", code == currency, slices.Contains(currenciesOfSign(amount.Currency), currency):
	case code == "":
		return read, quote(n.text) + " is not a number", "write a number such as 500000"
	default:
		return read, quote(n.text) + " is not in " + currency + ", the reporting currency", "write a number such as 500000"
	}
	read = ratio{amount.Float(), amount.Percent, amount.Currency != ""}
	if read.percent {
		read.value /= 100
	}
	return read, "", ""
}

// amount reads the number. The decimal sign of a configuration is the point, and yet "500.000" is refused there: whoever
// writes it may be used to the comma.
func (n number) amount() (tables.Amount, error) {
	if n.cell.Dash() {
		return tables.Amount{}, &tables.NotNumber{Text: n.text} // No target of 0 is meant.
	}
	if n.cell.Kind != tables.Blank {
		return n.decimal.Amount(n.cell)
	}
	text := n.text
	if plainNumber.MatchString(text) {
		text = strings.ReplaceAll(text, "_", "") // 500_000, as YAML has it.
	}
	if amount, err := tables.ParseAmount(text, tables.Undecided); err != nil {
		return amount, err
	}
	return tables.ParseAmount(text, tables.Point)
}

// bothReadings says which numbers a text such as "500.000" may be, and how to write each so that it is only one.
func bothReadings(text string, a *tables.Ambiguous) (wrong, hint string) {
	whole, fraction := a.Point, a.Comma
	if strings.Contains(text, ".") {
		whole, fraction = a.Comma, a.Point
	}
	wrong = fmt.Sprintf("%s may be %s or %s", quote(text), whole, fraction)
	_, digits, _ := strings.Cut(fraction, ".")
	switch len(digits) {
	case 0:
		fraction += ".0"
	case 3:
		fraction += "0" // Three digits behind the point are what is ambiguous.
	}
	if strings.HasSuffix(text, "%") {
		whole, fraction = whole+"%", fraction+"%"
	}
	return wrong, "write " + whole + " or " + fraction
}

// targetValue reads a value above 0; a win ratio is at most 1.
func (c *checker) targetValue(n number, kpi string) float64 {
	read, wrong, hint := n.quantity(c.currency)
	switch {
	case wrong != "":
		c.add(n.place, wrong, hint)
	case read.value <= 0:
		c.add(n.place, quote(n.text)+" is out of range", "a target must be above 0")
	case kpi == winRatio && read.value > 1:
		c.add(n.place, quote(n.text)+" is out of range", "a win ratio is at most 1; write 0.25 for 25%")
	case read.money && strings.HasPrefix(kpi, "deals_"):
		c.add(n.place, quote(n.text)+" is an amount of money, but "+kpi+" is a count", "write a number such as 12")
	case read.money && kpi == winRatio:
		c.add(n.place, quote(n.text)+" is an amount of money, but a win ratio is not", "write 0.25 or 25%")
	case read.percent && kpi != winRatio && slices.Contains(TargetKPIs(), kpi):
		c.add(n.place, quote(n.text)+" is a percentage, but "+kpi+" is not", "write a number such as 500000, or growth: "+n.text)
	}
	return read.value
}

// growthRatio reads how much more than in an earlier period is to be reached: 0.2 or 20%. Above 1 only the percent sign
// tells 20% from twenty times as much.
func (c *checker) growthRatio(n number) float64 {
	read, wrong, hint := n.quantity(c.currency)
	switch {
	case wrong != "":
		if strings.HasSuffix(wrong, "is not a number") {
			wrong, hint = quote(n.text)+" is not a growth", "write 0.2 or 20%; it must be above -1"
		}
		c.add(n.place, wrong, hint)
	case read.money, read.value <= -1:
		c.add(n.place, quote(n.text)+" is not a growth", "write 0.2 or 20%; it must be above -1")
	case read.value > 1 && !read.percent:
		c.add(n.place, fmt.Sprintf("%s may be %g%% or %g%%", quote(n.text), read.value, 100*read.value),
			"write it with the percent sign")
	}
	return read.value
}
