package kpi

import (
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// The values of the own label of closed deals.
const (
	ownWon  = 0
	ownLost = 1
)

// closedMeasures add up won and lost deals.
func closedMeasures() []cube.Measure {
	return append(amountMeasures(0, columnAmount), cube.Measure{Where: atomCycled, Value: columnCycle})
}

// closedCell sums up won and lost deals.
type closedCell struct {
	won, lost             uint32
	priced                uint32 // won deals with an amount
	cycles                uint32 // won deals with a cycle
	wonHas, lostHas       amounts
	wonAmount, lostAmount cube.Total
	cycleTime             cube.Total // of won deals, in milliseconds
}

// closedOf reads closedMeasures.
func closedOf(l *cube.Lane, cell []int64) closedCell {
	won, lost := amountOf(l, cell, ownWon, 0), amountOf(l, cell, ownLost, 0)
	return closedCell{
		won: uint32(l.Number(cell, ownWon, cube.Rows)), lost: uint32(l.Number(cell, ownLost, cube.Rows)),
		priced: won.priced, wonHas: won.has, lostHas: lost.has, wonAmount: won.sum, lostAmount: lost.sum,
		cycles: uint32(l.Number(cell, ownWon, 2)), cycleTime: l.Sum(cell, ownWon, 2),
	}
}

func (c *closedCell) plus(o *closedCell) {
	c.won += o.won
	c.lost += o.lost
	c.priced += o.priced
	c.cycles += o.cycles
	c.wonHas |= o.wonHas
	c.lostHas |= o.lostHas
	c.wonAmount.Plus(&o.wonAmount)
	c.lostAmount.Plus(&o.lostAmount)
	c.cycleTime.Plus(&o.cycleTime)
}

func (c *closedCell) deals() uint32 { return c.won + c.lost }

// createdCell sums up deals that were created.
type createdCell struct {
	deals  uint32
	has    amounts
	amount cube.Total
}

// createdOf reads amountMeasures of created deals.
func createdOf(l *cube.Lane, cell []int64) createdCell {
	m := amountOf(l, cell, 0, 0)
	return createdCell{deals: uint32(l.Number(cell, 0, cube.Rows)), has: m.has, amount: m.sum}
}

func (c *createdCell) plus(o *createdCell) {
	c.deals += o.deals
	c.has |= o.has
	c.amount.Plus(&o.amount)
}

func (m *amountSum) plus(o *amountSum) {
	m.priced += o.priced
	m.has |= o.has
	m.sum.Plus(&o.sum)
}

// shapeMeasures add up the histograms of closed deals.
func (s *scan) shapeMeasures() []cube.Measure {
	return []cube.Measure{
		{Where: atomWon | atomPriced, Value: cube.Rows},
		{Where: atomWon | atomForeign, Value: cube.Rows},
		{Where: atomWon | atomPriced | atomSized, Value: columnAmount, Buckets: &s.c.sizes},
		{Where: atomWon | atomCycled, Value: columnCycle, Buckets: &s.c.durations},
		{Where: atomLost | atomCycled, Value: columnCycle, Buckets: &s.c.durations},
	}
}

type shapeCell struct {
	wonHas          amounts
	size, won, lost cube.Tally
}

// shapeOf reads shapeMeasures.
func shapeOf(l *cube.Lane, cell []int64) shapeCell {
	c := shapeCell{size: l.Tally(cell, 0, 2), won: l.Tally(cell, 0, 3), lost: l.Tally(cell, 0, 4)}
	if l.Number(cell, 0, 0) > 0 {
		c.wonHas |= amountsPriced
	}
	if l.Number(cell, 0, 1) > 0 {
		c.wonHas |= amountsForeign
	}
	return c
}

// openMeasures add up open deals.
func openMeasures() []cube.Measure {
	measures := amountMeasures(0, columnAmount)
	measures = append(measures, cube.Measure{Where: atomByStage, Value: cube.Rows})
	measures = append(measures, amountMeasures(atomByStage, columnStageAmount)...)
	measures = append(measures, cube.Measure{Where: atomByCRM, Value: cube.Rows})
	return append(measures, amountMeasures(atomByCRM, columnCRMAmount)...)
}

// openCell sums up open deals.
type openCell struct {
	deals          uint32
	byCRM, byStage uint32 // deals that have such a probability
	has            amounts
	crmHas         amounts // of the deals that crmAmount is of
	stageHas       amounts
	amount         cube.Total
	crmAmount      cube.Total // weighted with the record's probability, else the stage's
	stageAmount    cube.Total // weighted with the stage's probability
}

// openOf reads openMeasures.
func openOf(l *cube.Lane, cell []int64) openCell {
	all, byStage, byCRM := amountOf(l, cell, 0, 0), amountOf(l, cell, 0, 3), amountOf(l, cell, 0, 6)
	return openCell{
		deals: uint32(l.Number(cell, 0, cube.Rows)), has: all.has, amount: all.sum,
		byStage: uint32(l.Number(cell, 0, 2)), stageHas: byStage.has, stageAmount: byStage.sum,
		byCRM: uint32(l.Number(cell, 0, 5)), crmHas: byCRM.has, crmAmount: byCRM.sum,
	}
}

func (c *openCell) plus(o *openCell) {
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

type waitingCell struct{ age, inStage cube.Tally }

func waitingOf(l *cube.Lane, cell []int64) waitingCell {
	return waitingCell{age: l.Tally(cell, 0, 0), inStage: l.Tally(cell, 0, 1)}
}

func (c *waitingCell) plus(o *waitingCell) {
	c.age.Plus(&o.age)
	c.inStage.Plus(&o.inStage)
}

// dueMeasures add up open deals that are due, by how much of them a forecast counts.
func dueMeasures() []cube.Measure {
	measures := amountMeasures(0, columnAmount)
	measures = append(measures, amountMeasures(atomByCRM, columnCRMAmount)...)
	measures = append(measures, amountMeasures(atomCommit, columnAmount)...)
	return append(measures, amountMeasures(atomBestCase, columnAmount)...)
}

// dueCell sums up open deals that are due, by how much of them a forecast counts.
type dueCell struct {
	amount, weighted, commit, bestCase       cube.Total
	has, weightedHas, commitHas, bestCaseHas amounts
}

// dueOf reads dueMeasures.
func dueOf(l *cube.Lane, cell []int64) dueCell {
	all, weighted := amountOf(l, cell, 0, 0), amountOf(l, cell, 0, 2)
	commit, bestCase := amountOf(l, cell, 0, 4), amountOf(l, cell, 0, 6)
	return dueCell{
		amount: all.sum, weighted: weighted.sum, commit: commit.sum, bestCase: bestCase.sum,
		has: all.has, weightedHas: weighted.has, commitHas: commit.has, bestCaseHas: bestCase.has,
	}
}

func (c *dueCell) plus(o *dueCell) {
	c.amount.Plus(&o.amount)
	c.weighted.Plus(&o.weighted)
	c.commit.Plus(&o.commit)
	c.bestCase.Plus(&o.bestCase)
	c.has |= o.has
	c.weightedHas |= o.weightedHas
	c.commitHas |= o.commitHas
	c.bestCaseHas |= o.bestCaseHas
}

// units returns a sum of money in currency units.
func units(sum cube.Total) float64 { return sum.Float(value.MoneyScale) }
