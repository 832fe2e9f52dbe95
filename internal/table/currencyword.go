package table

// ofWord returns the sign or code of a currency that is written as a word in capitals, "" where it is unknown.
func ofWord(word string) string {
	switch word {
	case "EURO", "EUROS":
		return "EUR"
	case "US DOLLAR", "US DOLLARS", "U.S. DOLLAR", "U.S. DOLLARS", "US-DOLLAR":
		return "USD"
	case "DOLLAR", "DOLLARS":
		return "$"
	case "POUND", "POUNDS", "POUND STERLING", "POUNDS STERLING", "BRITISH POUND", "BRITISH POUNDS":
		return "GBP"
	case "SWISS FRANC", "SWISS FRANCS", "SCHWEIZER FRANKEN":
		return "CHF"
	case "YEN", "JAPANESE YEN":
		return "JPY"
	case "RUPEE", "RUPEES", "INDIAN RUPEE", "INDIAN RUPEES":
		return "INR"
	case "CANADIAN DOLLAR", "CANADIAN DOLLARS":
		return "CAD"
	case "AUSTRALIAN DOLLAR", "AUSTRALIAN DOLLARS":
		return "AUD"
	default:
		return ""
	}
}
