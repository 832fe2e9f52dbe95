package family

import (
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/cube/emit"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

const visitKind record.Name = "visit"

// visits is a table of a kind that no other family knows: the moments at which somebody came.
type visits struct {
	line    *cube.Timeline
	moments []calendar.Instant
}

func (v *visits) Rows() int        { return len(v.moments) }
func (v *visits) Bounds() []uint64 { return nil }
func (v *visits) Axes() int        { return 1 }

func (v *visits) Fill(from, to int, s *cube.Selection) {
	v.line.LocateAll(v.moments[from:to], s.Axes[0])
	for i := range v.moments[from:to] {
		s.Groups[i], s.Atoms[i], s.Owns[i] = 0, 0, 0
	}
	s.Len = to - from
}

// visitFamily counts the visits of the present month.
func visitFamily(now time.Time, moments ...time.Time) Family {
	return Family{
		Name: "visits", Metrics: []metric.Metric{{Name: "sales_visits", Form: metric.FormInfo}}, Needs: []record.Name{visitKind},
		Start: func(c *Computation, out []*emit.Family) Part {
			month := c.In.Calendar.Month(now)
			spans := c.Ask([]calendar.Span{month})
			return Part{Lay: func(s *Scan) Emitter {
				table := &visits{line: c.Line()}
				for _, at := range moments {
					table.moments = append(table.moments, calendar.Pack(value.Moment(at)))
				}
				spec := cube.Spec{Count: 1}
				lane := s.Table(table).Lane(0, spec.On(0, spans.Cut().Slots(), spans.Cut().Width()))
				return Emitter{Emit: func() {
					count := int64(0)
					lane.Each(spans.Cut().Period(month), func(_ int, _ uint32, cell []int64) { count += lane.Number(cell, 0, cube.Rows) })
					out[0].Gauge([]string{"source"}, []string{s.Source.Name}, float64(count))
				}}
			}}
		},
	}
}

// TestFamilyOfAnotherTable holds that a family needs no more than itself to add up records that are not deals, and that it
// is absent until the source was read completely with its kind.
func TestFamilyOfAnotherTable(t *testing.T) {
	now := time.Date(2026, time.May, 20, 12, 0, 0, 0, time.UTC)
	options := Options{Sources: []string{"acme"}, Currency: "EUR"}
	f := facts.New(options.OfFacts())
	f.Source("acme").MarkReady()
	compute := func() *metric.Snapshot {
		visits := visitFamily(now, now, now.AddDate(0, 0, -3), now.AddDate(0, -1, 0))
		in := Input{Calendar: calendar.New(calendar.Options{}), Now: now}
		return New(f, &options, in, []Family{visits}, visits.Metrics, nil).Run()
	}
	if families := compute().Families; len(families) > 0 {
		t.Errorf("visits are there before they were read: %v", families)
	}
	f.Source("acme").MarkComplete(visitKind)
	families := compute().Families
	if len(families) != 1 || families[0].Samples[0].Value != 2 {
		t.Errorf("visits are %v, want 2", families)
	}
}
