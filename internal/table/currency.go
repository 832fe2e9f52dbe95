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

// Currency returns the code of a currency that stands alone, as a sign, a code or a word. What it does not know stays as
// it is.
func Currency(text, reporting string) string {
	text = strings.ToUpper(Clean(text))
	if sign := ofWord(text); sign != "" {
		text = sign
	}
	if code := signed(text, "", reporting); code != "" {
		return code
	}
	return text
}

// signed returns the code behind a sign, "" where it is unknown or could be several.
func signed(sign, stated, reporting string) string {
	known := ofSign(sign)
	for _, c := range []string{stated, reporting} {
		if c != "" && slices.Contains(known, c) {
			return c
		}
	}
	switch {
	case len(known) == 0 && KnownCurrency(sign):
		return sign
	case len(known) == 0, known[0] == "SEK", known[0] == "INR" && sign != "₹":
		return "" // Several countries write kr and Rs, and none is meant more often.
	default:
		return known[0]
	}
}

// isCurrency reports whether a text in capitals is the sign or the code of a currency.
func isCurrency(text string) bool { return len(ofSign(text)) > 0 || KnownCurrency(text) }

// ofSign lists the currencies that a sign in capitals stands for, the one that it means by itself first.
func ofSign(sign string) []string {
	switch sign {
	case "$":
		return []string{"USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN", "BRL", "CLP", "COP", "ARS"}
	case "KR", "KR.":
		return []string{"SEK", "NOK", "DKK", "ISK"}
	case "¥":
		return []string{"JPY", "CNY"}
	case "€", "EURO", "EUROS":
		return []string{"EUR"}
	case "RS", "RS.":
		return []string{"INR", "PKR", "LKR", "NPR", "MUR", "SCR"}
	case "£":
		return []string{"GBP"}
	case "₹":
		return []string{"INR"}
	case "₩":
		return []string{"KRW"}
	case "₺":
		return []string{"TRY"}
	case "₪":
		return []string{"ILS"}
	case "₫":
		return []string{"VND"}
	case "₴":
		return []string{"UAH"}
	case "₱":
		return []string{"PHP"}
	case "฿":
		return []string{"THB"}
	case "₽":
		return []string{"RUB"}
	case "US$":
		return []string{"USD"}
	case "A$", "AU$":
		return []string{"AUD"}
	case "C$", "CA$":
		return []string{"CAD"}
	case "NZ$":
		return []string{"NZD"}
	case "S$":
		return []string{"SGD"}
	case "HK$":
		return []string{"HKD"}
	case "NT$":
		return []string{"TWD"}
	case "R$":
		return []string{"BRL"}
	case "MX$":
		return []string{"MXN"}
	case "ZŁ":
		return []string{"PLN"}
	case "KČ":
		return []string{"CZK"}
	case "FT":
		return []string{"HUF"}
	case "FR", "FR.", "SFR", "SFR.":
		return []string{"CHF"}
	default:
		return nil
	}
}
