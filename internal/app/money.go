package app

import (
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/facts"
)

// money is what the configuration says of the currency of a source's amounts.
type money struct {
	kind      string // of the source
	currency  string // of amounts that carry none, "" where it does not say
	property  string // that is the amount by the configuration, "" for the CRM's own
	reporting string
}

// contradiction warns of a currency of the source that is not the account's. The configuration decides, and it may be
// wrong: amounts in dollars would count as euros. Another property may well hold amounts in another currency.
func (m money) contradiction(account string) string {
	if m.property != "" || m.currency == "" || account == "" || m.currency == account {
		return ""
	}
	return fmt.Sprintf("the account's currency is %s and the source's is %s: amounts without a currency count "+
		"as %s; remove currency from the source if they are in %s", account, m.currency, m.currency, account)
}

// warning says why a source has no money metrics and what to set, "" where it has them.
func (m money) warning(w *facts.Withheld) string {
	switch {
	case w == nil:
		return ""
	case w.Currency != "":
		return m.warningOf(w.Currency)
	default:
		return fmt.Sprintf("no amount of the source is in the reporting currency %s and there is no rate: money "+
			"metrics of this source are absent; set currency at the top to that of the amounts, or %s", m.reporting, m.otherWay())
	}
}

// warningOf is the warning of a source whose account is in a currency, before anything is known of its amounts; "" where
// money metrics can be expected.
func (m money) warningOf(account string) string {
	whose, currency := "account's", account
	if m.currency != "" {
		whose, currency = "source's", m.currency
	}
	if currency == "" || currency == m.reporting {
		return ""
	}
	return fmt.Sprintf("the %s currency is %s, the reporting currency is %s and there is no rate: money metrics of this "+
		"source are absent; set currency: %s at the top, or %s", whose, currency, m.reporting, currency, m.otherWay())
}

// otherWay says what to do where the reporting currency is right.
func (m money) otherWay() string {
	if m.kind == "spreadsheet" {
		return fmt.Sprintf("name a column of amounts in %s and set currency: %s at the source", m.reporting, m.reporting)
	}
	return fmt.Sprintf("amount: {property: …} to an amount in %s and currency: %s at the source", m.reporting, m.reporting)
}
