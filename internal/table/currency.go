package table

import (
	"slices"
	"strings"
)

// CurrencyOf returns the currency of an amount whose text or format carries a sign or a code, or none: then it is the
// stated one, that of a column of currencies. A sign of many countries is the stated or the reporting currency where
// that has the sign. False means that the sign is unknown, has several readings, or contradicts what is stated.
func (a Amount) CurrencyOf(stated, reporting string) (currency string, ok bool) {
	if a.Currency == "" {
		return stated, true
	}
	currency = signed(a.Currency, stated, reporting)
	return currency, currency != "" && (stated == "" || stated == currency)
}

// Currency returns the code of a currency that stands alone, as a sign or a code. What it does not know stays as it is.
func Currency(text, reporting string) string {
	text = strings.ToUpper(text)
	if code := signed(text, "", reporting); code != "" {
		return code
	}
	return text
}

func signed(sign, stated, reporting string) string {
	if isCode(sign) {
		return sign
	}
	known := signs()[sign]
	for _, c := range []string{stated, reporting} {
		if c != "" && slices.Contains(known, c) {
			return c
		}
	}
	if len(known) == 0 || slices.Contains([]string{"KR", "KR."}, sign) {
		return "" // Three countries write kr and none is meant more often.
	}
	return known[0]
}

func isCode(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// signs lists the currencies of a sign, the one that it means by itself first.
func signs() map[string][]string {
	kroner := []string{"SEK", "NOK", "DKK", "ISK"}
	return map[string][]string{
		"$":   {"USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN", "BRL", "CLP", "COP", "ARS"},
		"US$": {"USD"}, "A$": {"AUD"}, "AU$": {"AUD"}, "C$": {"CAD"}, "CA$": {"CAD"}, "NZ$": {"NZD"}, "S$": {"SGD"},
		"HK$": {"HKD"}, "NT$": {"TWD"}, "R$": {"BRL"}, "MX$": {"MXN"},
		"€": {"EUR"}, "£": {"GBP"}, "¥": {"JPY", "CNY"}, "₹": {"INR"}, "₩": {"KRW"}, "₺": {"TRY"}, "₪": {"ILS"},
		"₫": {"VND"}, "₴": {"UAH"}, "₱": {"PHP"}, "฿": {"THB"}, "₽": {"RUB"},
		"KR": kroner, "KR.": kroner, "ZŁ": {"PLN"}, "KČ": {"CZK"}, "FT": {"HUF"}, "FR": {"CHF"}, "FR.": {"CHF"},
		"SFR": {"CHF"}, "SFR.": {"CHF"},
	}
}
