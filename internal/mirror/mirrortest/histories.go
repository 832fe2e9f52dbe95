package mirrortest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/record/recordtest"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Step is one commit of a random history.
type Step struct {
	Stream mirror.Stream
	Batch  record.Batch
	// Finish says that a cycle ends behind it.
	Finish bool
}

// History returns a random history: few ids, so that everything happens to each of them, and versions in any order.
func History(r *rand.Rand, length int) []Step {
	steps := make([]Step, 0, length)
	passes := map[string]*openPass{"one": {}, "two": {}}
	for n := range length {
		name := []string{"one", "two"}[r.IntN(2)]
		batch := randomBatch(r)
		batch.Cursor = fmt.Append(nil, n)
		if r.IntN(3) == 0 {
			batch.Account = &record.AccountIdentity{ID: []string{"", name}[r.IntN(2)], FiscalYearStart: 1 + r.IntN(2)}
		}
		passes[name].join(r, &batch)
		steps = append(steps, Step{Stream: mirror.All(name), Batch: batch, Finish: r.IntN(4) == 0})
	}
	return steps
}

// openPass is the full pass of a source that may be under way.
type openPass struct {
	number int64
	open   bool
}

// join makes about half of the batches pages of a pass, which begins, goes on, is given up, or ends with a sweep.
func (p *openPass) join(r *rand.Rand, batch *record.Batch) {
	if r.IntN(2) == 0 {
		return
	}
	if !p.open || r.IntN(8) == 0 {
		p.number++
		p.open = true
	}
	batch.Pass = p.number
	if r.IntN(3) == 0 {
		p.open = false
		for _, object := range crm.Names() {
			if r.IntN(4) > 0 {
				batch.Sweep = append(batch.Sweep, object)
			}
		}
	}
}

// randomBatch names an id at most once as a record, once as a removal and once as unreadable, as a page does; now and
// then it lists something twice.
func randomBatch(r *rand.Rand) record.Batch {
	b := record.Batch{KeepRaw: r.IntN(2) == 0}
	for _, object := range crm.Names() {
		for id := range 4 {
			key := Key{object, fmt.Sprint("id", id)}
			for range twice(r, 3) {
				addRecord(&b, randomRecord(r, key))
			}
			for range twice(r, 9) {
				b.Removals = append(b.Removals, randomRemoval(r, key))
			}
			for range twice(r, 9) {
				b.Quarantined = append(b.Quarantined, record.Quarantined{
					Kind: object, ID: key.ID, Version: r.Int64N(12), Reason: record.BadDate,
					Raw: fmt.Append(nil, r.IntN(2)), Value: []string{"", "soon"}[r.IntN(2)],
				})
			}
		}
		for range r.IntN(3) {
			b.Quarantined = append(b.Quarantined, record.Quarantined{
				Kind: object, Reason: record.BadID, Raw: fmt.Append(nil, r.IntN(4)),
				Place: []string{"", "row 1", "row 2"}[r.IntN(3)],
			})
		}
	}
	return b
}

// twice returns 1 in one of n cases, 2 in few of those, else 0.
func twice(r *rand.Rand, n int) int {
	switch {
	case r.IntN(n) > 0:
		return 0
	case r.IntN(6) == 0:
		return 2
	default:
		return 1
	}
}

// randomName is one of few names in several spellings, and of names that look like a number given to a namesake.
func randomName(r *rand.Rand) string {
	names := []string{"", " ", "Ann", "ann", "Ann ", "Ann (2)", "ANN  (2)", "Jos\u00e9", "Jose\u0301", "Bob"}
	return names[r.IntN(len(names))]
}

func randomRecord(r *rand.Rand, key Key) any {
	version, variant := 1+r.Int64N(12), r.IntN(2)
	dimensions := value.Dimensions{"segment": strconv.Itoa(variant)}
	switch key.Object {
	case crm.Deals.Name():
		return crm.Deal{
			Head: record.Head{ID: key.ID, Version: version, Dimensions: dimensions}, Amount: value.Money(variant), AmountKnown: true,
			Probability: value.ProbabilityUnknown, Account: strconv.Itoa(r.IntN(2)), AccountUnread: r.IntN(3) == 0,
		}
	case crm.Accounts.Name():
		return crm.Account{Head: record.Head{ID: key.ID, Version: version, Dimensions: dimensions}}
	case crm.Reps.Name():
		return crm.Rep{Head: record.Head{ID: key.ID, Version: version}, Name: randomName(r), Active: variant == 0}
	case crm.Pipelines.Name():
		return crm.Pipeline{Head: record.Head{ID: key.ID, Version: version}, Label: strconv.Itoa(variant)}
	case crm.Stages.Name():
		return crm.Stage{Head: record.Head{ID: key.ID, Version: version}, Position: variant}
	default:
		return randomRow(r, key, version)
	}
}

// randomRow returns a record of any kind, with random content.
func randomRow(r *rand.Rand, key Key, version int64) any {
	kinds := crm.Kinds()
	k := kinds[slices.IndexFunc(kinds, func(k record.Kind) bool { return k.Name() == key.Object })]
	one := recordtest.Random(r, k, key.ID)
	one.Head(0).Version = version
	return rowOf(one)
}

func randomRemoval(r *rand.Rand, key Key) record.Removal {
	removal := record.Removal{Kind: key.Object, ID: key.ID, Reason: record.RemovedDeleted, Version: r.Int64N(12)}
	if r.IntN(4) == 0 {
		removal.Reason, removal.MergedInto = record.RemovedMerged, fmt.Sprint("id", r.IntN(4))
	}
	return removal
}

// testHistories compares a store with the Oracle over random histories, and with the truth of a living CRM.
func testHistories(t *testing.T, open func(t *testing.T) mirror.Store) {
	histories, length := 4, 60
	if !Thorough {
		histories, length = 1, 40
	}
	for seed := range uint64(histories) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // a test repeats itself
			history := History(r, length)
			t.Run("once", func(t *testing.T) { checkOnce(t, open(t), r, history, true) })
			t.Run("in cycles", func(t *testing.T) { checkOnce(t, open(t), r, history, false) })
			t.Run("every batch twice", func(t *testing.T) { checkTwice(t, open(t), history) })
			t.Run("a living CRM", func(t *testing.T) { checkWorld(t, open(t), newWorld(seed), length) })
		})
	}
}

// checkOnce also follows the store as a reader does: by its changes, now and then, in the midst of a cycle too. It ends a
// cycle behind every step, or where the history says so.
func checkOnce(t *testing.T, s mirror.Store, r *rand.Rand, history []Step, every bool) {
	oracle := NewOracle()
	reader, since := map[mirror.Stream]Picture{}, map[mirror.Stream]mirror.Revision{}
	for n, step := range history {
		want := mustCommit(t, oracle, step.Stream, step.Batch)
		if diff := Diff(want, mustCommit(t, s, step.Stream, step.Batch)); diff != "" {
			t.Fatalf("step %d applied (-want +got):\n%s", n, diff)
		}
		if step.Finish || every {
			mustFinish(t, oracle, step.Stream)
			mustFinish(t, s, step.Stream)
		}
		compare(t, oracle, s, step.Stream)
		if r.IntN(3) > 0 {
			continue
		}
		if _, ok := reader[step.Stream]; !ok {
			reader[step.Stream] = NewPicture()
		}
		revision, err := s.Load(t.Context(), step.Stream, since[step.Stream], reader[step.Stream].Apply)
		if err != nil {
			t.Fatal(err)
		}
		since[step.Stream] = revision
		whole, _ := ServedPicture(t, s, step.Stream)
		if diff := Diff(whole, reader[step.Stream]); diff != "" {
			t.Fatalf("step %d: following the changes leads elsewhere (-want +got):\n%s", n, diff)
		}
	}
}

func checkTwice(t *testing.T, s mirror.Store, history []Step) {
	oracle := NewOracle()
	for n, step := range history {
		mustCommit(t, oracle, step.Stream, step.Batch)
		mustFinish(t, oracle, step.Stream)
		mustCommit(t, s, step.Stream, step.Batch)
		_, before := LoadPicture(t, s, step.Stream)
		again := total(mustCommit(t, s, step.Stream, step.Batch))
		delete(again, mirror.Unchanged)
		if _, after := LoadPicture(t, s, step.Stream); after != before || len(again) > 0 {
			t.Fatalf("step %d again went from revision %d to %d and did %v", n, before, after, again)
		}
		compare(t, oracle, s, step.Stream)
	}
}

// checkWorld follows a CRM, reading pages again now and then, as after a crash or in an overlap. What is read again
// under a later pass counts as seen in that pass, so only pages since the present one began are read again.
func checkWorld(t *testing.T, s mirror.Store, w *world, length int) {
	oracle := NewOracle()
	var since []record.Batch // the pass under way began
	var pass int64
	for n := range length {
		w.live()
		batch := w.read()
		if w.pass > pass {
			pass, since = w.pass, nil
		}
		since = append(since, batch)
		mustCommit(t, oracle, source, batch)
		mustCommit(t, s, source, batch)
		if w.r.IntN(4) == 0 {
			for _, old := range since[w.r.IntN(len(since)):] {
				mustCommit(t, s, source, old)
			}
		}
		if w.r.IntN(3) == 0 {
			mustFinish(t, oracle, source)
			mustFinish(t, s, source)
		}
		compare(t, oracle, s, source)
		if n%20 < 19 {
			continue
		}
		batches, truth := w.reconcile()
		for _, b := range batches {
			mustCommit(t, oracle, source, b)
			mustCommit(t, s, source, b)
		}
		since = batches
		pass = w.pass
		mustFinish(t, oracle, source)
		got, _ := LoadPicture(t, s, source)
		if diff := Diff(truth, got); diff != "" {
			t.Fatalf("after a full pass the mirror differs from the CRM (-want +got):\n%s", diff)
		}
	}
}

func compare(t *testing.T, oracle, s mirror.Store, stream mirror.Stream) {
	t.Helper()
	want, _ := ServedPicture(t, oracle, stream)
	got, _ := ServedPicture(t, s, stream)
	if diff := Diff(want, got); diff != "" {
		t.Fatalf("records (-want +got):\n%s", diff)
	}
	if diff := Diff(mustState(t, oracle, stream), mustState(t, s, stream)); diff != "" {
		t.Fatalf("state (-want +got):\n%s", diff)
	}
	if diff := Diff(mustQuarantined(t, oracle, stream), mustQuarantined(t, s, stream)); diff != "" {
		t.Fatalf("quarantine (-want +got):\n%s", diff)
	}
}
