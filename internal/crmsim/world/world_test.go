package world_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

type parent struct {
	world.Head

	Name string
	Rank string
}

type child struct {
	world.Head

	Parent int64
	Count  string
	Due    time.Time
	Done   bool
}

// family is a world of two kinds whose clock the test moves.
type family struct {
	*world.World

	at       time.Time
	parents  world.Table[parent]
	children world.Table[child]
}

func newFamily() *family {
	f := &family{at: time.Date(2026, time.November, 18, 12, 0, 0, 0, time.UTC)}
	f.World = world.New(func() time.Time { return f.at },
		world.Declare("parent",
			world.TextColumn("name", func(p *parent) *string { return &p.Name }),
			world.TextColumn("rank", func(p *parent) *string { return &p.Rank }),
		),
		world.Declare("child",
			world.ReferenceColumn("parent", "parent", func(c *child) *int64 { return &c.Parent }),
			world.DecimalColumn("count", func(c *child) *string { return &c.Count }),
			world.TimeColumn("due", func(c *child) *time.Time { return &c.Due }),
			world.FlagColumn("done", func(c *child) *bool { return &c.Done }),
		),
	)
	f.parents = world.TableOf[parent](f.World, "parent")
	f.children = world.TableOf[child](f.World, "child")
	return f
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestMergeFillsGapsAndRepoints(t *testing.T) {
	f := newFamily()
	properties := func(m map[string]string) world.Head { return world.Head{Properties: m} }
	a := f.parents.Add(parent{Head: properties(map[string]string{"x": "1"}), Name: "A"})
	b := f.parents.Add(parent{Head: properties(map[string]string{"x": "2", "y": "2"}), Name: "B", Rank: "high"})
	c := f.parents.Add(parent{Name: "C"})
	for _, of := range []int64{a, b, c} {
		f.children.Add(child{Parent: of})
	}
	f.at = f.at.Add(time.Minute)
	ab, err := f.parents.Merge(a, b)
	must(t, err)
	f.at = f.at.Add(time.Minute)
	abc, err := f.parents.Merge(c, ab)
	must(t, err)

	survivor, _ := f.parents.Get(abc)
	if survivor.Name != "C" || survivor.Rank != "high" || survivor.Properties["x"] != "1" || survivor.Properties["y"] != "2" {
		t.Errorf("survivor %+v", survivor)
	}
	if want := []int64{a, b, c, ab}; !slices.Equal(survivor.MergedIDs, want) {
		t.Errorf("absorbed %v, want %v", survivor.MergedIDs, want)
	}
	for _, id := range survivor.MergedIDs {
		if p, _ := f.parents.Get(id); p.MergedInto != abc || p.Live() || !p.Removed().Equal(f.at) {
			t.Errorf("parent %d: %+v", id, p)
		}
	}
	for _, c := range f.children.Truth() {
		if c.Parent != abc || c.Modified.Equal(f.at) {
			t.Errorf("child %d has parent %d, modified at %v", c.ID, c.Parent, c.Modified)
		}
	}
	if _, err := f.parents.Merge(a, abc); !errors.Is(err, world.ErrUnknown) {
		t.Errorf("a merge of what is gone: %v", err)
	}
}

// TestHistory holds that every change of every value is kept, for good, and is seen no earlier than its commit.
func TestHistory(t *testing.T) {
	f := newFamily()
	start := f.at
	id := f.children.Add(child{Count: "1"})
	minutes := func(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }
	f.at = minutes(1)
	must(t, f.children.Update(id, func(c *child) { c.Count, c.Done, c.Due = "2", true, start }))
	f.at = minutes(2)
	must(t, f.children.Delete(id), f.children.Restore(id), f.children.Touch([]int64{id}))
	f.at = minutes(500) // the versions before are let go
	must(t, f.children.Update(id, func(c *child) { c.Properties = map[string]string{"colour": "red"} }))
	late := minutes(600)
	must(t, f.children.Update(id, func(c *child) {
		c.Properties["colour"], c.Modified, c.VisibleAt = "blue", minutes(499), late
	}))
	text := func(s string) world.Value { return world.Value{Text: s} }
	want := []world.Change{
		{Field: "count", At: minutes(1), Before: text("1"), After: text("2")},
		{Field: "due", At: minutes(1), After: world.Value{At: start}},
		{Field: "done", At: minutes(1), Before: text("false"), After: text("true")},
		{Field: "colour", At: minutes(500), After: text("red")},
	}
	ignore := cmpopts.IgnoreUnexported(world.Change{})
	if diff := cmp.Diff(want, f.History("child", id, f.at), ignore); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	want = append(want, world.Change{Field: "colour", At: minutes(499), Before: text("red"), After: text("blue")})
	if diff := cmp.Diff(want, f.History("child", id, late), ignore); diff != "" {
		t.Errorf("history after the commit (-want +got):\n%s", diff)
	}
}

// TestHideShare holds that a share is a share, that a larger one contains a smaller, and that all of it comes back.
func TestHideShare(t *testing.T) {
	f := newFamily()
	const n = 1000
	for range n {
		f.parents.Add(parent{})
	}
	hidden := map[int64]bool{}
	for _, percent := range []int{0, 1, 30, 99, 100} {
		must(t, f.HideShare("parent", percent))
		seen := map[int64]bool{}
		for _, p := range f.parents.All(f.at) {
			seen[p.ID] = true
			if hidden[p.ID] {
				t.Errorf("%d %% show what fewer hid: %d", percent, p.ID)
			}
		}
		if got := n - len(seen); got != n*percent/100 {
			t.Errorf("%d %% hide %d of %d", percent, got, n)
		}
		for id := int64(1); id <= n; id++ {
			hidden[id] = !seen[id]
			if _, ok := f.parents.Get(id); ok != seen[id] {
				t.Errorf("parent %d is in the list: %t, by itself: %t", id, seen[id], ok)
			}
		}
	}
	must(t, f.HideShare("parent", 0))
	if got := len(f.parents.All(f.at)); got != n || len(f.parents.Truth()) != n {
		t.Errorf("%d of %d are back", got, n)
	}
}

// TestEveryKindIsVersionedAlike plays the same on both kinds and looks at what readers see in between.
func TestEveryKindIsVersionedAlike(t *testing.T) {
	for _, kind := range []string{"parent", "child"} {
		f := newFamily()
		f.parents.Add(parent{})
		f.children.Add(child{})
		before, _ := f.Record(kind, 1)
		var states []string
		for _, verb := range []func(world.Tx) error{
			func(tx world.Tx) error { return tx.Update(kind, 1, func(world.Record) {}) },
			func(tx world.Tx) error { return tx.Delete(kind, 1) },
			func(tx world.Tx) error { return tx.Restore(kind, 1) },
			func(tx world.Tx) error { return tx.Hide(kind, 1, true) },
			func(tx world.Tx) error { return tx.Hide(kind, 1, false) },
			func(tx world.Tx) error { return tx.Purge(kind, 1) },
		} {
			f.at = f.at.Add(time.Minute)
			must(t, f.Do(verb))
			r, ok := f.Record(kind, 1)
			if !ok {
				states = append(states, "unseen")
				continue
			}
			h := r.Base()
			states = append(states, fmt.Sprint(h.Live(), h.Modified.Minute(), h.Stamped().Minute(), !h.Removed().IsZero()))
		}
		want := []string{"true 1 1 false", "false 1 2 true", "true 1 3 false", "unseen", "true 1 3 false", "false 1 3 true"}
		if !slices.Equal(states, want) {
			t.Errorf("%s goes through %v, want %v", kind, states, want)
		}
		if h := before.Base(); !h.Live() || h.Modified.Minute() != 0 {
			t.Errorf("the version that a reader held has changed: %+v", h)
		}
		if old := f.Records(kind, f.at.Add(-5*time.Minute)); len(old) != 1 || old[0].Base().Archived {
			t.Errorf("a lagging reader sees %v", old)
		}
	}
	f := newFamily()
	for name, verb := range map[string]func(world.Tx) error{
		"an unknown record": func(tx world.Tx) error { return tx.Update("parent", 7, func(world.Record) {}) },
		"an unknown kind":   func(tx world.Tx) error { return tx.Delete("cousin", 1) },
		"a new stranger":    func(tx world.Tx) error { _, err := tx.Create("cousin", &parent{}); return err },
	} {
		if err := f.Do(verb); !errors.Is(err, world.ErrUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := f.HideShare("cousin", 5); !errors.Is(err, world.ErrUnknown) {
		t.Errorf("an unknown kind is hidden: %v", err)
	}
}
