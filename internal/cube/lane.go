package cube

import "slices"

// Spec says what a lane adds up and by what.
type Spec struct {
	Where    Atoms    // a row must have all of them to be in the lane
	Axis     int      // of the Selection
	Slots    []int32  // by position on the axis: the slot, negative where nobody asks
	Width    int      // number of slots
	Classes  []uint32 // by group: its class; nil where each group is a class of its own
	Count    int      // of classes
	Owns     int      // number of values of the own label, 1 where there is none
	Measures []Measure
	Bounds   []uint64 // by column of the Selection: no value is larger, whatever its sign
	Rows     int      // no more are added
	Scratch  *Scratch
}

// On returns the spec with an axis, the slots of its positions and how many slots there are.
func (s Spec) On(axis int, slots []int32, width int) Spec {
	s.Axis, s.Slots, s.Width = axis, slots, width
	return s
}

// OnAll returns the spec with an axis of so many positions, each of which is a slot.
func (s Spec) OnAll(axis, positions int) Spec {
	slots := make([]int32, positions)
	for i := range slots {
		slots[i] = int32(i)
	}
	return s.On(axis, slots, positions)
}

// Lane adds up measures by slot, class and own label, in integers: the order in which rows come does not matter. A cell
// holds the number of rows, then the measures, for each value of the own label.
type Lane struct {
	Spec
	fields []field
	stride int // words for one value of the own label
	own    int // the same, 0 where there is no own label
	record int // words of a cell
	sums   []int64
	index  [][]uint32 // by slot, by class: number of the cell + 1; nil where cells lie dense
	to     []uint32   // of the rows that are added: their words in sums
	from   []uint32   // and their rows in the selection
}

// A lane lies dense while that is not much more memory than there is to put into it.
const (
	maxDenseWords    = 2 << 20
	rowsPerDenseCell = 8
)

// NewLane returns an empty lane.
func NewLane(spec Spec) *Lane {
	l := &Lane{Spec: spec, stride: 1}
	for _, m := range spec.Measures {
		f := field{Measure: m, at: l.stride}
		f.wide = m.Value != Rows && overflows(spec.Bounds[m.Value], spec.Rows)
		l.stride += f.words()
		l.fields = append(l.fields, f)
	}
	l.record = l.stride * spec.Owns
	if spec.Owns > 1 {
		l.own = l.stride
	}
	l.clear()
	return l
}

func (l *Lane) clear() {
	l.to, l.from = make([]uint32, BlockRows), make([]uint32, BlockRows)
	cells := l.Width * l.Count
	if l.sums = nil; cells*l.record <= maxDenseWords && cells*rowsPerDenseCell <= l.Rows {
		l.sums = l.Scratch.takeWords(cells * l.record)
		return
	}
	l.index = make([][]uint32, l.Width)
}

// Fork returns an empty lane of the same kind, for another worker.
func (l *Lane) Fork() *Lane {
	fork := *l
	fork.clear()
	return &fork
}

// Add adds the rows of a selection that have a slot.
func (l *Lane) Add(s *Selection) {
	n := l.locate(s)
	if n == 0 {
		return
	}
	for i := range l.fields {
		l.fields[i].add(l.sums, l.to[:n], l.from[:n], s)
	}
}

// locate finds the cells of the rows that have a slot, counts the rows and returns how many have.
func (l *Lane) locate(s *Selection) int {
	axis, groups, owns, atoms := s.Axes[l.Axis][:s.Len], s.Groups[:s.Len], s.Owns[:s.Len], s.Atoms[:s.Len]
	n := 0
	for i, at := range axis {
		if at < 0 {
			continue
		}
		slot := l.Slots[at]
		if slot < 0 || atoms[i]&l.Where != l.Where {
			continue
		}
		class := groups[i]
		if l.Classes != nil {
			class = l.Classes[class]
		}
		cell := uint32(int(slot)*l.Count+int(class)) * uint32(l.record)
		if l.index != nil {
			cell = l.sparse(int(slot), class)
		}
		cell += uint32(owns[i]) * uint32(l.own)
		l.sums[cell]++
		l.to[n], l.from[n] = cell, uint32(i)
		n++
	}
	return n
}

// sparse returns where a cell begins in sums, making it where there is none.
func (l *Lane) sparse(slot int, class uint32) uint32 {
	if l.index[slot] == nil {
		l.index[slot] = make([]uint32, l.Count)
	}
	number := l.index[slot][class]
	if number == 0 {
		l.grow()
		number = uint32(len(l.sums) / l.record)
		l.index[slot][class] = number
	}
	return (number - 1) * uint32(l.record)
}

// grow makes room for one more cell.
func (l *Lane) grow() {
	if size := len(l.sums) + l.record; size > cap(l.sums) {
		sums := l.Scratch.takeWords(max(2*size, 256*l.record))
		copy(sums, l.sums)
		l.Scratch.keepWords(l.sums)
		l.sums = sums[:len(l.sums)]
	}
	l.sums = l.sums[:len(l.sums)+l.record]
}

// Release gives the memory of the lane back, which must not be used any more.
func (l *Lane) Release() {
	l.Scratch.keepWords(l.sums)
	l.sums, l.index = nil, nil
}

// Merge adds what another worker has added up.
func (l *Lane) Merge(o *Lane) {
	if l.index == nil {
		for i, v := range o.sums {
			l.sums[i] += v
		}
		return
	}
	o.Each(Period{0, o.Width}, func(slot int, class uint32, cell []int64) {
		at := l.sparse(slot, class)
		for i, v := range cell {
			l.sums[int(at)+i] += v
		}
	})
}

// Get returns a cell, nil where no row is in it.
func (l *Lane) Get(slot int, class uint32) []int64 {
	at := (slot*l.Count + int(class)) * l.record
	if l.index != nil {
		if l.index[slot] == nil || l.index[slot][class] == 0 {
			return nil
		}
		at = int(l.index[slot][class]-1) * l.record
	}
	cell := l.sums[at : at+l.record : at+l.record]
	for own := 0; own < l.record; own += l.stride {
		if cell[own] != 0 {
			return cell
		}
	}
	return nil
}

// Each calls visit for every cell with rows in the slots [from, to), in order of slot and class.
func (l *Lane) Each(p Period, visit func(slot int, class uint32, cell []int64)) {
	for slot := p.From; slot < p.To; slot++ {
		if l.index != nil && l.index[slot] == nil {
			continue
		}
		for class := range uint32(l.Count) {
			if cell := l.Get(slot, class); cell != nil {
				visit(slot, class, cell)
			}
		}
	}
}

// Any reports whether a row is in some slots.
func (l *Lane) Any(p Period) bool {
	found := false
	l.Each(p, func(int, uint32, []int64) { found = true })
	return found
}

// Words returns how many words a cell has: what adds up cells adds up these.
func (l *Lane) Words() int { return l.record }

// Sum returns a measure of the part of a cell for one value of the own label; measure -1 is the number of rows.
func (l *Lane) Sum(cell []int64, own, measure int) Total {
	part := cell[own*l.stride : (own+1)*l.stride]
	if measure < 0 {
		return totalOf(part[0])
	}
	return l.fields[measure].total(part)
}

// Number returns how many rows a measure is of; it has no buckets.
func (l *Lane) Number(cell []int64, own, measure int) int64 {
	if measure < 0 {
		return cell[own*l.stride]
	}
	return cell[own*l.stride+l.fields[measure].at]
}

// Tally returns a measure with buckets.
func (l *Lane) Tally(cell []int64, own, measure int) Tally {
	part, f := cell[own*l.stride:(own+1)*l.stride], &l.fields[measure]
	counts := part[f.at : f.at+len(f.Buckets.Limits)+1]
	if !slices.ContainsFunc(counts, func(n int64) bool { return n != 0 }) {
		return Tally{}
	}
	return Tally{counts: counts, Sum: f.total(part)}
}

// Present returns which of n classes have rows in any slot.
func (l *Lane) Present(n int) []bool {
	in := make([]bool, n)
	l.Each(Period{0, l.Width}, func(_ int, class uint32, _ []int64) { in[class] = true })
	return in
}
