package kpi

import (
	"cmp"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
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
	amount         total
	crmAmount      total // weighted with the record's probability, else the stage's
	stageAmount    total // weighted with the stage's probability
}

func (c *openCell) plus(o *openCell) {
	c.deals += o.deals
	c.byCRM += o.byCRM
	c.byStage += o.byStage
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
	var amount crm.Money
	if flags.priced() {
		amount = d.amount[row]
		cell.amount.add(int64(amount))
		if s.c.coverage && closed.known() {
			s.addDue(row, group, flags, reopened)
		}
	}
	s.addWaiting(row, int(place), group, reopened)
	if reopened {
		return
	}
	s.addWeighted(cell, row, amount)
	if category := flags.category(); category > 0 {
		s.categories.at(category-1, group).add(int64(amount))
	}
}

func (s *scan) addWeighted(cell *openCell, row int, amount crm.Money) {
	if stage := s.stages[s.source.deals.stage[row]].probability; stage != crm.ProbabilityUnknown {
		cell.byStage++
		cell.stageAmount.add(int64(amount.Times(stage)))
	}
	if chance := s.chance(row); chance != crm.ProbabilityUnknown {
		cell.byCRM++
		cell.crmAmount.add(int64(amount.Times(chance)))
	}
}

// chance returns the win probability of an open deal: the record's, else its stage's.
func (s *scan) chance(row int) crm.Probability {
	if record := s.source.deals.probability[row]; record != crm.ProbabilityUnknown {
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
	names := closingNames()
	order := closingOrder(names)
	p := project(s.c.dims, s.groups.len(), func(group uint32, i int) uint32 { return s.groups.values[i][group] })
	s.emitOpen(&p, names, order)
	s.emitCategories(&p)
	s.emitWaiting()
}

// closingOrder returns the place of each closing bucket in the order of the names.
func closingOrder(names [closings]string) [closings]uint32 {
	sorted := slices.Sorted(slices.Values(names[:]))
	var order [closings]uint32
	for bucket, name := range names {
		order[bucket] = uint32(slices.Index(sorted, name))
	}
	return order
}

func (s *scan) emitOpen(p *projection, names [closings]string, order [closings]uint32) {
	out, rows := s.c.out, rows{}
	dims, currency := s.c.options.Dimensions, s.c.options.Currency
	deals, amount := out.family(metricPipelineDeals), out.family(metricPipelineAmount)
	weighted := out.family(metricWeighted)
	count, money := s.labels(dims, "deal_stage", "closing"), s.labels(dims, "deal_stage", "closing", "currency")
	weighing := s.labels(dims, "deal_stage", "closing", "probability", "currency")
	var closingOf [closings]string
	for bucket, place := range order {
		closingOf[place] = names[bucket]
	}
	cells := projectCells[openCell](&s.open, p, func(row int) uint32 {
		return uint32(row/closings*closings) + order[row%closings]
	})
	deals.reserve(len(cells))
	amount.reserve(len(cells))
	weighted.reserve(2 * len(cells))
	for i := range cells {
		at, cell := &cells[i], &cells[i].cell
		stage, closing := s.names[at.row/closings], closingOf[at.row%closings]
		head := rows.join([]string{s.source.name}, p.labels[at.combination]...)
		deals.gauge(count, rows.join(head, stage, closing), float64(cell.deals))
		amount.gauge(money, rows.join(head, stage, closing, currency), cell.amount.money())
		if cell.byCRM > 0 {
			weighted.gauge(weighing, rows.join(head, stage, closing, "crm", currency), cell.crmAmount.money())
		}
		if cell.byStage > 0 {
			weighted.gauge(weighing, rows.join(head, stage, closing, "stage", currency), cell.stageAmount.money())
		}
	}
	folded := p.foldedAmong(s.open.present(s.groups.len()))
	for _, f := range []*Family{deals, amount, weighted} {
		f.Folded += folded
	}
}

func (s *scan) emitCategories(p *projection) {
	family, rows := s.c.out.family(metricForecastCategory), rows{}
	labels := s.labels(s.c.options.Dimensions, "category", "currency")
	sorted := slices.Sorted(slices.Values(s.source.facts.categories))
	cells := projectCells[total](&s.categories, p, func(row int) uint32 {
		return uint32(slices.Index(sorted, s.source.facts.categories[row]))
	})
	for _, at := range cells {
		category := string(sorted[at.row])
		head := rows.join([]string{s.source.name}, p.labels[at.combination]...)
		family.gauge(labels, rows.join(head, category, s.c.options.Currency), at.cell.money())
	}
	family.Folded += p.foldedAmong(s.categories.present(s.groups.len()))
}

// emitWaiting makes the histograms of open deals by stage.
func (s *scan) emitWaiting() {
	p := s.shapeProjection()
	age, inStage := s.c.out.family(metricDealAge), s.c.out.family(metricTimeInStage)
	labels := s.labels(s.c.options.HistogramDimensions, "deal_stage")
	cells := projectCells[waitingCell](&s.waiting, &p, func(row int) uint32 { return uint32(row) })
	for i := range cells {
		at, cell := &cells[i], &cells[i].cell
		values := slices.Concat([]string{s.source.name}, p.labels[at.combination], []string{s.names[at.row]})
		if !cell.age.empty() {
			age.histogram(labels, values, cell.age.histogram(&s.c.durations, milliPerSecond))
		}
		if !cell.inStage.empty() {
			inStage.histogram(labels, values, cell.inStage.histogram(&s.c.durations, milliPerSecond))
		}
	}
	folded := p.foldedAmong(s.waiting.present(len(p.of)))
	age.Folded += folded
	inStage.Folded += folded
}
