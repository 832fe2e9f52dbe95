package mirrortest

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// reps makes a batch of reps from pairs of id and name.
func reps(pairs ...string) (b record.Batch) {
	for pair := range slices.Chunk(pairs, 2) {
		crm.Reps.Append(&b.Rows, crm.Rep{Head: record.Head{ID: pair[0]}, Name: pair[1]})
	}
	return b
}

func repGone(id string) record.Batch {
	return record.Batch{Removals: []record.Removal{{Kind: crm.Reps.Name(), ID: id, Reason: record.RemovedDeleted}}}
}

// shownReps returns the labels of the live reps by their ids.
func shownReps(t *testing.T, s mirror.Store, stream mirror.Stream) map[string]string {
	t.Helper()
	shown := map[string]string{}
	picture, _ := LoadPicture(t, s, stream)
	for key, record := range picture.Records {
		if rep, ok := record.(crm.Rep); ok {
			shown[key.ID] = rep.Label()
		}
	}
	return shown
}

func testNames(t *testing.T, open func(t *testing.T) mirror.Store) {
	for _, test := range []struct {
		name    string
		batches []record.Batch
		want    map[string]string
	}{
		{
			"C1 two owners of one name",
			[]record.Batch{reps("7", "Ann Ames", "8", "Ann Ames")},
			map[string]string{"7": "Ann Ames", "8": "Ann Ames (2)"},
		},
		{
			"numbers are compared as numbers",
			[]record.Batch{reps("10", "Ann", "9", "Ann")},
			map[string]string{"9": "Ann", "10": "Ann (2)"},
		},
		{
			"who came first keeps the name, whatever the id",
			[]record.Batch{reps("9", "Ann"), reps("1", "Ann", "9", "Ann")},
			map[string]string{"9": "Ann", "1": "Ann (2)"},
		},
		{
			"case, blanks and composition do not tell reps apart",
			[]record.Batch{reps("1", "José Lee", "2", "Jose\u0301 Lee", "3", "JOSÉ  LEE", "4", "José\u00a0lee")},
			map[string]string{"1": "José Lee", "2": "José Lee (2)", "3": "JOSÉ LEE (3)", "4": "José lee (4)"},
		},
		{
			"a number that stays when the first one is removed",
			[]record.Batch{reps("1", "Ann", "2", "Ann"), repGone("1")},
			map[string]string{"2": "Ann (2)"},
		},
		{
			"and when the first one comes back",
			[]record.Batch{reps("1", "Ann", "2", "Ann"), repGone("1"), in(1, reps("1", "Ann", "2", "Ann"))},
			map[string]string{"1": "Ann", "2": "Ann (2)"},
		},
		{
			"a name is not given again after its rep was removed",
			[]record.Batch{reps("1", "Ann"), repGone("1"), reps("2", "Ann")},
			map[string]string{"2": "Ann (2)"},
		},
		{
			"renamed away and back",
			[]record.Batch{reps("1", "Ann", "2", "Ann"), reps("2", "Bea"), reps("1", "Cy"), reps("1", "Ann", "2", "Ann")},
			map[string]string{"1": "Ann", "2": "Ann (2)"},
		},
		{
			"a third one does not slip into a gap",
			[]record.Batch{reps("1", "Ann", "2", "Ann"), reps("1", "Bea"), reps("3", "Ann")},
			map[string]string{"1": "Bea", "2": "Ann (2)", "3": "Ann (3)"},
		},
		{
			"one who is really called so, first",
			[]record.Batch{reps("1", "Ann (2)", "2", "Ann", "3", "Ann")},
			map[string]string{"1": "Ann (2)", "2": "Ann", "3": "Ann (3)"},
		},
		{
			"one who is really called so, later",
			[]record.Batch{reps("1", "Ann", "2", "Ann"), reps("3", "Ann (2)")},
			map[string]string{"1": "Ann", "2": "Ann (2)", "3": "Ann (2) (2)"},
		},
		{
			"one who is called as another without a name is shown",
			[]record.Batch{reps("41", ""), reps("42", "Owner 41")},
			map[string]string{"41": "owner 41", "42": "Owner 41 (2)"},
		},
		{
			"C2 a name that the CRM has cleared stays",
			[]record.Batch{reps("1", "Ann"), reps("1", "")},
			map[string]string{"1": "Ann"},
		},
		{
			"also the number",
			[]record.Batch{reps("1", "Ann", "2", "Ann"), reps("1", "", "2", " ")},
			map[string]string{"1": "Ann", "2": "Ann (2)"},
		},
		{
			"also when the rep was gone meanwhile",
			[]record.Batch{reps("1", "Ann"), repGone("1"), in(1, reps("1", ""))},
			map[string]string{"1": "Ann"},
		},
		{
			"the last name, not the first",
			[]record.Batch{reps("1", "Ann"), reps("1", "Bea"), reps("1", "")},
			map[string]string{"1": "Bea"},
		},
		{
			"a name after none",
			[]record.Batch{reps("1", ""), reps("1", "Ann"), reps("1", "")},
			map[string]string{"1": "Ann"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := open(t)
			mustCommit(t, s, other, reps("1", "Ann", "5", "Bea")) // Another source's names are its own.
			for _, batch := range test.batches {
				mustCommit(t, s, source, batch)
				again := total(mustCommit(t, s, source, batch))
				if delete(again, mirror.Unchanged); len(again) > 0 {
					t.Errorf("the same batch again did %v", again)
				}
			}
			if diff := Diff(test.want, shownReps(t, s, source)); diff != "" {
				t.Errorf("reps (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("another mapping", func(t *testing.T) { testNamesAfterBind(t, open(t)) })
	t.Run("any history", func(t *testing.T) { testNamesOfAnyHistory(t, open(t)) })
}

// testNamesAfterBind reads a source anew under another mapping, and then another account under the same name.
func testNamesAfterBind(t *testing.T, s mirror.Store) {
	bind := func(identity string) {
		t.Helper()
		mustBind(t, s, source, mirror.Identity{Address: identity})
	}
	bind("a mapping")
	mustCommit(t, s, source, reps("9", "Ann", "8", ""))
	mustCommit(t, s, source, reps("1", "Ann", "8", "Bea"))
	bind("another mapping")
	mustCommit(t, s, source, in(1, reps("1", "Ann", "8", "", "9", "")))
	mustCommit(t, s, source, sweeping(in(1, record.Batch{}), crm.Reps.Name()))
	want := map[string]string{"9": "Ann", "1": "Ann (2)", "8": "Bea"}
	if diff := Diff(want, shownReps(t, s, source)); diff != "" {
		t.Errorf("read anew (-want +got):\n%s", diff)
	}
	// One who is renamed as the account is read anew, in one batch with the sweep.
	bind("a third mapping")
	mustCommit(t, s, source, sweeping(in(2, reps("1", "Zoe", "8", "Bea", "9", "Ann")), crm.Reps.Name()))
	want = map[string]string{"9": "Ann", "1": "Zoe", "8": "Bea"}
	if diff := Diff(want, shownReps(t, s, source)); diff != "" {
		t.Errorf("renamed meanwhile (-want +got):\n%s", diff)
	}
	bind("another account")
	mustCommit(t, s, source, in(1, reps("101", "Ann", "102", "Bea")))
	want = map[string]string{"101": "Ann", "102": "Bea"}
	if diff := Diff(want, shownReps(t, s, source)); diff != "" {
		t.Errorf("of another account (-want +got):\n%s", diff)
	}
	bind("one whose ids are the same")
	mustCommit(t, s, source, sweeping(in(2, reps("101", "Cid", "103", "Bea")), crm.Reps.Name()))
	want = map[string]string{"101": "Cid", "103": "Bea"}
	if diff := Diff(want, shownReps(t, s, source)); diff != "" {
		t.Errorf("read in one page (-want +got):\n%s", diff)
	}
}

// testNamesOfAnyHistory holds that no two reps of a source ever share a label, and that a rep has one label under one
// name for ever.
func testNamesOfAnyHistory(t *testing.T, s mirror.Store) {
	r := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // a test repeats itself
	given := map[string]string{}
	for step := range 300 {
		var batch record.Batch
		for id := range 6 {
			switch r.IntN(8) {
			case 0, 1, 2:
				rep := crm.Rep{Head: record.Head{ID: strconv.Itoa(id), Version: r.Int64N(3)}, Name: randomName(r)}
				crm.Reps.Append(&batch.Rows, rep)
			case 3:
				batch.Removals = append(batch.Removals, repGone(strconv.Itoa(id)).Removals...)
			}
		}
		reps := crm.Reps.In(batch.Rows)
		r.Shuffle(len(reps), func(i, j int) { reps[i], reps[j] = reps[j], reps[i] })
		mustCommit(t, s, source, in(int64(step+1), batch))
		picture, _ := LoadPicture(t, s, source)
		holders := map[string]string{}
		for key, found := range picture.Records {
			rep := found.(crm.Rep)
			bare := crm.Rep{Head: record.Head{ID: rep.ID}, Name: rep.Name}
			base, label := key.ID+" "+value.FoldLabel(bare.Label()), value.FoldLabel(rep.Label())
			if other, taken := holders[label]; taken {
				t.Fatalf("step %d: reps %s and %s are both shown as %q", step, other, key.ID, rep.Label())
			}
			if before, had := given[base]; had && before != label {
				t.Fatalf("step %d: rep %s was %q and is %q", step, key.ID, before, label)
			}
			holders[label], given[base] = key.ID, label
		}
	}
	if len(given) < 20 {
		t.Errorf("too little happened: %v", maps.Clone(given))
	}
}
