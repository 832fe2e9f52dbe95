package targets

import (
	"strings"
)

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
