package app

import (
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
)

// TestLateCommit is case C3: a transaction stamps a win when it begins, and Salesforce shows it when the transaction
// ends. The first sync after that puts it on the page.
func TestLateCommit(t *testing.T) {
	for _, took := range []time.Duration{8 * time.Minute, time.Hour} {
		t.Run(took.String(), func(t *testing.T) {
			clock := &testClock{}
			world := crmsim.Generate(crmsim.GenerateOptions{Seed: 7, Deals: 100, Now: clock.now})
			a := serve(t, "salesforce", world, clock.now)
			h := newHarness(t, changesConfig+a.yaml("crm", secretFile(t)), func(o *Options) { o.Now = clock.now })
			h.mustSync()
			before := h.page().sum("sales_deals_won")
			begin, end := clock.now(), clock.now().Add(took)
			won := wonStages(world)
			err := world.Update(openDeals(t, world, 1)[0], func(d *crmsim.Deal) {
				d.Stage, d.Close, d.Modified, d.VisibleAt = won[d.Pipeline], begin, begin, end
			})
			if err != nil {
				t.Fatal(err)
			}
			for clock.now().Before(end) {
				clock.advance(min(4*time.Minute, end.Sub(clock.now())))
				h.mustSync()
				if got := h.page().sum("sales_deals_won"); clock.now().Before(end) && got != before {
					t.Fatalf("%v deals are won before the commit, want %v", got, before)
				}
			}
			clock.advance(time.Second)
			h.mustSync()
			h.expect("the commit", world, clock.now())
		})
	}
}

// wonStages returns the id of the won stage by pipeline.
func wonStages(world *crmsim.World) map[string]string {
	won := map[string]string{}
	for _, p := range world.Pipelines() {
		for _, stage := range p.Stages {
			if stage.Won {
				won[p.ID] = stage.ID
			}
		}
	}
	return won
}
