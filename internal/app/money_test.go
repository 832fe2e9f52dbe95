package app

import (
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/app/known"
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/source/connectors"
)

const moneyConfig = `
timezone: UTC
dimensions: [rep, territory]
histogram_dimensions: []
windows: [quarter_to_date, all_time]
rollups: [[]]
targets:
  - {name: revenue, kpi: revenue_won, value: 1000, every: year}
  - {name: deals, kpi: deals_won, value: 10, every: year}
`

const (
	absentMoney = "money metrics of this source are absent"
	countAs     = "amounts without a currency count as"
)

// portal serves an account in a currency, with deals won for 100, 20 and 3, of which another property says ten times as
// much.
func portal(t *testing.T, kind, currency string) *account {
	t.Helper()
	w := crmsim.NewWorld(time.Now, crmsim.Info{Name: "Acme", Number: 7, Currency: currency, TimeZone: "UTC"})
	w.AddPipeline(crmsim.Pipeline{ID: "default", Label: "Sales", Stages: []crmsim.Stage{
		{ID: "talk", Label: "Talk", Probability: "0.5"},
		{ID: "won", Label: "Won", Closed: true, Won: true, Probability: "1.0"},
		{ID: "lost", Label: "Lost", Closed: true, Probability: "0.0"},
	}})
	rep := w.AddRep(crmsim.Rep{FirstName: "Ann", LastName: "Lee", Active: true})
	for _, amount := range []string{"100", "20", "3"} {
		w.AddDeal(crmsim.Deal{
			Name: "Deal", Pipeline: "default", Stage: "won", Rep: rep, Amount: amount,
			Close: time.Now().Add(-time.Minute),
			Head: world.Head{
				Created:    time.Now().Add(-time.Hour),
				Properties: map[string]string{"amount_usd": amount + "0", "region": "EMEA"},
			},
		})
	}
	return serve(t, kind, w, time.Now)
}

func (h *harness) warnings() int { return strings.Count(h.log.String(), absentMoney) }

// TestCurrencyOfASource holds what a page says of a source whose currency is, or may be, another one than the reporting
// one (C6): the right sum, or none.
func TestCurrencyOfASource(t *testing.T) {
	const absent = -1
	tests := map[string]struct {
		kind, account, reporting, source string
		revenue                          float64
		assumed                          bool // a line says that the currency was assumed
		contradicts                      bool // a line says that the account's currency is another one
	}{
		"HubSpot, reporting in its currency":                       {kind: "hubspot", account: "EUR", reporting: "EUR", revenue: 123},
		"HubSpot, reporting in another (11)":                       {kind: "hubspot", account: "EUR", reporting: "USD", revenue: absent},
		"HubSpot, stated to be the reporting one":                  {kind: "hubspot", account: "EUR", reporting: "USD", source: "currency: USD", revenue: 123, contradicts: true},
		"HubSpot, stated to be another one":                        {kind: "hubspot", account: "USD", reporting: "USD", source: "currency: CHF", revenue: absent, contradicts: true},
		"HubSpot, stated to be the reporting one, which it is not": {kind: "hubspot", account: "USD", reporting: "EUR", source: "currency: EUR", revenue: 123, contradicts: true},
		"HubSpot, another property":                                {kind: "hubspot", account: "USD", reporting: "USD", source: "amount: {property: amount_usd}", revenue: 1230},
		"HubSpot, another property, not converted":                 {kind: "hubspot", account: "EUR", reporting: "USD", source: "amount: {property: amount_usd}", revenue: absent},
		"HubSpot, another property in dollars": {
			kind: "hubspot", account: "EUR", reporting: "USD", source: "currency: USD\n    amount: {property: amount_usd}", revenue: 1230,
		},
		"HubSpot, does not tell":                     {kind: "hubspot", reporting: "USD", revenue: 123, assumed: true},
		"HubSpot, does not tell, but we do":          {kind: "hubspot", reporting: "USD", source: "currency: EUR", revenue: absent},
		"Salesforce of one currency (C6)":            {kind: "salesforce", account: "EUR", reporting: "USD", revenue: 123, assumed: true},
		"Salesforce, stated to be another one (C6)":  {kind: "salesforce", account: "EUR", reporting: "USD", source: "currency: EUR", revenue: absent},
		"Salesforce, stated to be the reporting one": {kind: "salesforce", account: "EUR", reporting: "EUR", source: "currency: EUR", revenue: 123},
		"Salesforce, another field": {
			kind: "salesforce", account: "EUR", reporting: "EUR", source: "currency: EUR\n    amount: {property: ExpectedRevenue}", revenue: 123,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			yaml := "currency: " + test.reporting + moneyConfig + "sources:" +
				portal(t, test.kind, test.account).yaml("acme", secretFile(t)) + "    " + test.source + "\n"
			h := newHarness(t, yaml)
			check := func(when string) {
				t.Helper()
				p := h.page()
				if n := p.sum("sales_deals_won", "window", "all_time"); n != 3 {
					t.Errorf("%s: %v deals won, want 3", when, n)
				}
				if n := len(p.matching("sales_target_actual_value", "target", "deals")); n != 1 {
					t.Errorf("%s: the target of deals has %d actuals, want 1", when, n)
				}
				series := p.matching("sales_revenue_won_amount", "window", "all_time")
				actual := len(p.matching("sales_target_actual_value", "target", "revenue"))
				if test.revenue == absent {
					if len(series) != 0 || actual != 0 || len(p.matching("sales_win_ratio", "basis", "amount")) != 0 {
						t.Errorf("%s: money is served: %v, %d actuals", when, series, actual)
					}
					return
				}
				if sum := p.sum("sales_revenue_won_amount", "window", "all_time", "currency", test.reporting); sum != test.revenue || actual != 1 {
					t.Errorf("%s: revenue %v, want %v; %d actuals", when, sum, test.revenue, actual)
				}
			}
			h.mustSync()
			h.mustSync()
			check("after two syncs")
			if n := strings.Count(h.log.String(), "count as being in the"); (n == 1) != test.assumed || n > 1 {
				t.Errorf("%d lines say that the currency was assumed:\n%s", n, h.log)
			}
			if n := strings.Count(h.log.String(), countAs); (n == 1) != test.contradicts || n > 1 {
				t.Errorf("%d lines say that the account's currency is another one:\n%s", n, h.log)
			}
			if shown := strings.Contains(h.landing(), countAs); shown != test.contradicts {
				t.Errorf("the landing page says that the account's currency is another one: %v", shown)
			}
			want := 0
			if test.revenue == absent {
				want = 1
			}
			if n := h.warnings(); n != want {
				t.Errorf("%d lines say that money is absent, want %d:\n%s", n, want, h.log)
			}
			if shown := strings.Contains(h.landing(), absentMoney); shown != (want == 1) {
				t.Errorf("the landing page says that money is absent: %v", shown)
			}
			h.close()
			h.open(yaml)
			check("after a restart")
		})
	}
}

// landing returns the landing page.
func (h *harness) landing() string {
	h.t.Helper()
	page, err := newLandingPage(h.app)
	if err != nil {
		h.t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	page.ServeHTTP(answer, httptest.NewRequest("GET", "/", nil))
	return answer.Body.String()
}

// TestCheckSourceTellsOfTheCurrency holds that check-source says so before anything is synced.
func TestCheckSourceTellsOfTheCurrency(t *testing.T) {
	for name, test := range map[string]struct {
		account, source string
		want            []string
	}{
		"another one":                       {"EUR", "", []string{"the account's currency is EUR", "set currency: EUR at the top"}},
		"stated":                            {"EUR", "currency: USD", []string{countAs + " USD"}},
		"stated otherwise":                  {"USD", "currency: CHF", []string{"the source's currency is CHF", countAs + " CHF"}},
		"another property, in its currency": {"EUR", "currency: USD\n    amount: {property: amount_usd}", []string{"amount: amount_usd of deals, found"}},
		"the reporting one":                 {"USD", "", nil},
		"another property":                  {"USD", "amount: {property: amount_usd}", []string{"amount: amount_usd of deals, found"}},
		"a property too many":               {"USD", "amount: {property: amount_chf}", []string{`no property "amount_chf"`, "MISSING"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "config.yaml")
			writeFile(t, file, moneyConfig+"sources:"+portal(t, "hubspot", test.account).yaml("acme", secretFile(t))+"    "+test.source+"\n")
			var out strings.Builder
			err := CheckSources(t.Context(), Options{ConfigFile: file, Logger: slog.New(slog.DiscardHandler)}, "", &out)
			if (err != nil) != (name == "a property too many") {
				t.Errorf("error %v", err)
			}
			for _, want := range test.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not in:\n%s", want, out.String())
				}
			}
			if absent := strings.Contains(out.String(), absentMoney); absent != strings.Contains(strings.Join(test.want, ""), "'s currency is") {
				t.Errorf("it says that money is absent: %v\n%s", absent, out.String())
			}
			if said := strings.Contains(out.String(), countAs); said != strings.Contains(strings.Join(test.want, ""), countAs) {
				t.Errorf("it says that the account's currency is another one: %v\n%s", said, out.String())
			}
		})
	}
}

// TestTwoCurrencies holds that amounts of two sources in two currencies are never added up.
func TestTwoCurrencies(t *testing.T) {
	yaml := moneyConfig + "sources:" +
		portal(t, "hubspot", "USD").yaml("acme", secretFile(t)) + portal(t, "hubspot", "EUR").yaml("globex", secretFile(t))
	h := newHarness(t, yaml)
	h.mustSync()
	p := h.page()
	if sum := p.sum("sales_revenue_won_amount", "window", "all_time"); sum != 123 {
		t.Errorf("revenue %v, want the 123 of the source in dollars", sum)
	}
	if n := len(p.matching("sales_revenue_won_amount", "source", "globex")); n != 0 {
		t.Errorf("%d series of revenue of the source in euros", n)
	}
	if left, err := p.one("sales_records_excluded_amount", "source", "globex", "currency", "EUR"); left != 123 || err != nil {
		t.Errorf("%v EUR are left out, %v, want 123", left, err)
	}
	for _, metric := range []string{
		"sales_target_actual_value", "sales_target_attainment_ratio", "sales_target_gap_value", "sales_target_pace_ratio",
		"sales_target_forecast_value", "sales_target_projection_value", "sales_pipeline_coverage_ratio",
	} {
		if n := len(p.matching(metric, "target", "revenue")); n != 0 {
			t.Errorf("%s of the target over both has %d series", metric, n)
		}
	}
	if deals, err := p.one("sales_target_actual_value", "target", "deals"); deals != 6 || err != nil {
		t.Errorf("%v deals won, %v, want 6", deals, err)
	}
}

// TestLeftOutOfASheet reads the cases of sheets whose money or dates cannot all be counted.
func TestLeftOutOfASheet(t *testing.T) {
	const (
		revenue = "sales_revenue_won_amount"
		left    = "sales_records_excluded"
		amount  = "sales_records_excluded_amount"
	)
	type number struct {
		metric string
		pairs  []string
		want   float64
	}
	quarter := []string{"window", "quarter_to_date"}
	tests := map[string]struct {
		rows, source string
		want         []number
		absent       bool
	}{
		"euros among dollars (B09)": {
			rows: "1,Won,250,2024-08-01,2024-07-22\n2,Won,\"€1,000.00\",2024-08-01,2024-07-22\n",
			want: []number{
				{revenue, quarter, 250},
				{left, []string{"reason", "currency_rate_missing"}, 1},
				{amount, []string{"reason", "currency_rate_missing", "currency", "EUR"}, 1000},
			},
		},
		"euros only": {
			rows: "1,Won,€250,2024-08-01,2024-07-22\n2,Won,\"€1,000.00\",2024-08-01,2024-07-22\n",
			want: []number{
				{left, []string{"reason", "currency_rate_missing"}, 2},
				{amount, []string{"currency", "EUR"}, 1250},
				{"sales_deals_won", quarter, 2},
			},
			absent: true,
		},
		"euros by the configuration": {
			rows: "1,Won,250,2024-08-01,2024-07-22\n", source: "currency: EUR",
			want: []number{{amount, []string{"currency", "EUR"}, 250}, {"sales_deals_won", quarter, 1}}, absent: true,
		},
		"a win without a close date (B17)": {
			rows: "141,Won,75000,,2024-07-27\n142,Won,125000,2024-08-25,2024-07-27\n",
			want: []number{
				{revenue, quarter, 125000},
				{left, []string{"reason", "close_date_missing"}, 1},
				{amount, []string{"reason", "close_date_missing", "currency", "USD"}, 75000},
			},
		},
		"created in 1900 (B25)": {
			rows: "1,Won,100,2024-08-01,1900-01-01\n2,Won,100,2024-08-01,2024-07-22\n",
			want: []number{
				{"sales_cycle_mean_seconds", quarter, 864000},
				{revenue, quarter, 200},
				{left, []string{"reason", "implausible_date"}, 1},
			},
		},
		"closed in 1970 and 9999 (B25)": {
			rows: "1,Won,100,1970-01-01,2024-07-22\n2,Won,10,2024-08-01,2024-07-22\n3,Won,1,9999-12-31,2024-07-22\n",
			want: []number{
				{revenue, quarter, 10},
				{left, []string{"reason", "implausible_date"}, 2},
				{left, []string{"reason", "close_date_missing"}, 0},
				{amount, []string{"reason", "implausible_date", "currency", "USD"}, 101},
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "deals.csv")
			writeFile(t, file, "id,stage,amount,closed,created\n"+test.rows)
			h := newHarness(t, moneyConfig+fmt.Sprintf(`sources:
  - name: ledger
    spreadsheet:
      deals:
        file: %q
        columns: {id: id, stage: stage, amount: amount, closed: closed, created: created}
        stages: {Won: won, Lost: lost, Open: open}
    %s
`, file, test.source), func(o *Options) { o.AsOf = time.Date(2024, 9, 15, 12, 0, 0, 0, time.UTC) })
			h.mustSync()
			p := h.page()
			for _, n := range test.want {
				if got, err := p.one(n.metric, n.pairs...); got != n.want || err != nil {
					t.Errorf("%s%v: got %v, %v, want %v", n.metric, n.pairs, got, err, n.want)
				}
			}
			if absent := len(p.families[revenue].GetMetric()) == 0; absent != test.absent {
				t.Errorf("revenue is absent: %v, want %v", absent, test.absent)
			}
		})
	}
}

// TestMoneyWarning holds the whole message, for it is what people get to see.
func TestMoneyWarning(t *testing.T) {
	tests := map[string]struct {
		money    money
		withheld *facts.Withheld
		want     string
	}{
		"nothing": {money{kind: "hubspot", reporting: "USD"}, nil, ""},
		"of the account": {
			money{kind: "hubspot", reporting: "USD"},
			&facts.Withheld{Currency: "EUR"},
			"the account's currency is EUR, the reporting currency is USD and there is no rate: money metrics of this source " +
				"are absent; set currency: EUR at the top, or amount: {property: …} to an amount in USD and currency: USD at the source",
		},
		"of the configuration": {
			money{kind: "spreadsheet", reporting: "USD", currency: "CHF"},
			&facts.Withheld{Currency: "CHF"},
			"the source's currency is CHF, the reporting currency is USD and there is no rate: money metrics of this source " +
				"are absent; set currency: CHF at the top, or name a column of amounts in USD and set currency: USD at the source",
		},
		"of the amounts": {
			money{kind: "salesforce", reporting: "USD"},
			&facts.Withheld{},
			"no amount of the source is in the reporting currency USD and there is no rate: money metrics of this source " +
				"are absent; set currency at the top to that of the amounts, or amount: {property: …} to an amount in USD and " +
				"currency: USD at the source",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.money.warning(test.withheld); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestIdentityFollowsWhatAmountsMean holds that a mirror is read anew when its amounts come to mean something else, and
// goes on when they do not: the reporting currency and the dates that can be true are no part of what was read.
func TestIdentityFollowsWhatAmountsMean(t *testing.T) {
	identity := func(top, source string) mirror.Identity {
		t.Helper()
		validated, err := config.Parse("config.yaml", []byte(top+"\nsources:\n  - name: acme\n    hubspot: {token_env: TOKEN}\n    "+
			"exclude: amount == 0\n    "+source), ".", known.Names())
		if err != nil {
			t.Fatal(err)
		}
		c := validated.Config()
		connector, err := connectors.Of(c.Sources[0]).Open(c.Sources[0], (&App{}).environment(c, nil, nil))
		if err != nil {
			t.Fatal(err)
		}
		id := addressesOf(c.Sources[0].Settings).identity(connector.Streams()[1].Identity())
		id.Former = nil
		return id
	}
	before := identity("", "")
	for what, same := range map[[2]string]bool{
		{"", "interval: 1m"}: true, {"", "amount: {property: amount}"}: true,
		{"plausible_dates: {from: 1990-01-01}", ""}: true, {"plausible_dates: {from: 2000-01-01}", ""}: true,
		{"", "currency: USD"}: false, {"", "currency: EUR"}: false, {"", "amount: {property: hs_acv}"}: false,
		{"currency: EUR", ""}: true,
	} {
		if got := reflect.DeepEqual(identity(what[0], what[1]), before); got != same {
			t.Errorf("%v: the same identity: %v, want %v", what, got, same)
		}
	}
}
