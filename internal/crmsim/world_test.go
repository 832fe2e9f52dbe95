package crmsim_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// clock is a virtual clock that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

func newWorld(deals int) (*crmsim.World, *clock) {
	c := &clock{at: noon.Add(123456 * time.Nanosecond)} // CRMs keep milliseconds
	w := crmsim.NewWorld(c.now, crmsim.Info{Currency: "USD"})
	w.AddPipeline(crmsim.Pipeline{ID: "p", Label: "P", Stages: []crmsim.Stage{
		{ID: "new", Label: "New", Probability: "0.2"},
		{ID: "later", Label: "Later", Probability: "0.6"},
		{ID: "won", Label: "Won", Closed: true, Won: true, Probability: "1.0"},
		{ID: "lost", Label: "Lost", Closed: true, Probability: "0.0"},
	}})
	for range deals {
		w.AddDeal(crmsim.Deal{
			Head: world.Head{Properties: map[string]string{"a": "1"}}, Pipeline: "p", Stage: "new", Amount: "10",
		})
	}
	c.pass(time.Minute)
	return w, c
}

func deal(t *testing.T, w *crmsim.World, id int64) *crmsim.Deal {
	t.Helper()
	d, ok := w.Deal(id)
	if !ok {
		t.Fatalf("no deal %d", id)
	}
	return d
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestEditsMoveModified(t *testing.T) {
	type world = crmsim.World
	stage := func(id string) func(*crmsim.Deal) bool { return func(d *crmsim.Deal) bool { return d.Stage == id } }
	stampedLater := func(live bool) func(*crmsim.Deal) bool {
		return func(d *crmsim.Deal) bool { return d.Live() == live && d.Stamped().After(d.Modified) }
	}
	tests := map[string]struct {
		edit     func(w *world) error
		check    func(d *crmsim.Deal) bool
		modified bool
	}{
		"win":  {func(w *world) error { return w.Win(1) }, stage("won"), true},
		"lose": {func(w *world) error { return w.Lose(1) }, stage("lost"), true},
		"move": {func(w *world) error { return w.MoveStage(1, "later") }, stage("later"), true},
		"win closes now": {
			func(w *world) error { return w.Win(1) },
			func(d *crmsim.Deal) bool { return d.Close.Equal(d.Modified) && d.StageEntered.Equal(d.Modified) }, true,
		},
		"reopen": {
			func(w *world) error { return errors.Join(w.Win(1), w.Reopen(1)) },
			func(d *crmsim.Deal) bool { return d.Stage == "new" && d.Close.After(d.Modified) }, true,
		},
		"redate": {
			func(w *world) error { return w.Redate(1, noon) },
			func(d *crmsim.Deal) bool { return d.Close.Equal(noon) }, true,
		},
		"reassign": {
			func(w *world) error { return w.Reassign(1, 7) }, func(d *crmsim.Deal) bool { return d.Rep == 7 }, true,
		},
		"amount": {
			func(w *world) error { return w.SetAmount(1, "") }, func(d *crmsim.Deal) bool { return d.Amount == "" }, true,
		},
		"archive": {func(w *world) error { return w.Archive(1) }, stampedLater(false), false},
		"restore": {
			func(w *world) error { return errors.Join(w.Archive(1), w.Restore(1)) }, stampedLater(true), false,
		},
		"purge": {
			func(w *world) error { return w.Purge(1) }, func(d *crmsim.Deal) bool { return !d.Live() }, false,
		},
		"probability": {
			func(w *world) error { return w.EditStageProbability("p", "new", "0.3") }, stage("new"), false,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w, c := newWorld(1)
			before := deal(t, w, 1)
			old := *before
			must(t, test.edit(w))
			after := deal(t, w, 1)
			if !test.check(after) {
				t.Errorf("after: %+v", after)
			}
			want := old.Modified
			if test.modified {
				want = c.at.Truncate(time.Millisecond)
			}
			if !after.Modified.Equal(want) {
				t.Errorf("modified at %v, want %v", after.Modified, want)
			}
			if diff := cmp.Diff(old, *before); diff != "" {
				t.Errorf("the version that a reader held has changed:\n%s", diff)
			}
		})
	}
	w, _ := newWorld(1)
	for name, err := range map[string]error{
		"deal": w.Win(99), "stage": w.MoveStage(1, "nosuch"), "rep": w.RenameRep(99, "a", "b"),
		"touch": w.BulkTouch([]int64{1, 99}), "probability": w.EditStageProbability("p", "nosuch", "1"),
		"account": w.UpdateAccount(99, func(*crmsim.Account) {}),
	} {
		if !errors.Is(err, crmsim.ErrUnknown) {
			t.Errorf("unknown %s: %v", name, err)
		}
	}
}

func TestMerge(t *testing.T) {
	w, _ := newWorld(4)
	must(t, w.SetAmount(1, ""))
	must(t, w.Update(2, func(d *crmsim.Deal) { d.Amount, d.Properties = "20", map[string]string{"a": "2", "b": "2"} }))
	first, err := w.Merge(1, 2)
	must(t, err)
	survivor := deal(t, w, first)
	if survivor.Amount != "20" || survivor.Properties["a"] != "1" || survivor.Properties["b"] != "2" {
		t.Errorf("the gaps of the primary were not filled: %+v", survivor)
	}
	second, err := w.Merge(first, 3)
	must(t, err)
	if got, want := deal(t, w, second).MergedIDs, []int64{1, 2, first, 3}; !slices.Equal(got, want) {
		t.Errorf("absorbed %v, want %v", got, want)
	}
	for _, id := range []int64{1, 2, 3, first} {
		if d := deal(t, w, id); d.MergedInto != second || d.Live() {
			t.Errorf("deal %d was merged into %d", id, d.MergedInto)
		}
	}
	var alive []int64
	for _, d := range w.Truth() {
		alive = append(alive, d.ID)
	}
	if want := []int64{4, second}; !slices.Equal(alive, want) {
		t.Errorf("alive are %v, want %v", alive, want)
	}
	if _, err := w.Merge(1, 4); !errors.Is(err, crmsim.ErrUnknown) {
		t.Errorf("merging what is gone: %v", err)
	}
}

func TestBulkTouchIsOneMillisecond(t *testing.T) {
	w, _ := newWorld(3)
	must(t, w.BulkTouch([]int64{1, 2}))
	d := w.Deals()
	if !d[0].Modified.Equal(d[1].Modified) || !d[0].Modified.After(d[2].Modified) {
		t.Errorf("modified at %v, %v and %v", d[0].Modified, d[1].Modified, d[2].Modified)
	}
}

func TestVisibility(t *testing.T) {
	w, c := newWorld(1)
	start := c.at
	c.pass(time.Minute)
	must(t, w.SetAmount(1, "11"))
	c.pass(time.Minute)
	commit := c.at.Add(3 * time.Minute)
	must(t, w.Update(1, func(d *crmsim.Deal) { d.Amount, d.VisibleAt = "12", commit }))
	late := w.AddDeal(crmsim.Deal{Head: world.Head{VisibleAt: commit}, Pipeline: "p", Stage: "new"})

	amountAt := func(at time.Time) string { return w.DealsAt(at)[0].Amount }
	for at, want := range map[time.Time]string{
		start: "10", start.Add(time.Minute): "11", commit.Add(-1): "11", commit: "12",
	} {
		if got := amountAt(at); got != want {
			t.Errorf("at %v the amount is %s, want %s", at, got, want)
		}
	}
	if _, ok := w.Deal(late); ok {
		t.Error("a deal shows before its transaction commits")
	}
	if n := len(w.Deals()); n != 1 {
		t.Errorf("%d deals before the commit", n)
	}
	if truth := w.Truth(); len(truth) != 2 || truth[0].Amount != "12" {
		t.Errorf("truth: %+v", truth)
	}
	c.at = commit
	if d := deal(t, w, 1); d.Amount != "12" || !d.Modified.Before(commit) {
		t.Errorf("after the commit: %+v", d)
	}
	c.pass(2 * time.Hour) // old versions are let go
	must(t, w.SetAmount(1, "13"))
	if got := amountAt(c.at.Add(-time.Minute)); got != "12" {
		t.Errorf("the version before the last one is gone: %s", got)
	}
	if kept := w.DealsAt(start.Add(time.Minute)); len(kept) > 0 {
		t.Errorf("a version of hours ago is still kept: %+v", kept[0])
	}
}

func TestReps(t *testing.T) {
	w, c := newWorld(1)
	id := w.AddRep(crmsim.Rep{FirstName: "Ada", LastName: "Brandt", Active: true})
	before := deal(t, w, 1).Modified
	c.pass(time.Minute)
	must(t, w.RenameRep(id, "Ada", "Costa"))
	if r := w.Reps()[0]; r.LastName != "Costa" || !r.Modified.After(r.Created) {
		t.Errorf("renamed: %+v", r)
	}
	if !deal(t, w, 1).Modified.Equal(before) {
		t.Error("renaming a rep modified a deal")
	}
}
