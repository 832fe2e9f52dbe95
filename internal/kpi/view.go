package kpi

import "slices"

// dealCell sums up the deals of one window that were closed or created in it.
type dealCell struct {
	closed  closedCell
	created createdCell
	reps    uint32 // distinct reps with a closed deal
}

// view is the groups of a source by one breakdown, with the sums of the windows that the breakdown needs.
type view struct {
	projection
	cells [][]dealCell // by window, by combination; nil for windows that nobody needs
}

// layout is what a source's numbers are under one decision on what each value is shown as. Parts are made when they are
// first asked for.
type layout struct {
	views   []*view // by number of the breakdown
	shapes  map[*breakdown]*projection
	open    map[*breakdown][]shownCell[openCell]
	waiting map[*breakdown][]shownCell[waitingCell]
}

// lay adds the groups up anew.
func (s *scan) lay() {
	s.layout = layout{
		shapes: map[*breakdown]*projection{}, open: map[*breakdown][]shownCell[openCell]{},
		waiting: map[*breakdown][]shownCell[waitingCell]{},
	}
	for _, breakdown := range s.c.breakdowns {
		s.layout.views = append(s.layout.views, s.newView(breakdown))
	}
	s.roll()
}

// of returns the view of a grain.
func (l *layout) of(g *grain) *view { return l.views[g.breakdown.number] }

func (s *scan) newView(c *breakdown) *view {
	v := &view{cells: make([][]dealCell, len(s.c.windows))}
	v.projection = project(s.c.dimsAt(c.places), s.groups.len(), func(group uint32, i int) uint32 {
		return s.groups.values[c.places[i]][group]
	})
	for w, needed := range c.windows {
		if needed {
			v.cells[w] = make([]dealCell, len(v.labels))
		}
	}
	return v
}

// dimsAt returns the dimensions at some places.
func (c *computation) dimsAt(places []int) []*dimension {
	dims := make([]*dimension, len(places))
	for i, place := range places {
		dims[i] = c.dims[place]
	}
	return dims
}

// shapesBy shows the combinations of histogram dimensions by a breakdown.
func (s *scan) shapesBy(c *breakdown) *projection {
	if p, ok := s.layout.shapes[c]; ok {
		return p
	}
	at := make([]int, len(c.places))
	for i, place := range c.places {
		at[i] = slices.Index(s.c.hist, place)
	}
	var buffer []uint32
	p := project(s.c.dimsAt(c.places), s.groups.shapes.Len(), func(shape uint32, i int) uint32 {
		buffer = s.groups.shapes.At(shape, buffer)
		return buffer[at[i]]
	})
	s.layout.shapes[c] = &p
	return &p
}

// roll sums up the intervals of every window once and adds them to all views.
func (s *scan) roll() {
	n := s.groups.len()
	closed, created := make([]closedCell, n), make([]createdCell, n)
	order := s.groups.byRep()
	for w, window := range s.c.windows {
		clear(closed)
		clear(created)
		s.closed.Each(window.period, func(_ int, group uint32, words []int64) {
			cell := closedOf(s.closed, words)
			closed[group].plus(&cell)
		})
		s.created.Each(window.period, func(_ int, group uint32, words []int64) {
			cell := createdOf(s.created, words)
			created[group].plus(&cell)
		})
		for _, v := range s.layout.views {
			if v.cells[w] != nil {
				v.add(v.cells[w], closed, created, order, s.groups.reps)
			}
		}
	}
}

// add adds one window's sums of all groups. order has the groups of a rep beside each other, so that a rep is counted
// once for each combination.
func (v *view) add(cells []dealCell, closed []closedCell, created []createdCell, order, reps []uint32) {
	counted := make([]uint32, len(v.labels))
	for _, group := range order {
		to := v.of[group]
		if created[group].deals > 0 {
			cells[to].created.plus(&created[group])
		}
		if closed[group].deals() == 0 {
			continue
		}
		cells[to].closed.plus(&closed[group])
		if rep := reps[group]; rep != 0 && counted[to] != rep {
			counted[to] = rep
			cells[to].reps++
		}
	}
}

// countFolded counts what was merged into the combinations of a family that a test finds present.
func (f *family) countFolded(p *projection, present func(class uint32) bool) {
	if f.counting || f.withheld || !p.folding {
		return
	}
	f.Folded += p.foldedAmong(present)
}
