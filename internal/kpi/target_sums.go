package kpi

// scopeSums adds up what a scope takes in of one source, once for all targets with that scope: first its groups by
// interval, then each period that is asked for.
type scopeSums struct {
	scan      *scan
	groups    []uint32
	intervals []intervalSums // those in which there is anything, in order; nil until a period is asked for
	periods   map[period]sums
}

type intervalSums struct {
	interval int
	sums     sums
}

// sum adds up a period.
func (t *scopeSums) sum(p period) sums {
	if sum, ok := t.periods[p]; ok {
		return sum
	}
	if t.periods == nil {
		t.periods = map[period]sums{}
		t.addIntervals()
	}
	var sum sums
	for i := range t.intervals {
		if in := &t.intervals[i]; p.holds(in.interval) {
			sum.plus(&in.sums)
		}
	}
	t.periods[p] = sum
	return sum
}

func (t *scopeSums) addIntervals() {
	for k := range t.scan.c.line.intervals() {
		sum, found := sums{}, false
		for _, group := range t.groups {
			if cell := t.scan.closed.get(k, group); cell != nil {
				sum.closed.plus(cell)
				found = true
			}
			if cell := t.scan.created.get(k, group); cell != nil {
				sum.created.plus(cell)
				found = true
			}
			if cell := t.scan.due.get(k, group); cell != nil {
				sum.due.plus(cell)
				found = true
			}
		}
		if found {
			t.intervals = append(t.intervals, intervalSums{k, sum})
		}
	}
}
