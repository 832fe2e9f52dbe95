package hubspot

import (
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

func TestAmountPropertyIsAskedFor(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		deal := p.put(func(d *crmsim.Deal) { d.Amount, d.Properties = "10", map[string]string{"hs_acv": "40"} })
		m := newMemory()
		m.mustSync(t, p.source(func(cfg *config.Source) { cfg.Amount = "hs_acv" }))
		if got := m.deals[simulator.DealID(deal)].Amount.Float(); got != 40 {
			t.Errorf("amount %v, want 40", got)
		}
	})
}

// TestAmountPropertyThatDoesNotExist holds that neither a Sync nor a check takes a typing error for deals without
// amounts.
func TestAmountPropertyThatDoesNotExist(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		p.put()
		s := p.source(func(cfg *config.Source) { cfg.Amount = "hs_avc" })
		m := newMemory()
		_, checked := s.Check(t.Context())
		for what, err := range map[string]error{"sync": m.sync(t, s), "check": checked} {
			if source.ReasonOf(err) != source.ReasonConfig || !strings.Contains(err.Error(), `"hs_avc"`) {
				t.Errorf("%s: got %v, want a config error that names the property", what, err)
			}
		}
		if len(m.deals) != 0 {
			t.Errorf("%d deals were mirrored without an amount", len(m.deals))
		}
	})
}

func TestAccountThatDoesNotTellItsCurrency(t *testing.T) {
	for _, stated := range []string{"", "EUR"} {
		simulate(t, func(t *testing.T, p *simulation) {
			deal := simulator.DealID(p.put())
			p.refuse(100, "/details", 403, `{"category":"MISSING_SCOPES"}`)
			s, log := p.loggedSource(func(cfg *config.Source) { cfg.Currency = stated })
			m := newMemory()
			m.mustSync(t, s)
			time.Sleep(2 * time.Hour)
			m.mustSync(t, s) // Reads the account again.
			want := 0
			if stated == "" {
				want = 1
			}
			if n := strings.Count(log.String(), "currency is unknown"); m.deals[deal].Currency != stated || n != want {
				t.Errorf("stated %q: currency %q, %d warnings", stated, m.deals[deal].Currency, n)
			}
		})
	}
}
