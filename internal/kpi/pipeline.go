package kpi

import (
	"cmp"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/value"
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

// openCell sums up open deals.
type openCell struct {
	deals          uint32
	byCRM, byStage uint32 // deals that have such a probability
	has            amounts
	crmHas         amounts // of the deals that crmAmount is of
	stageHas       amounts
	amount         total
	crmAmount      total // weighted with the record's probability, else the stage's
	stageAmount    total // weighted with the stage's probability
}

func (c *openCell) plus(o *openCell) {
	c.deals += o.deals
	c.byCRM += o.byCRM
	c.byStage += o.byStage
	c.has |= o.has
	c.crmHas |= o.crmHas
	c.stageHas |= o.stageHas
	c.amount.plus(&o.amount)
	c.crmAmount.plus(&o.crmAmount)
	c.stageAmount.plus(&o.stageAmount)
}

type waitingCell struct{ age, inStage tally }

func (c *waitingCell) plus(o *waitingCell) {
	c.age.plus(&o.age)
	c.inStage.plus(&o.inStage)
}

// nameStages puts the labels of the stages into order. Stages of two pipelines with one label are one series.
func (s *scan) nameStages() {
	s.names = []string{unknownLabel}
	for code := range uint32(len(s.stages)) {
		s.names = append(s.names, s.source.stageLabel(code))
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

// addOpen adds an open deal. One that was reopened is closed by now and was open as of then: what its record says of
// stage, probability and forecast came with the close and nobody could know it then.
func (s *scan) addOpen(row int, flags dealFlags, reopened bool) {
	d := &s.source.deals
	group, closed := s.groups.of(row), d.closed[row]
	place := s.places[d.stage[row]]
	if reopened {
		place = s.gone
	}
	cell := s.open.at(int(place)*closings+s.c.closing(closed), group)
	cell.deals++
	has := flags.amounts()
	cell.has |= has
	var amount value.Money
	if flags.priced() {
		amount = d.amount[row]
		cell.amount.add(int64(amount))
	}
	if has != 0 && s.c.coverage && closed.known() {
		s.addDue(row, group, flags, reopened)
	}
	s.addWaiting(row, int(place), group, reopened)
	if reopened {
		return
	}
	s.addWeighted(cell, row, amount, has)
	if category := flags.category(); category > 0 {
		categorised := s.categories.at(category-1, group)
		categorised.has |= has
		categorised.amount.add(int64(amount))
	}
}

func (s *scan) addWeighted(cell *openCell, row int, amount value.Money, has amounts) {
	if stage := s.stages[s.source.deals.stage[row]].probability; stage != value.ProbabilityUnknown {
		cell.byStage++
		cell.stageHas |= has
		cell.stageAmount.add(int64(amount.Times(stage)))
	}
	if chance := s.chance(row); chance != value.ProbabilityUnknown {
		cell.byCRM++
		cell.crmHas |= has
		cell.crmAmount.add(int64(amount.Times(chance)))
	}
}

// chance returns the win probability of an open deal: the record's, else its stage's.
func (s *scan) chance(row int) value.Probability {
	if record := s.source.deals.probability[row]; record != value.ProbabilityUnknown {
		return record
	}
	return s.stages[s.source.deals.stage[row]].probability
}

// addWaiting adds the deal's age and its time in the present stage. What lies in the future is left out.
func (s *scan) addWaiting(row, place int, group uint32, reopened bool) {
	created, entered := s.source.deals.created[row], s.source.deals.entered[row]
	age, inStage := int64(-1), int64(-1)
	if created.known() {
		age = s.c.nowMilli - s.c.days.moment(created)
	}
	if entered.known() && !reopened {
		inStage = s.c.nowMilli - s.c.days.moment(entered)
	}
	if age < 0 && inStage < 0 {
		return
	}
	cell := s.waiting.at(place, s.groups.shape[group])
	if age >= 0 {
		cell.age.observe(&s.c.durations, age)
	}
	if inStage >= 0 {
		cell.inStage.observe(&s.c.durations, inStage)
	}
}

// closing returns the bucket of an expected close date.
func (c *computation) closing(expected instant) int {
	if !expected.known() {
		return closingUnscheduled
	}
	for bucket, end := range c.closingEnds {
		if expected.before(end) {
			return bucket
		}
	}
	return closingLater
}

// newClosingEnds returns where the buckets before closingLater end: today's start, then the ends of this month, this
// quarter and the next quarter.
func newClosingEnds(in Input) [closingLater]edge {
	c := in.Calendar
	quarter := c.Quarter(in.Now)
	return [closingLater]edge{
		closingOverdue:     edgeAt(c, c.Day(in.Now).Start),
		closingThisMonth:   edgeAt(c, c.Month(in.Now).End),
		closingThisQuarter: edgeAt(c, quarter.End),
		closingNextQuarter: edgeAt(c, c.Quarter(quarter.End).End),
	}
}

// shownCell is a cell of a grid in a projection.
type shownCell[T any] struct {
	combination uint32
	row         uint32
	cell        T
}

// projectCells returns the cells of a grid by combination and row, merged and in order. place orders the rows.
func projectCells[T any, P interface {
	*T
	plus(*T)
}](g *grid[T], p *projection, place func(row int) uint32) []shownCell[T] {
	type source struct {
		combination, row uint32
		cell             *T
	}
	sources := make([]source, 0, len(g.cells))
	g.each(g.all(), func(row int, group uint32, cell *T) {
		sources = append(sources, source{p.of[group], place(row), cell})
	})
	slices.SortFunc(sources, func(a, b source) int {
		return cmp.Or(cmp.Compare(a.combination, b.combination), cmp.Compare(a.row, b.row))
	})
	merged := make([]shownCell[T], 0, len(sources))
	for _, s := range sources {
		last := len(merged) - 1
		if last < 0 || merged[last].combination != s.combination || merged[last].row != s.row {
			merged = append(merged, shownCell[T]{combination: s.combination, row: s.row})
			last++
		}
		P(&merged[last].cell).plus(s.cell)
	}
	return merged
}

// emitPipeline makes the samples of the family Pipeline of one source.
func (s *scan) emitPipeline() {
	s.emitOpen(metricPipelineDeals, openPart{value: func(c *openCell) (float64, bool) { return float64(c.deals), true }})
	s.emitOpen(metricPipelineAmount, openPart{value: func(c *openCell) (float64, bool) {
		return c.amount.money(), !c.has.unknown()
	}})
	s.emitOpen(metricWeighted,
		openPart{"crm", func(c *openCell) (float64, bool) { return c.crmAmount.money(), c.byCRM > 0 && !c.crmHas.unknown() }},
		openPart{"stage", func(c *openCell) (float64, bool) {
			return c.stageAmount.money(), c.byStage > 0 && !c.stageHas.unknown()
		}})
	s.emitCategories()
	s.emitWaiting(metricDealAge, func(c *waitingCell) *tally { return &c.age })
	s.emitWaiting(metricTimeInStage, func(c *waitingCell) *tally { return &c.inStage })
}

// openPart is one series of a cell: the value of the label `probability`, if the metric has it, and of the cell.
type openPart struct {
	probability string
	value       func(*openCell) (float64, bool)
}

// closingsInOrder returns the closing buckets in the order of their names, and the place of each in that order.
func closingsInOrder() (inOrder []string, place [closings]uint32) {
	names := closingNames()
	inOrder = slices.Sorted(slices.Values(names[:]))
	for bucket, name := range names {
		place[bucket] = uint32(slices.Index(inOrder, name))
	}
	return inOrder, place
}

// openBy returns the open deals by a breakdown, stage and closing bucket.
func (s *scan) openBy(g *grain) []shownCell[openCell] {
	cells, ok := s.layout.open[g.breakdown]
	if !ok {
		_, order := closingsInOrder()
		cells = projectCells[openCell](&s.open, &s.layout.of(g).projection, func(row int) uint32 {
			return uint32(row/closings*closings) + order[row%closings]
		})
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
	closing, _ := closingsInOrder()
	labels := s.labels(g.labels, m.Labels...)
	var currency []string
	if m.Money {
		labels, currency = append(labels, "currency"), []string{s.c.options.Currency}
	}
	p, cells := &s.layout.of(&g).projection, s.openBy(&g)
	var head []string
	for i := range cells {
		at := &cells[i]
		head = append(append(head[:0], s.source.name), p.labels[at.combination]...)
		head = append(head, s.names[at.row/closings], closing[at.row%closings])
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
	in := s.open.present(s.groups.len())
	family.countFolded(p, func(group uint32) bool { return in[group] })
}

func (s *scan) emitCategories() {
	g, on := s.c.grainOf(metricForecastCategory)
	if !on {
		return
	}
	family, p := s.c.out.family(metricForecastCategory), &s.layout.of(&g).projection
	rows, labels := family.rows(), s.labels(g.labels, "category", "currency")
	sorted := slices.Sorted(slices.Values(s.source.facts.categories))
	cells := projectCells[moneyCell](&s.categories, p, func(row int) uint32 {
		return uint32(slices.Index(sorted, s.source.facts.categories[row]))
	})
	for i := range cells {
		at := &cells[i]
		if at.cell.has.unknown() {
			continue
		}
		head := rows.join([]string{s.source.name}, p.labels[at.combination]...)
		family.gauge(labels, rows.join(head, string(sorted[at.row]), s.c.options.Currency), at.cell.amount.money())
	}
	in := s.categories.present(s.groups.len())
	family.countFolded(p, func(group uint32) bool { return in[group] })
}

// waitingBy returns how long open deals wait, by a breakdown and stage.
func (s *scan) waitingBy(g *grain) []shownCell[waitingCell] {
	cells, ok := s.layout.waiting[g.breakdown]
	if !ok {
		cells = projectCells[waitingCell](&s.waiting, s.shapesBy(g.breakdown), func(row int) uint32 { return uint32(row) })
		s.layout.waiting[g.breakdown] = cells
	}
	return cells
}

// emitWaiting makes a histogram of open deals by stage.
func (s *scan) emitWaiting(metric string, of func(*waitingCell) *tally) {
	g, on := s.c.grainOf(metric)
	if !on {
		return
	}
	family, p, cells := s.c.out.family(metric), s.shapesBy(g.breakdown), s.waitingBy(&g)
	rows, labels := family.rows(), s.labels(g.labels, "deal_stage")
	for i := range cells {
		at := &cells[i]
		if t := of(&at.cell); !t.empty() {
			head := rows.join([]string{s.source.name}, p.labels[at.combination]...)
			family.tally(labels, rows.join(head, s.names[at.row]), t, &s.c.durations, milliPerSecond)
		}
	}
	in := s.waiting.present(len(p.of))
	family.countFolded(p, func(shape uint32) bool { return in[shape] })
}
