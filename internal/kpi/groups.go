package kpi

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// groups are the finest classes in which the deals of one source are summed up: one for each combination of pipeline,
// rep, own dimension values and, where those leave gaps, the account's. They are finer than the series, which fold,
// rename and merge values, so that a target is exact although its rep is shown as "other".
type groups struct {
	source *SourceFacts
	dims   []*dimension
	hist   []int // places of the histogram dimensions in dims

	values [][]uint32 // by dimension, by group: the number of the value in the dimension
	reps   []uint32   // by group: number of the rep after merges, 0 where nobody owns the deals
	owned  []bool     // by origin: some deal that counts has it, after the pass

	carried []carrying // by group, only noted for targets, after the pass
	shape   []uint32   // by group: number of its combination of histogram dimensions
	shapes  tuples

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
func newGroups(s *SourceFacts, dims []*dimension, hist []int) *groups {
	g := &groups{
		source: s, dims: dims, hist: hist, values: make([][]uint32, len(dims)),
		shapes: newTuples(len(hist)),
	}
	for _, d := range dims {
		g.tables = append(g.tables, newTable(s, d))
	}
	for origin := range uint32(s.origins.len()) {
		g.add(origin, 0)
	}
	if s.accountValues.len() > 1 { // Else no account has values.
		g.fill()
	}
	return g
}

func newTable(s *SourceFacts, d *dimension) table {
	none := s.none(d.name)
	value := func(label string) uint32 { return d.value(cmp.Or(label, none)) }
	switch d.name {
	case "pipeline":
		t := table{column: 0, mapped: -1, values: make([]uint32, len(s.pipelines.entries)), empty: d.value("")}
		for code := range t.values {
			t.values[code] = value(s.pipelineLabel(uint32(code)))
		}
		return t
	case "rep":
		t := table{column: 1, mapped: -1, values: make([]uint32, len(s.reps.entries)), empty: d.value("")}
		for code := range t.values {
			rep := s.reps.survivor(uint32(code))
			t.values[code] = value(s.repLabel(rep))
			d.listed[t.values[code]] = d.listed[t.values[code]] || s.reps.entries[rep].known
		}
		return t
	}
	mapped := slices.Index(s.facts.mapped, d.name)
	texts := s.facts.values[mapped].texts
	t := table{column: 2 + mapped, mapped: mapped, values: make([]uint32, len(texts)), empty: d.value("")}
	for code, text := range texts {
		t.values[code] = value(text)
	}
	if d.name == "team" {
		t.teams = make([]uint32, len(s.reps.entries))
		for code := range t.teams {
			t.teams[code] = value(s.reps.entries[s.reps.survivor(uint32(code))].record.team)
		}
	}
	return t
}

// none returns the label of records of the source that have no value of a dimension.
func (s *SourceFacts) none(dimension string) string {
	applies := slices.Contains(s.facts.options.Traits[s.name].Dimensions, dimension)
	if dimension == "pipeline" {
		applies = applies ||
			slices.ContainsFunc(s.pipelines.entries, func(e entry[string]) bool { return e.known })
	}
	if applies {
		return noneLabel
	}
	return ""
}

// add makes the group of an origin and a tuple of account values. A dimension is the deal's own value, else its
// account's, else its rep's; its team is its own, else its rep's.
func (g *groups) add(origin, account uint32) uint32 {
	g.own = g.source.origins.at(origin, g.own)
	g.theirs = g.source.accountValues.at(account, g.theirs)
	return g.append(false)
}

// empty makes a group without deals of a rep, 0 being nobody. What else labels a deal is empty in it.
func (g *groups) empty(rep uint32) uint32 {
	clear(g.own)
	g.own[1] = rep
	g.theirs = g.source.accountValues.at(0, g.theirs)
	return g.append(true)
}

// compare orders groups by the texts of their values, then by the ids of their reps.
func (g *groups) compare(a, b uint32) int {
	for i, d := range g.dims {
		if c := strings.Compare(d.texts[g.values[i][a]], d.texts[g.values[i][b]]); c != 0 {
			return c
		}
	}
	ids := &g.source.reps.ids
	return bytes.Compare(ids.at(g.reps[a]), ids.at(g.reps[b]))
}

// append makes the group of what own and theirs hold. Without deals, nothing that labels a deal is unknown.
func (g *groups) append(idle bool) uint32 {
	s := g.source
	rep := s.reps.survivor(g.own[1])
	for i := range g.dims {
		t := &g.tables[i]
		code := g.own[t.column]
		if t.mapped >= 0 && code == 0 {
			code = g.theirs[t.mapped]
			if inherited := s.reps.entries[rep].record.values; code == 0 && inherited != nil {
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
	g.shape = append(g.shape, g.shapes.code(g.buffer))
	return group
}

func (g *groups) len() int { return len(g.reps) }

// pipelineLabel, repLabel and stageLabel return the label values of what a number points to: "" where it points to
// nothing ("(none)" for a stage, which every deal has), "unknown" where the record is gone and its id is no name.
func (s *SourceFacts) pipelineLabel(code uint32) string {
	code = s.pipelines.survivor(code)
	return shown(code, s.pipelines.entries[code].known, s.pipelines.entries[code].record)
}

func (s *SourceFacts) repLabel(code uint32) string {
	switch s.facts.options.RepLabel {
	case crm.RepLabelID, crm.RepLabelHash:
		return s.repIDs[code]
	default:
		return s.repName(code)
	}
}

// repName returns what a rep is called, whatever the label shows.
func (s *SourceFacts) repName(code uint32) string {
	return shown(code, s.reps.entries[code].known, s.reps.entries[code].record.name)
}

func (s *SourceFacts) stageLabel(code uint32) string {
	code = s.stages.survivor(code)
	e := &s.stages.entries[code]
	if !e.known && s.facts.options.Traits[s.name].StagesByName {
		return cmp.Or(value.CleanLabel(string(s.stages.ids.at(code))), noneLabel)
	}
	return cmp.Or(shown(code, e.known, e.record.label), noneLabel)
}

func shown(code uint32, known bool, label string) string {
	switch {
	case code == 0:
		return ""
	case !known:
		return unknownLabel
	default:
		return label
	}
}

// stageRecords returns what is known of the stages, by number.
func (s *SourceFacts) stageRecords() []stageRecord {
	records := make([]stageRecord, len(s.stages.entries))
	for code := range records {
		e := &s.stages.entries[s.stages.survivor(uint32(code))]
		records[code] = e.record
		if !e.known {
			records[code] = stageRecord{outcome: crm.OutcomeUnknown, probability: value.ProbabilityUnknown}
		}
	}
	return records
}

// byRep returns the groups with those of one rep beside each other.
func (g *groups) byRep() []uint32 {
	order := make([]uint32, g.len())
	for group := range order {
		order[group] = uint32(group)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(g.reps[a], g.reps[b]) })
	return order
}
