// Package targets is what configured targets ask for, what was reached of them and what is to come.
package targets

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/cube/emit"
	"github.com/sales-exporter/sales_exporter/internal/kpi/family"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Family returns the family.
func Family() family.Family {
	return family.Family{
		Name: "targets", Metrics: metrics(), Start: start,
		Needs: []record.Name{crm.Deals.Name(), crm.Reps.Name(), crm.Stages.Name(), crm.Pipelines.Name()},
	}
}

// targets is the family in one Compute. It asks for sums when it starts, and reads them once the deals of all sources are
// read.
type targets struct {
	c    *family.Computation
	out  []*emit.Family // by handle
	list []*target
	sets []*scopeSet

	recorded *family.Spans // what targets ask of all closed deals, nil where none does
	sources  map[*family.Scan]*source
}

// source is the family of one source.
type source struct {
	*family.Scan
	*targets

	scopes  map[string]*scopeIndex // by fixed dimensions; see matching
	matched map[string]*scopeSums  // by scope; see matching
	closed  *cube.Lane             // all closed deals together, nil where nobody asks
}

func start(c *family.Computation, out []*emit.Family) family.Part {
	t := &targets{c: c, out: out, list: newTargets(c), sources: map[*family.Scan]*source{}}
	t.ask()
	return family.Part{Lay: t.lay, Across: t.across}
}

func (t *targets) lay(scan *family.Scan) family.Emitter {
	s := &source{Scan: scan, targets: t, scopes: map[string]*scopeIndex{}, matched: map[string]*scopeSums{}}
	s.lay()
	t.sources[scan] = s
	return family.Emitter{}
}

// across makes the samples of all targets, and shows what their scopes are about although it be 0.
func (t *targets) across(scans []*family.Scan) {
	var sources []*source
	for _, scan := range scans {
		sources = append(sources, t.sources[scan])
	}
	for _, target := range t.list {
		target.place(t.c.In.Now)
	}
	t.match(sources)
	e := emitter{
		c: t.c, out: t.out, labels: slices.Concat(metric.TargetLabels(), t.c.Options.Dimensions), infos: map[string]bool{},
		attainments: map[[2]string]*metric.Histogram{},
	}
	for _, target := range t.list {
		e.emit(target)
	}
	e.emitAttainments()
	for _, target := range t.list {
		for _, in := range target.covered {
			if target.matched {
				in.source.AddScope(target.scope, in.groups)
			}
		}
	}
	t.mismatches()
}
