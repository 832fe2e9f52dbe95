package hubspot

import (
	"context"
	"errors"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
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
	return cycle(t.Context(), s, p, p.cursors)
}

// TestEveryBatchNamesItsAccount holds that no page is handed over without the account that it was read from.
func TestEveryBatchNamesItsAccount(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		p.world.UpdateInfo(func(i *crmsim.Info) { i.Number = 1111 }) // a number on the wire
		p.put()
		m := &pinned{memory: newMemory(), id: "1111"}
		s := p.source(mapCompany)
		for range 3 {
			if err := m.sync(t, s); err != nil {
				t.Fatal(err)
			}
			time.Sleep(25 * time.Hour)
			p.add(1)
		}
	})
}

// TestOAuthOfAnotherAccount puts the refresh token of another portal's installation into the file (case C7). It is used
// once the access token of the first portal has ended.
func TestOAuthOfAnotherAccount(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		edit, path := p.oauth()
		p.world.UpdateInfo(func(i *crmsim.Info) { i.Number = 1111 })
		p.put()
		p.before("/token", func(*http.Request) {
			if tokens := p.refreshTokens(); tokens[len(tokens)-1] == "new-canary" {
				p.world.UpdateInfo(func(i *crmsim.Info) { i.Number = 2222 })
			}
		})
		p.api.Install("new-canary")
		m := &pinned{memory: newMemory(), id: "1111"}
		s := p.source(edit)
		if err := m.sync(t, s); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("new-canary"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := m.sync(t, s); err != nil {
			t.Errorf("with the first portal's access token: %v", err)
		}
		for range 3 {
			time.Sleep(29 * time.Minute) // within the hour for which the account is known
			if err := m.sync(t, s); !errors.Is(err, errOtherAccount) {
				t.Errorf("with the other portal's token: %v", err)
			}
		}
	}, app)
}

// TestAccountCurrencyChanges holds that deals without a currency of their own follow the account's.
func TestAccountCurrencyChanges(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		deal := simulator.DealID(p.put())
		m := newMemory()
		s := p.source()
		m.mustSync(t, s)
		if got := m.deals[deal].Currency; got != "USD" {
			t.Fatalf("currency is %q", got)
		}
		p.world.UpdateInfo(func(i *crmsim.Info) { i.Currency = "EUR" })
		time.Sleep(time.Hour)
		m.mustSync(t, s)
		if got := m.deals[deal].Currency; got != "EUR" {
			t.Errorf("currency is %q, and the account's is EUR", got)
		}
		p.forget()
		time.Sleep(time.Hour)
		m.mustSync(t, s)
		if n := p.calls("objects/2026-09/deals"); n != 0 {
			t.Errorf("nothing changed, and a full pass of %d pages was read", n)
		}
	})
}
