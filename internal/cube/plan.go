package cube

// Plan is what a pass over a table adds up: lanes and populations, by the selection of rows that they read.
type Plan struct {
	lanes       [][]*Lane
	populations [][]*Population
	bounds      [][]uint64 // by selection, by column: no value is larger, whatever its sign
	rows        int
	scratch     *Scratch
}

// NewPlan returns an empty plan over so many rows. bounds has a list for each selection: by column, what no value exceeds.
func NewPlan(rows int, bounds [][]uint64, scratch *Scratch) *Plan {
	return &Plan{
		lanes: make([][]*Lane, len(bounds)), populations: make([][]*Population, len(bounds)),
		bounds: bounds, rows: rows, scratch: scratch,
	}
}

// Lane adds a lane over a selection.
func (p *Plan) Lane(selection int, spec Spec) *Lane {
	spec.Owns = max(1, spec.Owns)
	spec.Bounds, spec.Rows, spec.Scratch = p.bounds[selection], p.rows, p.scratch
	lane := NewLane(spec)
	p.lanes[selection] = append(p.lanes[selection], lane)
	return lane
}

// Population adds a population over a selection.
func (p *Plan) Population(selection int, population Population) *Population {
	population.Scratch = p.scratch
	p.populations[selection] = append(p.populations[selection], &population)
	return &population
}

// Wanted returns which positions on their axis the lanes of a selection ask for, as 1.
func (p *Plan) Wanted(selection, positions int) []uint8 {
	wanted := make([]uint8, positions)
	for _, l := range p.lanes[selection] {
		for k, slot := range l.Slots {
			if slot >= 0 {
				wanted[k] = 1
			}
		}
	}
	return wanted
}

// Add adds the rows of the selections.
func (p *Plan) Add(selections []*Selection) {
	for i, s := range selections {
		if s.Len == 0 {
			continue
		}
		for _, lane := range p.lanes[i] {
			lane.Add(s)
		}
		for _, population := range p.populations[i] {
			population.Add(s)
		}
	}
}

// Fork returns an empty plan of the same kind, for another worker.
func (p *Plan) Fork() *Plan {
	fork := NewPlan(p.rows, p.bounds, p.scratch)
	for i := range p.lanes {
		for _, lane := range p.lanes[i] {
			fork.lanes[i] = append(fork.lanes[i], lane.Fork())
		}
		for _, population := range p.populations[i] {
			fork.populations[i] = append(fork.populations[i], population.Fork())
		}
	}
	return fork
}

// Merge adds what another worker has added up, whose memory it takes.
func (p *Plan) Merge(o *Plan) {
	for i := range p.lanes {
		for k, lane := range p.lanes[i] {
			lane.Merge(o.lanes[i][k])
		}
		for k, population := range p.populations[i] {
			population.Merge(o.populations[i][k])
		}
	}
	for _, lanes := range o.lanes {
		for _, lane := range lanes {
			lane.Release()
		}
	}
}

// Release gives the memory of the plan back, whose lanes and populations must not be used any more.
func (p *Plan) Release() {
	for i := range p.lanes {
		for _, lane := range p.lanes[i] {
			lane.Release()
		}
		for _, population := range p.populations[i] {
			population.Release()
		}
	}
}
