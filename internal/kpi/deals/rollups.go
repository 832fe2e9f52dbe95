package deals

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/cube/emit"
	"github.com/sales-exporter/sales_exporter/internal/cube/grain"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// comparison is the two windows that a growth compares, by their indexes.
type comparison struct {
	basis       string
	now, before int
}

// growthPair names the windows of one basis.
type growthPair struct {
	basis       string
	now, before calendar.Window
}

// growthPairs lists what growth compares: the period to date with the same elapsed part of the one before.
func growthPairs() []growthPair {
	return []growthPair{
		{"month", calendar.MonthToDate, calendar.PreviousMonthToDate},
		{"quarter", calendar.QuarterToDate, calendar.PreviousQuarterToDate},
		{"year", calendar.YearToDate, calendar.PreviousYearToDate},
	}
}

// newGrowths finds the windows of each basis among all of them.
func newGrowths(names []calendar.Window) []comparison {
	var growths []comparison
	for _, pair := range growthPairs() {
		growths = append(growths, comparison{pair.basis, slices.Index(names, pair.now), slices.Index(names, pair.before)})
	}
	return growths
}

// growthWindows returns the windows that growth compares.
func growthWindows() []calendar.Window {
	var windows []calendar.Window
	for _, pair := range growthPairs() {
		windows = append(windows, pair.now, pair.before)
	}
	return windows
}

// layRollups declares the populations of the medians; what else rollups are made of are the sums of deals.
func (s *source) layRollups() {
	slots := s.C.SlotsOf(s.out[sizeMedian], s.out[cycleMedian])
	s.wonSizes = s.Population(pass.SelectClosed, cube.Population{Where: pass.AtomWon | pass.AtomPriced, Value: pass.ColumnAmount, Slots: slots})
	s.wonCycles = s.Population(pass.SelectClosed, cube.Population{Where: pass.AtomWon | pass.AtomCycled, Value: pass.ColumnCycle, Slots: slots})
}

// emitRollups makes the ratios, means, medians and distinct counts: what cannot be summed up in a query.
func (s *source) emitRollups() {
	s.eachRollup(winRatio, (*rollupEmitter).emitWinRatio)
	s.eachRollup(sizeMean, func(e *rollupEmitter) {
		e.emitWindows(func(c *dealCell) (float64, bool) {
			return average(pass.Units(c.closed.WonAmount), c.closed.Priced)
		})
	})
	s.eachRollup(sizeMedian, func(e *rollupEmitter) {
		e.emitMedians(s.wonSizes.Sorted(), value.MoneyScale, func(c *dealCell) uint32 { return c.closed.Priced })
	})
	s.eachRollup(cycleMean, func(e *rollupEmitter) {
		e.emitWindows(func(c *dealCell) (float64, bool) {
			return average(c.closed.CycleTime.Float(pass.MilliPerSecond), c.closed.Cycles)
		})
	})
	s.eachRollup(cycleMedian, func(e *rollupEmitter) {
		e.emitMedians(s.wonCycles.Sorted(), pass.MilliPerSecond, func(c *dealCell) uint32 { return c.closed.Cycles })
	})
	s.eachRollup(revenuePerRep, func(e *rollupEmitter) {
		e.emitWindows(func(c *dealCell) (float64, bool) {
			perRep, ok := average(pass.Units(c.closed.WonAmount), c.reps)
			return perRep, ok && !c.closed.WonHas.Unknown()
		})
	})
	s.eachRollup(growth, (*rollupEmitter).emitGrowth)
}

// average returns a sum over a number, of which there must be some.
func average(sum float64, n uint32) (float64, bool) {
	if n == 0 {
		return 0, false
	}
	return sum / float64(n), true
}

// rollupEmitter makes the samples of one rollup metric of one source in one grain.
type rollupEmitter struct {
	source *source
	family *emit.Family
	grain  *grain.Grain
	read   []int // the windows of the grain that the source can tell of
	view   *view
	heads  [][]string // by combination: source, rollup and its labels' values
	rows   emit.Rows
}

// eachRollup makes a metric in each of its grains.
func (s *source) eachRollup(metric int, emit func(*rollupEmitter)) {
	grains := s.C.GrainsOf(s.out[metric])
	for i := range grains {
		g, f := &grains[i], s.out[metric]
		e := rollupEmitter{source: s, family: f, grain: g, read: s.WindowsRead(g), view: s.view(g), rows: f.Rows()}
		e.heads = make([][]string, len(e.view.Labels))
		for combination, labels := range e.view.Labels {
			e.heads[combination] = e.rows.Join([]string{s.Source.Name, g.Name}, labels...)
		}
		emit(&e)
		s.countFoldedDeals(f, e.view, g, func(c *dealCell) uint32 { return c.closed.Deals() })
	}
}

func (e *rollupEmitter) labels(own ...string) []string {
	return slices.Concat([]string{"source", "rollup"}, e.grain.Labels, own)
}

// windowLabels returns the label names of a metric with windows.
func (e *rollupEmitter) windowLabels() []string {
	if e.family.Metric.Money {
		return e.labels("window", "currency")
	}
	return e.labels("window")
}

// values returns the label values of a combination in a window.
func (e *rollupEmitter) values(combination, w int) []string {
	name := string(e.source.C.Windows[w].Name)
	if e.family.Metric.Money {
		return e.rows.Join(e.heads[combination], name, e.source.C.Options.Currency)
	}
	return e.rows.Join(e.heads[combination], name)
}

// emitWindows makes a value of each combination and window that has one.
func (e *rollupEmitter) emitWindows(value func(*dealCell) (float64, bool)) {
	labels := e.windowLabels()
	for combination := range e.heads {
		for _, w := range e.read {
			if v, ok := value(&e.view.cells[w][combination]); ok {
				e.family.Gauge(labels, e.values(combination, w), v)
			}
		}
	}
}

func (e *rollupEmitter) emitWinRatio() {
	labels := e.labels("basis", "window")
	for combination, head := range e.heads {
		for _, w := range e.read {
			if ratio, ok := e.view.cells[w][combination].closed.WonAmountShare(); ok {
				e.family.Gauge(labels, e.rows.Join(head, "amount", string(e.source.C.Windows[w].Name)), ratio)
			}
		}
		for _, w := range e.read {
			if ratio, ok := e.view.cells[w][combination].closed.WonShare(); ok {
				e.family.Gauge(labels, e.rows.Join(head, "count", string(e.source.C.Windows[w].Name)), ratio)
			}
		}
	}
}

// emitMedians makes the medians of members, in units of so many steps; size tells how many a cell has.
func (e *rollupEmitter) emitMedians(members []cube.Member, steps float64, size func(*dealCell) uint32) {
	labels := e.windowLabels()
	if e.family.Counting {
		e.emitWindows(func(c *dealCell) (float64, bool) { return 0, size(c) > 0 })
		return
	}
	m := cube.Medians{Members: members, Of: e.view.Of, Combinations: len(e.heads)}
	for _, w := range e.read {
		m.Windows = append(m.Windows, e.source.C.Windows[w].Period)
	}
	at := func(i int, combination uint32) *dealCell { return &e.view.cells[e.read[i]][combination] }
	m.Each(func(i int, combination uint32) uint32 { return size(at(i, combination)) },
		func(i int, combination uint32, median float64) {
			e.family.Gauge(labels, e.values(int(combination), e.read[i]), median/steps)
		})
}

func (e *rollupEmitter) emitGrowth() {
	labels := e.labels("kpi", "basis")
	for combination, head := range e.heads {
		for _, kpi := range growthKPIs() {
			for _, g := range e.source.growths {
				if e.source.Unread(g.now) || e.source.Unread(g.before) {
					continue
				}
				now, known := e.sums(g.now, combination).Value(kpi)
				before, measured := e.sums(g.before, combination).Value(kpi)
				if known && measured && before > 0 { // From a negative amount growth would come out with the wrong sign.
					e.family.Gauge(labels, e.rows.Join(head, kpi, g.basis), now/before-1)
				}
			}
		}
	}
}

// growthKPIs lists what growth is computed for, in order.
func growthKPIs() []string {
	return []string{pass.DealsCreated, pass.DealsWon, pass.PipelineCreated, pass.RevenueWon}
}

func (e *rollupEmitter) sums(w, combination int) *pass.Sums {
	cell := &e.view.cells[w][combination]
	return &pass.Sums{Closed: cell.closed, Created: cell.created}
}
