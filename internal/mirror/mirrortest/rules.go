package mirrortest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// rule is one sentence of the contract: after what was given, a batch does this and leaves that.
type rule struct {
	name    string
	given   []record.Batch
	when    record.Batch
	applied map[mirror.Operation]int
	live    []string
	// quarantined is the count of deals that could not be read.
	quarantined int
	// merged is where deal a went.
	merged string
	// still says that the revision must not move.
	still bool
}

func gone(id string, version int64) record.Batch {
	return record.Batch{Removals: []record.Removal{
		{Kind: crm.Deals.Name(), ID: id, Reason: record.RemovedDeleted, Version: version},
	}}
}

func merged(id string, version int64, into string) record.Batch {
	return record.Batch{Removals: []record.Removal{
		{Kind: crm.Deals.Name(), ID: id, Reason: record.RemovedMerged, Version: version, MergedInto: into},
	}}
}

func unreadable(id string, version int64) record.Batch {
	return record.Batch{Quarantined: []record.Quarantined{
		{Kind: crm.Deals.Name(), ID: id, Version: version, Reason: record.BadAmount, Raw: []byte(`{"amount":"?"}`)},
	}}
}

// in makes a batch part of a full pass.
func in(pass int64, b record.Batch) record.Batch {
	b.Pass = pass
	return b
}

// sweeping ends the batch's pass.
func sweeping(b record.Batch, objects ...record.Name) record.Batch {
	b.Sweep = objects
	return b
}

// both joins what two batches hold.
func both(a, b record.Batch) record.Batch {
	crm.Deals.Set(&a.Rows, slices.Concat(crm.Deals.In(a.Rows), crm.Deals.In(b.Rows))...)
	a.Removals = slices.Concat(a.Removals, b.Removals)
	a.Quarantined = slices.Concat(a.Quarantined, b.Quarantined)
	return a
}

func testRules(t *testing.T, open func(t *testing.T) mirror.Store) {
	rules := slices.Concat(versionRules(), removalRules(), mergeRules(), quarantineRules(), sweepRules())
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) { r.check(t, open(t)) })
	}
}

func (r rule) check(t *testing.T, s mirror.Store) {
	for _, batch := range r.given {
		mustCommit(t, s, source, batch)
	}
	_, before := LoadPicture(t, s, source)
	applied := mustCommit(t, s, source, r.when)
	if diff := cmp.Diff(r.applied, total(applied)); diff != "" {
		t.Errorf("applied (-want +got):\n%s", diff)
	}
	picture, after := LoadPicture(t, s, source)
	if moved := after != before; moved == r.still {
		t.Errorf("revision went from %d to %d", before, after)
	}
	r.checkPicture(t, s, picture)

	// The same batch again changes nothing.
	again := total(mustCommit(t, s, source, r.when))
	delete(again, mirror.Unchanged)
	if len(again) > 0 {
		t.Errorf("the same batch again did %v", again)
	}
	if repeated, revision := LoadPicture(t, s, source); revision != after || Diff(picture, repeated) != "" {
		t.Errorf("the same batch again went from revision %d to %d:\n%s", after, revision, Diff(picture, repeated))
	}
	r.checkPicture(t, s, picture)
}

func (r rule) checkPicture(t *testing.T, s mirror.Store, picture Picture) {
	t.Helper()
	if live := spell(picture); !slices.Equal(live, r.live) {
		t.Errorf("live deals are %v, want %v", live, r.live)
	}
	if into := picture.Merged[Key{crm.Deals.Name(), "a"}]; into != r.merged {
		t.Errorf("a was merged into %q, want %q", into, r.merged)
	}
	state := mustState(t, s, source)
	if n := state.Records[crm.Deals.Name()]; n != len(r.live) {
		t.Errorf("state counts %d live deals, want %d", n, len(r.live))
	}
	if n := withheld(state, crm.Deals.Name()); n != r.quarantined {
		t.Errorf("state counts %d quarantined deals, want %d", n, r.quarantined)
	}
}

func did(operation mirror.Operation, n int) map[mirror.Operation]int {
	return map[mirror.Operation]int{operation: n}
}

// nothing is what a commit does that is not about records.
func nothing() map[mirror.Operation]int { return map[mirror.Operation]int{} }

func versionRules() []rule {
	given := []record.Batch{deals(deal("a", 5))}
	return []rule{
		{
			name: "a new record is stored",
			when: deals(deal("a", 5)), applied: did(mirror.Upserted, 1), live: []string{"a@5"},
		},
		{
			name: "an older record is ignored", given: given,
			when: deals(edited("a", 4)), applied: did(mirror.Unchanged, 1), live: []string{"a@5"}, still: true,
		},
		{
			name: "the same record is unchanged", given: given,
			when: deals(deal("a", 5)), applied: did(mirror.Unchanged, 1), live: []string{"a@5"}, still: true,
		},
		{
			name: "other content under the same version overwrites", given: given,
			when: deals(edited("a", 5)), applied: did(mirror.Upserted, 1), live: []string{"a@5*"},
		},
		{
			name: "a newer record overwrites", given: given,
			when: deals(deal("a", 6)), applied: did(mirror.Upserted, 1), live: []string{"a@6"},
		},
		{
			name: "of two copies on a page the newer one stays",
			when: deals(deal("a", 6), deal("a", 5)), live: []string{"a@6"},
			applied: map[mirror.Operation]int{mirror.Upserted: 1, mirror.Unchanged: 1},
		},
		{
			name: "a full pass does not bring back an older copy", given: given,
			when: in(1, deals(deal("a", 4))), applied: did(mirror.Unchanged, 1), live: []string{"a@5"}, still: true,
		},
		{
			name: "a cursor alone moves no revision", given: given,
			when: record.Batch{Cursor: []byte("c")}, applied: nothing(), live: []string{"a@5"}, still: true,
		},
	}
}

func removalRules() []rule {
	removed := []record.Batch{deals(deal("a", 5)), gone("a", 7)}
	return []rule{
		{
			name: "a removed record is gone", given: []record.Batch{deals(deal("a", 5), deal("b", 5))},
			when: gone("a", 7), applied: did(mirror.Deleted, 1), live: []string{"b@5"},
		},
		{
			name: "a repeated removal is unchanged", given: removed,
			when: gone("a", 7), applied: did(mirror.Unchanged, 1), live: []string{}, still: true,
		},
		{
			name: "a removal of the stored version applies", given: []record.Batch{deals(deal("a", 5))},
			when: gone("a", 5), applied: did(mirror.Deleted, 1), live: []string{},
		},
		{
			name: "a removal older than the record is ignored", given: []record.Batch{deals(deal("a", 5))},
			when: gone("a", 4), applied: did(mirror.Unchanged, 1), live: []string{"a@5"}, still: true,
		},
		{
			name: "a removal without a version applies", given: []record.Batch{deals(deal("a", 5))},
			when: gone("a", 0), applied: did(mirror.Deleted, 1), live: []string{},
		},
		{
			name:  "the copy that was removed does not revive itself",
			given: []record.Batch{deals(deal("a", 5)), gone("a", 0)},
			when:  deals(deal("a", 5)), applied: did(mirror.Unchanged, 1), live: []string{}, still: true,
		},
		{
			name: "a late page does not revive an unknown id that was removed", given: []record.Batch{gone("a", 7)},
			when: deals(deal("a", 7)), applied: did(mirror.Unchanged, 1), live: []string{}, still: true,
		},
		{
			name: "an increment newer than the removal revives", given: removed,
			when: deals(deal("a", 8)), applied: did(mirror.Upserted, 1), live: []string{"a@8"},
		},
		{
			name: "a full pass revives even an older copy", given: removed,
			when: in(1, deals(deal("a", 5))), applied: did(mirror.Upserted, 1), live: []string{"a@5"},
		},
		{
			name: "a removal at a later time raises the bar", given: append(slices.Clone(removed), gone("a", 9)),
			when: deals(deal("a", 8)), applied: did(mirror.Unchanged, 1), live: []string{}, still: true,
		},
		{
			name: "a record and its removal on one page: the removal has the last word",
			when: both(deals(deal("a", 5)), gone("a", 5)), live: []string{},
			applied: map[mirror.Operation]int{mirror.Upserted: 1, mirror.Deleted: 1},
		},
		{
			name:  "the same in a full pass after a removal",
			given: removed,
			when:  in(1, both(deals(deal("a", 5)), gone("a", 7))), live: []string{},
			applied: did(mirror.Unchanged, 2), still: true,
		},
		{
			name: "a record newer than its removal on one page stays",
			when: both(deals(deal("a", 5)), gone("a", 4)), live: []string{"a@5"},
			applied: map[mirror.Operation]int{mirror.Upserted: 1, mirror.Unchanged: 1},
		},
		{
			name: "another object of the same id stays", given: []record.Batch{deals(deal("a", 5))},
			when: record.Batch{Removals: []record.Removal{
				{Kind: crm.Reps.Name(), ID: "a", Reason: record.RemovedDeleted, Version: 9},
			}},
			applied: did(mirror.Deleted, 1), live: []string{"a@5"},
		},
	}
}

func mergeRules() []rule {
	given := []record.Batch{deals(deal("a", 5), deal("b", 5))}
	absorbed := append(slices.Clone(given), merged("a", 6, "b"))
	return []rule{
		{
			name: "a merged record is gone and says where to", given: given,
			when: merged("a", 6, "b"), applied: did(mirror.Merged, 1), live: []string{"b@5"}, merged: "b",
		},
		{
			name: "a merge applies even if older than the record", given: given,
			when: merged("a", 1, "b"), applied: did(mirror.Merged, 1), live: []string{"b@5"}, merged: "b",
		},
		{
			name: "a survivor and the ids it absorbed come on one page",
			when: both(deals(deal("c", 6), deal("a", 5)), merged("a", 0, "c")), live: []string{"c@6"}, merged: "c",
			applied: map[mirror.Operation]int{mirror.Upserted: 2, mirror.Merged: 1},
		},
		{
			name: "a merged record never comes back in an increment", given: absorbed,
			when: deals(deal("a", 9)), applied: did(mirror.Unchanged, 1), live: []string{"b@5"}, merged: "b", still: true,
		},
		{
			name: "nor in a full pass", given: absorbed,
			when:    in(1, deals(deal("a", 9))),
			applied: did(mirror.Unchanged, 1), live: []string{"b@5"}, merged: "b", still: true,
		},
		{
			name: "nor as an unreadable one", given: absorbed,
			when:    in(1, unreadable("a", 9)),
			applied: did(mirror.Unchanged, 1), live: []string{"b@5"}, merged: "b", still: true,
		},
		{
			name: "a merge overrules a deletion", given: append(slices.Clone(given), gone("a", 6)),
			when: merged("a", 0, "b"), applied: did(mirror.Merged, 1), live: []string{"b@5"}, merged: "b",
		},
		{
			name: "a deletion does not overrule a merge", given: absorbed,
			when: gone("a", 9), applied: did(mirror.Unchanged, 1), live: []string{"b@5"}, merged: "b", still: true,
		},
		{
			name: "the newest answer to where a record went is kept", given: absorbed,
			when: merged("a", 7, "c"), applied: did(mirror.Merged, 1), live: []string{"b@5"}, merged: "c",
		},
		{
			name: "an older answer is ignored", given: append(slices.Clone(absorbed), merged("a", 8, "c")),
			when: merged("a", 7, "b"), applied: did(mirror.Unchanged, 1), live: []string{"b@5"}, merged: "c", still: true,
		},
	}
}
