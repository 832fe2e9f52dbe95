package cube

// Table is the rows of one kind of record, as a pass reads them.
type Table interface {
	Rows() int
	// Bounds returns by column what no value exceeds, whatever its sign: sums are known not to overflow.
	Bounds() []uint64
	// Axes returns how many axes the table has.
	Axes() int
	// Fill puts those of the rows [from, to) into an empty selection that count. Workers call it at the same time, each
	// with a selection of its own.
	Fill(from, to int, s *Selection)
}

// PlanOf returns an empty plan over a table, which has one selection, 0.
func PlanOf(t Table, scratch *Scratch) *Plan {
	return NewPlan(t.Rows(), [][]uint64{t.Bounds()}, scratch)
}

// Read adds up all rows of a table, with so many workers as Workers says.
func (p *Plan) Read(t Table, workers int) {
	plans := []*Plan{p}
	for range Workers(workers, t.Rows()) - 1 {
		plans = append(plans, p.Fork())
	}
	var work []func(from, to int)
	for _, plan := range plans {
		s := NewSelection(t.Axes(), len(t.Bounds()))
		work = append(work, func(from, to int) {
			s.Len, s.Any = 0, 0
			t.Fill(from, to, s)
			plan.Add([]*Selection{s})
		})
	}
	Run(t.Rows(), work)
	for _, other := range plans[1:] {
		p.Merge(other)
	}
}
