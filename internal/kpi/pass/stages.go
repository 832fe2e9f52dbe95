package pass

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/facts"
)

// The closing buckets of open deals, disjoint and in the order of time.
const (
	closingOverdue = iota
	closingThisMonth
	closingThisQuarter
	closingNextQuarter
	closingLater
	closingUnscheduled
	Closings
)

// ClosingNames are the values of the `closing` label.
func ClosingNames() [Closings]string {
	return [Closings]string{
		closingOverdue: "overdue", closingThisMonth: "this_month", closingThisQuarter: "this_quarter",
		closingNextQuarter: "next_quarter", closingLater: "later", closingUnscheduled: "unscheduled",
	}
}

// nameStages puts the labels of the stages into order. Stages of two pipelines with one label are one series.
func (p *Pass) nameStages() {
	p.Names = []string{facts.UnknownLabel}
	for code := range uint32(len(p.stages)) {
		p.Names = append(p.Names, p.Source.StageLabel(code))
	}
	labels := slices.Clone(p.Names)
	slices.Sort(p.Names)
	p.Names = slices.Compact(p.Names)
	positions := make([]uint32, len(labels))
	for i, label := range labels {
		position, _ := slices.BinarySearch(p.Names, label)
		positions[i] = uint32(position)
	}
	p.gone, p.stageOf = positions[0], positions[1:]
}

// closing returns the bucket of an expected close date.
func (p *Pass) closing(expected calendar.Instant) int {
	if !expected.Known() {
		return closingUnscheduled
	}
	for bucket, end := range p.closingEnds {
		if expected.Before(end) {
			return bucket
		}
	}
	return closingLater
}

// newClosingEnds returns where the buckets before closingLater end: today's start, then the ends of this month, this
// quarter and the next quarter.
func newClosingEnds(f *Frame) [closingLater]calendar.Edge {
	c := f.Calendar
	quarter := c.Quarter(f.Now)
	return [closingLater]calendar.Edge{
		closingOverdue:     c.EdgeAt(c.Day(f.Now).Start),
		closingThisMonth:   c.EdgeAt(c.Month(f.Now).End),
		closingThisQuarter: c.EdgeAt(quarter.End),
		closingNextQuarter: c.EdgeAt(c.Quarter(quarter.End).End),
	}
}
