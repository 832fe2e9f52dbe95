package app

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

const changesConfig = `
timezone: UTC
dimensions: [rep, team, territory]
histogram_dimensions: [team]
windows: [all_time]
rollups: [[]]
sources:`

// books is what a page says of a CRM, or what the CRM itself knows: the same by two ways.
type books struct {
	Won     map[string]float64 // by rep
	Revenue map[string]float64 // by rep
	Lost    map[string]float64 // by rep
	Open    map[string]float64 // by rep and stage
	Due     map[string]float64 // open deals by bucket of their close date
}

func newBooks() books {
	return books{
		Won: map[string]float64{}, Revenue: map[string]float64{}, Lost: map[string]float64{},
		Open: map[string]float64{}, Due: map[string]float64{},
	}
}

// booksOf reads a page.
func booksOf(p scraped) books {
	b := newBooks()
	collect := func(to map[string]float64, metric string, labels ...string) {
		for _, m := range p.families[metric].GetMetric() {
			var key strings.Builder
			for _, name := range labels {
				for _, l := range m.GetLabel() {
					if l.GetName() == name {
						key.WriteString(l.GetValue() + "|")
					}
				}
			}
			if v := m.GetGauge().GetValue(); v != 0 {
				to[key.String()] += v
			}
		}
	}
	collect(b.Won, "sales_deals_won", "rep")
	collect(b.Lost, "sales_deals_lost", "rep")
	collect(b.Revenue, "sales_revenue_won_amount", "rep")
	collect(b.Open, "sales_pipeline_deals", "rep", "deal_stage")
	collect(b.Due, "sales_pipeline_deals", "closing")
	return b
}

// truthOf reads the world itself.
func truthOf(t *testing.T, world *crmsim.World, now time.Time) books {
	t.Helper()
	b := newBooks()
	stages := map[string]crmsim.Stage{}
	for _, p := range world.Pipelines() {
		for _, s := range p.Stages {
			stages[p.ID+"|"+s.ID] = s
		}
	}
	reps := map[int64]string{0: "(none)"}
	for _, r := range world.Reps() {
		reps[r.ID] = r.FirstName + " " + r.LastName
	}
	for _, d := range world.Truth() {
		stage, rep := stages[d.Pipeline+"|"+d.Stage], reps[d.Rep]+"|"
		switch {
		case stage.Won:
			b.Won[rep]++
			if d.Amount != "" {
				amount, err := value.ParseMoney(d.Amount)
				if err != nil {
					t.Fatal(err)
				}
				b.Revenue[rep] += amount.Float()
			}
		case stage.Closed:
			b.Lost[rep]++
		default:
			b.Open[rep+stage.Label+"|"]++
			b.Due[bucketOf(d.Close, now)+"|"]++
		}
	}
	return b
}

// bucketOf sorts a close date, in UTC and a plain year.
func bucketOf(closing, now time.Time) string {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	quarter := time.Date(now.Year(), now.Month()-(now.Month()-1)%3, 1, 0, 0, 0, 0, time.UTC)
	switch {
	case closing.IsZero():
		return "unscheduled"
	case closing.Before(today):
		return "overdue"
	case closing.Year() == now.Year() && closing.Month() == now.Month():
		return "this_month"
	case closing.Before(quarter.AddDate(0, 3, 0)):
		return "this_quarter"
	case closing.Before(quarter.AddDate(0, 6, 0)):
		return "next_quarter"
	default:
		return "later"
	}
}

func (h *harness) expect(what string, world *crmsim.World, now time.Time) {
	h.t.Helper()
	approximately := cmp.Comparer(func(a, b float64) bool { return a-b < 0.005 && b-a < 0.005 })
	if diff := cmp.Diff(truthOf(h.t, world, now.UTC()), booksOf(h.page()), approximately); diff != "" {
		h.t.Fatalf("after %s (-CRM +page):\n%s", what, diff)
	}
}

// TestChanges follows everything that can happen to a deal from the CRM to the page.
func TestChanges(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			clock := &testClock{}
			world := crmsim.Generate(crmsim.GenerateOptions{Seed: 7, Deals: 300, Now: clock.now})
			a := serve(t, kind, world, clock.now)
			h := newHarness(t, changesConfig+a.yaml("crm", secretFile(t)), func(o *Options) { o.Now = clock.now })
			h.mustSync()
			h.expect("the first sync", world, clock.now())

			open := openDeals(t, world, 8)
			var merged int64
			steps := []struct {
				what      string
				do        func() error
				reconcile bool
			}{
				{what: "a win", do: func() error { return world.Win(open[0]) }},
				{what: "a loss", do: func() error { return world.Lose(open[1]) }},
				{what: "a reopening", do: func() error { return world.Reopen(open[0]) }},
				{what: "a new date", do: func() error { return world.Redate(open[2], clock.now().AddDate(2, 0, 0)) }},
				{what: "a date in the past", do: func() error { return world.Redate(open[2], clock.now().AddDate(0, -4, 0)) }},
				{what: "another rep", do: func() error { return world.Reassign(open[3], otherRep(world, open[3])) }},
				{what: "another amount", do: func() error {
					if err := world.SetAmount(open[4], "1234567.89"); err != nil {
						return err
					}
					return world.Win(open[4])
				}},
				{what: "no amount", do: func() error { return world.SetAmount(open[4], "") }},
				{what: "an archived deal", do: func() error { return world.Archive(open[4]) }, reconcile: true},
				{what: "a restored deal", do: func() error { return world.Restore(open[4]) }, reconcile: true},
				{what: "a merger", do: func() error {
					id, err := world.Merge(open[5], open[6])
					merged = id
					return err
				}, reconcile: true},
				{what: "a win of the merged deal", do: func() error { return world.Win(merged) }},
				{what: "a purge", do: func() error { return world.Purge(open[7]) }, reconcile: true},
				{what: "a new name", do: func() error { return world.RenameRep(world.Reps()[0].ID, "Renamed", "Rep") }, reconcile: true},
			}
			for _, step := range steps {
				if err := step.do(); err != nil {
					t.Fatalf("%s: %v", step.what, err)
				}
				if step.reconcile {
					clock.advance(61 * time.Minute)
				}
				h.mustSync()
				h.expect(step.what, world, clock.now())
			}
			before := h.page().business()
			h.close()
			h.open(changesConfig+a.yaml("crm", secretFile(t)), func(o *Options) { o.Now = clock.now })
			h.expect("a restart", world, clock.now())
			if n := len(h.page().business()); n != len(before) {
				t.Errorf("%d series after a restart, %d before", n, len(before))
			}
		})
	}
}

// openDeals returns ids of open deals with an amount.
func openDeals(t *testing.T, world *crmsim.World, n int) []int64 {
	t.Helper()
	closed := map[string]bool{}
	for _, p := range world.Pipelines() {
		for _, s := range p.Stages {
			closed[s.ID] = s.Closed
		}
	}
	var ids []int64
	for _, d := range world.Truth() {
		if !closed[d.Stage] && d.Amount != "" && len(ids) < n {
			ids = append(ids, d.ID)
		}
	}
	if len(ids) < n {
		t.Fatalf("the world has only %d open deals", len(ids))
	}
	return ids
}

func otherRep(world *crmsim.World, deal int64) int64 {
	var has int64
	for _, d := range world.Truth() {
		if d.ID == deal {
			has = d.Rep
		}
	}
	for _, r := range world.Reps() {
		if r.ID != has && r.Active {
			return r.ID
		}
	}
	return has
}

// TestCost holds what the exporter may spend of the vendor's allowance: a sync with nothing new at most four calls, a
// scrape none.
func TestCost(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			clock := &testClock{}
			world := crmsim.Generate(crmsim.GenerateOptions{Seed: 3, Deals: 500, Now: clock.now})
			a := serve(t, kind, world, clock.now)
			h := newHarness(t, changesConfig+a.yaml("crm", secretFile(t)), func(o *Options) { o.Now = clock.now })
			h.mustSync()
			before := booksOf(h.page())
			a.recorder.Forget()
			h.mustSync()
			if n := len(a.recorder.Requests()); n > 4 {
				t.Errorf("a sync with nothing new cost %d calls: %v", n, a.recorder.Requests())
			}
			if diff := cmp.Diff(before, booksOf(h.page())); diff != "" {
				t.Errorf("nothing changed in the CRM, but on the page:\n%s", diff)
			}
			a.recorder.Forget()
			for range 5 * 20 {
				h.page()
			}
			if n := len(a.recorder.Requests()); n > 0 {
				t.Errorf("a hundred scrapes cost %d calls", n)
			}
			if v := a.recorder.Violations(); len(v) > 0 {
				t.Errorf("the vendor's rules were broken: %v", v)
			}
			spent := h.page().sum("sales_exporter_api_requests_total")
			if spent < 5 {
				t.Errorf("only %v calls are shown as spent", spent)
			}
		})
	}
}
