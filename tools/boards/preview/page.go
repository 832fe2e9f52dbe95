package preview

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"time"
)

//go:embed page.html
var pageTemplate string

// The measures of what is above the panels.
const (
	topBar      = 48
	controlLine = 40
	controlGap  = 8
	pickerWidth = 330
)

// control is a variable, a toggle of an annotation or a link above the panels.
type control struct {
	Label, Value string
	Toggle, Link bool
}

// page writes the page and says how high it is.
func (r *renderer) page(views []panelView) (html []byte, height int, err error) {
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return nil, 0, err
	}
	controls := r.controls()
	grid := 0.0
	for _, v := range views {
		grid = max(grid, v.box.bottom)
	}
	head := topBar + r.controlsHeight(controls)
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{
		"Title": r.board.Title, "Controls": controls, "Panels": views, "Width": r.width, "Grid": grid,
		"Head": head, "Top": topBar, "Range": r.timeRange(), "Refresh": r.board.Refresh,
		"Page": colorPage, "PanelColor": colorPanel, "Border": colorBorder, "Text": colorText,
		"Secondary": colorSecondary, "Link": colorLink, "Control": colorTrack,
	})
	return b.Bytes(), int(head + grid + pagePadding), err
}

// controls lists what stands above the panels.
func (r *renderer) controls() []control {
	var out []control
	for _, v := range r.board.Variables {
		const hidden = 2
		if v.Hide == hidden {
			continue
		}
		label := v.Label
		if label == "" {
			label = v.Name
		}
		value, ok := r.dump.Variables[v.Name]
		if !ok {
			value = strings.Join(v.Current.Text, " + ")
		}
		out = append(out, control{Label: label, Value: value})
	}
	for _, a := range r.board.Annotations {
		if a.BuiltIn == 0 && !a.Hide {
			out = append(out, control{Label: a.Name, Toggle: true, Value: map[bool]string{true: "on"}[a.Enable]})
		}
	}
	for _, l := range r.board.Links {
		out = append(out, control{Label: l.Title, Link: true})
	}
	return out
}

// controlsHeight is the height of the lines that the controls fill beside the time picker.
func (r *renderer) controlsHeight(controls []control) float64 {
	x, lines := 0.0, 1.0
	for _, c := range controls {
		width := r.face.width(c.Label, 12) + 18 + controlGap
		switch {
		case c.Toggle:
			width += 40
		case !c.Link:
			width += max(r.face.width(c.Value, 13)+40, 60)
		}
		if x+width > r.width-2*pagePadding-pickerWidth && x > 0 {
			x, lines = 0, lines+1
		}
		x += width
	}
	return lines*controlLine + controlGap
}

// timeRange is the range as the time picker shows it.
func (r *renderer) timeRange() string {
	const layout = "2006-01-02 15:04"
	from, to := time.Unix(int64(r.dump.From), 0).UTC(), time.Unix(int64(r.dump.To), 0).UTC()
	return fmt.Sprintf("%s to %s UTC", from.Format(layout), to.Format(layout))
}
