package kpi

import (
	"bytes"

	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// holding is which values of one dimension the records of one source hold now. The dimension itself also numbers
// values that only removed records held.
type holding struct {
	dimension *dimension
	values    []bool     // by value
	leftOut   []bool     // by value: deals carry it, and filters leave out all of them
	byLower   [][]uint32 // by lower-case text: the values that are spelt so in some case
}

// holding returns what the source holds of a dimension.
func (s *scan) holding(place int) *holding {
	if s.holdings == nil {
		s.holdings = make([]*holding, len(s.c.dims))
	}
	if s.holdings[place] == nil {
		d := s.c.dims[place]
		h := &holding{dimension: d, values: make([]bool, len(d.texts)), byLower: make([][]uint32, len(d.lowers))}
		h.leftOut = s.groups.leftOut(place, len(d.texts))
		s.groups.eachHeld(place, h.add)
		s.holdings[place] = h
	}
	return s.holdings[place]
}

func (h *holding) add(value uint32) {
	if !h.values[value] && !h.leftOut[value] {
		h.values[value] = true
		lower := h.dimension.lower[value]
		h.byLower[lower] = append(h.byLower[lower], value)
	}
}

// called returns the values that are a text, whatever its case.
func (h *holding) called(text string) []uint32 {
	lower, ok := h.dimension.lowers[value.FoldLabel(text)]
	if !ok {
		return nil
	}
	return h.byLower[lower]
}

// first returns the first of the values with some lower-case texts, in the order of their texts.
func (h *holding) first(lowers []uint32) (value uint32, ok bool) {
	for _, lower := range lowers {
		if int(lower) >= len(h.byLower) {
			continue
		}
		for _, v := range h.byLower[lower] {
			if !ok || h.dimension.texts[v] < h.dimension.texts[value] {
				value, ok = v, true
			}
		}
	}
	return value, ok
}

// owner returns the known rep with a value of the dimension rep, of several the one with the first id.
func (g *groups) owner(place int, value uint32) uint32 {
	best := uint32(0)
	reps := &g.source.Reps
	g.source.Reps.EachKnown(func(code uint32, _ facts.Rep) {
		if g.tables[place].values[code] == value && (best == 0 || bytes.Compare(reps.ID(code), reps.ID(best)) < 0) {
			best = code
		}
	})
	return best
}

// eachHeld calls visit for the values of a dimension that deals which count carry, and those that the other records would
// give to deals: a team of which nobody has sold anything yet is a team.
func (g *groups) eachHeld(place int, visit func(value uint32)) {
	for group := range g.len() {
		if g.carries(uint32(group)) {
			visit(g.values[place][group])
		}
	}
	s, t := g.source, &g.tables[place]
	s.Reps.EachKnown(func(code uint32, _ facts.Rep) {
		if value, ok := g.ofRep(place, code); ok {
			visit(value)
		}
	})
	if g.dims[place].name == "pipeline" {
		s.Pipelines.EachKnown(func(code uint32, _ facts.Pipeline) { visit(t.values[code]) })
	}
	if t.mapped < 0 {
		return
	}
	s.Accounts.EachKnown(func(_, values uint32) {
		g.theirs = s.AccountValues.At(values, g.theirs)
		if g.theirs[t.mapped] != 0 {
			visit(t.values[g.theirs[t.mapped]])
		}
	})
}

// ofRep returns the value that a deal has of its rep, false where it is for the deal or its account to say.
func (g *groups) ofRep(place int, rep uint32) (value uint32, ok bool) {
	t := &g.tables[place]
	switch {
	case g.dims[place].name == "rep":
		return t.values[rep], true
	case t.teams != nil:
		return t.teams[rep], true
	case t.mapped < 0:
		return 0, false
	}
	inherited := g.source.Reps.Entries[rep].Record.Values
	if inherited == nil || inherited[t.mapped] == 0 {
		return 0, false
	}
	return t.values[inherited[t.mapped]], true
}

// repsNamed returns the values of the reps with some name, or else of the rep with that id. Where the label is an id or
// a hash, a target names a rep all the same as people do.
func (s *scan) repsNamed(place int, text string) []uint32 {
	if s.repsByName == nil {
		s.repsByName = map[string][]uint32{}
		s.source.Reps.EachKnown(func(code uint32, _ facts.Rep) {
			name := value.FoldLabel(s.source.RepName(code))
			s.repsByName[name] = append(s.repsByName[name], s.groups.tables[place].values[code])
		})
	}
	if values, ok := s.repsByName[value.FoldLabel(text)]; ok {
		return values
	}
	if code, ok := s.source.Reps.Find(text); ok {
		if code = s.source.Reps.Survivor(code); s.source.Reps.Entries[code].Known {
			return []uint32{s.groups.tables[place].values[code]}
		}
	}
	return nil
}

// candidates returns the texts by which a scope may fix a dimension: values, and of reps the names.
func (s *scan) candidates(place int) []string {
	var texts []string
	if s.c.dims[place].name == "rep" {
		s.source.Reps.EachKnown(func(code uint32, _ facts.Rep) { texts = append(texts, s.source.RepName(code)) })
		return texts
	}
	for value, held := range s.holding(place).values {
		if text := s.c.dims[place].texts[value]; held && text != "" && text != facts.NoneLabel {
			texts = append(texts, text)
		}
	}
	return texts
}

// awaits reports whether the first deal of a rep in the scope could carry all of it: a rep who owns nothing yet has
// reached 0.
func (s *scan) awaits(scope []scoped) bool {
	owners := map[uint32]bool{}
	for group, carried := range s.groups.carried {
		if carried != 0 {
			owners[s.groups.reps[group]] = true
		}
	}
	found, fixesRep := false, false
	for _, fixed := range scope {
		fixesRep = fixesRep || s.c.dims[fixed.place].name == "rep"
	}
	s.source.Reps.EachKnown(func(code uint32, _ facts.Rep) {
		found = found || fixesRep && !owners[code] && s.groups.fits(code, scope)
	})
	return found
}

// fits reports whether a rep's first deal could carry a scope.
func (g *groups) fits(rep uint32, scope []scoped) bool {
	for _, fixed := range scope {
		value, ok := g.ofRep(fixed.place, rep)
		if ok && !fixed.wants(g.dims[fixed.place].lower[value]) {
			return false
		}
	}
	return true
}
