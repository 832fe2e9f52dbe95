package facts

import "slices"

// Currencies numbers the currencies of a source's amounts in a byte each. Number 0 is the reporting currency, 1 a text
// that names no currency; the number of another one is its place plus 2.
type Currencies []string

const (
	reportingCurrency = 0
	unnamedCurrency   = 1
	firstForeign      = 2

	// maxCurrencies is above the number of currencies there are. A sheet may hold as many words as it has rows.
	maxCurrencies = 200
)

// code returns the number of a currency. A text that is no code of three letters must not become a label.
func (c *Currencies) code(name, reporting string) uint8 {
	if name == "" || name == reporting {
		return reportingCurrency
	}
	if i := slices.Index(*c, name); i >= 0 {
		return uint8(firstForeign + i)
	}
	if len(*c) >= maxCurrencies || !currencyName(name) {
		return unnamedCurrency
	}
	*c = append(*c, name)
	return uint8(firstForeign + len(*c) - 1)
}

// Numbers returns how many numbers there are.
func (c Currencies) Numbers() int { return firstForeign + len(c) }

// Name returns the currency of a number, "" for a text that names none.
func (c Currencies) Name(code int, reporting string) string {
	switch code {
	case reportingCurrency:
		return reporting
	case unnamedCurrency:
		return ""
	default:
		return c[code-firstForeign]
	}
}

func currencyName(name string) bool {
	if len(name) != 3 {
		return false
	}
	for i := range len(name) {
		if name[i] < 'A' || name[i] > 'Z' {
			return false
		}
	}
	return true
}
