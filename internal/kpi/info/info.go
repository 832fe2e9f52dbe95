// Package info is what describes other metrics, reps and what KPIs leave out.
package info

import (
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube/emit"
	"github.com/sales-exporter/sales_exporter/internal/kpi/family"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Family returns the family.
func Family() family.Family {
	return family.Family{
		Name: "info", Metrics: metrics(), Start: start,
		Needs: []record.Name{crm.Deals.Name(), crm.Reps.Name(), crm.Stages.Name(), crm.Pipelines.Name()},
	}
}

func start(c *family.Computation, out []*emit.Family) family.Part {
	return family.Part{
		Lay: func(scan *family.Scan) family.Emitter {
			s := &source{Scan: scan, out: out}
			return family.Emitter{Emit: func() {
				s.emitLeftOut()
				s.emitReps()
			}}
		},
		Emit: func() { emitCatalogue(c, out[kpis]) },
	}
}

// source is the family of one source.
type source struct {
	*family.Scan
	out []*emit.Family // by handle
}

// emitCatalogue describes every KPI that is not switched off.
func emitCatalogue(c *family.Computation, to *emit.Family) {
	for _, f := range c.Out.Families {
		if m := f.Metric; m.KPI != "" && !f.Off {
			to.Gauge(to.Metric.Labels, []string{
				m.KPI, string(m.Unit), string(m.Kind), string(m.Timing), string(m.Direction),
			}, 1)
		}
	}
}
