package preview

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// tiny is a board with one panel that has an answer, one that has none and one that is too narrow for its title.
const tiny = `{
	"uid": "tiny", "title": "Sales / Tiny", "refresh": "5m",
	"templating": {"list": [
		{"name": "team", "label": "Team", "type": "query"},
		{"name": "job", "type": "query", "hide": 2}]},
	"annotations": {"list": [{"name": "Deploys", "enable": true}]},
	"links": [{"title": "Docs"}],
	"panels": [
		{"id": 1, "type": "row", "title": "First", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}},
		{"id": 2, "type": "stat", "title": "Won by <$team>", "description": "x", "gridPos": {"x": 0, "y": 1, "w": 8, "h": 4},
		 "targets": [{"refId": "A"}], "fieldConfig": {"defaults": {"unit": "currencyUSD"}}},
		{"id": 3, "type": "stat", "title": "Lost", "gridPos": {"x": 8, "y": 1, "w": 8, "h": 4},
		 "targets": [{"refId": "A"}], "fieldConfig": {"defaults": {"noValue": "no data yet"}}},
		{"id": 4, "type": "stat", "title": "Won in the period before this one", "gridPos": {"x": 16, "y": 1, "w": 2, "h": 4},
		 "targets": [{"refId": "A"}]}]}`

func tinyDump(t *testing.T) BoardDump {
	t.Helper()
	var d BoardDump
	err := json.Unmarshal([]byte(`{
		"variables": {"team": "North & South", "job": "x"}, "from": 1793491200, "to": 1793577600,
		"panels": {
			"2": {"A": {"type": "vector", "result": [{"metric": {}, "value": [1793577600, "1870000"]}]}},
			"4": {"A": {"type": "vector", "result": [{"metric": {}, "value": [1793577600, "1"]}]}}}}`), &d)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRender(t *testing.T) {
	b, err := board.Parse([]byte(tiny))
	if err != nil {
		t.Fatal(err)
	}
	page, err := Render(b, tinyDump(t), Options{Width: 1280, Generated: start()})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Sales / Tiny", "Preview drawn from query results of the demo stack", "Won by &lt;North &amp; South&gt;",
		"$1.87M", "<span>Team</span>", "North &amp; South", "Deploys", "↗ Docs", "no data yet",
		"2026-11-01 00:00 to 2026-11-02 00:00",
	} {
		if !strings.Contains(string(page.HTML), want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if strings.Contains(string(page.HTML), "<span>job</span>") {
		t.Error("page shows a hidden variable")
	}
	if diff := cmp.Diff([]string{`Lost (3): "no data yet"`}, page.Empty); diff != "" {
		t.Errorf("empty panels (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Won in the period before this one (4): title clipped"}, page.Problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	const grid = 5*(cellHeight+cellGap) - cellGap
	if want := topBar + controlLine + controlGap + grid + pagePadding; page.Height != want {
		t.Errorf("page is %d pixels high, want %d", page.Height, want)
	}
}

func TestRenderExpandsCollapsedRows(t *testing.T) {
	const collapsed = `{"uid": "x", "title": "X", "panels": [
		{"id": 1, "type": "row", "title": "More", "collapsed": true, "gridPos": {"w": 24, "h": 1}, "panels": [
			{"id": 2, "type": "text", "title": "Hidden", "gridPos": {"y": 1, "w": 24, "h": 4},
			 "options": {"content": "found"}}]}]}`
	b, err := board.Parse([]byte(collapsed))
	if err != nil {
		t.Fatal(err)
	}
	for _, expand := range []bool{false, true} {
		page, err := Render(b, BoardDump{}, Options{Width: 1280, Expand: expand})
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Contains(page.HTML, []byte("found")); got != expand {
			t.Errorf("expand %v: panel shown is %v", expand, got)
		}
		if got := bytes.Contains(page.HTML, []byte("row collapsed")); got == expand {
			t.Errorf("expand %v: row collapsed is %v", expand, got)
		}
	}
}

func TestRenderMissesRepeatedRows(t *testing.T) {
	b, err := board.Parse([]byte(strings.ReplaceAll(tiny, `"title": "First"`, `"title": "$team", "repeat": "team"`)))
	if err != nil {
		t.Fatal(err)
	}
	dump := tinyDump(t)
	dump.Variables["team"] = "All"
	page, err := Render(b, dump, Options{Width: 1280, Generated: start()})
	if err != nil {
		t.Fatal(err)
	}
	want := "All (1): is repeated by team, but the dump holds one copy for all of them"
	if len(page.Problems) == 0 || page.Problems[0] != want {
		t.Errorf("got problems %q, want first %q", page.Problems, want)
	}
}

func TestRenderNamesThePanelThatItCannotDraw(t *testing.T) {
	b, err := board.Parse([]byte(strings.ReplaceAll(tiny, `"id": 2, "type": "stat"`, `"id": 2, "type": "geomap"`)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = Render(b, tinyDump(t), Options{Width: 1280, Generated: start()})
	if err == nil || !strings.Contains(err.Error(), "panel 2") || !strings.Contains(err.Error(), "geomap") {
		t.Errorf("got %v, want an error that names panel and type", err)
	}
}

func TestProblems(t *testing.T) {
	read := func(name string) drawCase {
		raw, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		var c drawCase
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, tt := range []struct {
		file          string
		change, into  string
		width, height float64
		want          string
	}{
		{file: "stat.json", width: 30, height: 20, want: "shrinks to"},
		{file: "gauge.json", width: 40, height: 40, want: "shrinks to"},
		{file: "bargauge.json", width: 360, height: 40, want: "bars overflow"},
		{file: "bargauge.json", width: 60, height: 120, want: "name clipped"},
		{file: "timeseries.json", width: 100, height: 90, want: "legend overflows"},
		{file: "timeseries-stacked.json", width: 200, height: 60, want: "legend overflows"},
		{file: "barchart.json", width: 60, height: 160, want: "overlaps its neighbour"},
		{
			file: "barchart.json", change: `"xField"`, into: `"xTickLabelSpacing": 200, "xField"`, width: 360, height: 180,
			want: "only every 3. of 3 labels",
		},
		{file: "table.json", width: 200, height: 180, want: "table scrolls sideways"},
		{file: "table.json", width: 360, height: 90, want: "table scrolls: 2 of 3 rows"},
		{file: "text.json", width: 100, height: 60, want: "text scrolls"},
		{file: "alertlist.json", width: 360, height: 60, want: "alert list scrolls: 1 of 2"},
		{
			file: "alertlist.json", change: `"maxItems"`, into: `"datasource": "${datasource}", "maxItems"`,
			width: 360, height: 180, want: "the list would stay empty",
		},
		{file: "state-timeline.json", width: 360, height: 60, want: "pixels high"},
		{file: "piechart.json", width: 60, height: 60, want: "pie is only"},
	} {
		c := read(tt.file)
		if tt.change != "" {
			c.Panel = bytes.Replace(c.Panel, []byte(tt.change), []byte(tt.into), 1)
		}
		d := drawingOf(t, c, tt.width, tt.height)
		if _, err := d.draw(); err != nil {
			t.Errorf("%s: %v", tt.file, err)
		}
		if got := strings.Join(d.problems, "\n"); !strings.Contains(got, tt.want) {
			t.Errorf("%s at %v x %v: problems %q lack %q", tt.file, tt.width, tt.height, got, tt.want)
		}
	}
}
