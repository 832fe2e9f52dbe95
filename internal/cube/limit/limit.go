// Package limit makes a page respect its bounds on series and label values.
package limit

import (
	"cmp"
	"slices"
	"sort"

	"github.com/sales-exporter/sales_exporter/internal/cube/emit"
	"github.com/sales-exporter/sales_exporter/internal/cube/groups"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// Page is what the limits are about: it is laid out anew until it respects them.
type Page struct {
	Dims   []*groups.Dimension
	Output *emit.Output
	Series int                        // the bound on the series, 0 where there is none
	Bound  func(dimension string) int // the bound on the values of a dimension, 0 where there is none

	LayOut     func() // adds up the groups of all sources by what each value is shown as now
	Emit       func() // makes or counts the samples of all that is laid out
	CountDeals func() // counts the deals of each value, once

	counted bool
	left    []string // metrics that are left out
}

// Fit decides what the page shows, so that it respects the limits: it drops dimensions, then folds names, then leaves
// metrics out. The deals are read once; only what was added up of them is laid out anew.
func (p *Page) Fit() metric.Reduction {
	p.boundValues()
	if !p.fits() && !p.dropDimensions() && !p.foldNames() {
		p.leaveMetrics()
	}
	return p.reduction()
}

// fits lays out the page and reports whether it respects the limit of series.
func (p *Page) fits() bool {
	p.LayOut()
	return p.count() <= p.Series || p.Series <= 0
}

// count counts the series of the page as it is laid out.
func (p *Page) count() int {
	p.Output.Count()
	p.Emit()
	return p.Output.Series()
}

// boundValues sets the configured bounds.
func (p *Page) boundValues() {
	for _, d := range p.Dims {
		if bound := p.Bound(d.Name); bound > 0 && len(d.Texts) > bound {
			p.orderValues()
			d.Bound = bound
		}
	}
}

// dropDimensions drops the last dimension that has values, again until the page fits.
func (p *Page) dropDimensions() bool {
	for _, d := range slices.Backward(p.Dims) {
		named := func(text string) bool { return text != "" && text != facts.NoneLabel }
		if valueless := !slices.ContainsFunc(d.Texts, named); valueless || d.Kept() {
			continue
		}
		d.Dropped = true
		if p.fits() {
			return true
		}
	}
	return false
}

// foldNames folds the largest dimension by the highest bound with which the page fits. Where that is not more than the
// next one has values, both are folded alike.
func (p *Page) foldNames() bool {
	p.orderValues()
	most := map[*groups.Dimension]int{}
	largest := 0
	for _, d := range p.Dims {
		if d.Kept() {
			most[d] = d.Named()
			largest = max(largest, d.Named())
		}
	}
	bound := func(bound int) bool {
		for d, n := range most {
			d.Bound = min(n, bound)
		}
		return p.fits()
	}
	folded := sort.Search(largest, func(n int) bool { return bound(largest - n) })
	return bound(largest - folded) // The bound that was tried last need not be the one that was found.
}

// leaveMetrics leaves metrics out, in the order of expendable, until the page fits.
func (p *Page) leaveMetrics() {
	for _, f := range p.expendable() {
		if f.Off || f.Empty() {
			continue
		}
		f.Off = true
		p.left = append(p.left, f.Metric.Name)
		if p.count() <= p.Series {
			return
		}
	}
}

// expendable returns all families, first those that a page can best do without: histograms, then ratios and medians,
// what describes other metrics, deals, targets; of one shape the last of the catalogue first.
func (p *Page) expendable() []*emit.Family {
	shapes := []metric.Form{metric.FormHistogram, metric.FormRollup, metric.FormInfo, metric.FormBase, metric.FormTarget}
	families := slices.Clone(p.Output.Families)
	slices.Reverse(families)
	slices.SortStableFunc(families, func(a, b *emit.Family) int {
		return cmp.Compare(slices.Index(shapes, a.Metric.Form), slices.Index(shapes, b.Metric.Form))
	})
	return families
}

// orderValues counts the deals of each value, which decide about the names that stay. Only a page that has to fold needs
// them.
func (p *Page) orderValues() {
	if p.counted {
		return
	}
	p.counted = true
	p.CountDeals()
	for _, d := range p.Dims {
		d.Order = d.ByDeals()
	}
}

// reduction says what fit did.
func (p *Page) reduction() metric.Reduction {
	r := metric.Reduction{Left: p.left}
	for _, d := range slices.Backward(p.Dims) {
		switch {
		case d.Dropped:
			r.Dropped = append(r.Dropped, d.Name)
		case d.Bound != groups.Unbounded && d.Named() < len(d.Order):
			r.Folded = append(r.Folded, metric.Folding{Dimension: d.Name, Named: d.Named(), Of: len(d.Order)})
		}
	}
	return r
}
