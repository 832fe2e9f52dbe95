// Package staff counts who sells.
package staff

import (
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube/emit"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/kpi/family"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// active is the handle of the metric.
const active = 0

// Family returns the family.
func Family() family.Family {
	return family.Family{
		Name: "staff", Start: start, Needs: []record.Name{crm.Reps.Name()},
		Metrics: []metric.Metric{active: {
			Name: "sales_reps_active", KPI: "reps_active", Title: "Active reps",
			Help:    "Number of reps who can own deals.",
			Formula: "count of active reps",
			Type:    metric.Gauge, Form: metric.FormInfo, Unit: metric.UnitRecords, Labels: []string{"source"},
			Stability: metric.Experimental, Kind: metric.Quantitative, Timing: metric.Leading, Direction: metric.Neutral,
			Past: metric.PastPresent,
		}},
	}
}

func start(_ *family.Computation, out []*emit.Family) family.Part {
	return family.Part{Lay: func(scan *family.Scan) family.Emitter {
		return family.Emitter{Emit: func() {
			n := 0
			scan.Source.Reps.EachKnown(func(_ uint32, r facts.Rep) {
				if r.Active {
					n++
				}
			})
			to := out[active]
			to.Gauge(to.Metric.Labels, []string{scan.Source.Name}, float64(n))
		}}
	}}
}
