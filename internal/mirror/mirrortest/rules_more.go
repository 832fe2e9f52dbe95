package mirrortest

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

func quarantineRules() []rule {
	given := []record.Batch{deals(deal("a", 5))}
	hidden := append(slices.Clone(given), unreadable("a", 7))
	return []rule{
		{
			name: "an unreadable record hides the good copy", given: given,
			when: unreadable("a", 6), applied: did(mirror.QuarantinedOnce, 1), live: []string{}, quarantined: 1,
		},
		{
			name: "an unreadable record that was never read is counted", given: given,
			when: unreadable("b", 6), applied: did(mirror.QuarantinedOnce, 1), live: []string{"a@5"}, quarantined: 1,
		},
		{
			name: "one older than the good copy is ignored", given: given,
			when: unreadable("a", 4), applied: did(mirror.Unchanged, 1), live: []string{"a@5"}, still: true,
		},
		{
			name: "one without a version speaks of now", given: given,
			when: unreadable("a", 0), applied: did(mirror.QuarantinedOnce, 1), live: []string{}, quarantined: 1,
		},
		{
			name: "the same unreadable record again is unchanged", given: hidden,
			when: unreadable("a", 7), applied: did(mirror.Unchanged, 1), live: []string{}, quarantined: 1, still: true,
		},
		{
			name: "a readable copy of the same version lifts it", given: hidden,
			when: deals(deal("a", 7)), applied: did(mirror.Upserted, 1), live: []string{"a@7"},
		},
		{
			name: "a newer readable copy lifts it", given: hidden,
			when: deals(deal("a", 8)), applied: did(mirror.Upserted, 1), live: []string{"a@8"},
		},
		{
			name: "an older readable copy is stored and stays hidden", given: hidden,
			when: deals(deal("a", 6)), applied: did(mirror.Upserted, 1), live: []string{}, quarantined: 1,
		},
		{
			name:  "the very copy that was hidden lifts it too",
			given: append(slices.Clone(given), unreadable("a", 0)),
			when:  deals(deal("a", 5)), applied: did(mirror.Upserted, 1), live: []string{"a@5"},
		},
		{
			name: "a record listed twice is readable and unreadable at once: it stays hidden",
			when: both(deals(deal("a", 5)), unreadable("a", 5)), live: []string{}, quarantined: 1,
			applied: map[mirror.Operation]int{mirror.Upserted: 1, mirror.QuarantinedOnce: 1},
		},
		{
			name: "a removal ends the quarantine", given: hidden,
			when: gone("a", 8), applied: did(mirror.Deleted, 1), live: []string{},
		},
		{
			name: "a removal older than the unreadable record is ignored", given: hidden,
			when: gone("a", 6), applied: did(mirror.Unchanged, 1), live: []string{}, quarantined: 1, still: true,
		},
		{
			name: "a removed record stays removed if an old copy is unreadable", given: []record.Batch{gone("a", 7)},
			when: unreadable("a", 6), applied: did(mirror.Unchanged, 1), live: []string{}, still: true,
		},
		{
			name: "an unreadable record of a full pass is alive", given: []record.Batch{gone("a", 7)},
			when: in(1, unreadable("a", 6)), applied: did(mirror.QuarantinedOnce, 1), live: []string{}, quarantined: 1,
		},
		{
			name: "an unreadable record and its removal on one page: the removal has the last word",
			when: in(1, both(unreadable("a", 6), gone("a", 7))), live: []string{},
			applied: map[mirror.Operation]int{mirror.QuarantinedOnce: 1, mirror.Deleted: 1},
		},
	}
}

func sweepRules() []rule {
	given := []record.Batch{deals(deal("a", 5), deal("b", 5))}
	swept := append(slices.Clone(given), sweeping(in(1, deals(deal("b", 5))), crm.Deals.Name()))
	return []rule{
		{
			name: "what a full pass did not see is gone", given: given,
			when: sweeping(in(1, deals(deal("b", 5))), crm.Deals.Name()), live: []string{"b@5"},
			applied: map[mirror.Operation]int{mirror.Unchanged: 1, mirror.Deleted: 1},
		},
		{
			name:  "being seen unchanged is no change",
			given: given,
			when:  sweeping(in(1, deals(deal("a", 5), deal("b", 5))), crm.Deals.Name()), live: []string{"a@5", "b@5"},
			applied: did(mirror.Unchanged, 2), still: true,
		},
		{
			name: "a pass of several pages", given: append(slices.Clone(given), in(1, deals(deal("a", 5)))),
			when: sweeping(in(1, deals(deal("b", 5))), crm.Deals.Name()), live: []string{"a@5", "b@5"},
			applied: did(mirror.Unchanged, 1), still: true,
		},
		{
			name:  "an increment while a pass is under way is seen",
			given: append(slices.Clone(given), in(1, deals(deal("b", 5))), deals(deal("a", 5))),
			when:  sweeping(in(1, record.Batch{}), crm.Deals.Name()), live: []string{"a@5", "b@5"},
			applied: nothing(), still: true,
		},
		{
			name: "an older copy is seen as well", given: given,
			when: sweeping(in(1, deals(deal("a", 4), deal("b", 5))), crm.Deals.Name()), live: []string{"a@5", "b@5"},
			applied: did(mirror.Unchanged, 2), still: true,
		},
		{
			name: "the pages of an abandoned pass do not count", given: append(slices.Clone(given), in(1, deals(deal("a", 5)))),
			when: sweeping(in(2, deals(deal("b", 5))), crm.Deals.Name()), live: []string{"b@5"},
			applied: map[mirror.Operation]int{mirror.Unchanged: 1, mirror.Deleted: 1},
		},
		{
			name: "only the named objects are swept", given: given,
			when: sweeping(in(1, record.Batch{}), crm.Accounts.Name()), live: []string{"a@5", "b@5"},
			applied: nothing(), still: true,
		},
		{
			name: "the copy that vanished does not revive itself", given: swept,
			when: deals(deal("a", 5)), applied: did(mirror.Unchanged, 1), live: []string{"b@5"}, still: true,
		},
		{
			name: "a newer copy revives what vanished", given: swept,
			when: deals(deal("a", 6)), applied: did(mirror.Upserted, 1), live: []string{"a@6", "b@5"},
		},
		{
			name: "the next full pass revives what vanished", given: swept,
			when: in(2, deals(deal("a", 5))), applied: did(mirror.Upserted, 1), live: []string{"a@5", "b@5"},
		},
		{
			name:  "a record that is seen unreadable stays in quarantine",
			given: append(slices.Clone(given), in(1, unreadable("a", 6))),
			when:  sweeping(in(1, deals(deal("b", 5))), crm.Deals.Name()), live: []string{"b@5"}, quarantined: 1,
			applied: did(mirror.Unchanged, 1), still: true,
		},
		{
			name:  "an unreadable record that is seen again stays in quarantine",
			given: append(slices.Clone(given), unreadable("a", 6)),
			when:  sweeping(in(1, both(deals(deal("b", 5)), unreadable("a", 6))), crm.Deals.Name()),
			live:  []string{"b@5"}, quarantined: 1, applied: did(mirror.Unchanged, 2), still: true,
		},
		{
			name:  "an unreadable record that a full pass did not see is gone",
			given: append(slices.Clone(given), unreadable("a", 6), unreadable("c", 6)),
			when:  sweeping(in(1, deals(deal("b", 5))), crm.Deals.Name()), live: []string{"b@5"},
			applied: map[mirror.Operation]int{mirror.Unchanged: 1, mirror.Deleted: 2},
		},
	}
}
