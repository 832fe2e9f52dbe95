package kpi

import "slices"

// grid is a table of cells most of which stay empty: by row (an interval, a stage) and by group. An empty cell costs
// four bytes and an empty row nothing.
type grid[T any] struct {
	rows   [][]uint32 // cell + 1, 0 is empty
	cells  []T
	groups int // how many there will be, about
}

func newGrid[T any](rows, groups int) grid[T] {
	return grid[T]{rows: make([][]uint32, rows), groups: groups}
}

// at returns a cell to add to. The pointer is only valid until the next call.
func (g *grid[T]) at(row int, group uint32) *T {
	cells := g.rows[row]
	if int(group) >= len(cells) {
		cells = make([]uint32, max(g.groups, int(group)+1, 2*len(cells)))
		copy(cells, g.rows[row])
		g.rows[row] = cells
	}
	if cells[group] == 0 {
		g.cells = append(g.cells, *new(T))
		cells[group] = uint32(len(g.cells))
	}
	return &g.cells[cells[group]-1]
}

// get returns a cell, nil where nothing was added to it.
func (g *grid[T]) get(row int, group uint32) *T {
	cells := g.rows[row]
	if int(group) >= len(cells) || cells[group] == 0 {
		return nil
	}
	return &g.cells[cells[group]-1]
}

// each calls visit for every cell of the rows [from, to) that something was added to, in order of row and group.
func (g *grid[T]) each(p period, visit func(row int, group uint32, cell *T)) {
	for row := p.from; row < p.to; row++ {
		for group, cell := range g.rows[row] {
			if cell != 0 {
				visit(row, uint32(group), &g.cells[cell-1])
			}
		}
	}
}

// any reports whether something was added to the rows [from, to).
func (g *grid[T]) any(p period) bool {
	return slices.ContainsFunc(g.rows[p.from:p.to], func(cells []uint32) bool { return cells != nil })
}

// all is the period of every row.
func (g *grid[T]) all() period { return period{0, len(g.rows)} }

// present returns which groups have a cell in any row.
func (g *grid[T]) present(groups int) []bool {
	in := make([]bool, groups)
	for _, cells := range g.rows {
		for group, cell := range cells {
			if cell != 0 {
				in[group] = true
			}
		}
	}
	return in
}
