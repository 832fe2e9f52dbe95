// Package family is what families of KPIs have in common: what one declares, what it asks of a computation before the deals
// are read, and what it reads afterwards. It knows no family.
package family

import (
	"github.com/sales-exporter/sales_exporter/internal/cube/emit"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Family is KPIs that are computed together.
type Family struct {
	Name    string
	Metrics []metric.Metric // the index of a metric is its handle
	// Needs are the kinds of records that the KPIs are made of. A source has none of these KPIs until it was read
	// completely once with all of them.
	Needs []record.Name
	// Start begins a Compute. Samples go to out, by handle.
	Start func(c *Computation, out []*emit.Family) Part
}

// Part is what a family does in one Compute. Each function may be nil.
type Part struct {
	// Lay declares what the pass over the deals of a source adds up.
	Lay func(*Scan) Emitter
	// Across makes the samples of several sources together, once, when all of them are read. No limit changes their labels.
	Across func([]*Scan)
	// Emit makes the samples that are about no source.
	Emit func()
}

// Emitter makes the samples of a family of one source. Each function may be nil.
type Emitter struct {
	// Arrange adds up what was read by what each label value is shown as now. It is called again when a limit changes that.
	Arrange func()
	// Emit makes samples, as long as the arrangement holds as often as it is called.
	Emit func()
}

// has reports whether the KPIs of the family are there for a source.
func (f *Family) has(s *facts.Source) bool { return s.Complete(f.Needs...) }
