package kpi

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
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

// emitRollups makes the ratios, means, medians and distinct counts: what cannot be summed up in a query.
func (s *scan) emitRollups(views []*view, in present) {
	s.sizes, s.cycles = sortMembers(s.sizes), sortMembers(s.cycles)
	for i, v := range views {
		e := rollupEmitter{scan: s, rollup: &s.c.rollups[i], view: v}
		e.heads = make([][]string, len(v.labels))
		for combination, labels := range v.labels {
			e.heads[combination] = slices.Concat([]string{s.source.name, e.rollup.name}, labels)
		}
		e.emitWindows()
		e.emitMedians()
		e.emitGrowth()
		e.countFolded(in)
	}
}

// rollupEmitter makes the samples of one rollup of one source.
type rollupEmitter struct {
	scan   *scan
	rollup *rollup
	view   *view
	heads  [][]string // by combination: source, rollup and its labels' values
	rows   rows
}

func (e *rollupEmitter) labels(own ...string) []string {
	return slices.Concat([]string{"source", "rollup"}, e.rollup.labels, own)
}

func (e *rollupEmitter) emitWindows() {
	out, currency := e.scan.c.out, e.scan.c.options.Currency
	size, cycle, perRep := out.family(metricDealSizeMean), out.family(metricCycleMean), out.family(metricRevenuePerRep)
	money, plain := e.labels("window", "currency"), e.labels("window")
	for combination, head := range e.heads {
		e.emitWinRatio(combination, head)
		for w, window := range e.scan.c.windows[:e.scan.c.shown] {
			cell, name := &e.view.closed[w][combination], string(window.name)
			if cell.priced > 0 {
				size.gauge(money, e.rows.join(head, name, currency), cell.wonAmount.money()/float64(cell.priced))
			}
			if cell.cycles > 0 {
				cycle.gauge(plain, e.rows.join(head, name), cell.cycleTime.float(milliPerSecond)/float64(cell.cycles))
			}
			if reps := e.view.reps[w][combination]; reps > 0 {
				perRep.gauge(money, e.rows.join(head, name, currency), cell.wonAmount.money()/float64(reps))
			}
		}
	}
}

func (e *rollupEmitter) emitWinRatio(combination int, head []string) {
	family, labels := e.scan.c.out.family(metricWinRatio), e.labels("basis", "window")
	windows := e.scan.c.windows[:e.scan.c.shown]
	for w, window := range windows {
		if ratio, ok := e.view.closed[w][combination].wonAmountShare(); ok {
			family.gauge(labels, e.rows.join(head, "amount", string(window.name)), ratio)
		}
	}
	for w, window := range windows {
		if ratio, ok := e.view.closed[w][combination].wonShare(); ok {
			family.gauge(labels, e.rows.join(head, "count", string(window.name)), ratio)
		}
	}
}

// wonShare returns the won part of the closed deals.
func (c *closedCell) wonShare() (float64, bool) { return share(float64(c.won), float64(c.deals())) }

// wonAmountShare returns the won part of the closed amount.
func (c *closedCell) wonAmountShare() (float64, bool) {
	closed := c.wonAmount
	closed.plus(&c.lostAmount)
	return share(c.wonAmount.money(), closed.money())
}

// share returns part of whole. Where there is no whole, or negative amounts push the share out of 0..1, there is none.
func share(part, whole float64) (float64, bool) {
	if whole <= 0 || part < 0 || part > whole {
		return 0, false
	}
	return part / whole, true
}

func (e *rollupEmitter) emitMedians() {
	c := e.scan.c
	size, cycle := c.out.family(metricDealSizeMedian), c.out.family(metricCycleMedian)
	money, plain := e.labels("window", "currency"), e.labels("window")
	windows := c.windows[:c.shown]
	priced := func(w int, combination uint32) uint32 { return e.view.closed[w][combination].priced }
	cycles := func(w int, combination uint32) uint32 { return e.view.closed[w][combination].cycles }
	medians(e.scan.sizes, e.view.of, len(e.heads), windows, priced, func(w int, combination uint32, m float64) {
		values := e.rows.join(e.heads[combination], string(windows[w].name), c.options.Currency)
		size.gauge(money, values, m/moneySteps)
	})
	medians(e.scan.cycles, e.view.of, len(e.heads), windows, cycles, func(w int, combination uint32, m float64) {
		cycle.gauge(plain, e.rows.join(e.heads[combination], string(windows[w].name)), m/milliPerSecond)
	})
}

func (e *rollupEmitter) emitGrowth() {
	family, labels := e.scan.c.out.family(metricGrowth), e.labels("kpi", "basis")
	for combination, head := range e.heads {
		for _, kpi := range growthKPIs() {
			for _, g := range e.scan.c.growths {
				now, _ := e.sums(g.now, combination).value(kpi)
				before, _ := e.sums(g.before, combination).value(kpi)
				if before > 0 { // From a negative amount growth would come out with the wrong sign.
					family.gauge(labels, e.rows.join(head, kpi, g.basis), now/before-1)
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
	return &sums{closed: e.view.closed[w][combination], created: e.view.created[w][combination]}
}

func (e *rollupEmitter) countFolded(in present) {
	closed := e.view.foldedAmong(in.closed)
	for _, name := range []string{
		metricWinRatio, metricDealSizeMean, metricDealSizeMedian, metricCycleMean, metricCycleMedian, metricRevenuePerRep,
		metricGrowth,
	} {
		e.scan.c.out.family(name).Folded += closed
	}
}
