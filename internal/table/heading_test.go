package table

import (
	"slices"
	"strings"
	"testing"
)

func someCodes(code string) bool {
	return slices.Contains(strings.Fields("USD EUR GBP CHF SEK TRY ALL TOP RON MAD"), code)
}

// TestReadHeading reads what names of columns say of the amounts below them.
func TestReadHeading(t *testing.T) {
	for text, want := range map[string]Heading{
		"amount": {}, "Close value": {}, "ACV": {}, "Total (all)": {}, "Top line": {}, "Amount won": {}, "Deal size": {},
		"Amount (EUR)": {Currency: "EUR"}, "amount_eur": {Currency: "EUR"}, "Umsatz in €": {Currency: "€"},
		"USD": {Currency: "USD"}, "Amount, GBP": {Currency: "GBP"}, "Betrag [CHF]": {Currency: "CHF"},
		"Amount $": {Currency: "$"}, "Amount (US$)": {Currency: "US$"}, "Betrag in Euro": {Currency: "EUR"},
		"Amount (TRY)": {Currency: "TRY"}, "Try amount": {}, "Amount (dollars)": {Currency: "$"},
		"Amount in US Dollars": {Currency: "USD"},
		"Umsatz (T€)":          {"€", "T€"}, "Umsatz TEUR": {"EUR", "TEUR"}, "Amount (k€)": {"€", "k€"}, "Amount ($k)": {"$", "$k"},
		"Amount €k": {"€", "€k"}, "Amount in kUSD": {"USD", "kUSD"}, "MSEK": {"SEK", "MSEK"}, "EURm": {"EUR", "EURm"},
		"Amount (k)": {"", "k"}, "Amount_k": {"", "k"}, "Amount M": {"", "M"}, "Umsatz Tsd. EUR": {"EUR", "Tsd"},
		"Umsatz (Mio. €)": {"€", "Mio"}, "Amount in thousands": {"", "thousands"}, "Amount ($000)": {"$", "$000"},
		"Amount ('000)": {"", "000"}, "Amount in millions of dollars": {"$", "millions"}, "amount_cents": {"", "cents"},
		"Wert in 1.000 EUR": {"EUR", "1.000"}, "Amount (EUR k)": {"EUR", "k"}, "Amount ($mm)": {"$", "$mm"},
		"Belopp (tkr)": {"KR", "tkr"}, "Bel\u00f8b (t.kr.)": {"KR", "t.kr"}, "Kwota (tys. PLN)": {"", "tys"}, "Omkr": {},
		"Betrag T EUR": {"EUR", "T"}, "Betrag in T EUR": {"EUR", "T"}, "Betrag (T EUR)": {"EUR", "T"}, "Betrag T-EUR": {"EUR", "T"},
		"Amount EUR (T)": {"EUR", "T"}, "Betrag in T €": {"€", "T"}, "Amount T": {}, "EUR th.": {"EUR", "th"}, "Betrag Tsd.€": {"€", "Tsd.€"},
		"Umsatz in Tsd. EUR": {"EUR", "Tsd"}, "Umsatz Mio.€": {"€", "Mio.€"}, "Сумма, тыс. руб": {"", "тыс"}, "売上(千円)": {"", "千円"},
		"Importe en miles de EUR": {"EUR", "miles"}, "Amount ×1000": {"", "1000"}, "Model T": {}, "EUR total": {Currency: "EUR"},
		"Amount x 1,000": {"", "000"}, "EUR'000": {"EUR", "000"},
	} {
		if got := ReadHeading(text, someCodes); got != want {
			t.Errorf("ReadHeading(%q) is %+v, want %+v", text, got, want)
		}
	}
}

// TestReadTitle holds that a title is a sentence: its words are units only where they are written as such.
func TestReadTitle(t *testing.T) {
	for text, want := range map[string]Heading{
		"Targets 2024": {}, "Top 1000 accounts": {}, "Plan M Müller": {}, "One million club": {}, "Deals above $1M": {},
		"EUR team plan": {}, "Targets (all)": {},
		"Targets 2024 in k€": {"€", "k€"}, "Targets (k€)": {"€", "k€"}, "Plan in thousands": {"", "thousands"},
		"Plan 2024, TEUR": {"EUR", "TEUR"}, "Plan (Mio. EUR)": {"EUR", "Mio"}, "Ziele in Tsd. €": {"€", "Tsd"},
		"All figures in EUR k": {"EUR", "k"}, "Plan (EUR)": {Currency: "EUR"}, "Plan in €": {Currency: "€"},
	} {
		if got := ReadTitle(text, someCodes); got != want {
			t.Errorf("ReadTitle(%q) is %+v, want %+v", text, got, want)
		}
	}
}

// TestCurrencyWords reads the words that people write into a column of currencies.
func TestCurrencyWords(t *testing.T) {
	for text, want := range map[string]string{
		"Euro": "EUR", "euros": "EUR", "US Dollar": "USD", "US\u00a0dollars": "USD", "Dollar": "CAD", "Swiss Franc": "CHF",
		"Pounds": "GBP", "EUR": "EUR", "€": "EUR", "bitcoin": "BITCOIN", "": "",
	} {
		if got := Currency(text, "CAD"); got != want {
			t.Errorf("Currency(%q) is %q, want %q", text, got, want)
		}
	}
}
