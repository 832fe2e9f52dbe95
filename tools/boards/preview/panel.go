package preview

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// errEmpty says that a panel has nothing to draw. Its place shows the panel's noValue text.
var errEmpty = errors.New("no data")

// drawing is what the drawer of a panel works on: the results, and the room inside the panel's frame.
type drawing struct {
	panel         board.Panel
	frames        []Frame
	width, height float64
	from, to      time.Time
	now           time.Time
	alerts        []Alert
	variables     map[string]string
	face          *faceWidths
	formatter     formatter
	problems      []string
}

// problem notes something that a person could not read, once.
func (d *drawing) problem(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(d.problems, text) {
		d.problems = append(d.problems, text)
	}
}

// options decodes the panel's options.
func (d *drawing) options(into any) error {
	if len(d.panel.Options) == 0 {
		return nil
	}
	if err := json.Unmarshal(d.panel.Options, into); err != nil {
		return fmt.Errorf("read options: %w", err)
	}
	return nil
}

// canvas is an empty drawing of the panel's size.
func (d *drawing) canvas() *canvas { return &canvas{width: d.width, height: d.height} }

// draw draws the panel by its type.
func (d *drawing) draw() (template.HTML, error) {
	switch d.panel.Type {
	case "text":
		return d.text()
	case "alertlist":
		return d.alertList()
	case "dashlist":
		return "", errors.New("a list of boards has no results to draw")
	}
	if !hasRows(d.frames) {
		return "", errEmpty
	}
	switch d.panel.Type {
	case "stat":
		return d.stat()
	case "gauge":
		return d.gauge()
	case "bargauge":
		return d.barGauge()
	case "timeseries":
		return d.timeSeries()
	case "trend":
		return d.trend()
	case "barchart":
		return d.barChart()
	case "piechart":
		return d.pieChart()
	case "heatmap":
		return d.heatmap()
	case "histogram":
		return d.histogram()
	case "table":
		return d.table()
	case "state-timeline":
		return d.stateTimeline()
	case "status-history":
		return d.statusHistory()
	}
	return "", fmt.Errorf("panel type %q is not drawn yet", d.panel.Type)
}

// hasRows says whether any frame holds a row.
func hasRows(frames []Frame) bool {
	for i := range frames {
		if frames[i].Len() > 0 {
			return true
		}
	}
	return false
}
