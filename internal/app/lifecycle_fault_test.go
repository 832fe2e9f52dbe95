package app

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

var errDisk = errors.New("the disk fails")

// failingStore is a mirror whose reading fails for one source, after a part of what it was to give.
type failingStore struct {
	mirror.Store
	failing atomic.Pointer[string]
}

func (s *failingStore) fail(source string) { s.failing.Store(&source) }
func (s *failingStore) recover()           { s.failing.Store(nil) }

// Load implements mirror.Store.
func (s *failingStore) Load(
	ctx context.Context, stream mirror.Stream, since mirror.Revision, visit func(record.Batch) error,
) (mirror.Revision, error) {
	if failing := s.failing.Load(); failing == nil || *failing != stream.Source {
		return s.Store.Load(ctx, stream, since, visit)
	}
	return 0, errors.Join(errDisk, visitHalf(ctx, s.Store, stream, since, visit))
}

func visitHalf(
	ctx context.Context, store mirror.Store, stream mirror.Stream, since mirror.Revision, visit func(record.Batch) error,
) error {
	_, err := store.Load(ctx, stream, since, func(b record.Batch) error {
		crm.Deals.Set(&b.Rows, crm.Deals.In(b.Rows)[:len(crm.Deals.In(b.Rows))/2]...)
		return visit(b)
	})
	return err
}

// failReading puts a failingStore below the engine, which must be at rest.
func (h *harness) failReading() *failingStore {
	s := &failingStore{Store: h.app.engine.store}
	h.app.engine.store = s
	return s
}

// TestUnreadableMirror has the mirror fail after the CRM was read: the numbers stay, do not claim to be fresh, and are
// never mixed from before and after.
func TestUnreadableMirror(t *testing.T) {
	t.Parallel()
	at := time.Now()
	asOf := func(o *Options) { o.AsOf = at.Add(time.Minute) }
	world := stillWorld(5)
	h := newHarness(t, changesConfig+serve(t, "hubspot", world, time.Now).yaml("acme", secretFile(t)), asOf)
	h.mustSync()
	before := h.page()
	store := h.failReading()
	for _, id := range openDeals(t, world, 4) {
		if err := world.Win(id); err != nil {
			t.Fatal(err)
		}
	}
	store.fail("acme")
	if err := h.sync(); err == nil || !strings.Contains(err.Error(), errDisk.Error()) {
		t.Fatalf("sync over a mirror that cannot be read: %v", err)
	}
	after := h.page()
	if diff := cmp.Diff(before.business(), after.business()); diff != "" {
		t.Errorf("the numbers changed (-before +after):\n%s", diff)
	}
	const fresh = "sales_exporter_sync_last_success_timestamp_seconds"
	same(t, fresh, after.sum(fresh), before.sum(fresh))
	same(t, "up", after.sum("sales_exporter_source_up"), 0)
	h.app.engine.recompute() // As every minute, from what is known now.
	if numbers := h.page().business(); hasDeals(numbers) {
		t.Errorf("numbers from half of the changes:\n%s", strings.Join(numbers, ""))
	}
	store.recover()
	h.mustSync()
	h.expect("after the mirror recovered", world, at.Add(time.Minute))
}

// TestReloadFailsHalfWay changes the mapping of one source in a reload that then fails on the other. What was read under
// either mapping must never be taken for the other's.
func TestReloadFailsHalfWay(t *testing.T) {
	t.Parallel()
	_, _, a, g := twoCRMs(t)
	at := time.Now().Add(time.Minute)
	const head = "windows: [all_time]\nrollups: [[]]\ndimensions: [territory]\nsources:"
	h := newHarness(t, head+a+g, func(o *Options) { o.AsOf = at })
	h.mustSync()
	before := h.page()
	store := h.failReading()

	store.fail("globex")
	writeFile(t, h.file, head+strings.Replace(a, "property: region", "property: product", 1)+g)
	synced := before.sum("sales_exporter_sync_last_success_timestamp_seconds", "source", "acme")
	if err := h.app.reload(t.Context()); !errors.Is(err, errDisk) {
		t.Fatalf("reload over a mirror that cannot be read: %v", err)
	}
	store.recover()
	awaitPage(t, h, "the old configuration goes on", func(p scraped) bool {
		return p.sum("sales_exporter_sync_last_success_timestamp_seconds", "source", "acme") > synced &&
			len(p.matching("sales_revenue_won_amount", "source", "globex")) > 0
	})
	if diff := cmp.Diff(before.business(), h.page().business()); diff != "" {
		t.Errorf("the numbers changed (-before +after):\n%s", diff)
	}
	if err := h.app.reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	territory := func(p scraped, name string) int {
		return len(p.matching("sales_revenue_won_amount", "source", "acme", "territory", name))
	}
	awaitPage(t, h, "the new mapping is in force", func(p scraped) bool {
		if (territory(p, "emea") > 0) == (territory(p, "platform") > 0) {
			t.Fatal("numbers of both mappings are served together, or of none")
		}
		return territory(p, "platform") > 0
	})
}

func awaitPage(t *testing.T, h *harness, what string, is func(scraped) bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for !is(h.page()) {
		select {
		case <-deadline:
			t.Fatalf("waited in vain until %s", what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
