package kpi

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

const (
	benchReps  = 500
	benchYears = 5
	benchPage  = 1000
)

var benchNow = time.Date(2026, time.May, 20, 15, 4, 5, 0, time.UTC)

// benchOptions are the defaults of the configuration.
func benchOptions() Options {
	var durations []time.Duration
	for _, days := range []int{1, 3, 7, 14, 30, 45, 60, 90, 120, 180, 365} {
		durations = append(durations, time.Duration(days)*24*time.Hour)
	}
	return Options{
		Sources: []string{"acme"}, Currency: "USD",
		Dimensions:      []string{"pipeline", "rep", "team", "territory", "business_type"},
		RepLabel:        crm.RepLabelName,
		DealSizeBuckets: []float64{100, 250, 500, 1e3, 2500, 5e3, 1e4, 25e3, 5e4, 1e5, 25e4, 5e5, 1e6},
		DurationBuckets: durations,
	}
}

// benchLabels are the records that the benchmark's deals point to: 500 reps in 25 teams, each with a territory of its
// own, two pipelines of seven stages.
func benchLabels() record.Batch {
	var b record.Batch
	for i := range benchReps {
		crm.Reps.Append(&b.Rows, crm.Rep{
			Head: record.Head{ID: "rep" + strconv.Itoa(i), Dimensions: value.Dimensions{"territory": fmt.Sprintf("Territory %d", i%8)}}, Name: fmt.Sprintf("Rep %03d", i), Team: fmt.Sprintf("Team %02d", i%25),
			Active: i%9 != 0,
		})
	}
	for p := range 2 {
		pipeline := "pipeline" + strconv.Itoa(p)
		crm.Pipelines.Append(&b.Rows, crm.Pipeline{Head: record.Head{ID: pipeline}, Label: fmt.Sprintf("Pipeline %d", p)})
		for i := range 7 {
			stage := crm.Stage{
				Pipeline: pipeline, Head: record.Head{ID: benchStage(p, i)}, Label: fmt.Sprintf("Stage %d", i), Position: i,
				Outcome: crm.OutcomeOpen, Probability: value.Probability(150_000 * (i + 1)),
			}
			switch i {
			case 5:
				stage.Outcome, stage.Probability = crm.OutcomeWon, value.ProbabilityScale
			case 6:
				stage.Outcome, stage.Probability = crm.OutcomeLost, 0
			}
			crm.Stages.Append(&b.Rows, stage)
		}
	}
	return b
}

func benchStage(pipeline, i int) string { return fmt.Sprintf("stage%d-%d", pipeline, i) }

// benchDeals calls page with the deals of five years in the order of their creation, as a CRM numbers them: four in
// ten won, as many lost, the rest open, most of those young.
func benchDeals(n int, page func([]crm.Deal)) {
	r := rand.New(rand.NewPCG(1, 2))
	start := benchNow.AddDate(-benchYears, 0, 0)
	step := benchNow.Sub(start) / time.Duration(n)
	types := []string{"new", "existing", "renewal"}
	var deals []crm.Deal
	for i := range n {
		pipeline, created := r.IntN(2), start.Add(time.Duration(i)*step)
		closed := created.Add(time.Duration(r.ExpFloat64() * float64(60*24*time.Hour)))
		stage := 5 + r.IntN(2)
		if closed.After(benchNow) || r.IntN(50) == 0 {
			stage = r.IntN(5)
		}
		deals = append(deals, crm.Deal{
			Head:     record.Head{ID: strconv.Itoa(9_000_000_000 + i), Version: created.UnixMilli(), Dimensions: value.Dimensions{"business_type": types[r.IntN(len(types))]}},
			Pipeline: "pipeline" + strconv.Itoa(pipeline), Stage: benchStage(pipeline, stage),
			Rep: "rep" + strconv.Itoa(r.IntN(benchReps)), Account: "account" + strconv.Itoa(r.IntN(n/4+1)),
			Amount: value.Money(r.ExpFloat64()*2e7) * 10, AmountKnown: r.IntN(20) > 0, Currency: "USD",
			Probability: value.ProbabilityUnknown, Created: value.Moment(created), Closed: value.Moment(closed),
			StageEntered: value.Moment(created.Add(closed.Sub(created) / 2)),
		})
		if len(deals) == benchPage || i == n-1 {
			page(deals)
			deals = deals[:0]
		}
	}
}

func benchFacts(n int) *Facts {
	f := NewFacts(benchOptions())
	s := f.Source("acme")
	s.Apply(benchLabels())
	benchDeals(n, func(deals []crm.Deal) { s.Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(deals...)}}) })
	s.MarkReady()
	return f
}

func benchInput() Input {
	return Input{Calendar: calendar.New(calendar.Options{}), Now: benchNow, ValuesPerDimension: 500}
}

func BenchmarkApply(b *testing.B) {
	var pages [][]crm.Deal
	benchDeals(100_000, func(deals []crm.Deal) { pages = append(pages, append([]crm.Deal(nil), deals...)) })
	f := NewFacts(benchOptions())
	s := f.Source("acme")
	s.Apply(benchLabels())
	page := 0
	b.ReportAllocs()
	for b.Loop() {
		s.Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(pages[page%len(pages)]...)}})
		page++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*benchPage), "ns/deal")
}
