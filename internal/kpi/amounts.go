package kpi

// amounts says what amounts some deals have. Of parts it adds up by "or".
type amounts uint8

const (
	amountsPriced   amounts = 1 << iota // some are in the reporting currency
	amountsForeign                      // some are in a currency without a rate
	amountsWithheld                     // all of a source are foreign, whatever the other sources have
)

// unknown reports whether deals have amounts, but none in the reporting currency: their sum is not 0.
func (a amounts) unknown() bool { return a&amountsWithheld != 0 || a == amountsForeign }

// ofSource returns the amounts of one source, so that other sources do not hide that they are unknown.
func (a amounts) ofSource() amounts {
	if a.unknown() {
		a |= amountsWithheld
	}
	return a
}
