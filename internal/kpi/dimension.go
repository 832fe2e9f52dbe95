package kpi

import (
	"cmp"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// dimension is one configured dimension in one Compute: its values over all sources, and what each is shown as.
type dimension struct {
	name   string
	texts  []string
	codes  map[string]uint32
	lower  []uint32 // value -> number of its text without regard to case, by which the scopes of targets match
	lowers map[string]uint32
	deals  []int  // of each value, once they are counted
	listed []bool // values that sales_rep_info shows without deals

	dropped bool     // no value is shown
	bound   int      // so many values keep their names, all where it is unbounded
	order   []uint32 // values by the number of their deals, once that was asked for

	// Set by show.
	shown []string // value -> label
	ranks []uint32 // value -> place of its label in order; values with one label have one rank
}

const unbounded = -1

// otherLabel takes the values that a limit folds together.
const otherLabel = "other"

func newDimension(name string) *dimension {
	return &dimension{name: name, codes: map[string]uint32{}, lowers: map[string]uint32{}, bound: unbounded}
}

// value returns the number of a value, which is clean already.
func (d *dimension) value(text string) uint32 {
	if code, ok := d.codes[text]; ok {
		return code
	}
	code := uint32(len(d.texts))
	d.codes[text] = code
	d.texts = append(d.texts, text)
	d.deals = append(d.deals, 0)
	d.listed = append(d.listed, false)
	lower := value.FoldLabel(text)
	if _, ok := d.lowers[lower]; !ok {
		d.lowers[lower] = uint32(len(d.lowers))
	}
	d.lower = append(d.lower, d.lowers[lower])
	return code
}

// show decides what each value is shown as: the bound values with the most deals as themselves, the rest as "other";
// nothing at all where the dimension is dropped. The empty value and "(none)" are no values: they
// stay and do not count. Ties go to the smaller text, so that equal facts fold equally.
func (d *dimension) show() {
	d.shown = slices.Clone(d.texts)
	switch {
	case d.dropped:
		clear(d.shown)
	case d.bound != unbounded:
		for _, v := range d.order[min(d.bound, len(d.order)):] {
			d.shown[v] = otherLabel
		}
	}
	labels := slices.Clone(d.shown)
	slices.Sort(labels)
	labels = slices.Compact(labels)
	d.ranks = make([]uint32, len(d.shown))
	for v, label := range d.shown {
		rank, _ := slices.BinarySearch(labels, label)
		d.ranks[v] = uint32(rank)
	}
}

// named returns how many values keep their names.
func (d *dimension) named() int {
	if d.bound == unbounded {
		return len(d.order)
	}
	return min(d.bound, len(d.order))
}

// byDeals returns the values that are shown somewhere, those with the most deals first. What only removed records held
// is not among them: equal facts must fold equally, whatever was before.
func (d *dimension) byDeals() []uint32 {
	var order []uint32
	for v, text := range d.texts {
		if text != "" && text != facts.NoneLabel && (d.deals[v] > 0 || d.listed[v]) {
			order = append(order, uint32(v))
		}
	}
	slices.SortFunc(order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(d.deals[b], d.deals[a]), cmp.Compare(d.texts[a], d.texts[b]))
	})
	return order
}

// folded reports whether a value is shown as something else: as "other", or as nothing.
func (d *dimension) folded(value uint32) bool { return d.shown[value] != d.texts[value] }
