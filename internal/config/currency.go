package config

import (
	"strings"

	tables "github.com/sales-exporter/sales_exporter/internal/table"
)

// KnownCurrency reports whether a code is one that a configuration can name as its currency.
func KnownCurrency(code string) bool { return tables.KnownCurrency(code) }

// currenciesOfSign returns what a sign typed before an amount can mean, none for what is no sign.
func currenciesOfSign(sign string) []string {
	switch sign {
	case "$":
		return strings.Fields("USD AUD BBD BMD BND BSD BZD CAD CLP COP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD " +
			"TWD XCD ARS UYU")
	case "€":
		return []string{"EUR"}
	case "£":
		return []string{"GBP", "EGP", "FKP", "GIP", "SHP"}
	case "¥":
		return []string{"JPY", "CNY"}
	default:
		return nil
	}
}
