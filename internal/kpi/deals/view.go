package deals

import (
	"github.com/sales-exporter/sales_exporter/internal/cube/grain"
	"github.com/sales-exporter/sales_exporter/internal/cube/groups"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
)

// dealCell sums up the deals of one window that were closed or created in it.
type dealCell struct {
	closed  pass.ClosedCell
	created pass.CreatedCell
	reps    uint32 // distinct reps with a closed deal
}

// view is the groups of a source by one breakdown, with the sums of the windows that the breakdown needs.
type view struct {
	*groups.Projection
	cells [][]dealCell // by window, by combination; nil for windows that nobody needs
}

// arrange adds the groups up by what each value is shown as now.
func (s *source) arrange() {
	s.views = nil
	for _, breakdown := range s.C.Grains.Breakdowns {
		s.views = append(s.views, s.newView(breakdown))
	}
	s.roll()
}

// view returns the view of a grain.
func (s *source) view(g *grain.Grain) *view { return s.views[g.Breakdown.Number] }

func (s *source) newView(b *grain.Breakdown) *view {
	v := &view{Projection: s.Combinations(b), cells: make([][]dealCell, len(s.C.Windows))}
	for w, needed := range b.Windows {
		if needed {
			v.cells[w] = make([]dealCell, len(v.Labels))
		}
	}
	return v
}

// roll sums up the intervals of every window once and adds them to all views.
func (s *source) roll() {
	n := s.Groups.Len()
	closed, created := make([]pass.ClosedCell, n), make([]pass.CreatedCell, n)
	order := s.Groups.ByRep()
	for w, window := range s.C.Windows {
		clear(closed)
		clear(created)
		s.closed.Each(window.Period, func(_ int, group uint32, words []int64) {
			cell := pass.ClosedOf(s.closed, words)
			closed[group].Plus(&cell)
		})
		s.created.Each(window.Period, func(_ int, group uint32, words []int64) {
			cell := pass.CreatedOf(s.created, words)
			created[group].Plus(&cell)
		})
		for _, v := range s.views {
			if v.cells[w] != nil {
				v.add(v.cells[w], closed, created, order, s.Groups.Reps)
			}
		}
	}
}

// add adds one window's sums of all groups. order has the groups of a rep beside each other, so that a rep is counted
// once for each combination.
func (v *view) add(cells []dealCell, closed []pass.ClosedCell, created []pass.CreatedCell, order, reps []uint32) {
	counted := make([]uint32, len(v.Labels))
	for _, group := range order {
		to := v.Of[group]
		if created[group].Deals > 0 {
			cells[to].created.Plus(&created[group])
		}
		if closed[group].Deals() == 0 {
			continue
		}
		cells[to].closed.Plus(&closed[group])
		if rep := reps[group]; rep != 0 && counted[to] != rep {
			counted[to] = rep
			cells[to].reps++
		}
	}
}
