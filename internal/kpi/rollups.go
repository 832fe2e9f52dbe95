package kpi

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// growth names the two windows that a growth compares, by their places.
type growth struct {
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
func newGrowths(names []calendar.Window) []growth {
	var growths []growth
	for _, pair := range growthPairs() {
		growths = append(growths, growth{pair.basis, slices.Index(names, pair.now), slices.Index(names, pair.before)})
	}
	return growths
}

// growthWindows returns the places of the windows that growths compare.
func growthWindows(growths []growth) []int {
	var windows []int
	for _, g := range growths {
		windows = append(windows, g.now, g.before)
	}
	return windows
}

// layRollups declares the populations of the medians; what else rollups are made of are the sums of deals.
func (s *scan) layRollups() {
	s.lanes.sizes = &cube.Population{
		Where: atomWon | atomPriced, Value: columnAmount, Slots: s.c.ranked, Scratch: s.scratch,
	}
	s.lanes.cycles = &cube.Population{
		Where: atomWon | atomCycled, Value: columnCycle, Slots: s.c.ranked, Scratch: s.scratch,
	}
}

// emitRollups makes the ratios, means, medians and distinct counts: what cannot be summed up in a query.
func (s *scan) emitRollups() {
	s.eachRollup(metricWinRatio, (*rollupEmitter).emitWinRatio)
	s.eachRollup(metricDealSizeMean, func(e *rollupEmitter) {
		e.emitWindows(func(c *dealCell) (float64, bool) {
			return average(units(c.closed.wonAmount), c.closed.priced)
		})
	})
	s.eachRollup(metricDealSizeMedian, func(e *rollupEmitter) {
		e.emitMedians(s.sizes, value.MoneyScale, func(c *dealCell) uint32 { return c.closed.priced })
	})
	s.eachRollup(metricCycleMean, func(e *rollupEmitter) {
		e.emitWindows(func(c *dealCell) (float64, bool) {
			return average(c.closed.cycleTime.Float(milliPerSecond), c.closed.cycles)
		})
	})
	s.eachRollup(metricCycleMedian, func(e *rollupEmitter) {
		e.emitMedians(s.cycles, milliPerSecond, func(c *dealCell) uint32 { return c.closed.cycles })
	})
	s.eachRollup(metricRevenuePerRep, func(e *rollupEmitter) {
		e.emitWindows(func(c *dealCell) (float64, bool) {
			perRep, ok := average(units(c.closed.wonAmount), c.reps)
			return perRep, ok && !c.closed.wonHas.unknown()
		})
	})
	s.eachRollup(metricGrowth, (*rollupEmitter).emitGrowth)
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
	scan   *scan
	family *family
	grain  *grain
	read   []int // the windows of the grain that the source can tell of
	view   *view
	heads  [][]string // by combination: source, rollup and its labels' values
	rows   rows
}

// eachRollup makes a metric in each of its grains.
func (s *scan) eachRollup(metric string, emit func(*rollupEmitter)) {
	grains := s.c.grainsOf(metric)
	for i := range grains {
		g, f := &grains[i], s.c.out.family(metric)
		e := rollupEmitter{scan: s, family: f, grain: g, read: s.read(g), view: s.layout.of(g), rows: f.rows()}
		e.heads = make([][]string, len(e.view.labels))
		for combination, labels := range e.view.labels {
			e.heads[combination] = e.rows.join([]string{s.source.Name, g.name}, labels...)
		}
		emit(&e)
		s.countFoldedDeals(f, e.view, g, func(c *dealCell) uint32 { return c.closed.deals() })
	}
}

func (e *rollupEmitter) labels(own ...string) []string {
	return slices.Concat([]string{"source", "rollup"}, e.grain.labels, own)
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
	name := string(e.scan.c.windows[w].name)
	if e.family.Metric.Money {
		return e.rows.join(e.heads[combination], name, e.scan.c.options.Currency)
	}
	return e.rows.join(e.heads[combination], name)
}

// emitWindows makes a value of each combination and window that has one.
func (e *rollupEmitter) emitWindows(value func(*dealCell) (float64, bool)) {
	labels := e.windowLabels()
	for combination := range e.heads {
		for _, w := range e.read {
			if v, ok := value(&e.view.cells[w][combination]); ok {
				e.family.gauge(labels, e.values(combination, w), v)
			}
		}
	}
}

func (e *rollupEmitter) emitWinRatio() {
	labels := e.labels("basis", "window")
	for combination, head := range e.heads {
		for _, w := range e.read {
			if ratio, ok := e.view.cells[w][combination].closed.wonAmountShare(); ok {
				e.family.gauge(labels, e.rows.join(head, "amount", string(e.scan.c.windows[w].name)), ratio)
			}
		}
		for _, w := range e.read {
			if ratio, ok := e.view.cells[w][combination].closed.wonShare(); ok {
				e.family.gauge(labels, e.rows.join(head, "count", string(e.scan.c.windows[w].name)), ratio)
			}
		}
	}
}

// wonShare returns the won part of the closed deals.
func (c *closedCell) wonShare() (float64, bool) { return share(float64(c.won), float64(c.deals())) }

// wonAmountShare returns the won part of the closed amount.
func (c *closedCell) wonAmountShare() (float64, bool) {
	if c.wonHas.unknown() || c.lostHas.unknown() {
		return 0, false
	}
	closed := c.wonAmount
	closed.Plus(&c.lostAmount)
	return share(units(c.wonAmount), units(closed))
}

// share returns part of whole. Where there is no whole, or negative amounts push the share out of 0..1, there is none.
func share(part, whole float64) (float64, bool) {
	if whole <= 0 || part < 0 || part > whole {
		return 0, false
	}
	return part / whole, true
}

// emitMedians makes the medians of members, in units of so many steps; size tells how many a cell has.
func (e *rollupEmitter) emitMedians(members []cube.Member, steps float64, size func(*dealCell) uint32) {
	labels := e.windowLabels()
	if e.family.counting {
		e.emitWindows(func(c *dealCell) (float64, bool) { return 0, size(c) > 0 })
		return
	}
	m := cube.Medians{Members: members, Of: e.view.of, Combinations: len(e.heads)}
	for _, w := range e.read {
		m.Windows = append(m.Windows, e.scan.c.windows[w].period)
	}
	at := func(i int, combination uint32) *dealCell { return &e.view.cells[e.read[i]][combination] }
	m.Each(func(i int, combination uint32) uint32 { return size(at(i, combination)) },
		func(i int, combination uint32, median float64) {
			e.family.gauge(labels, e.values(int(combination), e.read[i]), median/steps)
		})
}

func (e *rollupEmitter) emitGrowth() {
	labels := e.labels("kpi", "basis")
	for combination, head := range e.heads {
		for _, kpi := range growthKPIs() {
			for _, g := range e.scan.c.growths {
				if e.scan.unread(g.now) || e.scan.unread(g.before) {
					continue
				}
				now, known := e.sums(g.now, combination).value(kpi)
				before, measured := e.sums(g.before, combination).value(kpi)
				if known && measured && before > 0 { // From a negative amount growth would come out with the wrong sign.
					e.family.gauge(labels, e.rows.join(head, kpi, g.basis), now/before-1)
				}
			}
		}
	}
}

// growthKPIs lists what growth is computed for, in order.
func growthKPIs() []string {
	return []string{kpiDealsCreated, kpiDealsWon, kpiPipelineCreated, kpiRevenueWon}
}

func (e *rollupEmitter) sums(w, combination int) *sums {
	cell := &e.view.cells[w][combination]
	return &sums{closed: cell.closed, created: cell.created}
}
