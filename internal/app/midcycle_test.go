package app

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// cutStore is a mirror whose process dies after some commits.
type cutStore struct {
	mirror.Store
	left int
}

// Commit implements mirror.Store.
func (s *cutStore) Commit(ctx context.Context, stream mirror.Stream, batch record.Batch) (mirror.Applied, error) {
	if s.left == 0 {
		return nil, errDisk
	}
	s.left--
	return s.Store.Commit(ctx, stream, batch)
}

// served is the part of a page that must be the same before and after a restart: the numbers, and what the exporter
// says of the data behind them.
func (p scraped) served() []string {
	lines := p.business()
	for line := range strings.Lines(p.text) {
		for _, name := range []string{
			"mirror_records", "records_quarantined", "data_watermark_timestamp_seconds", "sync_last_success_timestamp_seconds",
		} {
			if strings.HasPrefix(line, "sales_exporter_"+name+"{") {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// Finish implements mirror.Store.
func (s *cutStore) Finish(ctx context.Context, at mirror.Cursors) error {
	if s.left == 0 {
		return errDisk
	}
	return s.Store.Finish(ctx, at)
}

// TestMidCycle cuts a sync after every page, then reloads and restarts: the page stays that of the last sync that was
// complete, until the next one is.
func TestMidCycle(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			clock := &testClock{}
			at := time.Now().Add(time.Minute)
			world := crmsim.Generate(crmsim.GenerateOptions{Seed: 11, Deals: 250, Now: clock.now, Still: true})
			a := serve(t, kind, world, clock.now)
			yaml := changesConfig + a.yaml("crm", secretFile(t))
			adjust := func(o *Options) { o.Now, o.AsOf = clock.now, at }
			h := newHarness(t, yaml, adjust)
			h.mustSync()
			for _, reconcile := range []bool{false, true} {
				changeMuch(t, world)
				if reconcile {
					clock.advance(61 * time.Minute)
				}
				before := h.page().served()
				cuts := 0
				for cuts < 50 {
					store := &cutStore{Store: h.app.engine.store, left: cuts}
					h.app.engine.store = store
					err := h.sync()
					h.app.engine.store = store.Store
					if err == nil {
						break
					}
					cuts++
					if err := h.app.engine.load(t.Context()); err != nil { // As a reload does.
						t.Fatal(err)
					}
					if diff := cmp.Diff(before, h.page().served()); diff != "" {
						t.Fatalf("before page %d and after a reload (-before +after):\n%s", cuts, diff)
					}
					h.close()
					h.open(yaml, adjust)
					if diff := cmp.Diff(before, h.page().served()); diff != "" {
						t.Fatalf("before page %d and after a restart (-before +after):\n%s", cuts, diff)
					}
				}
				if cuts == 0 || reconcile && cuts < 3 {
					t.Errorf("a sync had only %d pages", cuts)
				}
				if cmp.Equal(before, h.page().served()) {
					t.Error("a sync that ended has changed nothing")
				}
				if reconcile { // What is archived and renamed, an increment does not tell.
					h.expect("the end of a full pass that was cut after each page", world, at)
				}
			}
		})
	}
}

func changeMuch(t *testing.T, world *crmsim.World) {
	t.Helper()
	open := openDeals(t, world, 6)
	for i, change := range []func(id int64) error{
		world.Win, world.Lose, world.Archive, world.Win,
		func(id int64) error { return world.SetAmount(id, "98765.43") },
		func(id int64) error { return world.Reassign(id, otherRep(world, id)) },
	} {
		if err := change(open[i]); err != nil {
			t.Fatal(err)
		}
	}
	rep := world.Reps()[0]
	if err := world.RenameRep(rep.ID, rep.FirstName+"a", "Renamed"); err != nil {
		t.Fatal(err)
	}
}
