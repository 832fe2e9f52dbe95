package family

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/cube/grain"
	"github.com/sales-exporter/sales_exporter/internal/cube/groups"
	"github.com/sales-exporter/sales_exporter/internal/dictionary"
)

// zeros are combinations of labels that are shown although all their numbers are 0, where no other series has what they
// are about: who closed nothing has closed 0, and must not be missing from a board of all reps or of all targets. All of
// one zeros are about the same dimensions.
type zeros struct {
	indexes []int           // of the dimensions
	folds   bool            // texts that differ in case are one, as in the scopes of targets
	groups  []uint32        // one without deals for each combination
	made    map[string]bool // by values: there is one, of scopes
	keys    []uint32        // by group of the source: number of its values in the dimensions
}

// addIdleReps makes a zero for each active rep some of whose deals counted in the pass. A CRM's other users, who own no
// deal and may be a hundred times as many, are no reps.
func (s *Scan) addIdleReps() {
	if rep := s.repIndex(); rep >= 0 {
		s.repZeros = &zeros{indexes: []int{rep}, groups: s.idleGroups()}
	}
}

// repIndex returns the index of the dimension rep, -1 where there is none.
func (s *Scan) repIndex() int { return slices.Index(s.C.Options.Dimensions, "rep") }

// idleGroups makes a group for each active rep who owns deals.
func (s *Scan) idleGroups() []uint32 {
	var groups []uint32
	seen := map[uint32]bool{}
	for origin, owned := range s.Groups.Owned {
		rep := s.Groups.Reps[origin]
		if e := &s.Source.Reps.Entries[rep]; owned && !seen[rep] && e.Known && e.Record.Active {
			seen[rep] = true
			groups = append(groups, s.Groups.Empty(rep))
		}
	}
	return groups
}

// AddScope makes the zero of a scope of a target that matches some groups. What the scope does not fix is empty, but for what a rep determines.
func (s *Scan) AddScope(scope []groups.Fixed, in []uint32) {
	values, rep, ok := s.standFor(scope, in)
	if !ok {
		return // The scope matches in another source.
	}
	indexes := make([]int, len(scope))
	for i, fixed := range scope {
		indexes[i] = fixed.Index
	}
	at := slices.IndexFunc(s.scopeZeros, func(z *zeros) bool { return slices.Equal(z.indexes, indexes) })
	if at < 0 {
		at = len(s.scopeZeros)
		s.scopeZeros = append(s.scopeZeros, &zeros{indexes: indexes, folds: true, made: map[string]bool{}})
	}
	z := s.scopeZeros[at]
	if key := groups.Key(values); !z.made[key] {
		z.made[key] = true
		group := s.Groups.Empty(rep)
		for i, index := range indexes {
			s.Groups.Values[index][group] = values[i]
		}
		z.groups = append(z.groups, group)
	}
}

// standFor returns values of this source that a scope takes in, and the rep whose they are: those of the first deals in
// the order of their labels, or else of records without deals. Which came first must not matter.
func (s *Scan) standFor(scope []groups.Fixed, in []uint32) (values []uint32, rep uint32, ok bool) {
	repIndex := s.repIndex()
	fixesRep := slices.ContainsFunc(scope, func(f groups.Fixed) bool { return f.Index == repIndex })
	if len(scope) == 0 {
		return nil, 0, true
	}
	if carried := slices.DeleteFunc(slices.Clone(in), func(g uint32) bool { return !s.Groups.Carries(g) }); len(carried) > 0 {
		first := slices.MinFunc(carried, s.Groups.Compare)
		for _, fixed := range scope {
			values = append(values, s.Groups.Values[fixed.Index][first])
		}
		if fixesRep {
			rep = s.Groups.Reps[first]
		}
		return values, rep, true
	}
	for _, fixed := range scope {
		value, held := s.Groups.Holding(fixed.Index).First(fixed.Wanted)
		if !held {
			return nil, 0, false
		}
		values = append(values, value)
		if fixed.Index == repIndex {
			rep = s.Groups.Owner(repIndex, value)
		}
	}
	return values, rep, true
}

// AddZeros marks those combinations of a grain, beside the present ones, that are shown although all their numbers are 0.
func (s *Scan) AddZeros(present []bool, p *groups.Projection, g *grain.Grain) {
	if s.repZeros != nil {
		mark(present, s.missing(s.repZeros, present, p, g))
	}
	var missing []uint32 // Of all scopes at once, so that their order does not matter.
	for _, z := range s.scopeZeros {
		missing = append(missing, s.missing(z, present, p, g)...)
	}
	mark(present, missing)
}

func mark(present []bool, combinations []uint32) {
	for _, combination := range combinations {
		present[combination] = true
	}
}

// missing returns the combinations of those zeros whose labels a grain shows, while no series is about them.
func (s *Scan) missing(z *zeros, present []bool, p *groups.Projection, g *grain.Grain) []uint32 {
	if slices.ContainsFunc(z.indexes, func(index int) bool { return !slices.Contains(g.Breakdown.Indexes, index) }) {
		return nil
	}
	// A folded value has no series of its own: "other" is about nobody. Another spelling of it may have one.
	folded := func(group int) bool {
		return slices.ContainsFunc(z.indexes, func(index int) bool { return s.C.Dims[index].Folded(s.Groups.Values[index][group]) })
	}
	told := map[uint32]bool{}
	for group, key := range z.keysOf(s.Groups) {
		if present[p.Of[group]] && !told[key] && !folded(group) {
			told[key] = true
		}
	}
	var missing []uint32
	for _, group := range z.groups {
		if !told[z.keys[group]] && !folded(int(group)) {
			missing = append(missing, p.Of[group])
		}
	}
	return missing
}

// keysOf numbers the values of all groups in the dimensions of the zeros.
func (z *zeros) keysOf(g *groups.Groups) []uint32 {
	if len(z.keys) == g.Len() {
		return z.keys
	}
	keys, values := dictionary.NewTuples(len(z.indexes)), make([]uint32, len(z.indexes))
	z.keys = z.keys[:0]
	for group := range g.Len() {
		for i, index := range z.indexes {
			values[i] = g.Values[index][group]
			if z.folds {
				values[i] = g.Dims[index].Lower[values[i]]
			}
		}
		z.keys = append(z.keys, keys.Code(values))
	}
	return z.keys
}
