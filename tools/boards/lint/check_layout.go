package lint

import (
	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// columns is the width of Grafana's grid.
const columns = 24

// A row of the grid is 30 pixels high and 8 apart from the next. Above it stand the top bar, the board's bar and one
// line of variables.
const (
	rowHeight    = 30 + 8
	barsHeight   = 150
	screenHeight = 800
	kioskHeight  = 1080
)

func checkPanelIDs(_ *Input, b *board.Board, report reporter) {
	seen := map[int]string{}
	for _, p := range b.AllPanels() {
		other, dup := seen[p.ID]
		switch {
		case p.ID <= 0:
			report("%s has no id; number panels from 1", panelName(p))
		case dup:
			report("%s and %s share an id; give each its own, links and alerts refer to it", other, panelName(p))
		}
		seen[p.ID] = panelName(p)
	}
}

func checkGrid(_ *Input, b *board.Board, report reporter) {
	checkCells(b.Panels, report)
	for _, row := range b.Panels {
		// The panels of a collapsed row are laid out when it opens, whatever stands below it now.
		checkCells(row.Panels, report)
	}
}

func checkCells(panels []board.Panel, report reporter) {
	for i, p := range panels {
		g := p.GridPos
		if g.X < 0 || g.Y < 0 || g.W <= 0 || g.H <= 0 || g.X+g.W > columns {
			report("%s at x=%d w=%d h=%d leaves the grid; it has %d columns", panelName(p), g.X, g.W, g.H, columns)
		}
		for _, o := range panels[:i] {
			if g.Overlaps(o.GridPos) {
				report("%s overlaps %s; move one of them", panelName(p), panelName(o))
			}
		}
	}
}

// checkFirstScreen wants the overview's first screen whole on a laptop of 1280 x 800, and the wall board whole on a
// television, where nobody scrolls.
func checkFirstScreen(_ *Input, b *board.Board, report reporter) {
	switch b.UID {
	case overviewBoard:
		rows := (screenHeight - barsHeight) / rowHeight
		for _, p := range b.Panels {
			if p.GridPos.Y < rows {
				checkVisible(p, rows, report)
			}
		}
	case wallBoard:
		for _, p := range b.Panels {
			checkVisible(p, kioskHeight/rowHeight, report)
		}
	}
}

func checkVisible(p board.Panel, rows int, report reporter) {
	g := p.GridPos
	if bottom := g.Y + g.H; bottom > rows {
		report("%s ends at row %d, the screen at %d; make it lower or move it", panelName(p), bottom, rows)
	}
	if w, h := smallest(p.Type); g.W < w || g.H < h {
		report("%s is %d x %d cells; its values are readable from %d x %d on", panelName(p), g.W, g.H, w, h)
	}
}

// smallest is the size in cells from which a panel can be read; a column is about 50 pixels wide on a laptop.
func smallest(panelType string) (w, h int) {
	switch panelType {
	case "row", "text":
		return 1, 1
	case "stat", "gauge", "bargauge":
		return 3, 3
	default:
		return 6, 5
	}
}
