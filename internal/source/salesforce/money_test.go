package salesforce

import (
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// TestCurrencyOfADeal holds who says in which currency an amount is: the record, the configuration, the org. Nobody
// does in an org with one currency (C6).
func TestCurrencyOfADeal(t *testing.T) {
	tests := map[string]struct {
		org, record, stated, amount string
		want                        string
		warned                      bool
	}{
		"the record's own":                      {org: "EUR", record: "GBP", want: "GBP"},
		"the record's, beside a configured one": {org: "EUR", record: "GBP", stated: "USD", want: "GBP"},
		"the org's":                             {org: "EUR", want: "EUR"},
		"the configured one before the org's":   {org: "EUR", stated: "CHF", want: "CHF"},
		"nobody tells (C6)":                     {want: "", warned: true},
		"the configured one (C6)":               {stated: "EUR", want: "EUR"},
		"of another field, the record's":        {org: "EUR", record: "GBP", amount: "ExpectedRevenue", want: "GBP"},
		"of another field, the org's":           {org: "EUR", amount: "ExpectedRevenue", want: "EUR"},
		"of another field, the configured one":  {org: "USD", record: "USD", stated: "EUR", amount: "ExpectedRevenue", want: "EUR"},
		"of another field, nobody tells":        {amount: "ExpectedRevenue", want: "", warned: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			configure := func(cfg *config.Source) { cfg.Currency, cfg.Amount = test.stated, test.amount }
			simulate(t, 1, func(x *simulation) {
				if test.org != "" {
					x.org.Show("Opportunity.CurrencyIsoCode", "Organization.DefaultCurrencyIsoCode")
					x.world.UpdateInfo(func(i *crmsim.Info) { i.Currency = test.org })
				}
				x.rewrite(func(fields map[string]any) {
					if _, shown := fields["CurrencyIsoCode"]; shown && test.record == "" {
						fields["CurrencyIsoCode"] = nil
					}
				})
				x.edit(1, func(d *crmsim.Deal) { d.Amount, d.Currency = "9000", test.record })
				x.mustSync()
				time.Sleep(2 * time.Hour)
				x.mustSync() // Reads the references again.
				deal := x.mirror.deals[dealID(1)]
				if deal.Currency != test.want {
					t.Errorf("currency %q, want %q", deal.Currency, test.want)
				}
				if amount := deal.Amount.Float(); (amount == 900) != (test.amount != "") {
					t.Errorf("amount %v of field %q", amount, test.amount)
				}
				if n := strings.Count(x.log.String(), "has no currency setting in the API"); (n == 1) != test.warned || n > 1 {
					t.Errorf("%d warnings: %s", n, x.log)
				}
			}, configure)
		})
	}
}

// TestAmountFieldThatCannotBeRead holds that a Sync fails rather than take all amounts for unknown.
func TestAmountFieldThatCannotBeRead(t *testing.T) {
	for _, field := range []string{"Amount_EUR__c", "amount"} {
		simulate(t, 1, func(x *simulation) {
			x.org.Hide("Opportunity.Amount")
			if err := x.sync(); source.ReasonOf(err) != source.ReasonScope || !strings.Contains(err.Error(), field) {
				t.Errorf("%s: got %v, want a scope error that names the field", field, err)
			}
			if len(x.mirror.deals) != 0 {
				t.Errorf("%s: %d deals were mirrored without an amount", field, len(x.mirror.deals))
			}
		}, func(cfg *config.Source) { cfg.Amount = field })
	}
}

func TestNewRefusesAmountFields(t *testing.T) {
	for _, field := range []string{"Account.AnnualRevenue", "Amount FROM User", "1st__c", "Amount,Name"} {
		_, err := newPlan(config.Source{Amount: field}, false)
		if source.ReasonOf(err) != source.ReasonConfig {
			t.Errorf("%q: got %v, want a config error", field, err)
		}
	}
}
