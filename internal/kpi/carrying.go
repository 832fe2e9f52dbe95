package kpi

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/value"
)

// carrying says what deals are in a group.
type carrying uint8

const (
	carriedLeftOut carrying = iota + 1 // some, and filters leave out all of them
	carriedCounted                     // some that count
)

// carriedBy returns what deals are in a group, 0 where there is none.
func (g *groups) carriedBy(group uint32) carrying {
	if int(group) >= len(g.carried) {
		return 0
	}
	return g.carried[group]
}

// carries reports whether a deal that counts is in a group.
func (g *groups) carries(group uint32) bool { return g.carriedBy(group) == carriedCounted }

// leftOut returns which of n values deals carry, when filters leave out all of these. What people sell there is no 0.
func (g *groups) leftOut(place, n int) []bool {
	leftOut, counted := make([]bool, n), make([]bool, n)
	for group, carried := range g.carried {
		value := g.values[place][group]
		leftOut[value] = leftOut[value] || carried == carriedLeftOut
		counted[value] = counted[value] || carried == carriedCounted
	}
	for value := range leftOut {
		leftOut[value] = leftOut[value] && !counted[value]
	}
	return leftOut
}

// leavesOut reports whether filters leave out every deal with a value that a scope fixes.
func (s *scan) leavesOut(fixed *scoped) bool {
	h := s.holding(fixed.place)
	if h.dimension.name == "rep" {
		reps := s.repsNamed(fixed.place, fixed.text)
		if slices.ContainsFunc(reps, func(value uint32) bool { return h.leftOut[value] }) {
			return true
		}
	}
	lower, known := h.dimension.lowers[value.FoldLabel(fixed.text)]
	for value, leftOut := range h.leftOut {
		if known && leftOut && h.dimension.lower[value] == lower {
			return true
		}
	}
	return false
}

// carried reports whether some group in the target's scope has such deals.
func (t *target) carried(by carrying) bool {
	return slices.ContainsFunc(t.covered, func(in *scopeSums) bool {
		return slices.ContainsFunc(in.groups, func(g uint32) bool { return in.scan.groups.carriedBy(g) == by })
	})
}

// everyLeftOut says that filters leave out the deals with some labels, or all of a source.
func everyLeftOut(labels string) Mismatch {
	deals := "every deal"
	if labels != "" {
		deals += " with " + labels
	}
	return Mismatch{Cause: deals + " is excluded by exclude or pipelines", LeftOut: true}
}
