package kpi

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/facts"
)

// Reduction says what the limits took away from a snapshot. Sums are never lost: what is dropped or folded adds up in
// the series that are left.
type Reduction struct {
	Dropped []string // dimensions whose label is empty, in the order in which they went
	Folded  []Folding
	Left    []string // metrics that are left out, since nothing else makes the page fit
}

// Folding says how many values of a dimension keep their names.
type Folding struct {
	Dimension string
	Named, Of int
}

// Any reports whether anything was taken away.
func (r *Reduction) Any() bool { return len(r.Dropped)+len(r.Folded)+len(r.Left) > 0 }

// Key is equal for reductions of the same kind: it leaves out how many values are folded, which changes with every deal.
func (r *Reduction) Key() string {
	var folded []string
	for _, f := range r.Folded {
		folded = append(folded, f.Dimension)
	}
	return fmt.Sprint(r.Dropped, folded, r.Left)
}

// String tells people, "" where nothing was taken away.
func (r *Reduction) String() string {
	var parts []string
	if len(r.Dropped) > 0 {
		parts = append(parts, "dropped dimensions: "+strings.Join(r.Dropped, ", "))
	}
	for _, f := range r.Folded {
		parts = append(parts, fmt.Sprintf(`%d of %d values of %s keep their names, the others are folded into "other"`,
			f.Named, f.Of, f.Dimension))
	}
	if len(r.Left) > 0 {
		parts = append(parts, "dropped metrics: "+strings.Join(r.Left, ", "))
	}
	return strings.Join(parts, "; ")
}

// kept reports whether a dimension is never dropped: without pipelines, reps and teams nobody could use the page.
func (d *dimension) kept() bool { return slices.Contains([]string{"pipeline", "rep", "team"}, d.name) }

// fit decides what the page shows, so that it respects the limits: it drops dimensions, then folds names, then leaves
// metrics out. The deals are read once; only what was added up of them is laid out anew.
func (c *computation) fit() {
	c.boundValues()
	if c.fits() || c.dropDimensions() || c.foldNames() {
		return
	}
	c.leaveMetrics()
}

// fits lays out the page and reports whether it respects the limit of series.
func (c *computation) fits() bool {
	c.lay()
	return c.series() <= c.in.Series || c.in.Series <= 0
}

// series counts the series of the page as it is laid out.
func (c *computation) series() int {
	c.out.count()
	c.emitSources()
	return c.out.series()
}

// boundValues sets the configured bounds.
func (c *computation) boundValues() {
	for _, d := range c.dims {
		if bound := c.in.valuesOf(d.name); bound > 0 && len(d.texts) > bound {
			c.countDeals()
			d.bound = bound
		}
	}
}

// dropDimensions drops the last dimension that has values, again until the page fits.
func (c *computation) dropDimensions() bool {
	for _, d := range slices.Backward(c.dims) {
		named := func(text string) bool { return text != "" && text != facts.NoneLabel }
		if valueless := !slices.ContainsFunc(d.texts, named); valueless || d.kept() {
			continue
		}
		d.dropped = true
		if c.fits() {
			return true
		}
	}
	return false
}

// foldNames folds the largest dimension by the highest bound with which the page fits. Where that is not more than the
// next one has values, both are folded alike.
func (c *computation) foldNames() bool {
	c.countDeals()
	most := map[*dimension]int{}
	largest := 0
	for _, d := range c.dims {
		if d.kept() {
			most[d] = d.named()
			largest = max(largest, d.named())
		}
	}
	bound := func(bound int) bool {
		for d, n := range most {
			d.bound = min(n, bound)
		}
		return c.fits()
	}
	folded := sort.Search(largest, func(n int) bool { return bound(largest - n) })
	return bound(largest - folded) // The bound that was tried last need not be the one that was found.
}

// leaveMetrics leaves metrics out, in the order of expendable, until the page fits.
func (c *computation) leaveMetrics() {
	for _, f := range c.expendable() {
		if f.off || f.empty() {
			continue
		}
		f.off = true
		c.left = append(c.left, f.Metric.Name)
		if c.series() <= c.in.Series {
			return
		}
	}
}

// expendable returns all families, first those that a page can best do without: histograms, then ratios and medians,
// what describes other metrics, deals, targets; of one shape the last of the catalogue first.
func (c *computation) expendable() []*family {
	shapes := []Shape{ShapeHistogram, ShapeRollup, ShapeInfo, ShapeBase, ShapeTarget}
	families := slices.Clone(c.out.families)
	slices.Reverse(families)
	slices.SortStableFunc(families, func(a, b *family) int {
		return cmp.Compare(slices.Index(shapes, a.Metric.Shape), slices.Index(shapes, b.Metric.Shape))
	})
	return families
}

// countDeals counts the deals of each value, which decide about the names that stay. Only a page that has to fold needs
// them.
func (c *computation) countDeals() {
	if c.counted {
		return
	}
	c.counted = true
	for _, s := range c.scans {
		s.countDeals()
	}
	for _, d := range c.dims {
		d.order = d.byDeals()
	}
}

// countDeals counts the deals that are included, by the values of their groups.
func (s *scan) countDeals() {
	deals := make([]int, s.groups.len())
	for row, flags := range s.source.Deals.Flags {
		if !s.exists(row, flags) || s.source.Deals.Verdict[row] != facts.Counts {
			continue
		}
		group := s.groups.of(row)
		if int(group) >= len(deals) {
			deals = append(deals, make([]int, s.groups.len()-len(deals))...)
		}
		deals[group]++
	}
	for i, dim := range s.c.dims {
		for group, n := range deals {
			dim.deals[s.groups.values[i][group]] += n
		}
	}
}

// reduction says what fit did.
func (c *computation) reduction() Reduction {
	r := Reduction{Left: c.left}
	for _, d := range slices.Backward(c.dims) {
		switch {
		case d.dropped:
			r.Dropped = append(r.Dropped, d.name)
		case d.bound != unbounded && d.named() < len(d.order):
			r.Folded = append(r.Folded, Folding{Dimension: d.name, Named: d.named(), Of: len(d.order)})
		}
	}
	return r
}
