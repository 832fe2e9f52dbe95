package hubspot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// knowing is a memory that tells what it never heard of, as a mirror does.
type knowing struct{ *memory }

func (k knowing) Unknown(_ context.Context, object record.Name, ids []string) ([]string, error) {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		_, deal := k.deals[id]
		_, account := k.accounts[id]
		removal, gone := k.removals[id]
		return object == crm.Deals.Name() && deal || object == crm.Accounts.Name() && account || gone && removal.Kind == object
	}), nil
}

// TestChainsOfMerges holds case C8 and its kind: whatever merged between two syncs, the one after them leaves the deals
// that HubSpot has, and reads everything again only where it must.
func TestChainsOfMerges(t *testing.T) {
	merge := func(f *fakeHubSpot, into uint64, listed string, gone ...uint64) {
		for _, id := range gone {
			f.remove(id)
		}
		f.put(into, "hs_merged_object_ids", listed, "hs_lastmodifieddate", f.changed())
	}
	for name, test := range map[string]struct {
		happen func(f *fakeHubSpot)
		again  bool   // everything is read again
		stale  string // a deal that the search still shows
	}{
		"nothing":                              {func(*fakeHubSpot) {}, false, ""},
		"one merge":                            {func(f *fakeHubSpot) { merge(f, 10, "1;2", 1, 2) }, false, ""},
		"C8 a chain, only its last link named": {func(f *fakeHubSpot) { merge(f, 11, "10;3", 1, 2, 3) }, true, ""},
		"C8 a chain, all of it named":          {func(f *fakeHubSpot) { merge(f, 11, "1;2;10;3", 1, 2, 3) }, true, ""},
		"a chain of three":                     {func(f *fakeHubSpot) { merge(f, 12, "11;4", 1, 2, 3, 4) }, true, ""},
		"two chains that meet":                 {func(f *fakeHubSpot) { merge(f, 12, "10;11", 1, 2, 3, 4) }, true, ""},
		"a link that the page still holds": {func(f *fakeHubSpot) {
			merge(f, 10, "1;2", 1, 2)
			merge(f, 11, "10;3", 3)
		}, false, "10"},
		"a survivor that keeps its id":        {func(f *fakeHubSpot) { merge(f, 1, "2", 2) }, false, ""},
		"a new one into a survivor of old id": {func(f *fakeHubSpot) { merge(f, 1, "2;10", 2, 3) }, true, ""},
		"a survivor that cannot be read": {func(f *fakeHubSpot) {
			merge(f, 11, "10;3", 1, 2, 3)
			f.put(11, "hs_merged_object_ids", "10;3", "hs_lastmodifieddate", f.changed(), "amount", "?")
		}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				for id := range uint64(5) {
					f.put(id + 1)
				}
				f.put(20, "hs_merged_object_ids", "18;19") // An old merge of deals that nobody has seen.
				m, s := newMemory(), newSource(t, f)
				sync := func() {
					t.Helper()
					next, err := s.Sync(t.Context(), m.cursor, knowing{m})
					if err != nil {
						t.Fatal(err)
					}
					m.cursor = next
				}
				sync()
				time.Sleep(time.Hour)
				sync()
				before := f.calls("/deals")
				test.happen(f)
				sync()
				again := f.calls("/deals") > before+1 // Pipelines are read by a path of that ending too.
				var alive []string
				for id, rec := range f.records[objectDeals] {
					if rec.properties["amount"] != "?" && rec.archivedAt == "" {
						alive = append(alive, strconv.FormatUint(id, 10))
					}
				}
				slices.Sort(alive)
				got := slices.DeleteFunc(m.ids(), func(id string) bool { return m.removals[id].MergedInto != "" })
				alive = slices.DeleteFunc(alive, func(id string) bool { return id == test.stale })
				if !slices.Equal(got, alive) {
					t.Errorf("deals are %v, want %v", got, alive)
				}
				if again != test.again {
					t.Errorf("everything was read again: %v, want %v", again, test.again)
				}
				calls := f.calls("/deals")
				sync()
				if f.calls("/deals") > calls+1 {
					t.Error("and once more by the next sync")
				}
			})
		})
	}
}

// TestOverlookedDeals holds case C9 and its kind: what an answer about companies leaves out is unread, not nothing.
func TestOverlookedDeals(t *testing.T) {
	any341 := associated(341, nil)
	for name, test := range map[string]struct {
		companies []any
		silent    bool // from the second sync on
		want      string
		warned    bool
	}{
		"told again":               {[]any{company(7, any341)}, false, "7", false},
		"told another one":         {[]any{company(8, any341)}, false, "8", false},
		"told that there is none":  {nil, false, "", false},
		"C9 left out twice":        {[]any{company(8, any341)}, true, "7", true},
		"left out, and there none": {nil, true, "7", true},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				f.put(1000)
				f.put(1001)
				f.companies[1000] = []any{company(7, any341)}
				s, log := newLoggedSource(t, f, mapCompany)
				m := newMemory()
				m.mustSync(t, s)
				f.companies[1000], f.silent[1000] = test.companies, test.silent
				f.put(1000, "amount", "7", "hs_lastmodifieddate", f.changed())
				m.mustSync(t, s)
				if got := m.deals["1000"]; got.Account != test.want || got.Amount != 7*value.MoneyScale {
					t.Errorf("got %+v, want account %q", got, test.want)
				}
				if warned := strings.Contains(log.String(), "keeping their previous company"); warned != test.warned {
					t.Errorf("warned: %v, want %v", warned, test.warned)
				}
			})
		})
	}
}

// TestOwnersWithoutAName holds case C2: an owner without a name has none, and never an address or an id for it.
func TestOwnersWithoutAName(t *testing.T) {
	for name, test := range map[string]struct {
		first, last any
		want        string
	}{
		"both": {"Ada", "Rep", "Ada Rep"}, "empty": {"", "", ""}, "null": {nil, nil, ""}, "blanks": {" ", "\u00a0", ""},
		"one": {"", "Rep", "Rep"}, "the other": {"Ada", nil, "Ada"},
	} {
		t.Run(name, func(t *testing.T) {
			o := wireOwner{ID: "41"}
			if test.first != nil {
				o.FirstName = text(strings.TrimSpace(test.first.(string)))
			}
			if test.last != nil {
				o.LastName = text(strings.TrimSpace(test.last.(string)))
			}
			if got := o.rep(true, nil); got.Name != test.want || got.Active {
				t.Errorf("got %+v", got)
			}
		})
	}
}
