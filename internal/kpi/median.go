package kpi

import (
	"github.com/sales-exporter/sales_exporter/internal/value"
)

const moneySteps = float64(value.MoneyScale)

// sortMembers sorts by value, once for the medians of all rollups and windows. It distributes by one digit after the
// other, which for a million amounts is five times as fast as comparing them.
func sortMembers(members []member) []member {
	if len(members) == 0 {
		return members
	}
	least, most := members[0].value, members[0].value
	for _, m := range members {
		least, most = min(least, m.value), max(most, m.value)
	}
	spare := make([]member, len(members))
	for shift := 0; uint64(most-least)>>shift > 0; shift += digitBits {
		var ends [1 << digitBits]int
		for _, m := range members {
			ends[uint64(m.value-least)>>shift&digitMask]++
		}
		total := 0
		for digit, n := range ends {
			ends[digit] = total
			total += n
		}
		for _, m := range members {
			digit := uint64(m.value-least) >> shift & digitMask
			spare[ends[digit]] = m
			ends[digit]++
		}
		members, spare = spare, members
	}
	return members
}

const (
	digitBits = 11
	digitMask = 1<<digitBits - 1
)

// medians are the medians of some windows and combinations.
type medians struct {
	members      []member // sorted by value
	of           []uint32 // group -> combination
	combinations int
	windows      []period
}

// each calls emit with the median of each window and combination that has members, interpolated between the two middle
// ones of an even number. size tells how many members a window has in a combination.
func (m *medians) each(
	size func(w int, combination uint32) uint32, emit func(w int, combination uint32, median float64),
) {
	for combination, run := range split(m.members, m.of, m.combinations) {
		for w, window := range m.windows {
			count := size(w, uint32(combination))
			if count == 0 {
				continue
			}
			low, high := middle(run, window, int(count))
			emit(w, uint32(combination), (float64(low)+float64(high))/2)
		}
	}
}

// split distributes the members over their combinations and keeps their order.
func split(members []member, of []uint32, n int) [][]member {
	ends := make([]int, n+1)
	for _, m := range members {
		ends[of[m.group]+1]++
	}
	for i := range n {
		ends[i+1] += ends[i]
	}
	runs := make([][]member, n)
	sorted := make([]member, len(members))
	for i := range runs {
		runs[i] = sorted[ends[i]:ends[i]:ends[i+1]]
	}
	for _, m := range members {
		runs[of[m.group]] = append(runs[of[m.group]], m)
	}
	return runs
}

// middle returns the two middle values of the count members of a run that lie in a period, twice the same where count
// is odd.
func middle(run []member, p period, count int) (low, high int64) {
	seen, length := 0, uint32(p.to-p.from)
	for _, m := range run {
		if m.interval-uint32(p.from) >= length {
			continue
		}
		if seen == (count-1)/2 {
			low = m.value
		}
		if seen == count/2 {
			return low, m.value
		}
		seen++
	}
	return low, low
}
