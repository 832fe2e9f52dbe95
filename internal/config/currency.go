package config

import (
	"slices"
	"strings"
)

// KnownCurrency reports whether a code is one that a configuration can name as its currency.
func KnownCurrency(code string) bool { return slices.Contains(currencies(), code) }

// currencies returns the codes of ISO 4217 that are money in somebody's pocket (no metals, no test codes).
func currencies() []string {
	return strings.Fields(`
		AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
		CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF
		GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT
		LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD
		OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL
		THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER
		ZAR ZMW ZWG`)
}

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
