package kpi

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/facts"
)

// zeros are combinations of labels that are shown although all their numbers are 0, where no other series has what they
// are about: who closed nothing has closed 0, and must not be missing from a board of all reps or of all targets. All of
// one zeros are about the same dimensions.
type zeros struct {
	places []int           // of the dimensions
	folds  bool            // texts that differ in case are one, as in the scopes of targets
	groups []uint32        // one without deals for each combination
	made   map[string]bool // by values: there is one, of scopes
	keys   []uint32        // by group of the source: number of its values in the dimensions
}

// addZeros makes a zero for each active rep some of whose deals counted in the pass, and for each scope of a target
// that matches. A CRM's other users, who own no deal and may be a hundred times as many, are no reps.
func (c *computation) addZeros() {
	rep := slices.Index(c.options.Dimensions, "rep")
	for _, s := range c.scans {
		if rep >= 0 {
			s.repZeros = &zeros{places: []int{rep}, groups: s.idleGroups()}
		}
	}
	for _, t := range c.targets {
		for _, in := range t.covered {
			if t.matched {
				in.scan.addScope(t.scope, in.groups, rep)
			}
		}
	}
}

// idleGroups makes a group for each active rep who owns deals.
func (s *scan) idleGroups() []uint32 {
	var groups []uint32
	seen := map[uint32]bool{}
	for origin, owned := range s.groups.owned {
		rep := s.groups.reps[origin]
		if e := &s.source.Reps.Entries[rep]; owned && !seen[rep] && e.Known && e.Record.Active {
			seen[rep] = true
			groups = append(groups, s.groups.empty(rep))
		}
	}
	return groups
}

// addScope makes the zero of a scope. What the scope does not fix is empty, but for what a rep determines.
func (s *scan) addScope(scope []scoped, groups []uint32, repPlace int) {
	values, rep, ok := s.standFor(scope, groups, repPlace)
	if !ok {
		return // The scope matches in another source.
	}
	places := make([]int, len(scope))
	for i, fixed := range scope {
		places[i] = fixed.place
	}
	at := slices.IndexFunc(s.scopeZeros, func(z *zeros) bool { return slices.Equal(z.places, places) })
	if at < 0 {
		at = len(s.scopeZeros)
		s.scopeZeros = append(s.scopeZeros, &zeros{places: places, folds: true, made: map[string]bool{}})
	}
	z := s.scopeZeros[at]
	if key := packKey(values); !z.made[key] {
		z.made[key] = true
		group := s.groups.empty(rep)
		for i, place := range places {
			s.groups.values[place][group] = values[i]
		}
		z.groups = append(z.groups, group)
	}
}

// standFor returns values of this source that a scope takes in, and the rep whose they are: those of the first deals in
// the order of their labels, or else of records without deals. Which came first must not matter.
func (s *scan) standFor(scope []scoped, groups []uint32, repPlace int) (values []uint32, rep uint32, ok bool) {
	fixesRep := slices.ContainsFunc(scope, func(f scoped) bool { return f.place == repPlace })
	if len(scope) == 0 {
		return nil, 0, true
	}
	if carried := slices.DeleteFunc(slices.Clone(groups), func(g uint32) bool { return !s.groups.carries(g) }); len(carried) > 0 {
		first := slices.MinFunc(carried, s.groups.compare)
		for _, fixed := range scope {
			values = append(values, s.groups.values[fixed.place][first])
		}
		if fixesRep {
			rep = s.groups.reps[first]
		}
		return values, rep, true
	}
	for _, fixed := range scope {
		value, held := s.holding(fixed.place).first(fixed.wanted)
		if !held {
			return nil, 0, false
		}
		values = append(values, value)
		if fixed.place == repPlace {
			rep = s.groups.owner(repPlace, value)
		}
	}
	return values, rep, true
}

// present says which combinations have a series: those that are not 0 in every window, be it that the value of some is
// unknown, and zeros of what no other series is about.
func (s *scan) present(v *view, g *grain, m *dealMetric) []bool {
	present := make([]bool, len(v.labels))
	for _, w := range s.read(g) {
		for combination := range present {
			cell := &v.cells[w][combination]
			if !present[combination] && (m.value(cell) != 0 || m.unknown(cell)) {
				present[combination] = true
			}
		}
	}
	if s.repZeros != nil {
		mark(present, s.missing(s.repZeros, present, v, g))
	}
	var missing []uint32 // Of all scopes at once, so that their order does not matter.
	for _, z := range s.scopeZeros {
		missing = append(missing, s.missing(z, present, v, g)...)
	}
	mark(present, missing)
	return present
}

func mark(present []bool, combinations []uint32) {
	for _, combination := range combinations {
		present[combination] = true
	}
}

// missing returns the combinations of those zeros whose labels a grain shows, while no series is about them.
func (s *scan) missing(z *zeros, present []bool, v *view, g *grain) []uint32 {
	if slices.ContainsFunc(z.places, func(place int) bool { return !slices.Contains(g.breakdown.places, place) }) {
		return nil
	}
	// A folded value has no series of its own: "other" is about nobody. Another spelling of it may have one.
	folded := func(group int) bool {
		return slices.ContainsFunc(z.places, func(place int) bool { return s.c.dims[place].folded(s.groups.values[place][group]) })
	}
	told := map[uint32]bool{}
	for group, key := range z.keysOf(s.groups) {
		if present[v.of[group]] && !told[key] && !folded(group) {
			told[key] = true
		}
	}
	var missing []uint32
	for _, group := range z.groups {
		if !told[z.keys[group]] && !folded(int(group)) {
			missing = append(missing, v.of[group])
		}
	}
	return missing
}

// keysOf numbers the values of all groups in the dimensions of the zeros.
func (z *zeros) keysOf(g *groups) []uint32 {
	if len(z.keys) == g.len() {
		return z.keys
	}
	keys, values := facts.NewTuples(len(z.places)), make([]uint32, len(z.places))
	z.keys = z.keys[:0]
	for group := range g.len() {
		for i, place := range z.places {
			values[i] = g.values[place][group]
			if z.folds {
				values[i] = g.dims[place].lower[values[i]]
			}
		}
		z.keys = append(z.keys, keys.Code(values))
	}
	return z.keys
}
