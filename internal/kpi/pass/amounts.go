package pass

import (
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Amounts says what Amounts some deals have. Of parts it adds up by "or".
type Amounts uint8

// The kinds of amounts.
const (
	AmountsPriced   Amounts = 1 << iota // some are in the reporting currency
	AmountsForeign                      // some are in a currency without a rate
	amountsWithheld                     // all of a source are foreign, whatever the other sources have
)

// Unknown reports whether deals have Amounts, but none in the reporting currency: their sum is not 0.
func (a Amounts) Unknown() bool { return a&amountsWithheld != 0 || a == AmountsForeign }

// OfSource returns the Amounts of one source, so that other sources do not hide that they are unknown.
func (a Amounts) OfSource() Amounts {
	if a.Unknown() {
		a |= amountsWithheld
	}
	return a
}

// AmountMeasures add up a column of Amounts of the deals with some atoms: how many have one in a currency without a rate,
// and the sum of those in the reporting currency.
func AmountMeasures(where cube.Atoms, column int) []cube.Measure {
	return []cube.Measure{
		{Where: where | AtomForeign, Value: cube.Rows},
		{Where: where | AtomPriced, Value: column},
	}
}

// AmountSum is what AmountMeasures added up.
type AmountSum struct {
	Priced uint32
	Has    Amounts
	Sum    cube.Total
}

// AmountOf reads AmountMeasures, the first of which has a number, of the part of a cell for one value of the own label.
func AmountOf(l *cube.Lane, cell []int64, own, measure int) AmountSum {
	m := AmountSum{Priced: uint32(l.Number(cell, own, measure+1)), Sum: l.Sum(cell, own, measure+1)}
	if m.Priced > 0 {
		m.Has |= AmountsPriced
	}
	if l.Number(cell, own, measure) > 0 {
		m.Has |= AmountsForeign
	}
	return m
}

// Plus adds another sum.
func (m *AmountSum) Plus(o *AmountSum) {
	m.Priced += o.Priced
	m.Has |= o.Has
	m.Sum.Plus(&o.Sum)
}

// Units returns a sum of money in currency Units.
func Units(sum cube.Total) float64 { return sum.Float(value.MoneyScale) }
