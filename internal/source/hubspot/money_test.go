package hubspot

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

func TestCurrencyOfADeal(t *testing.T) {
	type result struct {
		Amount   float64
		Known    bool
		Currency string
		In       string // the currency of the conversion, "" without one
	}
	tests := map[string]struct {
		company    string
		properties []any
		want       result
	}{
		"reporting currency": {"EUR", []any{"amount", "10", "deal_currency_code", "USD"}, result{10, true, "USD", ""}},
		"small letters":      {"EUR", []any{"amount", "10", "deal_currency_code", "usd"}, result{10, true, "USD", ""}},
		"none, in an account of the reporting currency": {"USD", []any{"amount", "10"}, result{10, true, "USD", ""}},
		"none, in an account of another currency":       {"EUR", []any{"amount", "10"}, result{10, true, "EUR", ""}},
		"none, in an unknown account":                   {"", []any{"amount", "10"}, result{10, true, "", ""}},
		"converted by HubSpot": {
			"USD",
			[]any{"amount", "10", "amount_in_home_currency", "11.5", "deal_currency_code", "EUR"},
			result{10, true, "EUR", "USD"},
		},
		"not converted": {
			"USD",
			[]any{"amount", "10", "amount_in_home_currency", "", "deal_currency_code", "EUR"},
			result{10, true, "EUR", ""},
		},
		"conversion unreadable": {
			"USD",
			[]any{"amount", "10", "amount_in_home_currency", "N/A", "deal_currency_code", "EUR"},
			result{10, true, "EUR", ""},
		},
		"converted to another currency": {
			"CHF",
			[]any{"amount", "10", "amount_in_home_currency", "9", "deal_currency_code", "EUR"},
			result{10, true, "EUR", "CHF"},
		},
		"no amount": {"USD", []any{"deal_currency_code", "EUR"}, result{0, false, "EUR", ""}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			deal, quarantined := readOne(t, decoder(t, test.company), wire(t, test.properties...))
			if quarantined != nil {
				t.Fatalf("quarantined for its %s", quarantined.Reason)
			}
			got := result{deal.Amount.Float(), deal.AmountKnown, deal.Currency, deal.ConvertedCurrency}
			if deal.ConvertedKnown != (test.want.In != "") {
				t.Errorf("a conversion is known: %t", deal.ConvertedKnown)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestCurrencyThatIsConfigured holds who says in which currency an amount is, in accounts that report in USD: the deal,
// the configuration, the account.
func TestCurrencyThatIsConfigured(t *testing.T) {
	type result struct {
		Amount   float64
		Currency string
	}
	own := []any{"amount", "10", "amount_in_home_currency", "11.5", "hs_acv", "40", "deal_currency_code", "GBP"}
	none := []any{"amount", "10", "amount_in_home_currency", "10", "hs_acv", "40"}
	tests := map[string]struct {
		company, stated, amount string
		properties              []any
		want                    result
	}{
		"the account's":                          {company: "EUR", properties: none, want: result{10, "EUR"}},
		"the configured one, of an unknown one":  {stated: "EUR", properties: none, want: result{10, "EUR"}},
		"the configured one before the account":  {company: "EUR", stated: "USD", properties: none, want: result{10, "USD"}},
		"the deal's before the configured one":   {company: "EUR", stated: "USD", properties: own, want: result{10, "GBP"}},
		"converted, of an account that is known": {company: "USD", stated: "EUR", properties: own, want: result{11.5, "USD"}},
		"converted, of one that is configured":   {stated: "USD", properties: own, want: result{11.5, "USD"}},
		"another property, the deal's":           {company: "USD", amount: "hs_acv", properties: own, want: result{40, "GBP"}},
		"another property, the account's":        {company: "EUR", amount: "hs_acv", properties: none, want: result{40, "EUR"}},
		"another property, the configured one": {
			company: "EUR", stated: "USD", amount: "hs_acv", properties: own, want: result{40, "USD"},
		},
		"the home amount, the account's": {
			company: "EUR", amount: "amount_in_home_currency", properties: own, want: result{11.5, "EUR"},
		},
		"the home amount, the configured one": {
			company: "EUR", stated: "USD", amount: "amount_in_home_currency", properties: own, want: result{11.5, "USD"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := decoder(t, test.company, func(cfg *config.Source) { cfg.Currency, cfg.Amount = test.stated, test.amount })
			deal, quarantined := readOne(t, r, wire(t, test.properties...))
			if quarantined != nil {
				t.Fatalf("quarantined for its %s", quarantined.Reason)
			}
			got := result{deal.Amount.Float(), deal.Currency}
			if deal.ConvertedCurrency == "USD" {
				got = result{deal.Converted.Float(), deal.ConvertedCurrency}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

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
