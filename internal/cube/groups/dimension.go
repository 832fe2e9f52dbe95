package groups

import (
	"cmp"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Dimension is one configured dimension in one Compute: its values over all sources, and what each is shown as.
type Dimension struct {
	Name   string
	Texts  []string
	Codes  map[string]uint32
	Lower  []uint32 // value -> number of its text without regard to case, by which the scopes of targets match
	lowers map[string]uint32
	Deals  []int  // of each value, once they are counted
	listed []bool // values that sales_rep_info shows without deals

	Dropped bool     // no value is shown
	Bound   int      // so many values keep their names, all where it is unbounded
	Order   []uint32 // values by the number of their deals, once that was asked for

	// Set by Show.
	shown []string // value -> label
	ranks []uint32 // value -> index of its label in order; values with one label have one rank
}

// Unbounded is the bound of a dimension all of whose values keep their names.
const Unbounded = -1

// OtherLabel takes the values that a limit folds together.
const OtherLabel = "other"

// NewDimension returns a dimension without values.
func NewDimension(name string) *Dimension {
	return &Dimension{Name: name, Codes: map[string]uint32{}, lowers: map[string]uint32{}, Bound: Unbounded}
}

// Code returns the number of a value, which is clean already.
func (d *Dimension) Code(text string) uint32 {
	if code, ok := d.Codes[text]; ok {
		return code
	}
	code := uint32(len(d.Texts))
	d.Codes[text] = code
	d.Texts = append(d.Texts, text)
	d.Deals = append(d.Deals, 0)
	d.listed = append(d.listed, false)
	lower := value.FoldLabel(text)
	if _, ok := d.lowers[lower]; !ok {
		d.lowers[lower] = uint32(len(d.lowers))
	}
	d.Lower = append(d.Lower, d.lowers[lower])
	return code
}

// Show decides what each value is shown as: the bound values with the most deals as themselves, the rest as "other";
// nothing at all where the dimension is dropped. The empty value and "(none)" are no values: they
// stay and do not count. Ties go to the smaller text, so that equal facts fold equally.
func (d *Dimension) Show() {
	d.shown = slices.Clone(d.Texts)
	switch {
	case d.Dropped:
		clear(d.shown)
	case d.Bound != Unbounded:
		for _, v := range d.Order[min(d.Bound, len(d.Order)):] {
			d.shown[v] = OtherLabel
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

// Named returns how many values keep their names.
func (d *Dimension) Named() int {
	if d.Bound == Unbounded {
		return len(d.Order)
	}
	return min(d.Bound, len(d.Order))
}

// ByDeals returns the values that are shown somewhere, those with the most deals first. What only removed records held
// is not among them: equal facts must fold equally, whatever was before.
func (d *Dimension) ByDeals() []uint32 {
	var order []uint32
	for v, text := range d.Texts {
		if text != "" && text != facts.NoneLabel && (d.Deals[v] > 0 || d.listed[v]) {
			order = append(order, uint32(v))
		}
	}
	slices.SortFunc(order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(d.Deals[b], d.Deals[a]), cmp.Compare(d.Texts[a], d.Texts[b]))
	})
	return order
}

// Folded reports whether a value is shown as something else: as "other", or as nothing.
func (d *Dimension) Folded(value uint32) bool { return d.shown[value] != d.Texts[value] }

// Kept reports whether a dimension is never dropped: without pipelines, reps and teams nobody could use the page.
func (d *Dimension) Kept() bool { return slices.Contains([]string{"pipeline", "rep", "team"}, d.Name) }
