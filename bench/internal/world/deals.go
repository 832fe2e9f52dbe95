// Package world makes up the one company that everything is measured with: 500 reps in 25 teams and 8 territories, two
// pipelines of seven stages, and the deals of five years.
package world

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// The size of the company.
const (
	Reps        = 500
	Teams       = 25
	Territories = 8
	Pipelines   = 2
	Stages      = 7 // of each pipeline; the last but one is won, the last is lost
	Won, Lost   = Stages - 2, Stages - 1
	Years       = 5

	// FirstID is the id of the first deal; the others follow in the order of their creation.
	FirstID = 9_000_000_000
)

// Types returns the business types.
func Types() []string { return []string{"new", "existing", "renewal"} }

// Deal is a deal as numbers: places in the company's lists, and times to the millisecond.
type Deal struct {
	Place                         int // from 0, in the order of creation
	Pipeline, Stage, Rep, Type    int
	Account                       int
	Amount                        value.Money
	AmountKnown                   bool
	Created, Closed, StageEntered time.Time
	Modified                      time.Time
}

// Deals calls visit with the deals of the years before now in the order of their creation, as a CRM numbers them: four
// in ten won, as many lost, the rest open, most of those young.
func Deals(n int, now time.Time, visit func(Deal)) {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // equal runs must measure equal deals
	start := now.AddDate(-Years, 0, 0)
	step := now.Sub(start) / time.Duration(n)
	for i := range n {
		d := Deal{Place: i, Pipeline: r.IntN(Pipelines), Created: start.Add(time.Duration(i) * step)}
		d.Closed = d.Created.Add(time.Duration(r.ExpFloat64() * float64(60*24*time.Hour)))
		d.Stage = Won + r.IntN(2)
		if d.Closed.After(now) || r.IntN(50) == 0 {
			d.Stage = r.IntN(Won)
		}
		d.Type, d.Rep, d.Account = r.IntN(len(Types())), r.IntN(Reps), r.IntN(n/4+1)
		d.Amount = value.Money(r.ExpFloat64()*2e7) / 100 * 100 // cents
		d.AmountKnown = r.IntN(20) > 0
		d.StageEntered = d.Created.Add(d.Closed.Sub(d.Created) / 2)
		d.Modified = d.Created
		visit(d)
	}
}

// Pages calls page with the same deals as records, so many at a time. The slice is used again.
func Pages(n, size int, now time.Time, page func([]crm.Deal) error) error {
	deals := make([]crm.Deal, 0, size)
	var err error
	Deals(n, now, func(d Deal) {
		if err != nil {
			return
		}
		if deals = append(deals, d.Record()); len(deals) == size || d.Place == n-1 {
			err = page(deals)
			deals = deals[:0]
		}
	})
	return err
}

// Record returns the deal as the mirror holds it.
func (d *Deal) Record() crm.Deal {
	return crm.Deal{
		Head: record.Head{
			ID: strconv.Itoa(FirstID + d.Place), Version: d.Modified.UnixMilli(),
			Dimensions: value.Dimensions{"business_type": Types()[d.Type]},
		},
		Pipeline: PipelineID(d.Pipeline), Stage: StageID(d.Pipeline, d.Stage), Rep: RepID(d.Rep),
		Account: "account" + strconv.Itoa(d.Account), Amount: d.Amount, AmountKnown: d.AmountKnown, Currency: "USD",
		Probability: value.ProbabilityUnknown, Created: value.Moment(d.Created), Closed: value.Moment(d.Closed),
		StageEntered: value.Moment(d.StageEntered),
	}
}

// References returns what the deals refer to.
func References() record.Batch {
	var b record.Batch
	for i := range Reps {
		crm.Reps.Append(&b.Rows, crm.Rep{
			Head: record.Head{ID: RepID(i), Dimensions: value.Dimensions{"territory": Territory(i)}},
			Name: fmt.Sprintf("Rep %03d", i), Team: Team(i), Active: i%9 != 0,
		})
	}
	for p := range Pipelines {
		crm.Pipelines.Append(&b.Rows,
			crm.Pipeline{Head: record.Head{ID: PipelineID(p)}, Label: fmt.Sprintf("Pipeline %d", p)})
		for i := range Stages {
			crm.Stages.Append(&b.Rows, stage(p, i))
		}
	}
	return b
}

func stage(pipeline, i int) crm.Stage {
	s := crm.Stage{
		Head: record.Head{ID: StageID(pipeline, i)}, Pipeline: PipelineID(pipeline), Label: fmt.Sprintf("Stage %d", i),
		Position: i, Outcome: crm.OutcomeOpen, Probability: Probability(i),
	}
	switch i {
	case Won:
		s.Outcome = crm.OutcomeWon
	case Lost:
		s.Outcome = crm.OutcomeLost
	}
	return s
}

// Probability returns the chance of a deal in a stage.
func Probability(stage int) value.Probability {
	switch stage {
	case Won:
		return value.ProbabilityScale
	case Lost:
		return 0
	default:
		return value.Probability(150_000 * (stage + 1)) //nolint:gosec // seven stages
	}
}

// RepID returns the id of a rep.
func RepID(i int) string { return "rep" + strconv.Itoa(i) }

// Team returns the team of a rep.
func Team(rep int) string { return fmt.Sprintf("Team %02d", rep%Teams) }

// Territory returns the territory of a rep.
func Territory(rep int) string { return fmt.Sprintf("Territory %d", rep%Territories) }

// PipelineID returns the id of a pipeline.
func PipelineID(i int) string { return "pipeline" + strconv.Itoa(i) }

// StageID returns the id of a stage.
func StageID(pipeline, i int) string { return fmt.Sprintf("stage%d-%d", pipeline, i) }
