package kpi

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/facts"
)

// groups are the finest classes in which the deals of one source are summed up: one for each combination of pipeline,
// rep, own dimension values and, where those leave gaps, the account's. They are finer than the series, which fold,
// rename and merge values, so that a target is exact although its rep is shown as "other".
type groups struct {
	source *facts.Source
	dims   []*dimension
	hist   []int // places of the histogram dimensions in dims

	values [][]uint32 // by dimension, by group: the number of the value in the dimension
	reps   []uint32   // by group: number of the rep after merges, 0 where nobody owns the deals
	owned  []bool     // by origin: some deal that counts has it, after the pass

	carried []carrying // by group, only noted for targets, after the pass
	shape   []uint32   // by group: number of its combination of histogram dimensions
	shapes  facts.Tuples

	tables []table // by dimension
	filled *filled // nil where no account fills a gap
	buffer []uint32
	own    []uint32
	theirs []uint32
}

// table turns the numbers that a source's records hold into values of a dimension.
type table struct {
	column int      // of the origin
	mapped int      // place in the record's dimension values, -1 for those that follow from other records
	values []uint32 // by number in that column
	teams  []uint32 // by rep number: the team of deals that name none themselves, nil but for the team
	empty  uint32   // the value of a group without deals that has none
}

// newGroups resolves every origin of a source to values of the dimensions.
func newGroups(s *facts.Source, dims []*dimension, hist []int) *groups {
	g := &groups{
		source: s, dims: dims, hist: hist, values: make([][]uint32, len(dims)),
		shapes: facts.NewTuples(len(hist)),
	}
	for _, d := range dims {
		g.tables = append(g.tables, newTable(s, d))
	}
	for origin := range uint32(s.Origins.Len()) {
		g.add(origin, 0)
	}
	if s.AccountValues.Len() > 1 { // Else no account has values.
		g.fill()
	}
	return g
}

func newTable(s *facts.Source, d *dimension) table {
	none := s.None(d.name)
	value := func(label string) uint32 { return d.value(cmp.Or(label, none)) }
	switch d.name {
	case "pipeline":
		t := table{column: 0, mapped: -1, values: make([]uint32, len(s.Pipelines.Entries)), empty: d.value("")}
		for code := range t.values {
			t.values[code] = value(s.PipelineLabel(uint32(code)))
		}
		return t
	case "rep":
		t := table{column: 1, mapped: -1, values: make([]uint32, len(s.Reps.Entries)), empty: d.value("")}
		for code := range t.values {
			rep := s.Reps.Survivor(uint32(code))
			t.values[code] = value(s.RepLabel(rep))
			d.listed[t.values[code]] = d.listed[t.values[code]] || s.Reps.Entries[rep].Known
		}
		return t
	}
	mapped := slices.Index(s.Facts.Mapped, d.name)
	texts := s.Facts.Texts(mapped)
	t := table{column: 2 + mapped, mapped: mapped, values: make([]uint32, len(texts)), empty: d.value("")}
	for code, text := range texts {
		t.values[code] = value(text)
	}
	if d.name == "team" {
		t.teams = make([]uint32, len(s.Reps.Entries))
		for code := range t.teams {
			t.teams[code] = value(s.Reps.Entries[s.Reps.Survivor(uint32(code))].Record.Team)
		}
	}
	return t
}

// add makes the group of an origin and a tuple of account values. A dimension is the deal's own value, else its
// account's, else its rep's; its team is its own, else its rep's.
func (g *groups) add(origin, account uint32) uint32 {
	g.own = g.source.Origins.At(origin, g.own)
	g.theirs = g.source.AccountValues.At(account, g.theirs)
	return g.append(false)
}

// empty makes a group without deals of a rep, 0 being nobody. What else labels a deal is empty in it.
func (g *groups) empty(rep uint32) uint32 {
	clear(g.own)
	g.own[1] = rep
	g.theirs = g.source.AccountValues.At(0, g.theirs)
	return g.append(true)
}

// compare orders groups by the texts of their values, then by the ids of their reps.
func (g *groups) compare(a, b uint32) int {
	for i, d := range g.dims {
		if c := strings.Compare(d.texts[g.values[i][a]], d.texts[g.values[i][b]]); c != 0 {
			return c
		}
	}
	reps := &g.source.Reps
	return bytes.Compare(reps.ID(g.reps[a]), reps.ID(g.reps[b]))
}

// append makes the group of what own and theirs hold. Without deals, nothing that labels a deal is unknown.
func (g *groups) append(idle bool) uint32 {
	s := g.source
	rep := s.Reps.Survivor(g.own[1])
	for i := range g.dims {
		t := &g.tables[i]
		code := g.own[t.column]
		if t.mapped >= 0 && code == 0 {
			code = g.theirs[t.mapped]
			if inherited := s.Reps.Entries[rep].Record.Values; code == 0 && inherited != nil {
				code = inherited[t.mapped]
			}
		}
		value := t.values[code]
		switch {
		case code != 0:
		case idle && (t.teams == nil || rep == 0):
			value = t.empty
		case t.teams != nil:
			value = t.teams[rep]
		}
		g.values[i] = append(g.values[i], value)
	}
	group := uint32(len(g.reps))
	g.reps = append(g.reps, rep)
	g.buffer = g.buffer[:0]
	for _, i := range g.hist {
		g.buffer = append(g.buffer, g.values[i][group])
	}
	g.shape = append(g.shape, g.shapes.Code(g.buffer))
	return group
}

func (g *groups) len() int { return len(g.reps) }

// byRep returns the groups with those of one rep beside each other.
func (g *groups) byRep() []uint32 {
	order := make([]uint32, g.len())
	for group := range order {
		order[group] = uint32(group)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(g.reps[a], g.reps[b]) })
	return order
}
