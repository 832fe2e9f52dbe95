package kpi

import (
	"math"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// The selections that readers make of deals.
const (
	selectCreated = iota // those with a creation date that somebody asks for
	selectClosed         // the won and lost ones with such a close date
	selectOpen
	selections
)

// The axes and columns of the selections.
const (
	axisInterval = 0 // of the created and the closed ones: interval of their date

	axisStageClosing = 0 // place of the stage, and closing bucket
	axisStage        = 1 // of those that wait
	axisCategory     = 2 // forecast category
	axisDue          = 3 // interval of the expected close date

	columnAmount = 0

	columnCycle = 1

	columnStageAmount = 1 // weighted with the stage's probability
	columnCRMAmount   = 2 // weighted with the record's probability, else the stage's
	columnAge         = 3
	columnInStage     = 4
)

type selectionSize struct{ axes, columns int }

func selectionSizes() [selections]selectionSize {
	return [selections]selectionSize{selectCreated: {1, 1}, selectClosed: {1, 2}, selectOpen: {4, 5}}
}

// What measures may ask of a deal. Their order is that of facts.FlagPriced and facts.FlagForeign.
const (
	atomPriced   cube.Atoms = 1 << iota // the amount is in the reporting currency
	atomForeign                         // the amount is in a currency without a rate
	atomWon                             // and atomLost follows it, as the outcomes do
	atomLost                            //
	atomCycled                          // the cycle is known
	atomSized                           // the amount is not negative
	atomByStage                         // the stage has a probability
	atomByCRM                           // the record or the stage has
	atomCommit                          // the forecast category is commit or closed
	atomBestCase                        // it is one of these, most likely or best case
	atomAged                            // the age is known
	atomInStage                         // the time in the stage is
)

// atomsOf returns what the amount of a deal is.
func atomsOf(f facts.Flags) cube.Atoms {
	return cube.Atoms(f>>facts.FlagPricedBit) & (atomPriced | atomForeign)
}

// forecastAtoms returns how a forecast counts a deal.
func forecastAtoms(f *facts.Facts, flags facts.Flags) cube.Atoms {
	switch f.Category(flags) {
	case crm.ForecastClosed, crm.ForecastCommit:
		return atomCommit | atomBestCase
	case crm.ForecastMostLikely, crm.ForecastBestCase:
		return atomBestCase
	case crm.ForecastOmitted, crm.ForecastPipeline:
	}
	return 0
}

// amountMeasures add up a column of amounts of the deals with some atoms: how many have one in a currency without a rate,
// and the sum of those in the reporting currency.
func amountMeasures(where cube.Atoms, column int) []cube.Measure {
	return []cube.Measure{
		{Where: where | atomForeign, Value: cube.Rows},
		{Where: where | atomPriced, Value: column},
	}
}

// amountSum is what amountMeasures added up.
type amountSum struct {
	priced uint32
	has    amounts
	sum    cube.Total
}

// amountOf reads amountMeasures, the first of which has a number, of the part of a cell for one value of the own label.
func amountOf(l *cube.Lane, cell []int64, own, measure int) amountSum {
	m := amountSum{priced: uint32(l.Number(cell, own, measure+1)), sum: l.Sum(cell, own, measure+1)}
	if m.priced > 0 {
		m.has |= amountsPriced
	}
	if l.Number(cell, own, measure) > 0 {
		m.has |= amountsForeign
	}
	return m
}

// lanes are what a reader adds up.
type lanes struct {
	all                     [selections][]*cube.Lane
	wantCreated, wantClosed []uint8 // by interval: 1 if some lane asks for it

	created, closed, shapes, daily *cube.Lane
	open, categories, waiting      *cube.Lane
	recorded                       *cube.Lane // closed deals altogether, nil where nobody asks
	sizes, cycles                  *cube.Population
	bounds                         [selections][]uint64
	rows                           int
	scratch                        *cube.Scratch
}

// layLanes decides what readers add up.
func (s *scan) layLanes() {
	c, d := s.c, &s.source.Deals
	s.rows, s.bounds, s.scratch = len(d.Flags), s.columnBounds(), s.c.facts.scratch
	for _, f := range s.c.families {
		if f.lay != nil {
			f.lay(s)
		}
	}
	s.wantClosed = wantedBy(c.line.Intervals(), s.all[selectClosed])
	s.wantCreated = wantedBy(c.line.Intervals(), s.all[selectCreated])
	s.wantCreated[c.line.Undated()] = 0
}

// byGroup is the shape of a lane with a class for each group, byShape with one for each combination of histogram dimensions.
func (s *scan) byGroup() cube.Shape { return cube.Shape{Count: s.groups.len()} }

func (s *scan) byShape() cube.Shape {
	return cube.Shape{Count: s.groups.shapes.Len(), Classes: s.groups.shape}
}

// lane makes a lane of a selection.
func (l *lanes) lane(selection int, shape cube.Shape, owns int, measures []cube.Measure) *cube.Lane {
	shape.Owns, shape.Measures, shape.Bounds, shape.Rows = owns, measures, l.bounds[selection], l.rows
	shape.Scratch = l.scratch
	lane := cube.NewLane(shape)
	l.all[selection] = append(l.all[selection], lane)
	return lane
}

// wantedBy returns which intervals some lanes ask for, as 1.
func wantedBy(intervals int, lanes []*cube.Lane) []uint8 {
	wanted := make([]uint8, intervals)
	for _, l := range lanes {
		for k, slot := range l.Slots {
			if slot >= 0 {
				wanted[k] = 1
			}
		}
	}
	return wanted
}

func identity(n int) []int32 {
	slots := make([]int32, n)
	for i := range slots {
		slots[i] = int32(i)
	}
	return slots
}

// columnBounds returns what no value of a column of a selection exceeds.
func (s *scan) columnBounds() (bounds [selections][]uint64) {
	amount, time := s.source.Deals.Largest, s.source.Deals.Longest(s.c.nowMilli)
	weighted := uint64(math.MaxUint64) // of probabilities that are more than certain, too
	if amount < math.MaxUint64/maxProbability {
		weighted = amount*maxProbability + 1
	}
	bounds[selectCreated] = []uint64{columnAmount: amount}
	bounds[selectClosed] = []uint64{columnAmount: amount, columnCycle: time}
	bounds[selectOpen] = []uint64{
		columnAmount: amount, columnStageAmount: weighted, columnCRMAmount: weighted, columnAge: time, columnInStage: time,
	}
	return bounds
}

// maxProbability is above the largest Probability, in certainties.
const maxProbability = math.MaxInt32/value.ProbabilityScale + 1

// fork returns empty lanes of the same kind, for another reader.
func (l *lanes) fork() lanes {
	fork := lanes{sizes: l.sizes.Fork(), cycles: l.cycles.Fork()}
	for i, all := range l.all {
		for _, lane := range all {
			fork.all[i] = append(fork.all[i], lane.Fork())
		}
	}
	return fork
}

// merge adds what another reader has added up.
func (l *lanes) merge(o *lanes) {
	for i, all := range l.all {
		for k, lane := range all {
			lane.Merge(o.all[i][k])
		}
	}
	l.sizes.Merge(o.sizes)
	l.cycles.Merge(o.cycles)
	o.release()
}

// release gives the memory of the lanes back.
func (l *lanes) release() {
	for _, all := range l.all {
		for _, lane := range all {
			lane.Release()
		}
	}
}
