// Package preview draws a Grafana board from the answers of Prometheus to its queries. It is no Grafana: it shows
// whether a board is full, legible and says what it should, on a machine that has none.
package preview

import (
	"errors"
	"fmt"
	"html/template"
	"time"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// Page is a board drawn.
type Page struct {
	UID    string
	HTML   []byte
	Width  int
	Height int
	// Empty lists the panels that show their noValue text, Problems what a person could not read.
	Empty    []string
	Problems []string
}

// Options say how to draw a board.
type Options struct {
	// Width of the page in pixels.
	Width int
	// Expand opens the rows that the board opens collapsed.
	Expand bool
	// Generated is when the results were fetched: ages are counted from then.
	Generated time.Time
}

// Render draws a board.
func Render(b *board.Board, dump BoardDump, o Options) (*Page, error) {
	all, err := settingsOf(b.Raw)
	if err != nil {
		return nil, fmt.Errorf("read board %s: %w", b.UID, err)
	}
	r := &renderer{
		board: b, dump: dump, settings: all, generated: o.Generated, face: face(), width: float64(o.Width), expand: o.Expand,
	}
	page := &Page{UID: b.UID, Width: o.Width}
	var views []panelView
	panels := b.Panels
	if o.Expand {
		panels = b.AllPanels()
	}
	for _, p := range layout(panels, all, dump) {
		view, err := r.panel(p, page)
		if err != nil {
			return nil, fmt.Errorf("board %s, panel %d %q: %w", b.UID, p.ID, p.Title, err)
		}
		views = append(views, view)
	}
	page.HTML, page.Height, err = r.page(views)
	if err != nil {
		return nil, fmt.Errorf("write page of board %s: %w", b.UID, err)
	}
	return page, nil
}

// renderer draws the panels of one board.
type renderer struct {
	board     *board.Board
	dump      BoardDump
	settings  map[int]settings
	generated time.Time
	face      *faceWidths
	width     float64
	expand    bool
}

// panelView is a panel as the page's template shows it.
type panelView struct {
	Box                  template.CSS
	Row, Collapsed, Bare bool
	Title                string
	Described            bool
	Content              template.HTML
	Empty                string
	box                  box
}

// The measures of a panel's frame.
const (
	headerHeight = 32
	panelPadding = 8
	titleSize    = 14
)

// panel draws one panel with its frame.
func (r *renderer) panel(p placed, page *Page) (panelView, error) {
	b := pixels(p.GridPos, r.width)
	title := interpolate(p.Title, p.values)
	view := panelView{
		Title: title, Described: p.Description != "", Row: p.Type == "row", Collapsed: p.Collapsed && !r.expand,
		Bare: r.settings[p.ID].Transparent, box: b,
		//nolint:gosec // Numbers only.
		Box: template.CSS(fmt.Sprintf("left:%spx;top:%spx;width:%spx;height:%spx",
			px(b.left), px(b.top), px(b.width()), px(b.height()))),
	}
	if p.Repeat != "" && p.values[p.Repeat] == "All" {
		page.Problems = append(page.Problems, fmt.Sprintf(
			"%s (%d): is repeated by %s, but the dump holds one copy for all of them", title, p.ID, p.Repeat))
	}
	if view.Row {
		return view, nil
	}
	d := &drawing{
		panel: p.Panel, width: b.width() - 2*panelPadding - 2, height: b.height() - 2*panelPadding - 2,
		from: time.Unix(int64(r.dump.From), 0).UTC(), to: time.Unix(int64(r.dump.To), 0).UTC(), now: r.generated,
		alerts: r.dump.Alerts, variables: p.values, face: r.face, formatter: formatter{now: r.generated},
	}
	if title != "" {
		d.height -= headerHeight
		room := d.width - 8
		if view.Described {
			room -= 24
		}
		if r.face.width(title, titleSize)*1.03 > room {
			d.problem("title clipped")
		}
	}
	content, err := r.content(d, p)
	switch {
	case errors.Is(err, errEmpty):
		view.Empty = r.noValue(d, p)
		page.Empty = append(page.Empty, fmt.Sprintf("%s (%d): %q", title, p.ID, view.Empty))
	case err != nil:
		return panelView{}, err
	}
	view.Content = content
	for _, problem := range d.problems {
		page.Problems = append(page.Problems, fmt.Sprintf("%s (%d): %s", title, p.ID, problem))
	}
	return view, nil
}

// content draws what is inside a panel's frame.
func (r *renderer) content(d *drawing, p placed) (template.HTML, error) {
	frames, err := transform(framesOf(p.Targets, r.dump.Panels[p.key]), p.Transformations)
	if err != nil {
		return "", err
	}
	if err := configure(frames, r.settings[p.ID].FieldConfig.Defaults, p.FieldConfig.Overrides); err != nil {
		return "", err
	}
	d.frames = frames
	return d.draw()
}

// noValue is what an empty panel says.
func (r *renderer) noValue(d *drawing, p placed) string {
	text := p.FieldConfig.Defaults.NoValue
	if text == "" {
		text = "No data"
	}
	if r.face.width(text, 14) > d.width {
		d.problem("noValue text clipped: %q", text)
	}
	return text
}
