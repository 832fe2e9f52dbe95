package kpi

// amounts says what amounts some deals have. Of parts it adds up by "or".
type amounts uint8

const (
	amountsPriced   amounts = 1 << iota // some are in the reporting currency
	amountsForeign                      // some are in a currency without a rate
	amountsWithheld                     // all of a source are foreign, whatever the other sources have
)

// amounts returns what the amount of a deal is, 0 where it has none.
func (f dealFlags) amounts() amounts {
	switch {
	case f.priced():
		return amountsPriced
	case f.foreign():
		return amountsForeign
	default:
		return 0
	}
}

// unknown reports whether deals have amounts, but none in the reporting currency: their sum is not 0.
func (a amounts) unknown() bool { return a&amountsWithheld != 0 || a == amountsForeign }

// ofSource returns the amounts of one source, so that other sources do not hide that they are unknown.
func (a amounts) ofSource() amounts {
	if a.unknown() {
		a |= amountsWithheld
	}
	return a
}
