package kpi

import (
	"cmp"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// emitDeals makes the samples of the family Deals of one source.
func (s *scan) emitDeals() {
	every := make([]int, len(s.c.dims))
	for i := range every {
		every[i] = i
	}
	base := s.newView(every)
	views := []*view{base}
	for _, r := range s.c.rollups {
		views = append(views, s.newView(r.places))
	}
	in := s.roll(views)
	s.emitClosed(base, in.closed)
	s.emitCreated(base, in.created)
	s.emitShapes()
	s.emitRollups(views[1:], in)
}

// labels returns the label names of a metric of this source with some dimensions.
func (s *scan) labels(dims []string, own ...string) []string {
	return slices.Concat([]string{"source"}, dims, own)
}

// emitClosed makes one combination set for won and lost deals and their amounts, so that their ratios never lack a
// side.
func (s *scan) emitClosed(v *view, groups []bool) {
	out, rows := s.c.out, rows{}
	dims, currency := s.c.options.Dimensions, s.c.options.Currency
	count, money := s.labels(dims, "window"), s.labels(dims, "window", "currency")
	won, lost := out.family(metricDealsWon), out.family(metricDealsLost)
	wonAmount, lostAmount := out.family(metricRevenueWon), out.family(metricRevenueLost)
	s.prepare([]*Family{won, lost, wonAmount, lostAmount}, v, groups)
	for combination, in := range v.project(groups) {
		if !in {
			continue
		}
		head := rows.join([]string{s.source.name}, v.labels[combination]...)
		for w, window := range s.c.windows[:s.c.shown] {
			cell := &v.closed[w][combination]
			values := rows.join(head, string(window.name))
			won.gauge(count, values, float64(cell.won))
			lost.gauge(count, values, float64(cell.lost))
			values = rows.join(head, string(window.name), currency)
			wonAmount.gauge(money, values, cell.wonAmount.money())
			lostAmount.gauge(money, values, cell.lostAmount.money())
		}
	}
}

// prepare makes room for the series of a combination set and counts what was folded into it.
func (s *scan) prepare(families []*Family, v *view, groups []bool) {
	combinations := 0
	for _, in := range v.project(groups) {
		if in {
			combinations++
		}
	}
	folded := v.foldedAmong(groups)
	for _, f := range families {
		f.reserve(combinations * s.c.shown)
		f.Folded += folded
	}
}

func (s *scan) emitCreated(v *view, groups []bool) {
	out, rows := s.c.out, rows{}
	dims, currency := s.c.options.Dimensions, s.c.options.Currency
	count, money := s.labels(dims, "window"), s.labels(dims, "window", "currency")
	created, amount := out.family(metricDealsCreated), out.family(metricPipelineCreated)
	s.prepare([]*Family{created, amount}, v, groups)
	for combination, in := range v.project(groups) {
		if !in {
			continue
		}
		head := rows.join([]string{s.source.name}, v.labels[combination]...)
		for w, window := range s.c.windows[:s.c.shown] {
			cell := &v.created[w][combination]
			created.gauge(count, rows.join(head, string(window.name)), float64(cell.deals))
			amount.gauge(money, rows.join(head, string(window.name), currency), cell.amount.money())
		}
	}
}

// shapeProjection shows the combinations of histogram dimensions.
func (s *scan) shapeProjection() projection {
	dims := make([]*dimension, len(s.c.hist))
	for i, place := range s.c.hist {
		dims[i] = s.c.dims[place]
	}
	var buffer []uint32
	return project(dims, s.groups.shapes.len(), func(shape uint32, i int) uint32 {
		buffer = s.groups.shapes.at(shape, buffer)
		return buffer[i]
	})
}

// emitShapes makes the histograms of deal sizes and sales cycles.
func (s *scan) emitShapes() {
	p := s.shapeProjection()
	dims, currency := s.c.options.HistogramDimensions, s.c.options.Currency
	size, cycle := s.c.out.family(metricDealSize), s.c.out.family(metricCycle)
	sizeLabels, cycleLabels := s.labels(dims, "window", "currency"), s.labels(dims, "window", "outcome")
	windows := make([][]shapeCell, s.c.shown)
	for w, window := range s.c.windows[:s.c.shown] {
		windows[w] = make([]shapeCell, len(p.labels))
		s.shapes.each(window.period, func(_ int, shape uint32, cell *shapeCell) {
			to := &windows[w][p.of[shape]]
			to.size.plus(&cell.size)
			to.won.plus(&cell.won)
			to.lost.plus(&cell.lost)
		})
	}
	for combination, labels := range p.labels {
		head := slices.Concat([]string{s.source.name}, labels)
		sized := slices.ContainsFunc(windows, func(w []shapeCell) bool { return !w[combination].size.empty() })
		cycled := slices.ContainsFunc(windows, func(w []shapeCell) bool {
			return !w[combination].won.empty() || !w[combination].lost.empty()
		})
		for w, window := range s.c.windows[:s.c.shown] {
			name, cell := string(window.name), &windows[w][combination]
			if sized {
				size.histogram(sizeLabels, slices.Concat(head, []string{name, currency}),
					cell.size.histogram(&s.c.sizes, crm.MoneyScale))
			}
			if cycled {
				cycle.histogram(cycleLabels, slices.Concat(head, []string{name, crm.OutcomeLost.String()}),
					cell.lost.histogram(&s.c.durations, milliPerSecond))
				cycle.histogram(cycleLabels, slices.Concat(head, []string{name, crm.OutcomeWon.String()}),
					cell.won.histogram(&s.c.durations, milliPerSecond))
			}
		}
	}
	s.countFoldedShapes(&p, size, cycle)
}

const milliPerSecond = 1000

func (s *scan) countFoldedShapes(p *projection, size, cycle *Family) {
	sized, cycled := make([]bool, len(p.of)), make([]bool, len(p.of))
	for _, window := range s.c.windows[:s.c.shown] {
		s.shapes.each(window.period, func(_ int, shape uint32, cell *shapeCell) {
			sized[shape] = sized[shape] || !cell.size.empty()
			cycled[shape] = cycled[shape] || !cell.won.empty() || !cell.lost.empty()
		})
	}
	size.Folded += p.foldedAmong(sized)
	cycle.Folded += p.foldedAmong(cycled)
}

// byRep returns the groups with those of one rep beside each other.
func (g *groups) byRep() []uint32 {
	order := make([]uint32, g.len())
	for group := range order {
		order[group] = uint32(group)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(g.reps[a], g.reps[b]) })
	return order
}
