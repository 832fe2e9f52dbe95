package targets

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config/document"
	tables "github.com/sales-exporter/sales_exporter/internal/table"
)

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
func quantity(n document.Number, currency string) (read ratio, wrong, hint string) {
	amount, err := n.Amount()
	if ambiguous, ok := errors.AsType[*tables.Ambiguous](err); ok {
		wrong, hint = document.BothReadings(n.Text, ambiguous)
		return read, wrong, hint
	}
	if merged, ok := errors.AsType[*tables.Merged](err); ok {
		return read, "is in a merged cell: " + merged.Error(), "write the amount of each row into its own cell"
	}
	if err != nil {
		hint = "write a number such as 500000"
		if comma, err := tables.ParseAmount(n.Text, tables.Comma); err == nil && !n.Cell.Dash() {
			hint = "write " + comma.Number
		}
		if n.Cell.Format != nil && n.Cell.Format.Unit != "" {
			return read, fmt.Sprintf("%s is shown in units of %s", document.Quote(n.Text), document.Quote(n.Cell.Format.Unit)),
				"write the whole number, in a format without a unit"
		}
		return read, document.Quote(n.Text) + " is not a number", hint
	}
	switch code, _ := amount.CurrencyOf("", currency); {
	case amount.Currency == "", code == currency, slices.Contains(currenciesOfSign(amount.Currency), currency):
	case code == "":
		return read, document.Quote(n.Text) + " is not a number", "write a number such as 500000"
	default:
		return ratio{money: true}, document.Quote(n.Text) + " is not in " + currency + ", the reporting currency", "write a number such as 500000"
	}
	read = ratio{amount.Float(), amount.Percent, amount.Currency != ""}
	if read.percent {
		read.value /= 100
	}
	return read, "", ""
}

// targetValue reads a value above 0; a win ratio is at most 1.
func (c *Checker) targetValue(n document.Number, name string) float64 {
	kpi, known := c.kpi(name)
	count := known && !kpi.Money && !kpi.Ratio
	read, wrong, hint := quantity(n, c.Currency)
	switch {
	case read.money && count:
		c.Add(n.Position, document.Quote(n.Text)+" is an amount of money, but "+name+" is a count", "write a number such as 12")
	case wrong != "":
		c.Add(n.Position, wrong, hint)
	case read.value <= 0:
		c.Add(n.Position, document.Quote(n.Text)+" is out of range", "a target must be above 0")
	case kpi.Ratio && read.value > 1:
		c.Add(n.Position, document.Quote(n.Text)+" is out of range", "a win ratio is at most 1; write 0.25 for 25%")
	case read.money && kpi.Ratio:
		c.Add(n.Position, document.Quote(n.Text)+" is an amount of money, but a win ratio is not", "write 0.25 or 25%")
	case read.percent && known && !kpi.Ratio:
		c.Add(n.Position, document.Quote(n.Text)+" is a percentage, but "+name+" is not", "write a number such as 500000, or growth: "+n.Text)
	}
	return read.value
}

// growthRatio reads how much more than in an earlier period is to be reached: 0.2 or 20%. Above 1 only the percent sign
// tells 20% from twenty times as much.
func (c *Checker) growthRatio(n document.Number) float64 {
	read, wrong, hint := quantity(n, c.Currency)
	switch {
	case wrong != "":
		if strings.HasSuffix(wrong, "is not a number") {
			wrong, hint = document.Quote(n.Text)+" is not a growth", "write 0.2 or 20%; it must be above -1"
		}
		c.Add(n.Position, wrong, hint)
	case read.money, read.value <= -1:
		c.Add(n.Position, document.Quote(n.Text)+" is not a growth", "write 0.2 or 20%; it must be above -1")
	case read.value > 1 && !read.percent:
		c.Add(n.Position, fmt.Sprintf("%s may be %g%% or %g%%", document.Quote(n.Text), read.value, 100*read.value),
			"write it with the percent sign")
	}
	return read.value
}
