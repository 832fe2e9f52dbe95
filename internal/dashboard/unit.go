package dashboard

// The units of Grafana that boards use beside the currency's.
const (
	unitRatio     = "percentunit"
	unitText      = "string"
	unitCount     = "locale" // every digit: people compare counts with those of the CRM
	unitAxis      = "short"  // counts on an axis
	unitPlain     = "none"
	unitSeconds   = "s"
	unitDays      = "d"
	unitBytes     = "bytes"
	unitRate      = "reqps"
	unitEvents    = "cps"
	unitFromNow   = "dateTimeFromNow"
	unitWholeDays = "suffix:days" // Grafana's own unit of days turns into weeks
	unitMultiple  = "suffix:x"    // 3.1x, of coverage
)

// builtin are the currencies that Grafana 9 has a unit of its own for. Others are shown with their code.
func builtin() map[string]string {
	return map[string]string{
		"USD": "currencyUSD", "GBP": "currencyGBP", "EUR": "currencyEUR", "JPY": "currencyJPY", "RUB": "currencyRUB",
		"UAH": "currencyUAH", "BRL": "currencyBRL", "DKK": "currencyDKK", "ISK": "currencyISK", "NOK": "currencyNOK",
		"SEK": "currencySEK", "CZK": "currencyCZK", "CHF": "currencyCHF", "PLN": "currencyPLN", "ZAR": "currencyZAR",
		"INR": "currencyINR", "KRW": "currencyKRW", "IDR": "currencyIDR", "PHP": "currencyPHP", "VND": "currencyVND",
	}
}

func currencyUnit(code string) string {
	if unit, ok := builtin()[code]; ok {
		return unit
	}
	return "currency:" + code
}
