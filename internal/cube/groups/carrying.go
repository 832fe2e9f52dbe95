package groups

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Carrying says what deals are in a group.
type Carrying uint8

// What deals a group may carry.
const (
	CarriedLeftOut Carrying = iota + 1 // some, and filters leave out all of them
	CarriedCounted                     // some that count
)

// CarriedBy returns what deals are in a group, 0 where there is none.
func (g *Groups) CarriedBy(group uint32) Carrying {
	if int(group) >= len(g.Carried) {
		return 0
	}
	return g.Carried[group]
}

// Carries reports whether a deal that counts is in a group.
func (g *Groups) Carries(group uint32) bool { return g.CarriedBy(group) == CarriedCounted }

// leftOut returns which of n values deals carry, when filters leave out all of these. What people sell there is no 0.
func (g *Groups) leftOut(index, n int) []bool {
	leftOut, counted := make([]bool, n), make([]bool, n)
	for group, carried := range g.Carried {
		value := g.Values[index][group]
		leftOut[value] = leftOut[value] || carried == CarriedLeftOut
		counted[value] = counted[value] || carried == CarriedCounted
	}
	for value := range leftOut {
		leftOut[value] = leftOut[value] && !counted[value]
	}
	return leftOut
}

// LeavesOut reports whether filters leave out every deal with a value that a scope fixes.
func (g *Groups) LeavesOut(fixed *Fixed) bool {
	h := g.Holding(fixed.Index)
	if h.dimension.Name == "rep" {
		reps := g.RepsNamed(fixed.Index, fixed.Text)
		if slices.ContainsFunc(reps, func(value uint32) bool { return h.LeftOut[value] }) {
			return true
		}
	}
	lower, known := h.dimension.lowers[value.FoldLabel(fixed.Text)]
	for value, leftOut := range h.LeftOut {
		if known && leftOut && h.dimension.Lower[value] == lower {
			return true
		}
	}
	return false
}
