package preview

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// The measures of Grafana's grid, in pixels.
const (
	gridColumns = 24
	cellHeight  = 30
	cellGap     = 8
	pagePadding = 16
)

// placed is a panel in its place, once for each value that it is repeated for.
type placed struct {
	board.Panel
	key    string
	values map[string]string
}

// layout places panels and repeats those that ask for it.
func layout(panels []board.Panel, all map[int]settings, dump BoardDump) []placed {
	var out []placed
	shift := 0
	for _, section := range sections(panels) {
		values := []string{""}
		repeat := ""
		if section[0].Type == "row" && section[0].Repeat != "" {
			repeat = section[0].Repeat
			values = dump.repeats(repeat, section)
		}
		for i, value := range values {
			scope := dump.Variables
			if value != "" {
				scope = with(scope, repeat, value)
			}
			if i > 0 {
				shift += sectionHeight(section)
			}
			copies, grown := place(section, all, dump, scope, shift, i)
			out = append(out, copies...)
			shift += grown
		}
	}
	compact(out)
	return out
}

// compact moves panels up until they touch one above, as Grafana does: the panels of collapsed rows leave gaps.
func compact(panels []placed) {
	slices.SortStableFunc(panels, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.GridPos.Y, b.GridPos.Y), cmp.Compare(a.GridPos.X, b.GridPos.X))
	})
	var floor [gridColumns]int
	for i := range panels {
		g := &panels[i].GridPos
		columns := floor[g.X:min(g.X+g.W, gridColumns)]
		g.Y = slices.Max(columns)
		for j := range columns {
			columns[j] = g.Y + g.H
		}
	}
}

// sections splits panels at their rows.
func sections(panels []board.Panel) [][]board.Panel {
	var out [][]board.Panel
	for _, p := range panels {
		if p.Type == "row" || len(out) == 0 {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], p)
	}
	return out
}

// sectionHeight is how many grid rows a section takes.
func sectionHeight(section []board.Panel) int {
	top, bottom := section[0].GridPos.Y, 0
	for _, p := range section {
		bottom = max(bottom, p.GridPos.Y+p.GridPos.H)
	}
	return bottom - top
}

// place places the panels of a section and says by how many grid rows its repeated panels made it grow.
func place(
	section []board.Panel, all map[int]settings, dump BoardDump, scope map[string]string, shift, nth int,
) (out []placed, grown int) {
	for _, p := range section {
		p.GridPos.Y += shift + grown
		key := strconv.Itoa(p.ID)
		if row := section[0]; nth > 0 {
			key += "/" + scope[row.Repeat]
		}
		if p.Repeat == "" || p.Type == "row" {
			out = append(out, placed{p, key, scope})
			continue
		}
		values := dump.repeats(p.Repeat, []board.Panel{p})
		perRow := min(cmp.Or(all[p.ID].MaxPerRow, 4), len(values))
		for i, value := range values {
			dup := p
			if p.RepeatDirection == "v" {
				dup.GridPos.Y += i * p.GridPos.H
			} else {
				dup.GridPos.W = gridColumns / perRow
				dup.GridPos.X = i % perRow * dup.GridPos.W
				dup.GridPos.Y += i / perRow * p.GridPos.H
			}
			if i > 0 {
				key = strconv.Itoa(p.ID) + "/" + value
			}
			out = append(out, placed{dup, key, with(scope, p.Repeat, value)})
			grown = max(grown, dup.GridPos.Y-p.GridPos.Y)
		}
	}
	return out, grown
}

// repeats are the values that panels are repeated for: as the dump lists them, or else by the keys of its results. The
// keys leave out the first value, which is then called by what the variable shows.
func (d BoardDump) repeats(variable string, panels []board.Panel) []string {
	if listed := d.Repeats[variable]; len(listed) > 0 {
		return listed
	}
	found := map[string]bool{}
	for _, p := range panels {
		for key := range d.Panels {
			if value, ok := strings.CutPrefix(key, strconv.Itoa(p.ID)+"/"); ok {
				found[value] = true
			}
		}
	}
	return append([]string{d.Variables[variable]}, slices.Sorted(maps.Keys(found))...)
}

// with adds a variable to a scope.
func with(scope map[string]string, name, value string) map[string]string {
	scope = maps.Clone(scope)
	if scope == nil {
		scope = map[string]string{}
	}
	scope[name] = value
	return scope
}

// pixels is a panel's place on a page of a width.
func pixels(g board.GridPos, pageWidth float64) box {
	column := (pageWidth - 2*pagePadding - (gridColumns-1)*cellGap) / gridColumns
	left := float64(g.X) * (column + cellGap)
	top := float64(g.Y) * (cellHeight + cellGap)
	return box{
		left: left, right: left + float64(g.W)*(column+cellGap) - cellGap,
		top: top, bottom: top + float64(g.H)*(cellHeight+cellGap) - cellGap,
	}
}

// interpolate fills variables into a title or text.
func interpolate(s string, variables map[string]string) string {
	values := make(map[string]board.Value, len(variables))
	for name, v := range variables {
		values[name] = board.Value{Values: []string{v}}
	}
	return board.Expand(s, values, board.Window{})
}
