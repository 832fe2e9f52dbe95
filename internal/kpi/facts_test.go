package kpi

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// TestComputeIgnoresTheOrderOfRecords applies the records of a world in random orders, deals before their reps.
func TestComputeIgnoresTheOrderOfRecords(t *testing.T) {
	w := newWorld(11, 800, calendar.Options{})
	in := Input{Calendar: w.calendar, Now: w.now(), Targets: oracleTargets(), ValuesPerDimension: 3}
	want := Compute(w.facts(), in)
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 1))
		f := NewFacts(w.options)
		for name, s := range w.sources {
			for _, page := range pages(r, s.final()) {
				f.Source(name).Apply(page)
			}
			f.Source(name).MarkReady()
		}
		sameSnapshot(t, want, Compute(f, in))
		sameSnapshot(t, want, Compute(f, in)) // A Compute leaves nothing behind.
	}
}

// TestFactsAfterAHistoryEqualARebuild lives through renames, changes, removals and merges, page by page and some pages
// twice, and must end where the final records alone lead.
func TestFactsAfterAHistoryEqualARebuild(t *testing.T) {
	w := newWorld(12, 3000, calendar.Options{})
	in := Input{Calendar: w.calendar, Now: w.now(), Targets: oracleTargets(), ValuesPerDimension: 4}
	f := NewFacts(w.options)
	for name, s := range w.sources {
		block := f.Source(name)
		for _, page := range pages(w.r, w.past(s)) {
			block.Apply(page)
		}
		Compute(f, in)
		block.Apply(w.removals(s))
		for _, page := range pages(w.r, s.final()) {
			block.Apply(page)
			if w.r.IntN(4) == 0 {
				block.Apply(page)
			}
		}
		block.MarkReady()
		if block.Deals.Live() != len(s.deals) {
			t.Errorf("%s holds %d deals, want %d", name, block.Deals.Live(), len(s.deals))
		}
	}
	sameSnapshot(t, Compute(w.facts(), in), Compute(f, in))
}

// past returns an earlier state of a source: other names, other deals, deals that are gone later.
func (w *world) past(s *worldSource) record.Batch {
	b := s.final()
	b.Removals = nil
	reps := crm.Reps.In(b.Rows)
	for i := range reps {
		reps[i].Name = fmt.Sprintf("Former %d", i)
	}
	crm.Reps.Append(&b.Rows, crm.Rep{Head: record.Head{ID: "rep90"}, Name: "Leaver"}, crm.Rep{Head: record.Head{ID: "rep91"}, Name: "Deleted"})
	stages := crm.Stages.In(b.Rows)
	for i := range stages {
		stages[i].Outcome = crm.OutcomeLost
	}
	accounts := crm.Accounts.In(b.Rows)
	for i := range accounts {
		accounts[i].Dimensions = value.Dimensions{"territory": fmt.Sprintf("Old %d", i%5)}
	}
	crm.Accounts.Append(&b.Rows, crm.Account{Head: record.Head{ID: "account901", Dimensions: value.Dimensions{"territory": "Old"}}})
	deals := crm.Deals.In(b.Rows)
	for i := range deals {
		deals[i] = w.newDeal(deals[i].ID)
	}
	for i := range 2 * len(crm.Deals.In(b.Rows)) {
		crm.Deals.Append(&b.Rows, w.newDeal(id("gone", i)))
	}
	return b
}

// removals takes away what past had and final has not, by every way that a record leaves.
func (w *world) removals(s *worldSource) record.Batch {
	var b record.Batch
	for i := range 2 * len(s.deals) {
		if w.r.IntN(2) == 0 {
			b.Quarantined = append(b.Quarantined, record.Quarantined{Kind: crm.Deals.Name(), ID: id("gone", i)})
		} else {
			b.Removals = append(b.Removals, record.Removal{
				Kind: crm.Deals.Name(), ID: id("gone", i), Reason: record.RemovedMerged, MergedInto: "deal1",
			})
		}
	}
	b.Removals = append(b.Removals,
		record.Removal{Kind: crm.Reps.Name(), ID: "rep91", Reason: record.RemovedDeleted},
		record.Removal{Kind: crm.Stages.Name(), ID: "never there", Reason: record.RemovedVanished},
		record.Removal{Kind: crm.Pipelines.Name(), ID: "never there", Reason: record.RemovedVanished},
	)
	return b
}

func TestForgetLeavesNothing(t *testing.T) {
	w := newWorld(13, 100, calendar.Options{})
	f := w.facts()
	in := Input{Calendar: w.calendar, Now: w.now()}
	f.Source("acme").Forget()
	if f.Source("acme").Ready() || f.Source("acme").Deals.Live() != 0 {
		t.Error("a forgotten source is ready or has deals")
	}
	f.Source("acme").MarkReady()
	empty := NewFacts(w.options)
	empty.Source("acme").MarkReady()
	f.Source("globex").Forget()
	sameSnapshot(t, Compute(empty, in), Compute(f, in))
	if f.Source("nobody") != nil {
		t.Error("a source that is not configured exists")
	}
}

// sameSnapshot fails unless two snapshots are equal in every bit.
func sameSnapshot(t *testing.T, want, got *metric.Snapshot) {
	t.Helper()
	if reflect.DeepEqual(want, got) {
		return
	}
	for i := range min(len(want.Families), len(got.Families)) {
		if diff := cmp.Diff(want.Families[i], got.Families[i]); diff != "" {
			t.Fatalf("snapshots differ (-want +got)\n%s", diff)
		}
	}
	t.Fatalf("snapshots have %d and %d families", len(want.Families), len(got.Families))
}
