package kpi

import (
	"cmp"
	"slices"
	"strings"
)

// dimension is one configured dimension in one Compute: its values over all sources, and what each is shown as.
type dimension struct {
	name   string
	texts  []string
	codes  map[string]uint32
	lower  []uint32 // value -> number of its lower-case text, by which the scopes of targets match
	lowers map[string]uint32
	deals  []int  // of each value
	listed []bool // values that sales_rep_info shows without deals

	// Set by fold.
	shown []string // value -> label
	ranks []uint32 // value -> place of its label in order; values with one label have one rank
}

func newDimension(name string) *dimension {
	return &dimension{name: name, codes: map[string]uint32{}, lowers: map[string]uint32{}}
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
	lower := strings.ToLower(text)
	if _, ok := d.lowers[lower]; !ok {
		d.lowers[lower] = uint32(len(d.lowers))
	}
	d.lower = append(d.lower, d.lowers[lower])
	return code
}

// exceeds reports whether more values than a limit may be in use, 0 being no limit.
func (d *dimension) exceeds(limit int) bool { return limit > 0 && len(d.texts) > limit }

// fold decides what each value is shown as: the limit values with the most deals as themselves, the rest as "other".
// The empty value is no value and does not count. Ties go to the smaller text, so that equal facts fold equally.
func (d *dimension) fold(limit int) {
	d.shown = slices.Clone(d.texts)
	if d.exceeds(limit) {
		order := d.byDeals()
		for _, v := range order[min(limit, len(order)):] {
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

// byDeals returns the values that are shown somewhere, those with the most deals first. What only removed records held
// is not among them: equal facts must fold equally, whatever was before.
func (d *dimension) byDeals() []uint32 {
	var order []uint32
	for v, text := range d.texts {
		if text != "" && (d.deals[v] > 0 || d.listed[v]) {
			order = append(order, uint32(v))
		}
	}
	slices.SortFunc(order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(d.deals[b], d.deals[a]), cmp.Compare(d.texts[a], d.texts[b]))
	})
	return order
}

// folded reports whether a value is shown as "other" although it is not called so.
func (d *dimension) folded(value uint32) bool { return d.shown[value] != d.texts[value] }
