package kpi

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

const milliPerSecond = 1000

// shapePart is one histogram of a metric: the value of the metric's last label, what it takes from a cell, and whether
// that is of money.
type shapePart struct {
	own   string
	tally func(*shapeCell) *cube.Tally
	money bool
}

// emitShapes makes the histograms of deal sizes and sales cycles.
func (s *scan) emitShapes() {
	s.emitShape(metricDealSize, "currency", &s.c.sizes, value.MoneyScale,
		shapePart{s.c.options.Currency, func(c *shapeCell) *cube.Tally { return &c.size }, true})
	s.emitShape(metricCycle, "outcome", &s.c.durations, milliPerSecond,
		shapePart{crm.OutcomeLost.String(), func(c *shapeCell) *cube.Tally { return &c.lost }, false},
		shapePart{crm.OutcomeWon.String(), func(c *shapeCell) *cube.Tally { return &c.won }, false})
}

// emitShape makes the histograms of one metric. One that is not empty in some window is there in all of them where it is
// known.
func (s *scan) emitShape(metric, own string, b *cube.Buckets, step float64, parts ...shapePart) {
	g, on := s.c.grainOf(metric)
	if !on {
		return
	}
	p, family := s.shapesBy(g.breakdown), s.c.out.family(metric)
	read := s.read(&g)
	windows := s.shapeWindows(p, read)
	rows, labels := family.rows(), s.labels(g.labels, "window", own)
	for combination, names := range p.labels {
		head := rows.join([]string{s.source.Name}, names...)
		for i, w := range read {
			for _, part := range parts {
				if part.money && windows[i][combination].wonHas.unknown() {
					continue
				}
				if slices.ContainsFunc(windows, func(w []shapeCell) bool { return !part.tally(&w[combination]).Empty() }) {
					values := rows.join(head, string(s.c.windows[w].name), part.own)
					family.tally(labels, values, part.tally(&windows[i][combination]), b, step)
				}
			}
		}
	}
	s.countFoldedShapes(family, p, &g, parts)
}

// shapeWindows adds up some windows, by their place among these and by combination.
func (s *scan) shapeWindows(p *projection, read []int) [][]shapeCell {
	windows := make([][]shapeCell, len(read))
	for i, w := range read {
		windows[i] = make([]shapeCell, len(p.labels))
		s.shapes.Each(s.c.windows[w].period, func(_ int, shape uint32, words []int64) {
			to, cell := &windows[i][p.of[shape]], shapeOf(s.shapes, words)
			to.wonHas |= cell.wonHas
			to.size.Plus(&cell.size)
			to.won.Plus(&cell.won)
			to.lost.Plus(&cell.lost)
		})
	}
	return windows
}

func (s *scan) countFoldedShapes(f *family, p *projection, g *grain, parts []shapePart) {
	if f.counting || !p.folding {
		return
	}
	in := make([]bool, len(p.of))
	for _, w := range s.read(g) {
		s.shapes.Each(s.c.windows[w].period, func(_ int, shape uint32, words []int64) {
			cell := shapeOf(s.shapes, words)
			in[shape] = in[shape] || slices.ContainsFunc(parts, func(part shapePart) bool { return !part.tally(&cell).Empty() })
		})
	}
	f.countFolded(p, func(shape uint32) bool { return in[shape] })
}
