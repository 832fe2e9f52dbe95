package dashboard

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// described are the types of panels that show numbers and must say which.
func described(p *panel) bool { return !slices.Contains([]string{"row", "text", "alertlist"}, p.Type) }

func TestPanelsSayWhatTheyShow(t *testing.T) {
	for _, b := range boards(t) {
		for _, p := range b.all() {
			if n := utf8.RuneCountInString(p.Title); n == 0 || n > 40 {
				t.Errorf("%s, %q: the title has %d characters", b.UID, p.Title, n)
			}
			if !described(p) {
				continue
			}
			if p.Description == "" {
				t.Errorf("%s, %q has no description", b.UID, p.Title)
			}
			if p.FieldConfig == nil || p.FieldConfig.Defaults.Unit == "" || p.FieldConfig.Defaults.NoValue == "" {
				t.Errorf("%s, %q has no unit or no text for no value", b.UID, p.Title)
			}
			if len(p.Targets) == 0 {
				t.Errorf("%s, %q has no query", b.UID, p.Title)
			}
		}
	}
}

func TestPanelsHaveIDsAndPlacesOfTheirOwn(t *testing.T) {
	uids := map[string]bool{}
	for _, b := range boards(t) {
		if uids[b.UID] || b.UID == "" {
			t.Errorf("the uid %q is empty or taken", b.UID)
		}
		uids[b.UID] = true
		ids := map[int]bool{}
		for _, p := range b.all() {
			if p.ID <= 0 || ids[p.ID] {
				t.Errorf("%s, %q: id %d is taken", b.UID, p.Title, p.ID)
			}
			ids[p.ID] = true
		}
		testPlaces(t, b.UID, b.Panels)
		for _, p := range b.Panels {
			testPlaces(t, b.UID, p.Panels)
		}
	}
}

func testPlaces(t *testing.T, uid string, panels []*panel) {
	t.Helper()
	for i, p := range panels {
		a := p.GridPos
		if a.X < 0 || a.Y < 0 || a.W <= 0 || a.H <= 0 || a.X+a.W > gridWidth {
			t.Errorf("%s, %q leaves the grid: %+v", uid, p.Title, a)
		}
		for _, other := range panels[:i] {
			b := other.GridPos
			if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				t.Errorf("%s: %q covers %q", uid, p.Title, other.Title)
			}
		}
	}
}

// TestRepeatedRowIsFollowedByPanels guards what Grafana repeats: the row and everything up to the next one.
func TestRepeatedRowIsFollowedByPanels(t *testing.T) {
	found := 0
	for _, b := range boards(t) {
		for i, p := range b.Panels {
			if p.Repeat == "" || p.Type != "row" {
				continue
			}
			found++
			if !slices.ContainsFunc(b.Templating.List, func(v variable) bool { return v.Name == p.Repeat && v.Multi }) {
				t.Errorf("%s: row %q is repeated for %q, which is no variable with several values", b.UID, p.Title, p.Repeat)
			}
			if i+1 == len(b.Panels) || b.Panels[i+1].Type == "row" {
				t.Errorf("%s: row %q repeats nothing", b.UID, p.Title)
				continue
			}
			for _, q := range b.Panels[i+1].Targets {
				if !strings.Contains(q.Expr, `=~"$`+p.Repeat+`"`) {
					t.Errorf("%s: a panel of the repeated row %q is the same in each", b.UID, p.Title)
				}
			}
		}
	}
	if found != 1 {
		t.Errorf("%d rows are repeated, want that of teams", found)
	}
}

// TestLayout shows that a panel that does not fit begins a line below the highest of the line before.
func TestLayout(t *testing.T) {
	l := &layout{}
	l.row("first", false)
	for _, size := range [][2]int{{12, 4}, {6, 8}, {8, 2}} {
		l.add(size[0], size[1], &panel{})
	}
	l.row("second", true)
	l.add(24, 5, &panel{})
	l.row("third", false)

	want := []gridPos{{1, 24, 0, 0}, {4, 12, 0, 1}, {8, 6, 12, 1}, {2, 8, 0, 9}, {1, 24, 0, 11}, {1, 24, 0, 17}}
	if len(l.panels) != len(want) {
		t.Fatalf("%d panels, want %d: those of a collapsed row belong to the row", len(l.panels), len(want))
	}
	for i, p := range l.panels {
		if p.GridPos != want[i] {
			t.Errorf("panel %d is at %+v, want %+v", i, p.GridPos, want[i])
		}
	}
	if inner := l.panels[4].Panels; len(inner) != 1 || inner[0].GridPos != (gridPos{5, 24, 0, 12}) {
		t.Errorf("the collapsed row holds %+v", inner)
	}
}
