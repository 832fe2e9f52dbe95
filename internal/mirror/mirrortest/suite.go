package mirrortest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// source is the stream that most tests write.
var source = mirror.All("crm")

// other is a stream beside it.
var other = mirror.All("other")

// Run holds an engine to the contract of mirror.Store. Open returns an empty store with the product's brake, and closes
// it when the test ends.
func Run(t *testing.T, open func(t *testing.T) mirror.Store) {
	for _, group := range []struct {
		name string
		run  func(t *testing.T, open func(t *testing.T) mirror.Store)
	}{
		{"Rules", testRules},
		{"Content", testContent},
		{"AnyContent", testAnyContent},
		{"State", testState},
		{"Before", testBefore},
		{"Bind", testBind},
		{"Widening", testWidening},
		{"Generations", testGenerations},
		{"Bindings", testBindings},
		{"Account", testAccount},
		{"Streams", testStreams},
		{"FinishTogether", testFinishTogether},
		{"Load", testLoad},
		{"Brake", testBrake},
		{"Refusals", testRefusals},
		{"Nameless", testNameless},
		{"Quarantined", testQuarantined},
		{"Unknown", testUnknown},
		{"Names", testNames},
		{"Copies", testCopies},
		{"UnreadAccounts", testUnreadAccounts},
		{"Concurrent", testConcurrent},
		{"Histories", testHistories},
	} {
		t.Run(group.name, func(t *testing.T) { group.run(t, open) })
	}
}

// Picture is what a reader of a source knows: the live records, and where merged ones went.
type Picture struct {
	Records map[Key]any
	Merged  map[Key]string
	// Account holds what the account says of itself under "", once it is known.
	Account map[string]record.AccountIdentity
}

// NewPicture returns the Picture of nothing.
func NewPicture() Picture {
	return Picture{Records: map[Key]any{}, Merged: map[Key]string{}, Account: map[string]record.AccountIdentity{}}
}

// Apply takes over what a Load visits.
func (p Picture) Apply(b record.Batch) error {
	if b.Account != nil {
		p.Account[""] = *b.Account
	}
	for _, i := range items(b) {
		p.Records[i.key] = i.record
	}
	for _, r := range b.Removals {
		key := Key{r.Kind, r.ID}
		delete(p.Records, key)
		if r.MergedInto != "" {
			p.Merged[key] = r.MergedInto
		}
	}
	return nil
}

// LoadPicture ends a cycle where a stream stands and reads all of it.
func LoadPicture(t *testing.T, s mirror.Store, stream mirror.Stream) (Picture, mirror.Revision) {
	t.Helper()
	mustFinish(t, s, stream)
	return ServedPicture(t, s, stream)
}

// mustFinish ends a cycle where a stream stands.
func mustFinish(t *testing.T, s mirror.Store, stream mirror.Stream) {
	t.Helper()
	if err := s.Finish(t.Context(), mirror.Cursors{stream: mustState(t, s, stream).Cursor}); err != nil {
		t.Fatalf("finish: %v", err)
	}
}

// ServedPicture reads all of a stream as of its last Finish.
func ServedPicture(t *testing.T, s mirror.Store, stream mirror.Stream) (Picture, mirror.Revision) {
	t.Helper()
	p := NewPicture()
	revision, err := s.Load(t.Context(), stream, 0, p.Apply)
	if err != nil {
		t.Fatalf("load %s: %v", stream, err)
	}
	return p, revision
}

// Diff compares two pictures, or two states but for the clock and the numbers of generations.
func Diff[T any](want, got T) string {
	return cmp.Diff(want, got,
		cmp.Comparer(func(a, b value.Instant) bool { return a == b }),
		cmp.FilterPath(func(p cmp.Path) bool {
			return p.Last().String() == ".CompletedAt" || p.Last().String() == ".Generation"
		}, cmp.Ignore()))
}

func mustCommit(t *testing.T, s mirror.Store, stream mirror.Stream, batch record.Batch) mirror.Applied {
	t.Helper()
	applied, err := s.Commit(t.Context(), stream, batch)
	if err != nil {
		t.Fatalf("commit: %v", err)
	}
	return applied
}

func mustState(t *testing.T, s mirror.Store, stream mirror.Stream) mirror.State {
	t.Helper()
	state, err := s.State(t.Context(), stream)
	if err != nil {
		t.Fatalf("state: %v", err)
	}
	return state
}

// deal returns a deal with something in it.
func deal(id string, version int64) crm.Deal {
	return crm.Deal{
		Head: record.Head{ID: id, Version: version}, Stage: "s", Amount: 1, AmountKnown: true, Probability: value.ProbabilityUnknown,
		Created: value.MomentMilli(version),
	}
}

// edited returns another copy of the same version.
func edited(id string, version int64) crm.Deal {
	d := deal(id, version)
	d.Amount = 2
	return d
}

// deals makes a batch of deals.
func deals(all ...crm.Deal) record.Batch {
	return record.Batch{Rows: record.Rows{crm.Deals.Of(all...)}}
}

func manyDeals(from, to int) (all []crm.Deal) {
	for i := range to - from {
		all = append(all, deal(fmt.Sprintf("d%05d", from+i), 1))
	}
	return all
}

// spell lists the live deals as "id@version", with a star where they were edited.
func spell(p Picture) []string {
	list := []string{}
	for _, record := range p.Records {
		if d, ok := record.(crm.Deal); ok {
			text := fmt.Sprintf("%s@%d", d.ID, d.Version)
			if d.Amount == 2 {
				text += "*"
			}
			list = append(list, text)
		}
	}
	slices.Sort(list)
	return list
}

// total adds up a commit's operations.
func total(a mirror.Applied) map[mirror.Operation]int {
	sum := map[mirror.Operation]int{}
	for _, operations := range a {
		for operation, n := range operations {
			sum[operation] += n
		}
	}
	maps.DeleteFunc(sum, func(_ mirror.Operation, n int) bool { return n == 0 })
	return sum
}
