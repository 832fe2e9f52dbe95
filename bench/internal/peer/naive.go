package peer

import (
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/bench/internal/world"
)

// Naive computes KPIs from structs and maps, as a first version of any exporter does.
type Naive struct {
	deals  []naiveDeal
	reps   map[string]map[string]string
	open   map[string]bool // by stage
	won    map[string]bool
	chance map[string]float64
}

type naiveDeal struct {
	id                       string
	properties               map[string]string
	amount                   *float64
	created, closed, entered time.Time
}

// NewNaive returns the company's deals as structs.
func NewNaive(n int) *Naive {
	p := &Naive{
		reps: map[string]map[string]string{}, open: map[string]bool{}, won: map[string]bool{}, chance: map[string]float64{},
	}
	for i := range world.Reps {
		p.reps[world.RepID(i)] = map[string]string{"team": world.Team(i), "territory": world.Territory(i)}
	}
	for pipeline := range world.Pipelines {
		for i := range world.Stages {
			id := world.StageID(pipeline, i)
			p.open[id], p.won[id] = i < world.Won, i == world.Won
			p.chance[id] = float64(world.Probability(i)) / 1e6
		}
	}
	p.deals = make([]naiveDeal, 0, n)
	world.Deals(n, world.Now(), func(d world.Deal) {
		r := d.Record()
		deal := naiveDeal{
			id: r.ID, created: d.Created.Truncate(time.Millisecond), closed: d.Closed.Truncate(time.Millisecond),
			entered: d.StageEntered.Truncate(time.Millisecond),
			properties: map[string]string{
				"pipeline": r.Pipeline, "stage": r.Stage, "rep": r.Rep, "business_type": r.Dimensions["business_type"],
			},
		}
		if d.AmountKnown {
			amount := d.Amount.Float()
			deal.amount = &amount
		}
		p.deals = append(p.deals, deal)
	})
	return p
}

// naiveRun is one computation: sums by joined labels, and the values that medians and histograms are taken of.
type naiveRun struct {
	sums       map[string]float64
	sizes      map[string][]float64
	cycles     map[string][]float64
	activeReps map[string]map[string]bool
	samples    int
}

// Compute returns the totals of all KPIs; all series are made.
func (p *Naive) Compute() world.Totals {
	run := &naiveRun{
		sums: map[string]float64{}, sizes: map[string][]float64{}, cycles: map[string][]float64{},
		activeReps: map[string]map[string]bool{},
	}
	now := world.Now()
	for i := range p.deals {
		d := &p.deals[i]
		for _, w := range world.Bounds() {
			start, end := time.UnixMilli(w.Start), time.UnixMilli(w.End)
			if !d.created.Before(start) && d.created.Before(end) {
				run.add("created", p.base(d, string(w.Window)), d.amount)
			}
			stage := d.properties["stage"]
			if p.open[stage] || d.closed.Before(start) || !d.closed.Before(end) {
				continue
			}
			p.close(run, d, w)
		}
		if p.open[d.properties["stage"]] {
			p.pipeline(run, d, now)
		}
	}
	return run.totals()
}

func (p *Naive) base(d *naiveDeal, more ...string) string {
	rep := p.reps[d.properties["rep"]]
	return strings.Join(append(more, d.properties["pipeline"], d.properties["rep"], rep["team"], rep["territory"],
		d.properties["business_type"]), "|")
}

func (p *Naive) close(run *naiveRun, d *naiveDeal, w world.Bound) {
	outcome := "lost"
	if p.won[d.properties["stage"]] {
		outcome = "won"
	}
	window := string(w.Window)
	run.add(outcome, p.base(d, window), d.amount)
	team, pipeline := p.reps[d.properties["rep"]]["team"], d.properties["pipeline"]
	cycle := d.closed.Sub(d.created).Seconds()
	if w.Costly {
		run.cycles[strings.Join([]string{"histogram", outcome, window, pipeline, team}, "|")] = append(
			run.cycles[strings.Join([]string{"histogram", outcome, window, pipeline, team}, "|")], cycle)
	}
	for _, rollup := range []string{"all", "team|" + team, "rep|" + d.properties["rep"], "pipeline|" + pipeline} {
		if strings.HasPrefix(rollup, "rep|") && !w.Costly {
			continue
		}
		key := rollup + "|" + window
		if run.activeReps[key] == nil {
			run.activeReps[key] = map[string]bool{}
		}
		run.activeReps[key][d.properties["rep"]] = true
		if outcome != "won" {
			continue
		}
		run.cycles[key] = append(run.cycles[key], cycle)
		if d.amount != nil {
			run.sizes[key] = append(run.sizes[key], *d.amount)
		}
	}
	if outcome == "won" && w.Costly && d.amount != nil {
		key := strings.Join([]string{"histogram", window, pipeline, team}, "|")
		run.sizes[key] = append(run.sizes[key], *d.amount)
	}
}

func (p *Naive) pipeline(run *naiveRun, d *naiveDeal, now time.Time) {
	stage, closing := d.properties["stage"], "later"
	switch {
	case d.closed.Before(now.Truncate(24 * time.Hour)):
		closing = "overdue"
	case d.closed.Year() == now.Year() && d.closed.Month() == now.Month():
		closing = "this_month"
	case d.closed.Before(time.Date(now.Year(), (now.Month()-1)/3*3+4, 1, 0, 0, 0, 0, time.UTC)):
		closing = "this_quarter"
	}
	run.add("open", p.base(d, "", stage, closing), d.amount)
	team, pipeline := p.reps[d.properties["rep"]]["team"], d.properties["pipeline"]
	if d.amount != nil {
		run.sums[strings.Join([]string{"weighted", "", stage, closing, pipeline, team}, "|")] += *d.amount * p.chance[stage]
	}
	for name, since := range map[string]time.Time{"age": d.created, "in_stage": d.entered} {
		key := strings.Join([]string{"histogram", name, pipeline, stage}, "|")
		run.cycles[key] = append(run.cycles[key], now.Sub(since).Seconds())
	}
}

func (r *naiveRun) add(name, key string, amount *float64) {
	r.sums[name+"|"+key]++
	if amount != nil {
		r.sums[name+"_amount|"+key] += *amount
	}
}

func (r *naiveRun) totals() world.Totals {
	totals := world.Totals{}
	for key, sum := range r.sums {
		parts := strings.SplitN(key, "|", 3)
		if parts[0] != "weighted" {
			totals[parts[0]+" "+parts[1]] += sum
		}
		r.samples++
	}
	for name, of := range map[string]map[string][]float64{"size_median ": r.sizes, "cycle_median ": r.cycles} {
		for key, values := range of {
			slices.Sort(values)
			if window, ok := strings.CutPrefix(key, "all|"); ok {
				n := len(values)
				totals[name+window] = (values[(n-1)/2] + values[n/2]) / 2
			}
			r.samples++
		}
	}
	r.samples += len(r.activeReps)
	return totals
}
