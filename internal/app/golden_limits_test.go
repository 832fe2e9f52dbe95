package app

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

const goldenLimitsConfig = `
timezone: America/New_York
currency: USD
dimensions: [pipeline, rep, team, territory, business_type, product]
windows: [month_to_date, quarter_to_date, previous_month]
targets:
  - {name: revenue, kpi: revenue_won, value: 400000, every: quarter}
  - {name: rep, kpi: revenue_won, value: 60000, every: quarter, scope: {rep: Hugo Brandt}}
  - {name: territory, kpi: deals_won, value: 9, every: quarter, scope: {territory: Europe}}
  - {name: product, kpi: pipeline_created, value: 90000, every: quarter, scope: {product: platform, business_type: New}}
`

// TestGoldenLimits freezes pages on which deals are left out, values are renamed, and amounts are in other currencies,
// with
// more combinations of labels than the limits allow, with more than any folding can show, and with reps that are hashed.
func TestGoldenLimits(t *testing.T) {
	t.Parallel()
	const sheet = "    exclude: 'rep == \"Test Bot\" || amount < 0'\n"
	hubspot := `map:
      territory: {property: region, values: {emea: Europe, amer: Americas}}
      business_type: {property: dealtype, values: {newbusiness: New, existingbusiness: Existing}}
      product: {property: product}
    exclude: 'team == "Partners" && outcome == "lost" || stage == "Appointment Scheduled" && amount > 20000'
`
	salesforce := `map:
      territory: {property: Region__c, values: {EMEA: Europe}}
      business_type: {property: Type}
      product: {property: Product__c}
    pipelines: [sales pipeline]
    exclude: 'created < date("2024-09-01") || !known(amount)'
`
	for name, c := range map[string]struct{ kind, mapping, more string }{
		"folded": {"hubspot", hubspot, "limits: {series: 1400, values_per_dimension: {rep: 6, product: 2}}\n"},
		"cut":    {"hubspot", hubspot, "limits: {series: 400}\n"},
		"hashed": {"salesforce", salesforce, "rep_label: hash\nhash_key_file: KEY\nrollups: [[], [rep]]\nhistogram_dimensions: []\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := filepath.Join(t.TempDir(), "key")
			writeFile(t, key, "0123456789abcdef0123456789abcdef")
			world := goldenWorld(goldenNow(), "USD")
			addForeignDeals(world)
			crm := strings.Replace(serve(t, c.kind, world, goldenNow).yaml("acme", secretFile(t)), "map: {territory: {property: "+
				map[string]string{"hubspot": "region", "salesforce": "Region__c"}[c.kind]+"}}\n", c.mapping, 1)
			h := newHarness(t, strings.Replace(c.more, "KEY", key, 1)+goldenLimitsConfig+"sources:"+crm+goldenLedger(t, sheet), at(goldenNow()))
			h.mustSync()
			p := h.page()
			checkGolden(t, name, p)
			if folds := p.sum("sales_exporter_series_folded") > 0; folds != (name != "hashed") {
				t.Errorf("values are folded: %v", folds)
			}
			if p.sum("sales_records_excluded", "source", "acme") == 0 || p.sum("sales_records_excluded", "source", "ledger") == 0 {
				t.Error("nothing is left out of a source")
			}
		})
	}
}

// addForeignDeals adds deals in currencies of which the account knows the rate of one.
func addForeignDeals(w *crmsim.World) {
	for i, currency := range []string{"EUR", "EUR", "CHF", "CHF"} {
		stage := []string{"closedwon", "contractsent"}[i%2]
		closed := goldenNow().AddDate(0, 0, []int{-3, 20}[i%2])
		w.AddDeal(crmsim.Deal{
			Head: world.Head{
				Created: goldenNow().AddDate(0, -1, 0),
				Properties: map[string]string{
					"region": "emea", "Region__c": "EMEA", "dealtype": "newbusiness", "Type": "New Business",
					"product": "platform", "Product__c": "Platform",
				},
			},
			Name: "Foreign", Pipeline: "default", Stage: stage, Rep: w.Reps()[i].ID, Amount: "1234.50", Currency: currency,
			Close: closed, StageEntered: goldenNow().AddDate(0, 0, -4),
		})
	}
}
