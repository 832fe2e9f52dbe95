package pipeline

import (
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
)

// openMeasures add up open deals.
func openMeasures() []cube.Measure {
	measures := pass.AmountMeasures(0, pass.ColumnAmount)
	measures = append(measures, cube.Measure{Where: pass.AtomByStage, Value: cube.Rows})
	measures = append(measures, pass.AmountMeasures(pass.AtomByStage, pass.ColumnStageAmount)...)
	measures = append(measures, cube.Measure{Where: pass.AtomByCRM, Value: cube.Rows})
	return append(measures, pass.AmountMeasures(pass.AtomByCRM, pass.ColumnCRMAmount)...)
}

// openCell sums up open deals.
type openCell struct {
	deals          uint32
	byCRM, byStage uint32 // deals that have such a probability
	has            pass.Amounts
	crmHas         pass.Amounts // of the deals that crmAmount is of
	stageHas       pass.Amounts
	amount         cube.Total
	crmAmount      cube.Total // weighted with the record's probability, else the stage's
	stageAmount    cube.Total // weighted with the stage's probability
}

// openOf reads openMeasures.
func openOf(l *cube.Lane, cell []int64) openCell {
	all, byStage, byCRM := pass.AmountOf(l, cell, 0, 0), pass.AmountOf(l, cell, 0, 3), pass.AmountOf(l, cell, 0, 6)
	return openCell{
		deals: uint32(l.Number(cell, 0, cube.Rows)), has: all.Has, amount: all.Sum,
		byStage: uint32(l.Number(cell, 0, 2)), stageHas: byStage.Has, stageAmount: byStage.Sum,
		byCRM: uint32(l.Number(cell, 0, 5)), crmHas: byCRM.Has, crmAmount: byCRM.Sum,
	}
}

// Plus adds another cell.
func (c *openCell) Plus(o *openCell) {
	c.deals += o.deals
	c.byCRM += o.byCRM
	c.byStage += o.byStage
	c.has |= o.has
	c.crmHas |= o.crmHas
	c.stageHas |= o.stageHas
	c.amount.Plus(&o.amount)
	c.crmAmount.Plus(&o.crmAmount)
	c.stageAmount.Plus(&o.stageAmount)
}

// waitingCell is how long open deals wait.
type waitingCell struct{ age, inStage cube.Tally }

func waitingOf(l *cube.Lane, cell []int64) waitingCell {
	return waitingCell{age: l.Tally(cell, 0, 0), inStage: l.Tally(cell, 0, 1)}
}

// Plus adds another cell.
func (c *waitingCell) Plus(o *waitingCell) {
	c.age.Plus(&o.age)
	c.inStage.Plus(&o.inStage)
}
