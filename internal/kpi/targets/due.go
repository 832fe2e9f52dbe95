package targets

import (
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
)

// dueMeasures add up open deals that are due, by how much of them a forecast counts.
func dueMeasures() []cube.Measure {
	measures := pass.AmountMeasures(0, pass.ColumnAmount)
	measures = append(measures, pass.AmountMeasures(pass.AtomByCRM, pass.ColumnCRMAmount)...)
	measures = append(measures, pass.AmountMeasures(pass.AtomCommit, pass.ColumnAmount)...)
	return append(measures, pass.AmountMeasures(pass.AtomBestCase, pass.ColumnAmount)...)
}

// dueCell sums up open deals that are due, by how much of them a forecast counts.
type dueCell struct {
	amount, weighted, commit, bestCase       cube.Total
	has, weightedHas, commitHas, bestCaseHas pass.Amounts
}

// dueOf reads dueMeasures.
func dueOf(l *cube.Lane, cell []int64) dueCell {
	all, weighted := pass.AmountOf(l, cell, 0, 0), pass.AmountOf(l, cell, 0, 2)
	commit, bestCase := pass.AmountOf(l, cell, 0, 4), pass.AmountOf(l, cell, 0, 6)
	return dueCell{
		amount: all.Sum, weighted: weighted.Sum, commit: commit.Sum, bestCase: bestCase.Sum,
		has: all.Has, weightedHas: weighted.Has, commitHas: commit.Has, bestCaseHas: bestCase.Has,
	}
}

// Plus adds another cell.
func (c *dueCell) Plus(o *dueCell) {
	c.amount.Plus(&o.amount)
	c.weighted.Plus(&o.weighted)
	c.commit.Plus(&o.commit)
	c.bestCase.Plus(&o.bestCase)
	c.has |= o.has
	c.weightedHas |= o.weightedHas
	c.commitHas |= o.commitHas
	c.bestCaseHas |= o.bestCaseHas
}
