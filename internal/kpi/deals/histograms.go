package deals

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/cube/emit"
	"github.com/sales-exporter/sales_exporter/internal/cube/grain"
	"github.com/sales-exporter/sales_exporter/internal/cube/groups"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// histogramPart is one histogram of a metric: the value of the metric's last label, what it takes from a cell, and whether
// that is of money.
type histogramPart struct {
	own   string
	tally func(*histogramCell) *cube.Tally
	money bool
}

// emitHistograms makes the histograms of deal sizes and sales cycles.
func (s *source) emitHistograms() {
	s.emitHistogram(size, "currency", &s.sizes, value.MoneyScale,
		histogramPart{s.C.Options.Currency, func(c *histogramCell) *cube.Tally { return &c.size }, true})
	s.emitHistogram(cycle, "outcome", &s.C.Durations, pass.MilliPerSecond,
		histogramPart{crm.OutcomeLost.String(), func(c *histogramCell) *cube.Tally { return &c.lost }, false},
		histogramPart{crm.OutcomeWon.String(), func(c *histogramCell) *cube.Tally { return &c.won }, false})
}

// emitHistogram makes the histograms of one metric. One that is not empty in some window is there in all of them where it is
// known.
func (s *source) emitHistogram(metric int, own string, b *cube.Buckets, step float64, parts ...histogramPart) {
	g, on := s.C.GrainOf(s.out[metric])
	if !on {
		return
	}
	p, family := s.HistogramCombinations(g.Breakdown), s.out[metric]
	read := s.WindowsRead(&g)
	windows := s.histogramWindows(p, read)
	rows, labels := family.Rows(), s.Labels(g.Labels, "window", own)
	for combination, names := range p.Labels {
		head := rows.Join([]string{s.Source.Name}, names...)
		for i, w := range read {
			for _, part := range parts {
				if part.money && windows[i][combination].wonHas.Unknown() {
					continue
				}
				if slices.ContainsFunc(windows, func(w []histogramCell) bool { return !part.tally(&w[combination]).Empty() }) {
					values := rows.Join(head, string(s.C.Windows[w].Name), part.own)
					family.Tally(labels, values, part.tally(&windows[i][combination]), b, step)
				}
			}
		}
	}
	s.countFoldedHistograms(family, p, &g, parts)
}

// histogramWindows adds up some windows, by their place among these and by combination.
func (s *source) histogramWindows(p *groups.Projection, read []int) [][]histogramCell {
	windows := make([][]histogramCell, len(read))
	for i, w := range read {
		windows[i] = make([]histogramCell, len(p.Labels))
		s.histograms.Each(s.C.Windows[w].Period, func(_ int, class uint32, words []int64) {
			to, cell := &windows[i][p.Of[class]], histogramOf(s.histograms, words)
			to.wonHas |= cell.wonHas
			to.size.Plus(&cell.size)
			to.won.Plus(&cell.won)
			to.lost.Plus(&cell.lost)
		})
	}
	return windows
}

func (s *source) countFoldedHistograms(f *emit.Family, p *groups.Projection, g *grain.Grain, parts []histogramPart) {
	if f.Counting || !p.Folding {
		return
	}
	in := make([]bool, len(p.Of))
	for _, w := range s.WindowsRead(g) {
		s.histograms.Each(s.C.Windows[w].Period, func(_ int, class uint32, words []int64) {
			cell := histogramOf(s.histograms, words)
			in[class] = in[class] || slices.ContainsFunc(parts, func(part histogramPart) bool { return !part.tally(&cell).Empty() })
		})
	}
	f.CountFolded(func() int { return p.FoldedAmong(in) })
}

// histogramMeasures add up the histograms of closed deals.
func (s *source) histogramMeasures() []cube.Measure {
	return []cube.Measure{
		{Where: pass.AtomWon | pass.AtomPriced, Value: cube.Rows},
		{Where: pass.AtomWon | pass.AtomForeign, Value: cube.Rows},
		{Where: pass.AtomWon | pass.AtomPriced | pass.AtomSized, Value: pass.ColumnAmount, Buckets: &s.sizes},
		{Where: pass.AtomWon | pass.AtomCycled, Value: pass.ColumnCycle, Buckets: &s.C.Durations},
		{Where: pass.AtomLost | pass.AtomCycled, Value: pass.ColumnCycle, Buckets: &s.C.Durations},
	}
}

// histogramCell is what histogramMeasures added up.
type histogramCell struct {
	wonHas          pass.Amounts
	size, won, lost cube.Tally
}

// histogramOf reads histogramMeasures.
func histogramOf(l *cube.Lane, cell []int64) histogramCell {
	c := histogramCell{size: l.Tally(cell, 0, 2), won: l.Tally(cell, 0, 3), lost: l.Tally(cell, 0, 4)}
	if l.Number(cell, 0, 0) > 0 {
		c.wonHas |= pass.AmountsPriced
	}
	if l.Number(cell, 0, 1) > 0 {
		c.wonHas |= pass.AmountsForeign
	}
	return c
}
