package targets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube/groups"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/kpi/family"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/spelling"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// match finds what each target's scope stands for in the data.
func (t *targets) match(sources []*source) {
	for _, target := range t.list {
		covered, missing := t.covered(target, sources)
		target.missing = missing
		for i := range target.scope {
			fixed := &target.scope[i]
			resolve(fixed, t.c, covered)
			target.values[len(metric.TargetLabels())+fixed.Index] = fixed.Shown
		}
		for _, s := range covered {
			target.covered = append(target.covered, s.matching(target.scope))
		}
		target.matched = target.matches()
	}
}

// covered returns the sources that a target covers and have its KPI, and how many cannot tell it: a sum over some of them
// would be a number that is wrong without looking so.
func (t *targets) covered(target *target, sources []*source) (covered []*source, missing int) {
	for _, name := range t.c.Options.Sources {
		if target.source != "" && !value.SameLabel(name, target.source) {
			continue
		}
		i := slices.IndexFunc(sources, func(s *source) bool { return s.Source.Name == name })
		if i < 0 || pass.MoneyKPI(target.KPI) && !sources[i].Source.HasMoney() {
			missing++
		} else {
			covered = append(covered, sources[i])
			if t.unreadScope(target, sources[i]) {
				missing++
			} else if target.begun && t.c.Unread(sources[i].Source, target.span.Start) {
				missing++ // Of the whole period it knows nothing, but what it holds still says what the scope stands for.
			}
		}
		if target.source != "" {
			target.values[slices.Index(metric.TargetLabels(), "source")] = value.CleanLabel(name)
		}
	}
	return covered, missing
}

// matches reports whether anything in the covered sources carries the scope's labels. What nothing carries is a typing
// error or a name that changed, and what only excluded deals carry is left out by the filters: a 0 would be wrong in both
// cases. A record carries its labels without deals, too, such as a rep who owns none. Of a combination some deal must carry
// all labels, or a rep who owns nothing yet would.
func (t *target) matches() bool {
	if t.broken || len(t.covered) == 0 {
		return false
	}
	if slices.ContainsFunc(t.scope, func(f groups.Fixed) bool { return len(f.Wanted) == 0 }) {
		return false
	}
	switch len(t.scope) {
	case 0:
		return t.carried(groups.CarriedCounted) || !t.carried(groups.CarriedLeftOut)
	case 1:
		return true
	default:
		awaits := func(in *scopeSums) bool { return in.source.Groups.Awaits(t.scope) }
		return t.carried(groups.CarriedCounted) || slices.ContainsFunc(t.covered, awaits)
	}
}

// unreadScope reports whether a source is being read for a label of a target's scope, and what it holds says nothing of it.
func (t *targets) unreadScope(target *target, s *source) bool {
	return slices.ContainsFunc(target.scope, func(f groups.Fixed) bool {
		dimension := t.c.Dims[f.Index].Name
		return s.Source.Awaits(dimension) ||
			s.Source.Refills(dimension) && len(s.Groups.Holding(f.Index).Called(f.Text)) == 0
	})
}

// resolve finds the values that a scope's text stands for: those that are called so, whatever their case; of reps also
// by name where the label is an id or a hash, and by id.
func resolve(f *groups.Fixed, c *family.Computation, covered []*source) {
	f.Shown = f.Text
	var values []uint32
	for _, s := range covered {
		values = append(values, s.Groups.Holding(f.Index).Called(f.Text)...)
	}
	isRep := c.Dims[f.Index].Name == "rep"
	if isRep && len(values) == 0 {
		for _, s := range covered {
			leftOut := func(value uint32) bool { return s.Groups.Holding(f.Index).LeftOut[value] }
			values = append(values, slices.DeleteFunc(slices.Clone(s.Groups.RepsNamed(f.Index, f.Text)), leftOut)...)
		}
	}
	f.Take(c.Dims[f.Index], values)
	if isRep && len(values) == 0 && c.Options.RepLabel == crm.RepLabelHash {
		f.Shown = facts.Pseudonym(c.Options.RepHashKey, f.Text) // The page shows no name, not even one that nobody has.
	}
}

// matching returns the groups that a scope takes in. Scopes that fix the same dimensions share an index, so that a
// target for each of a thousand reps does not read all groups a thousand times.
func (s *source) matching(scope []groups.Fixed) *scopeSums {
	dims, keys := scopeKeys(scope)
	whole := groups.Key(append([]uint32{uint32(len(dims))}, dims...)) + strings.Join(keys, "")
	if known, ok := s.matched[whole]; ok {
		return known
	}
	index := s.scopes[groups.Key(dims)]
	matched := &scopeSums{source: s, lanes: &index.lanes}
	for _, key := range keys {
		if class, ok := index.classes[key]; ok {
			matched.classes = append(matched.classes, class)
			matched.groups = append(matched.groups, index.groups[class]...)
		}
	}
	s.matched[whole] = matched
	return matched
}

// scopeKeys returns the indexes of the dimensions that a scope fixes, and the key of each combination of values that it
// takes in.
func scopeKeys(scope []groups.Fixed) (dims []uint32, keys []string) {
	keys = []string{""}
	for _, fixed := range scope {
		dims = append(dims, uint32(fixed.Index))
		var longer []string
		for _, key := range keys {
			for _, lower := range fixed.Wanted {
				longer = append(longer, key+groups.Key([]uint32{lower}))
			}
		}
		keys = longer
	}
	return dims, keys
}

// maxNear bounds how many values a mismatch proposes, maxCandidates among how many it looks for them.
const (
	maxNear       = 3
	maxCandidates = 2000
)

// mismatches tells of the targets that match nothing in complete sources.
func (t *targets) mismatches() {
	for _, target := range t.list {
		if !target.matched && target.missing == 0 {
			t.c.Mismatch(target.mismatch(t.c))
		}
	}
}

// mismatch says why a target matches nothing.
func (t *target) mismatch(c *family.Computation) metric.Mismatch {
	var m metric.Mismatch
	var parts []string
	for i := range t.scope {
		fixed := &t.scope[i]
		if len(fixed.Wanted) == 0 && m.Cause == "" {
			m = t.missed(c, fixed)
		}
		parts = append(parts, fmt.Sprintf("%s %q", c.Dims[fixed.Index].Name, fixed.Shown))
	}
	switch {
	case t.broken:
		m.Cause = "its scope sets a label that is not in dimensions"
	case m.Cause == "" && t.carried(groups.CarriedLeftOut):
		m = everyLeftOut(strings.Join(parts, " and "))
	case m.Cause == "":
		m.Cause = "no deal has " + strings.Join(parts, " and ") + " together"
	}
	if t.source != "" {
		m.Cause += " in source " + t.source
	}
	m.Target = t.values[0]
	return m
}

// missed says that no record holds a value, and which ones may be meant. Where reps are hashed it repeats no name.
func (t *target) missed(c *family.Computation, fixed *groups.Fixed) metric.Mismatch {
	d := c.Dims[fixed.Index]
	leftOut := slices.ContainsFunc(t.covered, func(in *scopeSums) bool { return in.source.Groups.LeavesOut(fixed) })
	hashed := d.Name == "rep" && c.Options.RepLabel == crm.RepLabelHash
	switch {
	case leftOut && hashed:
		return everyLeftOut("the rep in its scope")
	case leftOut:
		return everyLeftOut(fmt.Sprintf("%s %q", d.Name, fixed.Text))
	case hashed:
		return metric.Mismatch{Cause: "no rep has the name or id in its scope (hidden, because rep_label is hash)"}
	}
	var known []string
	for _, in := range t.covered {
		known = append(known, in.source.Groups.Candidates(fixed.Index)...)
	}
	slices.Sort(known)
	known = slices.Compact(known)
	m := metric.Mismatch{Cause: fmt.Sprintf("no record has %s %q", d.Name, fixed.Text)}
	if len(known) <= maxCandidates {
		m.Near = spelling.Near(fixed.Text, known, maxNear)
	}
	return m
}

// carried reports whether some group in the target's scope has such deals.
func (t *target) carried(by groups.Carrying) bool {
	return slices.ContainsFunc(t.covered, func(in *scopeSums) bool {
		return slices.ContainsFunc(in.groups, func(g uint32) bool { return in.source.Groups.CarriedBy(g) == by })
	})
}

// everyLeftOut says that filters leave out the deals with some labels, or all of a source.
func everyLeftOut(labels string) metric.Mismatch {
	deals := "every deal"
	if labels != "" {
		deals += " with " + labels
	}
	return metric.Mismatch{Cause: deals + " is excluded by exclude or pipelines", LeftOut: true}
}
