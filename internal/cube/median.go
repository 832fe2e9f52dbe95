package cube

// Member is one value of a population whose median is wanted.
type Member struct {
	Value int64
	Group uint32
	Slot  uint32
}

// Population collects the values of which medians are wanted.
type Population struct {
	Where   Atoms   // a row must have all of them
	Value   int     // column of the Selection
	Axis    int     // of the Selection
	Slots   []int32 // by position on the axis: the slot, negative where nobody asks
	Scratch *Scratch
	chunks  [][]Member
	sorted  []Member // once they are asked for
}

// chunkMembers is what is allocated at once: growing one slice would copy all that is in it again and again.
const chunkMembers = 1 << 15

// Fork returns an empty population of the same kind, for another worker.
func (p *Population) Fork() *Population {
	fork := *p
	fork.chunks, fork.sorted = nil, nil
	return &fork
}

// Merge adds what another worker has collected.
func (p *Population) Merge(o *Population) { p.chunks = append(p.chunks, o.chunks...) }

// Add adds the rows of a selection that have a slot.
func (p *Population) Add(s *Selection) {
	values, last := s.Values[p.Value], len(p.chunks)-1
	if last < 0 || cap(p.chunks[last])-len(p.chunks[last]) < s.Len {
		p.chunks = append(p.chunks, p.Scratch.takeMembers(chunkMembers)[:0])
		last++
	}
	members := p.chunks[last]
	for i, at := range s.Axes[p.Axis][:s.Len] {
		if at < 0 || s.Atoms[i]&p.Where != p.Where {
			continue
		}
		if slot := p.Slots[at]; slot >= 0 {
			members = append(members, Member{values[i], s.Groups[i], uint32(slot)})
		}
	}
	p.chunks[last] = members
}

// Sorted returns all members by value. Nothing may be added any more.
func (p *Population) Sorted() []Member {
	if p.sorted != nil {
		return p.sorted
	}
	n := 0
	for _, chunk := range p.chunks {
		n += len(chunk)
	}
	members, spare := p.Scratch.takeMembers(n)[:0], p.Scratch.takeMembers(n)
	for _, chunk := range p.chunks {
		members = append(members, chunk...)
		p.Scratch.keepMembers(chunk)
	}
	p.chunks = nil
	sorted, spare := sortMembers(members, spare)
	p.Scratch.keepMembers(spare)
	p.sorted = sorted
	return sorted
}

// Release gives the memory of the population back.
func (p *Population) Release() {
	p.Scratch.keepMembers(p.sorted)
	p.sorted = nil
}

// sortMembers sorts by value, once for the medians of all rollups and windows. It distributes by one digit after the
// other, which for a million amounts is five times as fast as comparing them.
// It needs room for as many, and returns the room that is left over.
func sortMembers(members, spare []Member) (sorted, left []Member) {
	if len(members) == 0 {
		return members, spare
	}
	least, most := members[0].Value, members[0].Value
	for _, m := range members {
		least, most = min(least, m.Value), max(most, m.Value)
	}
	for shift := 0; uint64(most-least)>>shift > 0; shift += digitBits {
		var ends [1 << digitBits]int
		for _, m := range members {
			ends[uint64(m.Value-least)>>shift&digitMask]++
		}
		total := 0
		for digit, n := range ends {
			ends[digit] = total
			total += n
		}
		for _, m := range members {
			digit := uint64(m.Value-least) >> shift & digitMask
			spare[ends[digit]] = m
			ends[digit]++
		}
		members, spare = spare, members
	}
	return members, spare
}

const (
	digitBits = 11
	digitMask = 1<<digitBits - 1
)

// Medians are the medians of some windows and combinations.
type Medians struct {
	Members      []Member // sorted by value
	Of           []uint32 // group -> combination
	Combinations int
	Windows      []Period
}

// Each calls emit with the median of each window and combination that has members, interpolated between the two middle
// ones of an even number. size tells how many members a window has in a combination.
func (m *Medians) Each(
	size func(w int, combination uint32) uint32, emit func(w int, combination uint32, median float64),
) {
	for combination, run := range split(m.Members, m.Of, m.Combinations) {
		for w, window := range m.Windows {
			count := size(w, uint32(combination))
			if count == 0 {
				continue
			}
			low, high := middle(run, window, int(count))
			emit(w, uint32(combination), (float64(low)+float64(high))/2)
		}
	}
}

// split distributes the members over their combinations and keeps their order.
func split(members []Member, of []uint32, n int) [][]Member {
	ends := make([]int, n+1)
	for _, m := range members {
		ends[of[m.Group]+1]++
	}
	for i := range n {
		ends[i+1] += ends[i]
	}
	runs := make([][]Member, n)
	sorted := make([]Member, len(members))
	for i := range runs {
		runs[i] = sorted[ends[i]:ends[i]:ends[i+1]]
	}
	for _, m := range members {
		runs[of[m.Group]] = append(runs[of[m.Group]], m)
	}
	return runs
}

// middle returns the two middle values of the count members of a run that lie in a period, twice the same where count
// is odd.
func middle(run []Member, p Period, count int) (low, high int64) {
	seen, length := 0, uint32(p.To-p.From)
	for _, m := range run {
		if m.Slot-uint32(p.From) >= length {
			continue
		}
		if seen == (count-1)/2 {
			low = m.Value
		}
		if seen == count/2 {
			return low, m.Value
		}
		seen++
	}
	return low, low
}
