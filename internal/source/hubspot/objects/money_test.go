package objects

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/config"
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
			deal, quarantined := readOne(t, newDecoder(t, test.company), wire(t, test.properties...))
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
			r := newDecoder(t, test.company, func(cfg *config.Source) { cfg.Currency, cfg.Amount = test.stated, test.amount })
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
