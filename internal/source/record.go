package source

import (
	"cmp"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Named is what a deal refers to by id, as people know it, and what a crm.Deal does not keep.
type Named struct {
	Name     string // of the deal; "" where no expression reads it
	Pipeline string // label
	Stage    string // label
	Rep      crm.Rep
	Outcome  crm.Outcome // that of the stage, where the stage knows it
}

// Record returns what the exclude expression sees of a deal. Times are in the reporting zone. A date that cannot be true
// is unknown, as everywhere.
func (e *Environment) Record(d *crm.Deal, n Named) expression.Record {
	dimension := func(name string) string { return cmp.Or(d.Dimensions[name], n.Rep.Dimensions[name]) }
	record := expression.Record{
		ID: d.ID, Name: n.Name, Pipeline: n.Pipeline, Stage: n.Stage, Rep: n.Rep.Label(),
		Team:    cmp.Or(d.Dimensions["team"], n.Rep.Team),
		Outcome: n.Outcome.String(), Currency: cmp.Or(d.Currency, e.Currency),
		ForecastCategory: string(d.ForecastCategory),
		Territory:        dimension("territory"), BusinessType: dimension("business_type"),
		Segment: dimension("segment"), Channel: dimension("channel"), Product: dimension("product"),
	}
	if record.AmountKnown = d.AmountKnown; d.AmountKnown {
		record.Amount = d.Amount.Float()
	}
	if record.ProbabilityKnown = d.Probability != value.ProbabilityUnknown; record.ProbabilityKnown {
		record.Probability = float64(d.Probability) / value.ProbabilityScale
	}
	record.Created, record.CreatedKnown = e.moment(d.Created)
	record.Closed, record.ClosedKnown = e.moment(d.Closed)
	return record
}

func (e *Environment) moment(i value.Instant) (at time.Time, known bool) {
	if !i.Known() || !e.Plausible.Holds(i) {
		return time.Time{}, false
	}
	return i.In(e.zone()), true
}

// zone returns the reporting time zone.
func (e *Environment) zone() *time.Location {
	if e.Location == nil {
		return time.UTC
	}
	return e.Location
}
