package hubspot

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// pinned is a mirror that takes the records of one account only.
type pinned struct {
	*memory
	id string
}

var errOtherAccount = errors.New("another account")

func (p *pinned) Commit(ctx context.Context, b record.Batch) error {
	if b.Account == nil || b.Account.ID != p.id {
		return errOtherAccount
	}
	return p.memory.Commit(ctx, b)
}

func (p *pinned) sync(t *testing.T, s *Source) error {
	t.Helper()
	next, err := s.Sync(t.Context(), p.cursor, p)
	if err == nil {
		p.cursor = next
	}
	return err
}

// TestEveryBatchNamesItsAccount holds that no page is handed over without the account that it was read from.
func TestEveryBatchNamesItsAccount(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.details["portalId"] = 1111 // a number on the wire
		f.put(1000)
		p := &pinned{memory: newMemory(), id: "1111"}
		s := newSource(t, f, mapCompany)
		for range 3 {
			if err := p.sync(t, s); err != nil {
				t.Fatal(err)
			}
			time.Sleep(25 * time.Hour)
			f.put(1001, "hs_lastmodifieddate", f.changed())
		}
	})
}

// TestOAuthOfAnotherAccount puts the refresh token of another portal's installation into the file (case C7). It is used
// once the access token of the first portal has ended.
func TestOAuthOfAnotherAccount(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		o, edit, path := withOAuth(t, f)
		f.details["portalId"] = 1111
		f.put(1000)
		f.before = func(*fakeRequest) {
			if n := len(o.refresh); n > 0 && o.refresh[n-1] == "new-canary" {
				f.details["portalId"] = 2222
			}
		}
		p := &pinned{memory: newMemory(), id: "1111"}
		s := newSource(t, f, edit)
		if err := p.sync(t, s); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("new-canary"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := p.sync(t, s); err != nil {
			t.Errorf("with the first portal's access token: %v", err)
		}
		for range 3 {
			time.Sleep(29 * time.Minute) // within the hour for which the account is known
			if err := p.sync(t, s); !errors.Is(err, errOtherAccount) {
				t.Errorf("with the other portal's token: %v", err)
			}
		}
	})
}

// TestAccountCurrencyChanges holds that deals without a currency of their own follow the account's.
func TestAccountCurrencyChanges(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.put(1000)
		m := newMemory()
		s := newSource(t, f)
		m.mustSync(t, s)
		if got := m.deals["1000"].Currency; got != "USD" {
			t.Fatalf("currency is %q", got)
		}
		f.details["companyCurrency"] = "EUR"
		time.Sleep(time.Hour)
		m.mustSync(t, s)
		if got := m.deals["1000"].Currency; got != "EUR" {
			t.Errorf("currency is %q, and the account's is EUR", got)
		}
		f.forget()
		time.Sleep(time.Hour)
		m.mustSync(t, s)
		if n := f.calls("objects/2026-09/deals"); n != 0 {
			t.Errorf("nothing changed, and a full pass of %d pages was read", n)
		}
	})
}
