package kpi

import (
	"encoding/binary"
	"maps"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/facts"
)

// projection shows classes of deals as combinations of label values, in the order of the label values. Classes that
// differ only in what is not shown share a combination, and their numbers add up in it.
type projection struct {
	of     []uint32   // class -> combination
	labels [][]string // of each combination
	folds  []uint32   // class -> 1 + number of what it would be without folding, 0 where nothing was folded

	folding bool // some class is folded
}

// project shows n classes by some dimensions. value tells the value that a class has of the i-th of them.
func project(dims []*dimension, n int, value func(class uint32, i int) uint32) projection {
	p := projection{of: make([]uint32, n), folds: make([]uint32, n)}
	unfolded := facts.NewTuples(len(dims))
	combinations := map[string]uint32{}
	var keys []string
	key := make([]byte, 0, 4*len(dims))
	values := make([]uint32, len(dims))
	for class := range uint32(n) {
		key = key[:0]
		folded := false
		for i, d := range dims {
			values[i] = value(class, i)
			key = binary.BigEndian.AppendUint32(key, d.ranks[values[i]])
			folded = folded || d.folded(values[i])
		}
		if folded {
			p.folding = true
			p.folds[class] = unfolded.Code(values) + 1
		}
		combination, ok := combinations[string(key)]
		if !ok {
			combination = uint32(len(keys))
			keys = append(keys, string(key))
			combinations[string(key)] = combination
			p.labels = append(p.labels, shownLabels(dims, values))
		}
		p.of[class] = combination
	}
	p.sort(keys, combinations)
	return p
}

func shownLabels(dims []*dimension, values []uint32) []string {
	labels := make([]string, len(dims))
	for i, d := range dims {
		labels[i] = d.shown[values[i]]
	}
	return labels
}

// sort puts the combinations into the order of their keys, which are ranks and hence sort as the labels do.
func (p *projection) sort(keys []string, combinations map[string]uint32) {
	place := make([]uint32, len(keys))
	labels := make([][]string, len(keys))
	for i, key := range slices.Sorted(maps.Keys(combinations)) {
		place[combinations[key]] = uint32(i)
		labels[i] = p.labels[combinations[key]]
	}
	p.labels = labels
	for class, combination := range p.of {
		p.of[class] = place[combination]
	}
}

// foldedAmong counts the combinations that would exist without folding, among the classes that are present.
func (p *projection) foldedAmong(present func(class uint32) bool) int {
	seen := map[uint32]bool{}
	for class, fold := range p.folds {
		if fold != 0 && present(uint32(class)) {
			seen[fold] = true
		}
	}
	return len(seen)
}

// packKey makes a map key of numbers that sorts as they do.
func packKey(numbers []uint32) string {
	key := make([]byte, 0, 4*len(numbers))
	for _, n := range numbers {
		key = binary.BigEndian.AppendUint32(key, n)
	}
	return string(key)
}
