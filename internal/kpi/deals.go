package kpi

import "slices"

// dealMetric is one of the additive metrics of deals and what it takes from a cell.
type dealMetric struct {
	name  string
	value func(*dealCell) float64
	deals func(*dealCell) uint32  // how many deals the value is of
	has   func(*dealCell) amounts // what amounts they have, nil where the value is no money
}

func additiveDealMetrics() []dealMetric {
	won := func(c *dealCell) uint32 { return c.closed.won }
	lost := func(c *dealCell) uint32 { return c.closed.lost }
	created := func(c *dealCell) uint32 { return c.created.deals }
	wonHas := func(c *dealCell) amounts { return c.closed.wonHas }
	lostHas := func(c *dealCell) amounts { return c.closed.lostHas }
	createdHas := func(c *dealCell) amounts { return c.created.has }
	return []dealMetric{
		{metricDealsWon, func(c *dealCell) float64 { return float64(c.closed.won) }, won, nil},
		{metricDealsLost, func(c *dealCell) float64 { return float64(c.closed.lost) }, lost, nil},
		{metricDealsCreated, func(c *dealCell) float64 { return float64(c.created.deals) }, created, nil},
		{metricRevenueWon, func(c *dealCell) float64 { return units(c.closed.wonAmount) }, won, wonHas},
		{metricRevenueLost, func(c *dealCell) float64 { return units(c.closed.lostAmount) }, lost, lostHas},
		{metricPipelineCreated, func(c *dealCell) float64 { return units(c.created.amount) }, created, createdHas},
	}
}

// unknown reports whether a cell has no value: its deals have amounts, but none in the reporting currency.
func (m *dealMetric) unknown(c *dealCell) bool { return m.has != nil && m.has(c).unknown() }

// dealTable is metrics of one grain and the same windows: their series share label values.
type dealTable struct {
	grain   grain
	metrics []dealMetric
}

func (c *computation) dealTables() []dealTable {
	var tables []dealTable
	for _, m := range additiveDealMetrics() {
		g, on := c.grainOf(m.name)
		if !on {
			continue
		}
		same := func(t dealTable) bool {
			return t.grain.breakdown == g.breakdown && slices.Equal(t.grain.windows, g.windows)
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

// layDeals declares the sums of closed and created deals, and their histograms.
func (s *scan) layDeals() {
	slots, width := s.c.cut.Slots(), s.c.cut.Width()
	s.closed = s.lane(selectClosed, s.byGroup().On(axisInterval, slots, width), 2, closedMeasures())
	s.created = s.lane(selectCreated, s.byGroup().On(axisInterval, slots, width), 1, amountMeasures(0, columnAmount))
	s.shapes = s.lane(selectClosed, s.byShape().On(axisInterval, s.c.shaped, width), 1, s.shapeMeasures())
}

// emitDeals makes the samples of the additive metrics of deals of one source, and their histograms.
func (s *scan) emitDeals() {
	s.emitShapes()
	for i := range s.c.tables {
		s.emitTable(&s.c.tables[i])
	}
}

// labels returns the label names of a metric of this source with some dimensions.
func (s *scan) labels(dims []string, own ...string) []string {
	return slices.Concat([]string{"source"}, dims, own)
}

// rows returns what hands out label values to a family.
func (f *family) rows() rows { return rows{counting: f.counting} }

func (s *scan) emitTable(t *dealTable) {
	v, currency := s.layout.of(&t.grain), s.c.options.Currency
	plain, money := s.labels(t.grain.labels, "window"), s.labels(t.grain.labels, "window", "currency")
	families, present := make([]*family, len(t.metrics)), make([][]bool, len(t.metrics))
	for i, m := range t.metrics {
		families[i] = s.c.out.family(m.name)
		present[i] = s.present(v, &t.grain, &m)
		s.countFoldedDeals(families[i], v, &t.grain, m.deals)
	}
	rows, windows := families[0].rows(), s.read(&t.grain)
	for combination, labels := range v.labels {
		if !slices.ContainsFunc(present, func(p []bool) bool { return p[combination] }) {
			continue
		}
		head := rows.join([]string{s.source.Name}, labels...)
		for _, w := range windows {
			name, cell := string(s.c.windows[w].name), &v.cells[w][combination]
			values, inCurrency := rows.join(head, name), rows.join(head, name, currency)
			for i, m := range t.metrics {
				switch {
				case !present[i][combination], m.unknown(cell):
				case families[i].Metric.Money:
					families[i].gauge(money, inCurrency, m.value(cell))
				default:
					families[i].gauge(plain, values, m.value(cell))
				}
			}
		}
	}
}

// countFoldedDeals counts the combinations that were merged, among those that have deals in some window.
func (s *scan) countFoldedDeals(f *family, v *view, g *grain, deals func(*dealCell) uint32) {
	if f.counting || !v.folding {
		return
	}
	in := make([]bool, s.groups.len())
	for _, w := range s.read(g) {
		window := s.c.windows[w].period
		s.closed.Each(window, func(_ int, group uint32, words []int64) {
			in[group] = in[group] || deals(&dealCell{closed: closedOf(s.closed, words)}) > 0
		})
		s.created.Each(window, func(_ int, group uint32, words []int64) {
			in[group] = in[group] || deals(&dealCell{created: createdOf(s.created, words)}) > 0
		})
	}
	f.countFolded(&v.projection, func(group uint32) bool { return in[group] })
}
