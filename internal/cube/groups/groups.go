// Package groups sorts the deals of a source into groups by the values of their dimensions, and shows groups as
// combinations of labels.
package groups

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/dictionary"
	"github.com/sales-exporter/sales_exporter/internal/facts"
)

// Groups are the finest classes in which the deals of one source are summed up: one for each combination of pipeline,
// rep, own dimension values and, where those leave gaps, the account's. They are finer than the series, which fold,
// rename and merge values, so that a target is exact although its rep is shown as "other".
type Groups struct {
	source *facts.Source
	Dims   []*Dimension
	hist   []int // indexes of the histogram dimensions in dims

	Values [][]uint32 // by dimension, by group: the number of the value in the dimension
	Reps   []uint32   // by group: number of the rep after merges, 0 where nobody owns the deals
	Owned  []bool     // by origin: some deal that counts has it, after the pass

	Carried    []Carrying // by group, only noted for targets, after the pass
	Histogram  []uint32   // by group: number of its combination of histogram dimensions
	Histograms dictionary.Tuples

	tables     []table             // by dimension
	filled     *filled             // nil where no account fills a gap
	holdings   []*Holding          // by dimension; see holding
	repsByName map[string][]uint32 // values of the dimension rep; see repsNamed

	buffer []uint32
	own    []uint32
	theirs []uint32
}

// table turns the numbers that a source's records hold into values of a dimension.
type table struct {
	column int      // of the origin
	mapped int      // index in the record's dimension values, -1 for those that follow from other records
	values []uint32 // by number in that column
	teams  []uint32 // by rep number: the team of deals that name none themselves, nil but for the team
	empty  uint32   // the value of a group without deals that has none
}

// New resolves every origin of a source to values of the dimensions.
func New(s *facts.Source, dims []*Dimension, hist []int) *Groups {
	g := &Groups{
		source: s, Dims: dims, hist: hist, Values: make([][]uint32, len(dims)),
		Histograms: dictionary.NewTuples(len(hist)),
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

func newTable(s *facts.Source, d *Dimension) table {
	none := s.None(d.Name)
	value := func(label string) uint32 { return d.Code(cmp.Or(label, none)) }
	switch d.Name {
	case "pipeline":
		t := table{column: 0, mapped: -1, values: make([]uint32, len(s.Pipelines.Entries)), empty: d.Code("")}
		for code := range t.values {
			t.values[code] = value(s.PipelineLabel(uint32(code)))
		}
		return t
	case "rep":
		t := table{column: 1, mapped: -1, values: make([]uint32, len(s.Reps.Entries)), empty: d.Code("")}
		for code := range t.values {
			rep := s.Reps.Survivor(uint32(code))
			t.values[code] = value(s.RepLabel(rep))
			d.listed[t.values[code]] = d.listed[t.values[code]] || s.Reps.Entries[rep].Known
		}
		return t
	}
	mapped := slices.Index(s.Facts.Mapped, d.Name)
	texts := s.Facts.Texts(mapped)
	t := table{column: 2 + mapped, mapped: mapped, values: make([]uint32, len(texts)), empty: d.Code("")}
	for code, text := range texts {
		t.values[code] = value(text)
	}
	if d.Name == "team" {
		t.teams = make([]uint32, len(s.Reps.Entries))
		for code := range t.teams {
			t.teams[code] = value(s.Reps.Entries[s.Reps.Survivor(uint32(code))].Record.Team)
		}
	}
	return t
}

// add makes the group of an origin and a tuple of account values. A dimension is the deal's own value, else its
// account's, else its rep's; its team is its own, else its rep's.
func (g *Groups) add(origin, account uint32) uint32 {
	g.own = g.source.Origins.At(origin, g.own)
	g.theirs = g.source.AccountValues.At(account, g.theirs)
	return g.append(false)
}

// Empty makes a group without deals of a rep, 0 being nobody. What else labels a deal is empty in it.
func (g *Groups) Empty(rep uint32) uint32 {
	clear(g.own)
	g.own[1] = rep
	g.theirs = g.source.AccountValues.At(0, g.theirs)
	return g.append(true)
}

// Compare orders groups by the texts of their values, then by the ids of their reps.
func (g *Groups) Compare(a, b uint32) int {
	for i, d := range g.Dims {
		if c := strings.Compare(d.Texts[g.Values[i][a]], d.Texts[g.Values[i][b]]); c != 0 {
			return c
		}
	}
	reps := &g.source.Reps
	return bytes.Compare(reps.ID(g.Reps[a]), reps.ID(g.Reps[b]))
}

// append makes the group of what own and theirs hold. Without deals, nothing that labels a deal is unknown.
func (g *Groups) append(idle bool) uint32 {
	s := g.source
	rep := s.Reps.Survivor(g.own[1])
	for i := range g.Dims {
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
		g.Values[i] = append(g.Values[i], value)
	}
	group := uint32(len(g.Reps))
	g.Reps = append(g.Reps, rep)
	g.buffer = g.buffer[:0]
	for _, i := range g.hist {
		g.buffer = append(g.buffer, g.Values[i][group])
	}
	g.Histogram = append(g.Histogram, g.Histograms.Code(g.buffer))
	return group
}

// Len returns how many groups there are.
func (g *Groups) Len() int { return len(g.Reps) }

// ByRep returns the groups with those of one rep beside each other.
func (g *Groups) ByRep() []uint32 {
	order := make([]uint32, g.Len())
	for group := range order {
		order[group] = uint32(group)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(g.Reps[a], g.Reps[b]) })
	return order
}
