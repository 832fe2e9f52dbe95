package pipeline

import (
	"cmp"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/cube/grain"
	"github.com/sales-exporter/sales_exporter/internal/cube/groups"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
)

// shownCell is a cell of a lane in a projection.
type shownCell[T any] struct {
	combination uint32
	row         uint32
	cell        T
}

// projectCells returns the cells of a lane by combination and row, merged and in order. order has the slots in the order
// in which they are shown.
func projectCells[T any, P interface {
	*T
	Plus(*T)
}](l *cube.Lane, p *groups.Projection, order []int, read func(*cube.Lane, []int64) T) []shownCell[T] {
	type source struct {
		combination, row uint32
		cell             []int64
	}
	var sources []source // in order of the rows
	ends := make([]int, len(p.Labels)+1)
	for row, slot := range order {
		l.Each(cube.Period{From: slot, To: slot + 1}, func(_ int, class uint32, cell []int64) {
			sources = append(sources, source{p.Of[class], uint32(row), cell})
			ends[p.Of[class]+1]++
		})
	}
	for i := range p.Labels {
		ends[i+1] += ends[i]
	}
	sorted := make([]source, len(sources))
	for _, s := range sources {
		sorted[ends[s.combination]] = s
		ends[s.combination]++
	}
	merged := make([]shownCell[T], 0, len(sources))
	for _, s := range sorted {
		last := len(merged) - 1
		if last < 0 || merged[last].combination != s.combination || merged[last].row != s.row {
			merged = append(merged, shownCell[T]{combination: s.combination, row: s.row})
			last++
		}
		cell := read(l, s.cell)
		P(&merged[last].cell).Plus(&cell)
	}
	return merged
}

// openPart is one series of a cell: the value of the label `probability`, if the metric has it, and of the cell.
type openPart struct {
	probability string
	value       func(*openCell) (float64, bool)
}

// closingOrder returns the closing buckets in the order of their names.
func closingOrder() []int {
	names := pass.ClosingNames()
	order := make([]int, pass.Closings)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(names[a], names[b]) })
	return order
}

// openBy returns the open deals by a breakdown, stage and closing bucket.
func (s *source) openBy(g *grain.Grain) []shownCell[openCell] {
	cells, ok := s.openCells[g.Breakdown]
	if !ok {
		var order []int
		for stage := range s.Names {
			for _, closing := range closingOrder() {
				order = append(order, stage*pass.Closings+closing)
			}
		}
		cells = projectCells(s.open, s.Combinations(g.Breakdown), order, openOf)
		s.openCells[g.Breakdown] = cells
	}
	return cells
}

func (s *source) emitOpen(metric int, parts ...openPart) {
	g, on := s.C.GrainOf(s.out[metric])
	if !on {
		return
	}
	family := s.out[metric]
	m, rows := family.Metric, family.Rows()
	order, closing := closingOrder(), pass.ClosingNames()
	labels := s.Labels(g.Labels, m.Labels...)
	var currency []string
	if m.Money {
		labels, currency = append(labels, "currency"), []string{s.C.Options.Currency}
	}
	p, cells := s.Combinations(g.Breakdown), s.openBy(&g)
	var head []string
	for i := range cells {
		at := &cells[i]
		head = append(append(head[:0], s.Source.Name), p.Labels[at.combination]...)
		head = append(head, s.Names[at.row/pass.Closings], closing[order[at.row%pass.Closings]])
		for _, part := range parts {
			value, ok := part.value(&at.cell)
			if !ok {
				continue
			}
			own := currency
			if part.probability != "" {
				own = append([]string{part.probability}, currency...)
			}
			family.Gauge(labels, rows.Join(head, own...), value)
		}
	}
	in := s.open.Present(s.Groups.Len())
	family.CountFolded(func() int { return p.FoldedAmong(in) })
}

func (s *source) emitCategories() {
	g, on := s.C.GrainOf(s.out[category])
	if !on {
		return
	}
	family, p := s.out[category], s.Combinations(g.Breakdown)
	rows, labels := family.Rows(), s.Labels(g.Labels, "category", "currency")
	sorted := slices.Sorted(slices.Values(s.Source.Facts.Categories))
	order := make([]int, len(sorted))
	for i, name := range sorted {
		order[i] = slices.Index(s.Source.Facts.Categories, name)
	}
	cells := projectCells(s.categories, p, order, func(l *cube.Lane, cell []int64) pass.AmountSum { return pass.AmountOf(l, cell, 0, 0) })
	for i := range cells {
		at := &cells[i]
		if at.cell.Has.Unknown() {
			continue
		}
		head := rows.Join([]string{s.Source.Name}, p.Labels[at.combination]...)
		family.Gauge(labels, rows.Join(head, string(sorted[at.row]), s.C.Options.Currency), pass.Units(at.cell.Sum))
	}
	in := s.categories.Present(s.Groups.Len())
	family.CountFolded(func() int { return p.FoldedAmong(in) })
}

// waitingBy returns how long open deals wait, by a breakdown and stage.
func (s *source) waitingBy(g *grain.Grain) []shownCell[waitingCell] {
	cells, ok := s.waitingCells[g.Breakdown]
	if !ok {
		order := make([]int, len(s.Names))
		for i := range order {
			order[i] = i
		}
		cells = projectCells(s.waiting, s.HistogramCombinations(g.Breakdown), order, waitingOf)
		s.waitingCells[g.Breakdown] = cells
	}
	return cells
}

// emitWaiting makes a histogram of open deals by stage.
func (s *source) emitWaiting(metric int, of func(*waitingCell) *cube.Tally) {
	g, on := s.C.GrainOf(s.out[metric])
	if !on {
		return
	}
	family, p, cells := s.out[metric], s.HistogramCombinations(g.Breakdown), s.waitingBy(&g)
	rows, labels := family.Rows(), s.Labels(g.Labels, "deal_stage")
	for i := range cells {
		at := &cells[i]
		if t := of(&at.cell); !t.Empty() {
			head := rows.Join([]string{s.Source.Name}, p.Labels[at.combination]...)
			family.Tally(labels, rows.Join(head, s.Names[at.row]), t, &s.C.Durations, pass.MilliPerSecond)
		}
	}
	in := s.waiting.Present(len(p.Of))
	family.CountFolded(func() int { return p.FoldedAmong(in) })
}
