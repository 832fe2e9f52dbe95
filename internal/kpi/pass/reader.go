package pass

import (
	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/cube/groups"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// reader reads the deals of a source, block by block, into selections, which it hands to lanes of its own.
type reader struct {
	p    *Pass
	days *calendar.Days
	plan *cube.Plan

	selections          [selections]*cube.Selection
	createdAt, closedAt []int32 // by row of the block: intervals
	outcomes            []crm.Outcome
	chosen              [selections][cube.BlockRows + 1]uint16 // rows of the block in each selection

	left    LeftOut
	owned   []bool            // by origin: some deal that counts has it
	carried []groups.Carrying // by group, only noted for targets
}

func newReader(p *Pass, plan *cube.Plan) *reader {
	r := &reader{
		p: p, days: calendar.NewDays(p.frame.Calendar), plan: plan, left: newLeftOut(p.Source),
		createdAt: make([]int32, cube.BlockRows), closedAt: make([]int32, cube.BlockRows),
		outcomes: make([]crm.Outcome, cube.BlockRows),
		owned:    make([]bool, p.Source.Origins.Len()),
	}
	for i, size := range selectionSizes() {
		r.selections[i] = cube.NewSelection(size.axes, size.columns)
	}
	if p.frame.Carried {
		r.carried = make([]groups.Carrying, p.Groups.Len())
	}
	return r
}

// merge adds what another reader has read.
func (r *reader) merge(o *reader) {
	r.plan.Merge(o.plan)
	r.left.merge(&o.left)
	for origin, owned := range o.owned {
		r.owned[origin] = r.owned[origin] || owned
	}
	for group, carried := range o.carried {
		r.carried[group] = max(r.carried[group], carried)
	}
}

// read reads the rows of one block.
func (r *reader) read(from, to int) {
	d, line := &r.p.Source.Deals, r.p.frame.Line
	line.LocateAll(d.Created[from:to], r.createdAt)
	line.LocateAll(d.Closed[from:to], r.closedAt)
	r.choose(from, to)
	r.fillCreated(from)
	r.fillClosed(from)
	r.fillOpen(from)
	r.plan.Add(r.selections[:])
}

// choose lists the rows of a block that each selection takes. It knows next to no branch that depends on data, for the
// processor could not foresee it.
func (r *reader) choose(from, to int) {
	d := &r.p.Source.Deals
	flagsOf, verdicts, stages, origins := d.Flags[from:to], d.Verdict[from:to], d.Stage[from:to], d.Origin[from:to]
	createdAt, closedAt := r.createdAt[:len(flagsOf)], r.closedAt[:len(flagsOf)]
	verdicts, stages, origins = verdicts[:len(flagsOf)], stages[:len(flagsOf)], origins[:len(flagsOf)]
	outcomes, wantCreated, wantClosed := r.p.outcomes, r.p.wantCreated, r.p.wantClosed
	undated, special := int32(r.p.frame.Line.Undated()), r.p.frame.AsOf || r.carried != nil
	created, closed, open := &r.chosen[SelectCreated], &r.chosen[SelectClosed], &r.chosen[SelectOpen]
	nCreated, nClosed, nOpen := 0, 0, 0
	for i, flags := range flagsOf {
		if flags&facts.FlagOdd != facts.FlagAlive || verdicts[i] != facts.Counts || special {
			if !r.counts(from+i, flags) {
				continue
			}
		}
		r.owned[origins[i]] = true
		created[nCreated] = uint16(i)
		nCreated += int(wantCreated[createdAt[i]])
		outcome := outcomes[stages[i]]
		if outcome == crm.OutcomeUnknown {
			outcome = flags.Outcome()
		}
		if closedAt[i] == undated && outcome == crm.OutcomeWon && flags&facts.FlagMisclose == 0 {
			r.left.add(d, from+i, leftByNoClose)
		}
		isClosed := int(outcome >> 1) // Of the won and the lost ones alone.
		if special && isClosed == 1 && r.reopened(from+i) {
			isClosed = 0
		}
		open[nOpen] = uint16(i)
		nOpen += 1 - isClosed
		closed[nClosed] = uint16(i)
		nClosed += isClosed & int(wantClosed[closedAt[i]])
		r.outcomes[i] = outcome
	}
	r.selections[SelectCreated].Len = nCreated
	r.selections[SelectClosed].Len = nClosed
	r.selections[SelectOpen].Len = nOpen
}

// reopened reports whether a closed deal was open as of an earlier instant.
func (r *reader) reopened(row int) bool {
	closed := r.p.Source.Deals.Closed[row]
	return r.p.frame.AsOf && closed.Known() && !closed.Before(r.p.now)
}

// counts reports whether KPIs count the deal in a row, and notes what they leave out.
func (r *reader) counts(row int, flags facts.Flags) bool {
	d := &r.p.Source.Deals
	verdict := d.Verdict[row]
	if r.carried != nil && flags.Alive() {
		by := groups.CarriedLeftOut
		if verdict == facts.Counts {
			by = groups.CarriedCounted
		}
		group := r.p.Groups.Of(row)
		r.carried[group] = max(r.carried[group], by)
	}
	if !r.p.exists(row, flags) {
		return false
	}
	if verdict != facts.Counts {
		r.left.add(d, row, LeftByFilter+int(verdict)-1)
		return false
	}
	if flags.Foreign() {
		r.left.add(d, row, leftByCurrency)
	}
	if flags&facts.FlagMisdated != 0 {
		r.left.addMisdated(d, row, r.p.outcome(row, flags) == crm.OutcomeWon && flags&facts.FlagMisclose != 0)
	}
	return true
}

// fillCreated makes the selection of the created deals.
func (r *reader) fillCreated(from int) {
	d, s := &r.p.Source.Deals, r.selections[SelectCreated]
	s.Any = 0
	intervals, Amounts := s.Axes[AxisInterval], s.Values[ColumnAmount]
	for n, i := range r.chosen[SelectCreated][:s.Len] {
		row := from + int(i)
		s.Groups[n] = r.p.Groups.Of(row)
		atoms := atomsOf(d.Flags[row])
		s.Atoms[n] = atoms
		s.Any |= atoms
		intervals[n] = r.createdAt[i]
		Amounts[n] = int64(d.Amount[row])
	}
}

// fillClosed makes the selection of the closed deals.
func (r *reader) fillClosed(from int) {
	d, s := &r.p.Source.Deals, r.selections[SelectClosed]
	s.Any = 0
	intervals, Amounts, cycles := s.Axes[AxisInterval], s.Values[ColumnAmount], s.Values[ColumnCycle]
	for n, i := range r.chosen[SelectClosed][:s.Len] {
		row := from + int(i)
		amount, cycle, own := int64(d.Amount[row]), r.cycle(row), uint8(r.outcomes[i]-crm.OutcomeWon)
		// A negative amount lies below the first bucket's lower bound, which is 0 to every reader.
		atoms := atomsOf(d.Flags[row]) | AtomWon<<own | atomUnlessNegative(amount, AtomSized) | atomUnlessNegative(cycle, AtomCycled)
		s.Groups[n], s.Atoms[n], s.Owns[n] = r.p.Groups.Of(row), atoms, own
		s.Any |= atoms
		intervals[n] = r.closedAt[i]
		Amounts[n], cycles[n] = amount, cycle
	}
}

// atomUnlessNegative returns an atom, or none of a negative value, without a branch.
func atomUnlessNegative(value int64, atom cube.Atoms) cube.Atoms {
	return atom &^ cube.Atoms(value>>63)
}

// cycle returns the milliseconds from creation to close, -1 where they are unknown or negative: imports create deals
// after they were closed.
func (r *reader) cycle(row int) int64 {
	created, closed := r.p.Source.Deals.Created[row], r.p.Source.Deals.Closed[row]
	if !created.Known() || !closed.Known() {
		return -1
	}
	return max(-1, r.days.Between(created, closed))
}

// fillOpen makes the selection of the open deals.
func (r *reader) fillOpen(from int) {
	s := r.selections[SelectOpen]
	s.Any = 0
	for n, i := range r.chosen[SelectOpen][:s.Len] {
		row := from + int(i)
		s.Groups[n] = r.p.Groups.Of(row)
		s.Axes[AxisDue][n] = r.closedAt[i]
		s.Atoms[n] = r.fillOpenRow(n, row, r.outcomes[i] > crm.OutcomeOpen)
		s.Any |= s.Atoms[n]
	}
}

// fillOpenRow adds an open deal. One that was reopened is closed by now and was open as of then: what its record says of
// stage, probability and forecast came with the close and nobody could know it then.
func (r *reader) fillOpenRow(n, row int, reopened bool) cube.Atoms {
	d, s := &r.p.Source.Deals, r.selections[SelectOpen]
	flags, closed, stage := d.Flags[row], d.Closed[row], &r.p.stages[d.Stage[row]]
	atoms, stageLabel, category := atomsOf(flags), int32(r.p.stageOf[d.Stage[row]]), int32(flags.Category())-1
	var amount value.Money
	if flags.Priced() {
		amount = d.Amount[row]
	}
	if reopened {
		stageLabel, category = int32(r.p.gone), -1
	} else {
		atoms |= forecastAtoms(r.p.Source.Facts, flags)
		if stage.Probability != value.ProbabilityUnknown {
			atoms |= AtomByStage
			s.Values[ColumnStageAmount][n] = int64(amount.Times(stage.Probability))
		}
		if chance := chanceOf(d, row, stage); chance != value.ProbabilityUnknown {
			atoms |= AtomByCRM
			s.Values[ColumnCRMAmount][n] = int64(amount.Times(chance))
		}
	}
	waiting := r.addWaiting(n, row, reopened)
	s.Values[ColumnAmount][n] = int64(amount)
	s.Axes[AxisStageClosing][n] = stageLabel*Closings + int32(r.p.closing(closed))
	s.Axes[AxisCategory][n] = category
	if !closed.Known() {
		s.Axes[AxisDue][n] = -1
	}
	s.Axes[AxisStage][n] = stageLabel
	if waiting == 0 {
		s.Axes[AxisStage][n] = -1
	}
	return atoms | waiting
}

// chanceOf returns the win probability of an open deal: the record's, else its stage's.
func chanceOf(d *facts.Deals, row int, stage *facts.Stage) value.Probability {
	if record := d.Probability[row]; record != value.ProbabilityUnknown {
		return record
	}
	return stage.Probability
}

// addWaiting adds the deal's age and its time in the present stage, and returns which of them there is. What lies in the
// future is left out.
func (r *reader) addWaiting(n, row int, reopened bool) (atoms cube.Atoms) {
	s := r.selections[SelectOpen]
	created, entered := r.p.Source.Deals.Created[row], r.p.Source.Deals.Entered[row]
	if created.Known() {
		if age := r.p.nowMilli - r.days.Moment(created); age >= 0 {
			s.Values[ColumnAge][n] = age
			atoms |= AtomAged
		}
	}
	if entered.Known() && !reopened {
		if inStage := r.p.nowMilli - r.days.Moment(entered); inStage >= 0 {
			s.Values[ColumnInStage][n] = inStage
			atoms |= AtomInStage
		}
	}
	return atoms
}
