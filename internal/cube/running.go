package cube

// Running is the running sum of some classes of a lane over its slots: what a period adds up to is then the difference
// of two sums, however long it is.
type Running struct {
	words int
	upTo  []int64 // by slot, and one beyond: what the slots before it add up to
}

// NewRunning adds up some classes of a lane.
func NewRunning(l *Lane, classes []uint32) *Running {
	r := &Running{words: l.record, upTo: make([]int64, (l.Width+1)*l.record)}
	for slot := range l.Width {
		before, after := r.upTo[slot*r.words:(slot+1)*r.words], r.upTo[(slot+1)*r.words:(slot+2)*r.words]
		copy(after, before)
		for _, class := range classes {
			for i, v := range l.Get(slot, class) {
				after[i] += v
			}
		}
	}
	return r
}

// Sum returns what the slots of a period add up to, as a cell of the lane.
func (r *Running) Sum(p Period) []int64 {
	cell := make([]int64, r.words)
	if p.From >= p.To {
		return cell
	}
	for i := range cell {
		cell[i] = r.upTo[p.To*r.words+i] - r.upTo[p.From*r.words+i]
	}
	return cell
}
