package hubspot

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// watching is a sink that calls a function before each batch is committed.
type watching struct {
	*memory
	before func(record.Batch)
}

func (w watching) Commit(ctx context.Context, b record.Batch) error {
	w.before(b)
	if err := ctx.Err(); err != nil {
		return err
	}
	return w.memory.Commit(ctx, b)
}

// TestPagesAreReadAhead holds that a page is on its way while the companies of the deals before it are read, at no call
// more.
func TestPagesAreReadAhead(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		const (
			pages   = 10
			latency = 250 * time.Millisecond
		)
		p.pageSize(crmsim.KindDeal, 2)
		for range 2 * pages {
			account := p.company("RETAIL")
			p.put(func(d *crmsim.Deal) { d.Account = account })
		}
		p.before("", func(*http.Request) { time.Sleep(latency) })
		m := newMemory()
		start := time.Now()
		m.mustSync(t, p.source(mapCompany))
		took := time.Since(start)
		if len(m.deals) != 2*pages || len(m.accounts) != 2*pages {
			t.Errorf("%d deals and %d accounts landed, want %d of each", len(m.deals), len(m.accounts), 2*pages)
		}
		// One more for the archived deals.
		if lists, links := p.calls("objects/2026-09/deals"), p.calls("/batch/read"); lists != pages+1 || links != pages {
			t.Errorf("%d list calls and %d of associations, want %d and %d", lists, links, pages+1, pages)
		}
		inTurn := time.Duration(p.calls("")) * latency
		if limit := inTurn - (pages-2)*latency; took > limit {
			t.Errorf("took %s, want at most %s; one call after the other would take %s", took, limit, inTurn)
		}
	})
}

// TestPagesAreCommittedInOrder holds that each page is committed with the cursor that stands behind it, that no more than
// the next page is asked for before, and that no two calls of a listing are under way at a time.
func TestPagesAreCommittedInOrder(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		p.pageSize(crmsim.KindDeal, 1)
		var deals []int64
		for range 6 {
			deals = append(deals, p.put())
		}
		var mu sync.Mutex
		var tokens []string // of the pages of deals that were asked for
		under := 0
		p.edit("objects/2026-09/deals", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			mu.Lock()
			if under++; under > 1 {
				t.Error("two calls of the listing are under way")
			}
			if r.URL.Query().Get("archived") == "" {
				tokens = append(tokens, r.URL.Query().Get("after"))
			}
			mu.Unlock()
			time.Sleep(time.Second)
			next.ServeHTTP(w, r)
			mu.Lock()
			under--
			mu.Unlock()
		})
		var committed []string
		sink := watching{newMemory(), func(b record.Batch) {
			time.Sleep(5 * time.Second) // so that the next page comes before this one is stored
			mu.Lock()
			defer mu.Unlock()
			for _, d := range crm.Deals.In(b.Rows) {
				committed = append(committed, d.ID)
				c, ok := decodeCursor(b.Cursor)
				if want := append(dealIDs(deals...), "")[len(committed)]; !ok || c.After != want {
					t.Errorf("deal %s is committed with the token %q, want %q", d.ID, c.After, want)
				}
				if want := min(len(committed)+1, len(deals)); len(tokens) != want {
					t.Errorf("%d pages were asked for when page %d was committed, want %d", len(tokens), len(committed), want)
				}
			}
		}}
		if err := cycle(t.Context(), p.source(), sink, sink.cursors); err != nil {
			t.Fatal(err)
		}
		if want := dealIDs(deals...); !slices.Equal(committed, want) {
			t.Errorf("committed %v, want %v", committed, want)
		}
		if want := append([]string{""}, dealIDs(deals[1:]...)...); !slices.Equal(tokens, want) {
			t.Errorf("asked for %v, want %v", tokens, want)
		}
	})
}

// TestReadingAheadEnds holds that nothing is left behind by a Sync that ends while a page is on its way: the bubble of
// the test ends only with all of its goroutines.
func TestReadingAheadEnds(t *testing.T) {
	const hang = time.Hour
	for name, test := range map[string]struct {
		failAt int // the commit that fails, 0 for none
		want   source.Reason
	}{
		"the context ends": {want: source.ReasonCanceled},
		"the sink fails":   {failAt: 4}, // account, references, account of the deals, first page
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				p.pageSize(crmsim.KindDeal, 1)
				p.put()
				p.put()
				p.edit("objects/2026-09/deals", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
					if r.URL.Query().Get("after") != "" {
						select {
						case <-r.Context().Done():
						case <-time.After(hang):
							t.Error("nobody stopped the call for the second page")
						}
					}
					next.ServeHTTP(w, r)
				})
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(5*time.Second, cancel)
				m := newMemory()
				m.failAt = test.failAt
				start := time.Now()
				err := cycle(ctx, p.source(), m, m.cursors)
				if err == nil || test.want != "" && source.ReasonOf(err) != test.want {
					t.Errorf("got %v, want the failure", err)
				}
				if took := time.Since(start); took > 6*time.Second || test.failAt != 0 && took > time.Second {
					t.Errorf("Sync took %s to end", took)
				}
				// The first page does not wait for the second one.
				c, ok := decodeCursor(m.cursors["deals"])
				if want := test.failAt == 0; !ok || (len(m.deals) == 1) != want || (c.After == simulator.DealID(2)) != want {
					t.Errorf("%d deals were committed up to the token %q", len(m.deals), c.After)
				}
			})
		})
	}
}

// TestTokensThatExpireForTwoCalls has the access token refused to two calls that are under way together.
func TestTokensThatExpireForTwoCalls(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		edit, _ := p.oauth()
		p.pageSize(crmsim.KindDeal, 1)
		for range 3 {
			account := p.company("RETAIL")
			p.put(func(d *crmsim.Deal) { d.Account = account })
		}
		var mu sync.Mutex
		refused := map[string]bool{}
		p.answer("", func(r *http.Request) (int, string) {
			mu.Lock()
			again := refused[r.URL.Path] || r.URL.Query().Get("after") != simulator.DealID(2) &&
				!strings.HasSuffix(r.URL.Path, "/batch/read")
			if !again {
				refused[r.URL.Path] = true
			}
			mu.Unlock()
			if again {
				return 0, ""
			}
			time.Sleep(time.Second)
			return 401, `{"category":"EXPIRED_AUTHENTICATION"}`
		})
		m := newMemory()
		m.mustSync(t, p.source(edit, mapCompany))
		if len(refused) != 2 || len(m.deals) != 3 {
			t.Errorf("%d deals; refused were %v", len(m.deals), refused)
		}
	}, app)
}
