package groups

import (
	"encoding/binary"
	"maps"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/dictionary"
)

// Projection shows classes of deals as combinations of label values, in the order of the label values. Classes that
// differ only in what is not shown share a combination, and their numbers add up in it.
type Projection struct {
	Of     []uint32   // class -> combination
	Labels [][]string // of each combination
	folds  []uint32   // class -> 1 + number of what it would be without folding, 0 where nothing was folded

	Folding bool // some class is folded
}

// Project shows n classes by some dimensions. value tells the value that a class has of the i-th of them.
func Project(dims []*Dimension, n int, value func(class uint32, i int) uint32) Projection {
	p := Projection{Of: make([]uint32, n), folds: make([]uint32, n)}
	unfolded := dictionary.NewTuples(len(dims))
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
			folded = folded || d.Folded(values[i])
		}
		if folded {
			p.Folding = true
			p.folds[class] = unfolded.Code(values) + 1
		}
		combination, ok := combinations[string(key)]
		if !ok {
			combination = uint32(len(keys))
			keys = append(keys, string(key))
			combinations[string(key)] = combination
			p.Labels = append(p.Labels, shownLabels(dims, values))
		}
		p.Of[class] = combination
	}
	p.sort(keys, combinations)
	return p
}

func shownLabels(dims []*Dimension, values []uint32) []string {
	labels := make([]string, len(dims))
	for i, d := range dims {
		labels[i] = d.shown[values[i]]
	}
	return labels
}

// sort puts the combinations into the order of their keys, which are ranks and hence sort as the labels do.
func (p *Projection) sort(keys []string, combinations map[string]uint32) {
	at := make([]uint32, len(keys))
	labels := make([][]string, len(keys))
	for i, key := range slices.Sorted(maps.Keys(combinations)) {
		at[combinations[key]] = uint32(i)
		labels[i] = p.Labels[combinations[key]]
	}
	p.Labels = labels
	for class, combination := range p.Of {
		p.Of[class] = at[combination]
	}
}

// FoldedAmong counts the combinations that would exist without folding, among the classes that are present.
func (p *Projection) FoldedAmong(present []bool) int {
	if !p.Folding {
		return 0
	}
	seen := map[uint32]bool{}
	for class, fold := range p.folds {
		if fold != 0 && present[class] {
			seen[fold] = true
		}
	}
	return len(seen)
}

// Key makes a map key of numbers that sorts as they do.
func Key(numbers []uint32) string {
	key := make([]byte, 0, 4*len(numbers))
	for _, n := range numbers {
		key = binary.BigEndian.AppendUint32(key, n)
	}
	return string(key)
}
