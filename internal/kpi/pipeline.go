package kpi

import (
	"cmp"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/facts"
)

// The closing buckets of open deals, disjoint and in the order of time.
const (
	closingOverdue = iota
	closingThisMonth
	closingThisQuarter
	closingNextQuarter
	closingLater
	closingUnscheduled
	closings
)

// closingNames are the values of the `closing` label.
func closingNames() [closings]string {
	return [closings]string{
		closingOverdue: "overdue", closingThisMonth: "this_month", closingThisQuarter: "this_quarter",
		closingNextQuarter: "next_quarter", closingLater: "later", closingUnscheduled: "unscheduled",
	}
}

// nameStages puts the labels of the stages into order. Stages of two pipelines with one label are one series.
func (s *scan) nameStages() {
	s.names = []string{facts.UnknownLabel}
	for code := range uint32(len(s.stages)) {
		s.names = append(s.names, s.source.StageLabel(code))
	}
	labels := slices.Clone(s.names)
	slices.Sort(s.names)
	s.names = slices.Compact(s.names)
	places := make([]uint32, len(labels))
	for i, label := range labels {
		place, _ := slices.BinarySearch(s.names, label)
		places[i] = uint32(place)
	}
	s.gone, s.places = places[0], places[1:]
}

// closing returns the bucket of an expected close date.
func (c *computation) closing(expected calendar.Instant) int {
	if !expected.Known() {
		return closingUnscheduled
	}
	for bucket, end := range c.closingEnds {
		if expected.Before(end) {
			return bucket
		}
	}
	return closingLater
}

// newClosingEnds returns where the buckets before closingLater end: today's start, then the ends of this month, this
// quarter and the next quarter.
func newClosingEnds(in Input) [closingLater]calendar.Edge {
	c := in.Calendar
	quarter := c.Quarter(in.Now)
	return [closingLater]calendar.Edge{
		closingOverdue:     c.EdgeAt(c.Day(in.Now).Start),
		closingThisMonth:   c.EdgeAt(c.Month(in.Now).End),
		closingThisQuarter: c.EdgeAt(quarter.End),
		closingNextQuarter: c.EdgeAt(c.Quarter(quarter.End).End),
	}
}

// shownCell is a cell of a lane in a projection.
type shownCell[T any] struct {
	combination uint32
	row         uint32
	cell        T
}

// projectCells returns the cells of a lane by combination and row, merged and in order. order has the slots in the order
// in which they are shown.
func projectCells[T any, P interface {
	*T
	plus(*T)
}](l *cube.Lane, p *projection, order []int, read func(*cube.Lane, []int64) T) []shownCell[T] {
	type source struct {
		combination, row uint32
		cell             []int64
	}
	var sources []source // in order of the rows
	ends := make([]int, len(p.labels)+1)
	for row, slot := range order {
		l.Each(cube.Period{From: slot, To: slot + 1}, func(_ int, class uint32, cell []int64) {
			sources = append(sources, source{p.of[class], uint32(row), cell})
			ends[p.of[class]+1]++
		})
	}
	for i := range p.labels {
		ends[i+1] += ends[i]
	}
	sorted := make([]source, len(sources))
	for _, s := range sources {
		sorted[ends[s.combination]] = s
		ends[s.combination]++
	}
	merged := make([]shownCell[T], 0, len(sources))
	for _, s := range sorted {
		last := len(merged) - 1
		if last < 0 || merged[last].combination != s.combination || merged[last].row != s.row {
			merged = append(merged, shownCell[T]{combination: s.combination, row: s.row})
			last++
		}
		cell := read(l, s.cell)
		P(&merged[last].cell).plus(&cell)
	}
	return merged
}

// layPipeline declares the sums of open deals.
func (s *scan) layPipeline() {
	stages, categories := len(s.names), len(s.source.Facts.Categories)
	s.open = s.lane(selectOpen, s.byGroup().On(axisStageClosing, identity(stages*closings), stages*closings), 1, openMeasures())
	s.categories = s.lane(selectOpen, s.byGroup().On(axisCategory, identity(categories), categories), 1,
		amountMeasures(0, columnAmount))
	s.waiting = s.lane(selectOpen, s.byShape().On(axisStage, identity(stages), stages), 1, []cube.Measure{
		{Where: atomAged, Value: columnAge, Buckets: &s.c.durations},
		{Where: atomInStage, Value: columnInStage, Buckets: &s.c.durations},
	})
}

// emitPipeline makes the samples of the family Pipeline of one source.
func (s *scan) emitPipeline() {
	s.emitOpen(metricPipelineDeals, openPart{value: func(c *openCell) (float64, bool) { return float64(c.deals), true }})
	s.emitOpen(metricPipelineAmount, openPart{value: func(c *openCell) (float64, bool) {
		return units(c.amount), !c.has.unknown()
	}})
	s.emitOpen(metricWeighted,
		openPart{"crm", func(c *openCell) (float64, bool) {
			return units(c.crmAmount), c.byCRM > 0 && !c.crmHas.unknown()
		}},
		openPart{"stage", func(c *openCell) (float64, bool) {
			return units(c.stageAmount), c.byStage > 0 && !c.stageHas.unknown()
		}})
	s.emitCategories()
	s.emitWaiting(metricDealAge, func(c *waitingCell) *cube.Tally { return &c.age })
	s.emitWaiting(metricTimeInStage, func(c *waitingCell) *cube.Tally { return &c.inStage })
}

// openPart is one series of a cell: the value of the label `probability`, if the metric has it, and of the cell.
type openPart struct {
	probability string
	value       func(*openCell) (float64, bool)
}

// closingOrder returns the closing buckets in the order of their names.
func closingOrder() []int {
	names := closingNames()
	order := make([]int, closings)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(names[a], names[b]) })
	return order
}

// openBy returns the open deals by a breakdown, stage and closing bucket.
func (s *scan) openBy(g *grain) []shownCell[openCell] {
	cells, ok := s.layout.open[g.breakdown]
	if !ok {
		var order []int
		for stage := range s.names {
			for _, closing := range closingOrder() {
				order = append(order, stage*closings+closing)
			}
		}
		cells = projectCells(s.open, &s.layout.of(g).projection, order, openOf)
		s.layout.open[g.breakdown] = cells
	}
	return cells
}

func (s *scan) emitOpen(metric string, parts ...openPart) {
	g, on := s.c.grainOf(metric)
	if !on {
		return
	}
	family := s.c.out.family(metric)
	m, rows := family.Metric, family.rows()
	order, closing := closingOrder(), closingNames()
	labels := s.labels(g.labels, m.Labels...)
	var currency []string
	if m.Money {
		labels, currency = append(labels, "currency"), []string{s.c.options.Currency}
	}
	p, cells := &s.layout.of(&g).projection, s.openBy(&g)
	var head []string
	for i := range cells {
		at := &cells[i]
		head = append(append(head[:0], s.source.Name), p.labels[at.combination]...)
		head = append(head, s.names[at.row/closings], closing[order[at.row%closings]])
		for _, part := range parts {
			value, ok := part.value(&at.cell)
			if !ok {
				continue
			}
			own := currency
			if part.probability != "" {
				own = append([]string{part.probability}, currency...)
			}
			family.gauge(labels, rows.join(head, own...), value)
		}
	}
	in := s.open.Present(s.groups.len())
	family.countFolded(p, func(group uint32) bool { return in[group] })
}

func (s *scan) emitCategories() {
	g, on := s.c.grainOf(metricForecastCategory)
	if !on {
		return
	}
	family, p := s.c.out.family(metricForecastCategory), &s.layout.of(&g).projection
	rows, labels := family.rows(), s.labels(g.labels, "category", "currency")
	sorted := slices.Sorted(slices.Values(s.source.Facts.Categories))
	order := make([]int, len(sorted))
	for i, category := range sorted {
		order[i] = slices.Index(s.source.Facts.Categories, category)
	}
	cells := projectCells(s.categories, p, order, func(l *cube.Lane, cell []int64) amountSum { return amountOf(l, cell, 0, 0) })
	for i := range cells {
		at := &cells[i]
		if at.cell.has.unknown() {
			continue
		}
		head := rows.join([]string{s.source.Name}, p.labels[at.combination]...)
		family.gauge(labels, rows.join(head, string(sorted[at.row]), s.c.options.Currency), units(at.cell.sum))
	}
	in := s.categories.Present(s.groups.len())
	family.countFolded(p, func(group uint32) bool { return in[group] })
}

// waitingBy returns how long open deals wait, by a breakdown and stage.
func (s *scan) waitingBy(g *grain) []shownCell[waitingCell] {
	cells, ok := s.layout.waiting[g.breakdown]
	if !ok {
		order := make([]int, len(s.names))
		for i := range order {
			order[i] = i
		}
		cells = projectCells(s.waiting, s.shapesBy(g.breakdown), order, waitingOf)
		s.layout.waiting[g.breakdown] = cells
	}
	return cells
}

// emitWaiting makes a histogram of open deals by stage.
func (s *scan) emitWaiting(metric string, of func(*waitingCell) *cube.Tally) {
	g, on := s.c.grainOf(metric)
	if !on {
		return
	}
	family, p, cells := s.c.out.family(metric), s.shapesBy(g.breakdown), s.waitingBy(&g)
	rows, labels := family.rows(), s.labels(g.labels, "deal_stage")
	for i := range cells {
		at := &cells[i]
		if t := of(&at.cell); !t.Empty() {
			head := rows.join([]string{s.source.Name}, p.labels[at.combination]...)
			family.tally(labels, rows.join(head, s.names[at.row]), t, &s.c.durations, milliPerSecond)
		}
	}
	in := s.waiting.Present(len(p.of))
	family.countFolded(p, func(shape uint32) bool { return in[shape] })
}
