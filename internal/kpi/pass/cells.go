package pass

import "github.com/sales-exporter/sales_exporter/internal/cube"

// The values of the own label of closed deals.
const (
	OwnWon  = 0
	OwnLost = 1
	Owns    = 2 // how many there are
)

// ClosedMeasures add up won and lost deals.
func ClosedMeasures() []cube.Measure {
	return append(AmountMeasures(0, ColumnAmount), cube.Measure{Where: AtomCycled, Value: ColumnCycle})
}

// ClosedCell sums up won and lost deals.
type ClosedCell struct {
	Won, Lost             uint32
	Priced                uint32 // won deals with an amount
	Cycles                uint32 // won deals with a cycle
	WonHas, LostHas       Amounts
	WonAmount, LostAmount cube.Total
	CycleTime             cube.Total // of won deals, in milliseconds
}

// ClosedOf reads ClosedMeasures.
func ClosedOf(l *cube.Lane, cell []int64) ClosedCell {
	won, lost := AmountOf(l, cell, OwnWon, 0), AmountOf(l, cell, OwnLost, 0)
	return ClosedCell{
		Won: uint32(l.Number(cell, OwnWon, cube.Rows)), Lost: uint32(l.Number(cell, OwnLost, cube.Rows)),
		Priced: won.Priced, WonHas: won.Has, LostHas: lost.Has, WonAmount: won.Sum, LostAmount: lost.Sum,
		Cycles: uint32(l.Number(cell, OwnWon, 2)), CycleTime: l.Sum(cell, OwnWon, 2),
	}
}

// Plus adds another cell.
func (c *ClosedCell) Plus(o *ClosedCell) {
	c.Won += o.Won
	c.Lost += o.Lost
	c.Priced += o.Priced
	c.Cycles += o.Cycles
	c.WonHas |= o.WonHas
	c.LostHas |= o.LostHas
	c.WonAmount.Plus(&o.WonAmount)
	c.LostAmount.Plus(&o.LostAmount)
	c.CycleTime.Plus(&o.CycleTime)
}

// Deals returns how many deals were closed.
func (c *ClosedCell) Deals() uint32 { return c.Won + c.Lost }

// CreatedCell sums up deals that were created.
type CreatedCell struct {
	Deals  uint32
	Has    Amounts
	Amount cube.Total
}

// CreatedOf reads AmountMeasures of created deals.
func CreatedOf(l *cube.Lane, cell []int64) CreatedCell {
	m := AmountOf(l, cell, 0, 0)
	return CreatedCell{Deals: uint32(l.Number(cell, 0, cube.Rows)), Has: m.Has, Amount: m.Sum}
}

// Plus adds another cell.
func (c *CreatedCell) Plus(o *CreatedCell) {
	c.Deals += o.Deals
	c.Has |= o.Has
	c.Amount.Plus(&o.Amount)
}

// WonShare returns the won part of the closed deals.
func (c *ClosedCell) WonShare() (float64, bool) { return share(float64(c.Won), float64(c.Deals())) }

// WonAmountShare returns the won part of the closed amount.
func (c *ClosedCell) WonAmountShare() (float64, bool) {
	if c.WonHas.Unknown() || c.LostHas.Unknown() {
		return 0, false
	}
	closed := c.WonAmount
	closed.Plus(&c.LostAmount)
	return share(Units(c.WonAmount), Units(closed))
}

// share returns part of whole. Where there is no whole, or negative Amounts push the share out of 0..1, there is none.
func share(part, whole float64) (float64, bool) {
	if whole <= 0 || part < 0 || part > whole {
		return 0, false
	}
	return part / whole, true
}
