package preview

import (
	"encoding/json"
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

var update = flag.Bool("update", false, "rewrite the golden drawings")

// drawCase is a panel with the answers to its queries.
type drawCase struct {
	Panel   json.RawMessage   `json:"panel"`
	Results map[string]Result `json:"results"`
	Alerts  []Alert           `json:"alerts"`
}

// start is the beginning of the time range of the drawings.
func start() time.Time { return time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) }

// drawingOf prepares a panel as the renderer does.
func drawingOf(t *testing.T, c drawCase, width, height float64) *drawing {
	t.Helper()
	var p board.Panel
	if err := json.Unmarshal(c.Panel, &p); err != nil {
		t.Fatal(err)
	}
	frames, err := transform(framesOf(p.Targets, c.Results), p.Transformations)
	if err != nil {
		t.Fatal(err)
	}
	var s settings
	if err := json.Unmarshal(c.Panel, &s); err != nil {
		t.Fatal(err)
	}
	if err := configure(frames, s.FieldConfig.Defaults, p.FieldConfig.Overrides); err != nil {
		t.Fatal(err)
	}
	return &drawing{
		panel: p, frames: frames, width: width, height: height, alerts: c.Alerts, face: face(),
		from: start(), to: start().Add(4 * time.Hour), now: start().Add(4 * time.Hour),
		formatter: formatter{now: start().Add(4 * time.Hour)}, variables: map[string]string{"team": "North"},
	}
}

// TestDrawings compares one small panel of every type with its drawing. Look at the files after -update: they are
// pictures.
func TestDrawings(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.json")
	if err != nil || len(cases) == 0 {
		t.Fatalf("found no panels: %v", err)
	}
	for _, path := range cases {
		t.Run(filepath.Base(path), func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var c drawCase
			if err := json.Unmarshal(raw, &c); err != nil {
				t.Fatal(err)
			}
			d := drawingOf(t, c, 360, 180)
			got, err := d.draw()
			if err != nil {
				t.Fatal(err)
			}
			if len(d.problems) > 0 {
				t.Errorf("hard to read: %q", d.problems)
			}
			golden := path[:len(path)-len("json")] + "svg"
			if *update {
				if err := os.WriteFile(golden, append([]byte(got), '\n'), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
				t.Errorf("drawing (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDrawSaysWhatIsEmpty(t *testing.T) {
	nan := map[string]Result{"A": {Result: []Series{{Value: Sample{Time: 1, Value: math.NaN()}}}}}
	for name, c := range map[string]drawCase{
		"no series":      {Panel: json.RawMessage(`{"type": "stat", "targets": [{"refId": "A"}]}`)},
		"nothing finite": {Panel: json.RawMessage(`{"type": "gauge", "targets": [{"refId": "A"}]}`), Results: nan},
		"no lines":       {Panel: json.RawMessage(`{"type": "timeseries", "targets": [{"refId": "A"}]}`)},
	} {
		if _, err := drawingOf(t, c, 300, 100).draw(); !errors.Is(err, errEmpty) {
			t.Errorf("%s: got %v, want %v", name, err, errEmpty)
		}
	}
}

func TestDrawRefuses(t *testing.T) {
	one := map[string]Result{
		"A": {Result: vector("team", "North", 1.0)},
		"B": {Result: vector("team", "South", 2.0)},
	}
	for name, panel := range map[string]string{
		"unknown type":             `{"type": "geomap", "targets": [{"refId": "A"}]}`,
		"table of two frames":      `{"type": "table", "targets": [{"refId": "A"}, {"refId": "B"}]}`,
		"bars without a column":    `{"type": "barchart", "targets": [{"refId": "A"}], "options": {"xField": "day"}}`,
		"text in HTML":             `{"type": "text", "options": {"mode": "html", "content": "<b>x</b>"}}`,
		"filter that is no PromQL": `{"type": "alertlist", "options": {"alertInstanceLabelFilter": "{audience}"}}`,
	} {
		_, err := drawingOf(t, drawCase{Panel: json.RawMessage(panel), Results: one}, 300, 100).draw()
		if err == nil || errors.Is(err, errEmpty) {
			t.Errorf("%s: got %v, want an error", name, err)
		}
	}
}
