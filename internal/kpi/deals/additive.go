package deals

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/cube/emit"
	"github.com/sales-exporter/sales_exporter/internal/cube/grain"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
)

// dealMetric is one of the additive metrics of deals and what it takes from a cell.
type dealMetric struct {
	metric int // handle
	value  func(*dealCell) float64
	deals  func(*dealCell) uint32       // how many deals the value is of
	has    func(*dealCell) pass.Amounts // what amounts they have, nil where the value is no money
}

func additiveDealMetrics() []dealMetric {
	wonDeals := func(c *dealCell) uint32 { return c.closed.Won }
	lostDeals := func(c *dealCell) uint32 { return c.closed.Lost }
	createdDeals := func(c *dealCell) uint32 { return c.created.Deals }
	wonHas := func(c *dealCell) pass.Amounts { return c.closed.WonHas }
	lostHas := func(c *dealCell) pass.Amounts { return c.closed.LostHas }
	createdHas := func(c *dealCell) pass.Amounts { return c.created.Has }
	return []dealMetric{
		{won, func(c *dealCell) float64 { return float64(c.closed.Won) }, wonDeals, nil},
		{lost, func(c *dealCell) float64 { return float64(c.closed.Lost) }, lostDeals, nil},
		{created, func(c *dealCell) float64 { return float64(c.created.Deals) }, createdDeals, nil},
		{revenueWon, func(c *dealCell) float64 { return pass.Units(c.closed.WonAmount) }, wonDeals, wonHas},
		{revenueLost, func(c *dealCell) float64 { return pass.Units(c.closed.LostAmount) }, lostDeals, lostHas},
		{pipelineCreated, func(c *dealCell) float64 { return pass.Units(c.created.Amount) }, createdDeals, createdHas},
	}
}

// unknown reports whether a cell has no value: its deals have amounts, but none in the reporting currency.
func (m *dealMetric) unknown(c *dealCell) bool { return m.has != nil && m.has(c).Unknown() }

// dealTable is metrics of one grain and the same windows: their series share label values.
type dealTable struct {
	grain   grain.Grain
	metrics []dealMetric
}

func (s *source) dealTables() []dealTable {
	var tables []dealTable
	for _, m := range additiveDealMetrics() {
		g, on := s.C.GrainOf(s.out[m.metric])
		if !on {
			continue
		}
		same := func(t dealTable) bool {
			return t.grain.Breakdown == g.Breakdown && slices.Equal(t.grain.Windows, g.Windows)
		}
		at := slices.IndexFunc(tables, same)
		if at < 0 {
			at = len(tables)
			tables = append(tables, dealTable{grain: g})
		}
		tables[at].metrics = append(tables[at].metrics, m)
	}
	return tables
}

// emitTable makes the samples of a table.
func (s *source) emitTable(t *dealTable) {
	v, currency := s.view(&t.grain), s.C.Options.Currency
	plain, money := s.Labels(t.grain.Labels, "window"), s.Labels(t.grain.Labels, "window", "currency")
	families, present := make([]*emit.Family, len(t.metrics)), make([][]bool, len(t.metrics))
	for i, m := range t.metrics {
		families[i] = s.out[m.metric]
		present[i] = s.present(v, &t.grain, &m)
		s.countFoldedDeals(families[i], v, &t.grain, m.deals)
	}
	rows, windows := families[0].Rows(), s.WindowsRead(&t.grain)
	for combination, labels := range v.Labels {
		if !slices.ContainsFunc(present, func(p []bool) bool { return p[combination] }) {
			continue
		}
		head := rows.Join([]string{s.Source.Name}, labels...)
		for _, w := range windows {
			name, cell := string(s.C.Windows[w].Name), &v.cells[w][combination]
			values, inCurrency := rows.Join(head, name), rows.Join(head, name, currency)
			for i, m := range t.metrics {
				switch {
				case !present[i][combination], m.unknown(cell):
				case families[i].Metric.Money:
					families[i].Gauge(money, inCurrency, m.value(cell))
				default:
					families[i].Gauge(plain, values, m.value(cell))
				}
			}
		}
	}
}

// countFoldedDeals counts the combinations that were merged, among those that have deals in some window.
func (s *source) countFoldedDeals(f *emit.Family, v *view, g *grain.Grain, deals func(*dealCell) uint32) {
	if f.Counting || !v.Folding {
		return
	}
	in := make([]bool, s.Groups.Len())
	for _, w := range s.WindowsRead(g) {
		window := s.C.Windows[w].Period
		s.closed.Each(window, func(_ int, group uint32, words []int64) {
			in[group] = in[group] || deals(&dealCell{closed: pass.ClosedOf(s.closed, words)}) > 0
		})
		s.created.Each(window, func(_ int, group uint32, words []int64) {
			in[group] = in[group] || deals(&dealCell{created: pass.CreatedOf(s.created, words)}) > 0
		})
	}
	f.CountFolded(func() int { return v.FoldedAmong(in) })
}

// present says which combinations have a series: those that are not 0 in every window, be it that the value of some is
// unknown, and zeros of what no other series is about.
func (s *source) present(v *view, g *grain.Grain, m *dealMetric) []bool {
	present := make([]bool, len(v.Labels))
	for _, w := range s.WindowsRead(g) {
		for combination := range present {
			cell := &v.cells[w][combination]
			if !present[combination] && (m.value(cell) != 0 || m.unknown(cell)) {
				present[combination] = true
			}
		}
	}
	s.AddZeros(present, v.Projection, g)
	return present
}
