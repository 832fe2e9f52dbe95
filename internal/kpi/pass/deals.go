package pass

import (
	"math"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// The selections that readers make of deals.
const (
	SelectCreated = iota // those with a creation date that somebody asks for
	SelectClosed         // the won and lost ones with such a close date
	SelectOpen
	selections
)

// The axes and columns of the selections.
const (
	AxisInterval = 0 // of the created and the closed ones: interval of their date

	AxisStageClosing = 0 // label of the stage, and closing bucket
	AxisStage        = 1 // of those that wait
	AxisCategory     = 2 // forecast category
	AxisDue          = 3 // interval of the expected close date

	ColumnAmount = 0

	ColumnCycle = 1

	ColumnStageAmount = 1 // weighted with the stage's probability
	ColumnCRMAmount   = 2 // weighted with the record's probability, else the stage's
	ColumnAge         = 3
	ColumnInStage     = 4
)

type selectionSize struct{ axes, columns int }

func selectionSizes() [selections]selectionSize {
	return [selections]selectionSize{SelectCreated: {1, 1}, SelectClosed: {1, 2}, SelectOpen: {4, 5}}
}

// What measures may ask of a deal. Their order is that of facts.FlagPriced and facts.FlagForeign.
const (
	AtomPriced   cube.Atoms = 1 << iota // the amount is in the reporting currency
	AtomForeign                         // the amount is in a currency without a rate
	AtomWon                             // and AtomLost follows it, as the outcomes do
	AtomLost                            //
	AtomCycled                          // the cycle is known
	AtomSized                           // the amount is not negative
	AtomByStage                         // the stage has a probability
	AtomByCRM                           // the record or the stage has
	AtomCommit                          // the forecast category is commit or closed
	AtomBestCase                        // it is one of these, most likely or best case
	AtomAged                            // the age is known
	AtomInStage                         // the time in the stage is
)

// atomsOf returns what the amount of a deal is.
func atomsOf(f facts.Flags) cube.Atoms {
	return cube.Atoms(f>>facts.FlagPricedBit) & (AtomPriced | AtomForeign)
}

// forecastAtoms returns how a forecast counts a deal.
func forecastAtoms(f *facts.Facts, flags facts.Flags) cube.Atoms {
	switch f.Category(flags) {
	case crm.ForecastClosed, crm.ForecastCommit:
		return AtomCommit | AtomBestCase
	case crm.ForecastMostLikely, crm.ForecastBestCase:
		return AtomBestCase
	case crm.ForecastOmitted, crm.ForecastPipeline:
	}
	return 0
}

// columnBounds returns what no value of a column of a selection exceeds.
func (p *Pass) columnBounds() [][]uint64 {
	amount, time := p.Source.Deals.Largest, p.Source.Deals.Longest(p.nowMilli)
	bounds := make([][]uint64, selections)
	weighted := uint64(math.MaxUint64) // of probabilities that are more than certain, too
	if amount < math.MaxUint64/maxProbability {
		weighted = amount*maxProbability + 1
	}
	bounds[SelectCreated] = []uint64{ColumnAmount: amount}
	bounds[SelectClosed] = []uint64{ColumnAmount: amount, ColumnCycle: time}
	bounds[SelectOpen] = []uint64{
		ColumnAmount: amount, ColumnStageAmount: weighted, ColumnCRMAmount: weighted, ColumnAge: time, ColumnInStage: time,
	}
	return bounds
}

// maxProbability is above the largest Probability, in certainties.
const maxProbability = math.MaxInt32/value.ProbabilityScale + 1

// MilliPerSecond turns times, which are added up in milliseconds, into seconds.
const MilliPerSecond = 1000
