package preview

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

func TestLayout(t *testing.T) {
	raw := []byte(`{"uid": "b", "panels": [
		{"id": 1, "type": "row", "title": "Team $team", "repeat": "team", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}},
		{"id": 2, "type": "stat", "gridPos": {"x": 0, "y": 1, "w": 12, "h": 4}},
		{"id": 3, "type": "row", "gridPos": {"x": 0, "y": 5, "w": 24, "h": 1}},
		{"id": 4, "type": "stat", "repeat": "source", "maxPerRow": 2, "gridPos": {"x": 0, "y": 6, "w": 6, "h": 3}},
		{"id": 5, "type": "text", "gridPos": {"x": 0, "y": 9, "w": 24, "h": 2}}]}`)
	b, err := board.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	all, err := settingsOf(raw)
	if err != nil {
		t.Fatal(err)
	}
	dump := BoardDump{
		Variables: map[string]string{"team": "All", "source": "acme"},
		Repeats:   map[string][]string{"team": {"North", "South"}},
		Panels:    map[string]map[string]Result{"4": nil, "4/globex": nil, "4/initech": nil},
	}
	type spot struct {
		Key, Team, Source string
		X, Y, W           int
	}
	var got []spot
	for _, p := range layout(b.Panels, all, dump) {
		got = append(got, spot{p.key, p.values["team"], p.values["source"], p.GridPos.X, p.GridPos.Y, p.GridPos.W})
	}
	want := []spot{
		{"1", "North", "acme", 0, 0, 24},
		{"2", "North", "acme", 0, 1, 12},
		{"1/South", "South", "acme", 0, 5, 24},
		{"2/South", "South", "acme", 0, 6, 12},
		{"3", "All", "acme", 0, 10, 24},
		{"4", "All", "acme", 0, 11, 12},
		{"4/globex", "All", "globex", 12, 11, 12},
		{"4/initech", "All", "initech", 0, 14, 12},
		{"5", "All", "acme", 0, 17, 24},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

func TestPixels(t *testing.T) {
	got := pixels(board.GridPos{X: 12, Y: 1, W: 12, H: 4}, 1280)
	want := box{left: 628, top: 38, right: 1248, bottom: 182}
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCompact(t *testing.T) {
	panels := []placed{
		{Panel: board.Panel{ID: 1, Type: "row", GridPos: board.GridPos{Y: 0, W: 24, H: 1}}},
		{Panel: board.Panel{ID: 3, GridPos: board.GridPos{Y: 10, W: 12, H: 4}}},
		{Panel: board.Panel{ID: 4, GridPos: board.GridPos{Y: 10, X: 12, W: 12, H: 2}}},
		{Panel: board.Panel{ID: 5, GridPos: board.GridPos{Y: 14, X: 8, W: 8, H: 2}}},
	}
	compact(panels)
	got := map[int]int{}
	for _, p := range panels {
		got[p.ID] = p.GridPos.Y
	}
	if diff := cmp.Diff(map[int]int{1: 0, 3: 1, 4: 1, 5: 5}, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}
