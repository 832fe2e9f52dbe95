package groups

import (
	"bytes"

	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Holding is which values of one dimension the records of one source hold now. The dimension itself also numbers
// values that only removed records held.
type Holding struct {
	dimension *Dimension
	values    []bool     // by value
	LeftOut   []bool     // by value: deals carry it, and filters leave out all of them
	byLower   [][]uint32 // by lower-case text: the values that are spelt so in some case
}

// Holding returns what the source holds of a dimension.
func (g *Groups) Holding(index int) *Holding {
	if g.holdings == nil {
		g.holdings = make([]*Holding, len(g.Dims))
	}
	if g.holdings[index] == nil {
		d := g.Dims[index]
		h := &Holding{dimension: d, values: make([]bool, len(d.Texts)), byLower: make([][]uint32, len(d.lowers))}
		h.LeftOut = g.leftOut(index, len(d.Texts))
		g.eachHeld(index, h.add)
		g.holdings[index] = h
	}
	return g.holdings[index]
}

func (h *Holding) add(value uint32) {
	if !h.values[value] && !h.LeftOut[value] {
		h.values[value] = true
		lower := h.dimension.Lower[value]
		h.byLower[lower] = append(h.byLower[lower], value)
	}
}

// Called returns the values that are a text, whatever its case.
func (h *Holding) Called(text string) []uint32 {
	lower, ok := h.dimension.lowers[value.FoldLabel(text)]
	if !ok {
		return nil
	}
	return h.byLower[lower]
}

// First returns the first of the values with some lower-case texts, in the order of their texts.
func (h *Holding) First(lowers []uint32) (value uint32, ok bool) {
	for _, lower := range lowers {
		if int(lower) >= len(h.byLower) {
			continue
		}
		for _, v := range h.byLower[lower] {
			if !ok || h.dimension.Texts[v] < h.dimension.Texts[value] {
				value, ok = v, true
			}
		}
	}
	return value, ok
}

// Owner returns the known rep with a value of the dimension rep, of several the one with the first id.
func (g *Groups) Owner(index int, value uint32) uint32 {
	best := uint32(0)
	reps := &g.source.Reps
	g.source.Reps.EachKnown(func(code uint32, _ facts.Rep) {
		if g.tables[index].values[code] == value && (best == 0 || bytes.Compare(reps.ID(code), reps.ID(best)) < 0) {
			best = code
		}
	})
	return best
}

// eachHeld calls visit for the values of a dimension that deals which count carry, and those that the other records would
// give to deals: a team of which nobody has sold anything yet is a team.
func (g *Groups) eachHeld(index int, visit func(value uint32)) {
	for group := range g.Len() {
		if g.Carries(uint32(group)) {
			visit(g.Values[index][group])
		}
	}
	s, t := g.source, &g.tables[index]
	s.Reps.EachKnown(func(code uint32, _ facts.Rep) {
		if value, ok := g.ofRep(index, code); ok {
			visit(value)
		}
	})
	if g.Dims[index].Name == "pipeline" {
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
func (g *Groups) ofRep(index int, rep uint32) (value uint32, ok bool) {
	t := &g.tables[index]
	switch {
	case g.Dims[index].Name == "rep":
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

// RepsNamed returns the values of the reps with some name, or else of the rep with that id. Where the label is an id or
// a hash, a target names a rep all the same as people do.
func (g *Groups) RepsNamed(index int, text string) []uint32 {
	if g.repsByName == nil {
		g.repsByName = map[string][]uint32{}
		g.source.Reps.EachKnown(func(code uint32, _ facts.Rep) {
			name := value.FoldLabel(g.source.RepName(code))
			g.repsByName[name] = append(g.repsByName[name], g.tables[index].values[code])
		})
	}
	if values, ok := g.repsByName[value.FoldLabel(text)]; ok {
		return values
	}
	if code, ok := g.source.Reps.Find(text); ok {
		if code = g.source.Reps.Survivor(code); g.source.Reps.Entries[code].Known {
			return []uint32{g.tables[index].values[code]}
		}
	}
	return nil
}

// Candidates returns the texts by which a scope may fix a dimension: values, and of reps the names.
func (g *Groups) Candidates(index int) []string {
	var texts []string
	if g.Dims[index].Name == "rep" {
		g.source.Reps.EachKnown(func(code uint32, _ facts.Rep) { texts = append(texts, g.source.RepName(code)) })
		return texts
	}
	for value, held := range g.Holding(index).values {
		if text := g.Dims[index].Texts[value]; held && text != "" && text != facts.NoneLabel {
			texts = append(texts, text)
		}
	}
	return texts
}

// Awaits reports whether the first deal of a rep in the scope could carry all of it: a rep who owns nothing yet has
// reached 0.
func (g *Groups) Awaits(scope []Fixed) bool {
	owners := map[uint32]bool{}
	for group, carried := range g.Carried {
		if carried != 0 {
			owners[g.Reps[group]] = true
		}
	}
	found, fixesRep := false, false
	for _, fixed := range scope {
		fixesRep = fixesRep || g.Dims[fixed.Index].Name == "rep"
	}
	g.source.Reps.EachKnown(func(code uint32, _ facts.Rep) {
		found = found || fixesRep && !owners[code] && g.fits(code, scope)
	})
	return found
}

// fits reports whether a rep's first deal could carry a scope.
func (g *Groups) fits(rep uint32, scope []Fixed) bool {
	for _, fixed := range scope {
		value, ok := g.ofRep(fixed.Index, rep)
		if ok && !fixed.wants(g.Dims[fixed.Index].Lower[value]) {
			return false
		}
	}
	return true
}
