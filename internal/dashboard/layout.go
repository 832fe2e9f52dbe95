package dashboard

// gridWidth is the number of columns of a board.
const gridWidth = 24

// layout places panels from left to right and from top to bottom, and numbers them.
type layout struct {
	panels  []*panel
	section *panel // the collapsed row that panels go into, nil without one
	id      int
	x, y    int
	height  int // of the line that is being filled
}

// row begins a section with a heading. A collapsed one is read by those who need it and costs the others no queries.
func (l *layout) row(title string, collapsed bool) {
	l.wrap()
	l.id++
	p := &panel{Type: "row", Title: title, ID: l.id, GridPos: gridPos{H: 1, W: gridWidth, Y: l.y}, Collapsed: &collapsed}
	l.panels = append(l.panels, p)
	l.section = nil
	if collapsed {
		l.section = p
	}
	l.y++
}

// add places a panel, on the next line where it does not fit.
func (l *layout) add(width, height int, p *panel) {
	if l.x+width > gridWidth {
		l.wrap()
	}
	l.id++
	p.ID = l.id
	p.GridPos = gridPos{H: height, W: width, X: l.x, Y: l.y}
	l.x += width
	l.height = max(l.height, height)
	if l.section != nil {
		l.section.Panels = append(l.section.Panels, p)
		return
	}
	l.panels = append(l.panels, p)
}

func (l *layout) wrap() {
	l.x, l.y, l.height = 0, l.y+l.height, 0
}
