package kpi

import "github.com/sales-exporter/sales_exporter/internal/crm"

// scan is what one pass over the deals of one source adds up to: integers by interval and group, from which every
// family of KPIs takes what it needs. The pass is the only thing whose cost grows with the number of deals.
type scan struct {
	c      *computation
	source *SourceFacts
	groups *groups
	stages []stageRecord // by number
	places []uint32      // by number: place of the stage's label in names
	names  []string      // of stages, in order
	gone   uint32        // place of "unknown" in names

	closed  grid[closedCell]  // by interval of the close date, by group
	created grid[createdCell] // by interval of the creation, by group
	shapes  grid[shapeCell]   // by interval of the close date, by combination of histogram dimensions
	sizes   []member          // amounts of won deals in windows of medians
	cycles  []member          // and their cycles, in milliseconds
	daily   grid[moneyCell]   // won amounts by interval of c.daily, by combination of histogram dimensions

	open       grid[openCell]    // by stage and closing bucket, by group
	categories grid[moneyCell]   // by forecast category, by group
	waiting    grid[waitingCell] // by stage, by combination of histogram dimensions
	due        grid[dueCell]     // by interval of the expected close, by group; for targets

	scopes     map[string]map[string][]uint32 // groups by fixed dimensions and their values; see matching
	matched    map[string]*scopeSums          // by scope; see matching
	holdings   []*holding                     // by dimension; see holding
	repsByName map[string][]uint32            // values of the dimension rep; see repsNamed

	left leftOut // what KPIs leave out

	repZeros   *zeros   // of active reps, nil where rep is no dimension
	scopeZeros []*zeros // of the scopes of targets
	layout     layout
}

// closedCell sums up won and lost deals.
type closedCell struct {
	won, lost             uint32
	priced                uint32 // won deals with an amount
	cycles                uint32 // won deals with a cycle
	wonHas, lostHas       amounts
	wonAmount, lostAmount total
	cycleTime             total // of won deals, in milliseconds
}

func (c *closedCell) plus(o *closedCell) {
	c.won += o.won
	c.lost += o.lost
	c.priced += o.priced
	c.cycles += o.cycles
	c.wonHas |= o.wonHas
	c.lostHas |= o.lostHas
	c.wonAmount.plus(&o.wonAmount)
	c.lostAmount.plus(&o.lostAmount)
	c.cycleTime.plus(&o.cycleTime)
}

func (c *closedCell) deals() uint32 { return c.won + c.lost }

type createdCell struct {
	deals  uint32
	has    amounts
	amount total
}

func (c *createdCell) plus(o *createdCell) {
	c.deals += o.deals
	c.has |= o.has
	c.amount.plus(&o.amount)
}

// moneyCell sums up amounts.
type moneyCell struct {
	has    amounts
	amount total
}

func (c *moneyCell) plus(o *moneyCell) {
	c.has |= o.has
	c.amount.plus(&o.amount)
}

type shapeCell struct {
	wonHas          amounts
	size, won, lost tally
}

// member is one value of a population whose median is wanted.
type member struct {
	value    int64
	group    uint32
	interval uint32
}

// newScan prepares the pass over a source: it resolves its groups and stages.
func newScan(c *computation, source *SourceFacts) *scan {
	s := &scan{
		c: c, source: source, groups: newGroups(source, c.dims, c.hist), stages: source.stageRecords(),
		left: newLeftOut(source),
	}
	s.nameStages()
	intervals, groups, shapes := c.line.intervals(), s.groups.len(), s.groups.shapes.len()
	s.closed = newGrid[closedCell](intervals, groups)
	s.created = newGrid[createdCell](intervals, groups)
	s.due = newGrid[dueCell](intervals, groups)
	s.shapes = newGrid[shapeCell](intervals, shapes)
	s.daily = newGrid[moneyCell](c.daily.line.intervals(), shapes)
	s.open = newGrid[openCell](len(s.names)*closings, groups)
	s.categories = newGrid[moneyCell](len(source.facts.categories), groups)
	s.waiting = newGrid[waitingCell](len(s.names), shapes)
	return s
}

// run is the pass.
func (s *scan) run() {
	d := &s.source.deals
	for row, flags := range d.flags {
		if flags.alive() && len(s.c.targets) > 0 {
			s.groups.carry(row, d.excluded[row] == 0)
		}
		if !s.exists(row, flags) {
			continue
		}
		if d.excluded[row] != 0 {
			s.left.add(d, row, leftByFilter+int(d.excluded[row])-1)
			continue
		}
		s.groups.owned[d.origin[row]] = true
		if flags.foreign() {
			s.left.add(d, row, leftByCurrency)
		}
		if flags&flagMisdated != 0 {
			s.left.addMisdated(d, row, s.outcome(row, flags) == crm.OutcomeWon && flags&flagMisclose != 0)
		}
		if created := d.created[row]; created.known() {
			s.addCreated(row, created, flags)
		}
		s.addState(row, flags)
	}
}

// exists reports whether there is a deal in a row, as of an earlier instant then.
func (s *scan) exists(row int, flags dealFlags) bool {
	if !flags.alive() {
		return false
	}
	created := s.source.deals.created[row]
	return !s.c.in.AsOf || !created.known() || created.before(s.c.now)
}

func (s *scan) addCreated(row int, created instant, flags dealFlags) {
	interval := s.c.line.locate(created)
	if !s.c.wanted[interval] {
		return
	}
	cell := s.created.at(interval, s.groups.of(row))
	cell.deals++
	cell.has |= flags.amounts()
	if flags.priced() {
		cell.amount.add(int64(s.source.deals.amount[row]))
	}
}

// outcome returns what became of a deal. A stage that knows its outcome overrules the record.
func (s *scan) outcome(row int, flags dealFlags) crm.Outcome {
	if outcome := s.stages[s.source.deals.stage[row]].outcome; outcome != crm.OutcomeUnknown {
		return outcome
	}
	return flags.outcome()
}

// addState adds a deal as won, lost or open.
func (s *scan) addState(row int, flags dealFlags) {
	outcome := s.outcome(row, flags)
	if outcome != crm.OutcomeWon && outcome != crm.OutcomeLost {
		s.addOpen(row, flags, false)
		return
	}
	closed := s.source.deals.closed[row]
	if s.c.in.AsOf && closed.known() && !closed.before(s.c.now) {
		s.addOpen(row, flags, true)
		return
	}
	if outcome == crm.OutcomeWon && !closed.known() && flags&flagMisclose == 0 {
		s.left.add(&s.source.deals, row, leftByNoClose)
	}
	interval := s.c.line.locate(closed)
	if s.c.wanted[interval] {
		s.addClosed(row, interval, flags, outcome)
	}
}

func (s *scan) addClosed(row, interval int, flags dealFlags, outcome crm.Outcome) {
	d := &s.source.deals
	group := s.groups.of(row)
	cell := s.closed.at(interval, group)
	amount, cycle := int64(d.amount[row]), s.cycle(row)
	if outcome == crm.OutcomeLost {
		cell.lost++
		cell.lostHas |= flags.amounts()
		if flags.priced() {
			cell.lostAmount.add(amount)
		}
	} else {
		cell.won++
		cell.wonHas |= flags.amounts()
		if flags.priced() {
			cell.priced++
			cell.wonAmount.add(amount)
		}
		if cycle >= 0 {
			cell.cycles++
			cell.cycleTime.add(cycle)
		}
		if s.c.charted.holds(interval) {
			s.addDaily(row, group, flags)
		}
	}
	if s.c.shaped[interval] {
		s.addShape(group, interval, outcome, amount, flags, cycle)
	}
	if s.c.ranked[interval] && outcome == crm.OutcomeWon {
		s.addMember(group, interval, amount, flags.priced(), cycle)
	}
}

// addShape adds a closed deal to the histograms.
func (s *scan) addShape(group uint32, interval int, outcome crm.Outcome, amount int64, flags dealFlags, cycle int64) {
	cell := s.shapes.at(interval, s.groups.shape[group])
	if outcome == crm.OutcomeLost {
		if cycle >= 0 {
			cell.lost.observe(&s.c.durations, cycle)
		}
		return
	}
	if cycle >= 0 {
		cell.won.observe(&s.c.durations, cycle)
	}
	cell.wonHas |= flags.amounts()
	if flags.priced() && amount >= 0 { // A negative amount lies below the first bucket's lower bound, which is 0 to every reader.
		cell.size.observe(&s.c.sizes, amount)
	}
}

// addMember adds a won deal to the populations of the medians.
func (s *scan) addMember(group uint32, interval int, amount int64, priced bool, cycle int64) {
	if cycle >= 0 {
		s.cycles = append(s.cycles, member{cycle, group, uint32(interval)})
	}
	if priced {
		s.sizes = append(s.sizes, member{amount, group, uint32(interval)})
	}
}

// cycle returns the milliseconds from creation to close, -1 where they are unknown or negative: imports create deals
// after they were closed.
func (s *scan) cycle(row int) int64 {
	created, closed := s.source.deals.created[row], s.source.deals.closed[row]
	if !created.known() || !closed.known() {
		return -1
	}
	return max(-1, s.c.days.between(created, closed))
}
