// Package spelling finds the known words that somebody who mistyped one may have meant.
package spelling

import (
	"cmp"
	"slices"
	"strings"
)

// Distance counts the insertions, deletions and replacements of characters that turn a into b.
func Distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j := range to {
			cost := diagonal
			if from[i] != to[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}

// Near returns at most some of the known names that a name may stand for, the nearest first: those that differ in a few
// characters, and those that have a word in common with it, as after a marriage.
func Near(name string, known []string, most int) []string {
	type candidate struct {
		name     string
		distance int
	}
	var near []candidate
	name = strings.ToLower(name)
	words := strings.Fields(name)
	for _, k := range known {
		lower := strings.ToLower(k)
		d := distanceWithin(name, lower, tolerance(min(len(name), len(lower))))
		if d < 0 && sharesWord(words, lower) {
			d = max(len(name), len(lower))
		}
		if d >= 0 {
			near = append(near, candidate{k, d})
		}
	}
	slices.SortFunc(near, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.name, b.name))
	})
	var names []string
	for _, c := range near[:min(most, len(near))] {
		names = append(names, c.name)
	}
	return names
}

// tolerance is how many characters may differ: two, which is what swapping two of them takes, or a third of a long name.
func tolerance(length int) int {
	if length < 4 {
		return 1
	}
	return max(2, length/3)
}

// distanceWithin returns the distance of two words, or -1 where it is above a limit. Most words differ too much in
// length for the distance to be worth counting.
func distanceWithin(a, b string, limit int) int {
	if len(a)-len(b) > 3*limit || len(b)-len(a) > 3*limit { // A character is 4 bytes at most, and 1 at least.
		return -1
	}
	if d := Distance(a, b); d <= limit {
		return d
	}
	return -1
}

func sharesWord(words []string, name string) bool {
	return slices.ContainsFunc(strings.Fields(name), func(word string) bool {
		return len(word) > 1 && slices.Contains(words, word)
	})
}
