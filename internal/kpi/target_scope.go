package kpi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/spelling"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// scoped is one dimension that a scope fixes.
type scoped struct {
	place  int
	text   string   // as the target says it
	shown  string   // as the data spells it
	wanted []uint32 // numbers of the lower-case texts that it stands for, none where no record holds such a value
}

// matchTargets finds what each target's scope stands for in the data.
func (c *computation) matchTargets(scans []*scan) {
	for _, t := range c.targets {
		covered, missing := c.covered(t, scans)
		t.missing = missing
		for i := range t.scope {
			fixed := &t.scope[i]
			fixed.resolve(c, covered)
			t.values[len(targetLabels())+fixed.place] = fixed.shown
		}
		for _, s := range covered {
			t.covered = append(t.covered, s.matching(t.scope))
		}
		t.matched = t.matches(c)
	}
}

// covered returns the sources that a target covers and have its KPI, and how many cannot tell it: a sum over some of them
// would be a number that is wrong without looking so.
func (c *computation) covered(t *target, scans []*scan) (covered []*scan, missing int) {
	for _, name := range c.options.Sources {
		source := c.facts.Source(name)
		switch {
		case t.source != "" && !value.SameLabel(name, t.source):
			continue
		case lacks(source, t.KPI):
			missing++
		default:
			i := slices.IndexFunc(scans, func(s *scan) bool { return s.source == source })
			covered = append(covered, scans[i])
			if t.begun && c.unread(source, t.span.Start) {
				missing++ // Of the whole period it knows nothing, but what it holds still says what the scope stands for.
			}
		}
		if t.source != "" {
			t.values[slices.Index(targetLabels(), "source")] = value.CleanLabel(name)
		}
	}
	return covered, missing
}

// matches reports whether anything in the covered sources carries the scope's labels. What nothing carries is a typing
// error or a name that changed, and what only excluded deals carry is left out by the filters: a 0 would be wrong in both
// cases. A record carries its labels without deals, too, such as a rep who owns none. Of a combination some deal must carry
// all labels, or a rep who owns nothing yet would.
func (t *target) matches(c *computation) bool {
	if t.broken || len(t.covered) == 0 {
		return false
	}
	if slices.ContainsFunc(t.scope, func(f scoped) bool { return len(f.wanted) == 0 }) {
		return false
	}
	switch len(t.scope) {
	case 0:
		return t.carried(carriedCounted) || !t.carried(carriedLeftOut)
	case 1:
		return true
	default:
		awaits := func(in *scopeSums) bool { return in.scan.awaits(t.scope) }
		return t.carried(carriedCounted) || slices.ContainsFunc(t.covered, awaits)
	}
}

// resolve finds the values that a scope's text stands for: those that are called so, whatever their case; of reps also
// by name where the label is an id or a hash, and by id.
func (f *scoped) resolve(c *computation, covered []*scan) {
	f.shown = f.text
	var values []uint32
	for _, s := range covered {
		values = append(values, s.holding(f.place).called(f.text)...)
	}
	isRep := c.dims[f.place].name == "rep"
	if isRep && len(values) == 0 {
		for _, s := range covered {
			leftOut := func(value uint32) bool { return s.holding(f.place).leftOut[value] }
			values = append(values, slices.DeleteFunc(slices.Clone(s.repsNamed(f.place, f.text)), leftOut)...)
		}
	}
	f.take(c.dims[f.place], values)
	if isRep && len(values) == 0 && c.options.RepLabel == crm.RepLabelHash {
		f.shown = facts.Pseudonym(c.options.RepHashKey, f.text) // The page shows no name, not even one that nobody has.
	}
}

// wants reports whether a value with some lower-case text is in the scope.
func (f *scoped) wants(lower uint32) bool { return slices.Contains(f.wanted, lower) }

// take makes the scope stand for some values. Of several spellings it is shown in its own, or in the first in order.
func (f *scoped) take(d *dimension, values []uint32) {
	var spellings []string
	for _, value := range values {
		spellings = append(spellings, d.texts[value])
		f.wanted = append(f.wanted, d.lower[value])
	}
	slices.Sort(f.wanted)
	f.wanted = slices.Compact(f.wanted)
	if len(spellings) > 0 && !slices.Contains(spellings, f.text) {
		f.shown = slices.Min(spellings)
	}
}

// matching returns the groups that a scope takes in. Scopes that fix the same dimensions share an index, so that a
// target for each of a thousand reps does not read all groups a thousand times.
func (s *scan) matching(scope []scoped) *scopeSums {
	places, keys := scopeKeys(scope)
	whole := packKey(append([]uint32{uint32(len(places))}, places...)) + strings.Join(keys, "")
	if known, ok := s.matched[whole]; ok {
		return known
	}
	index := s.scopes[packKey(places)]
	matched := &scopeSums{scan: s, lanes: &index.lanes}
	for _, key := range keys {
		if class, ok := index.classes[key]; ok {
			matched.classes = append(matched.classes, class)
			matched.groups = append(matched.groups, index.groups[class]...)
		}
	}
	s.matched[whole] = matched
	return matched
}

// scopeKeys returns the places of the dimensions that a scope fixes, and the key of each combination of values that it
// takes in.
func scopeKeys(scope []scoped) (places []uint32, keys []string) {
	keys = []string{""}
	for _, fixed := range scope {
		places = append(places, uint32(fixed.place))
		var longer []string
		for _, key := range keys {
			for _, lower := range fixed.wanted {
				longer = append(longer, key+packKey([]uint32{lower}))
			}
		}
		keys = longer
	}
	return places, keys
}

// Mismatch is a target whose scope matches nothing.
type Mismatch struct {
	Target string
	Cause  string
	Near   []string // values that may be meant
	// LeftOut says that deals carry the scope, of which filters leave out every one.
	LeftOut bool
}

// maxNear bounds how many values a mismatch proposes, maxCandidates among how many it looks for them.
const (
	maxNear       = 3
	maxCandidates = 2000
)

// mismatches tells of the targets that match nothing in complete sources.
func (c *computation) mismatches() []Mismatch {
	var out []Mismatch
	for _, t := range c.targets {
		if t.matched || t.missing > 0 {
			continue
		}
		var m Mismatch
		var parts []string
		for i := range t.scope {
			fixed := &t.scope[i]
			if len(fixed.wanted) == 0 && m.Cause == "" {
				m = t.missed(c, fixed)
			}
			parts = append(parts, fmt.Sprintf("%s %q", c.dims[fixed.place].name, fixed.shown))
		}
		switch {
		case t.broken:
			m.Cause = "its scope sets a label that is not in dimensions"
		case m.Cause == "" && t.carried(carriedLeftOut):
			m = everyLeftOut(strings.Join(parts, " and "))
		case m.Cause == "":
			m.Cause = "no deal has " + strings.Join(parts, " and ") + " together"
		}
		if t.source != "" {
			m.Cause += " in source " + t.source
		}
		m.Target = t.values[0]
		out = append(out, m)
	}
	return out
}

// missed says that no record holds a value, and which ones may be meant. Where reps are hashed it repeats no name.
func (t *target) missed(c *computation, fixed *scoped) Mismatch {
	d := c.dims[fixed.place]
	leftOut := slices.ContainsFunc(t.covered, func(in *scopeSums) bool { return in.scan.leavesOut(fixed) })
	hashed := d.name == "rep" && c.options.RepLabel == crm.RepLabelHash
	switch {
	case leftOut && hashed:
		return everyLeftOut("the rep in its scope")
	case leftOut:
		return everyLeftOut(fmt.Sprintf("%s %q", d.name, fixed.text))
	case hashed:
		return Mismatch{Cause: "no rep has the name or id in its scope (hidden, because rep_label is hash)"}
	}
	var known []string
	for _, in := range t.covered {
		known = append(known, in.scan.candidates(fixed.place)...)
	}
	slices.Sort(known)
	known = slices.Compact(known)
	m := Mismatch{Cause: fmt.Sprintf("no record has %s %q", d.name, fixed.text)}
	if len(known) <= maxCandidates {
		m.Near = spelling.Near(fixed.text, known, maxNear)
	}
	return m
}
