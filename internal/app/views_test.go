package app

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
)

// reconfigure takes over another configuration as a reload does, without a sync.
func (h *harness) reconfigure(yaml string) {
	h.t.Helper()
	next := h.next(yaml)
	if err := next.load(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	h.app.engine = next
}

// next returns the engine of another configuration, as a reload builds it beside the one in force.
func (h *harness) next(yaml string) *engine {
	h.t.Helper()
	writeFile(h.t, h.file, yaml)
	validated, err := LoadConfig(h.file)
	if err != nil {
		h.t.Fatal(err)
	}
	next, err := h.app.newEngine(h.t.Context(), validated, h.app.engine)
	if err != nil {
		h.t.Fatal(err)
	}
	return next
}

// left returns how many deals a reason leaves out.
func (p scraped) left(reason string) float64 {
	return p.sum("sales_records_excluded", "reason", reason)
}

// TestVerdictIsAView holds that which deals count is decided from what was read: another exclude and other pipelines cost
// no call, and the page says so at once; what a rep or an account is called now decides, not what it was called when the
// deal was read.
func TestVerdictIsAView(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			c := newCompany(t, kind)
			c.world.AddPipeline(crmsim.Pipeline{ID: "renewals", Label: "Renewals", Stages: []crmsim.Stage{crmsim.WonStage("renewed", "Renewed")}})
			north, south := c.world.AddTeam("North"), c.world.AddTeam("South")
			ann, bob := c.rep("Ann Ames"), c.rep("Bob Boll")
			for rep, team := range map[int64]int64{ann: north, bob: south} {
				if err := c.world.UpdateRep(rep, func(r *crmsim.Rep) { r.Team = team }); err != nil {
					t.Fatal(err)
				}
			}
			iberia, nordics := c.customer("Iberia"), c.customer("Nordics")
			c.deal(ann, iberia, "won", "100")
			c.deal(bob, nordics, "won", "10")
			c.world.AddDeal(crmsim.Deal{
				Name: "again", Pipeline: "renewals", Stage: "renewed", Rep: bob, Account: iberia, Amount: "1", Close: c.clock.now(),
			})
			h := c.open()
			h.mustSync()
			config := readFile(t, h.file)
			with := func(lines string) string {
				return strings.Replace(config, "    interval: 10s\n", "    interval: 10s\n"+lines, 1)
			}
			expect := func(what string, revenue, expression, pipeline float64) {
				t.Helper()
				p := h.page()
				same(t, what+", revenue", p.sum("sales_revenue_won_amount"), revenue)
				same(t, what+", by the expression", p.left("expression"), expression)
				same(t, what+", by their pipeline", p.left("pipeline"), pipeline)
			}
			expect("everything", 111, 0, 0)
			c.recorder.Forget()
			for _, edit := range []struct {
				lines                         string
				revenue, expression, pipeline float64
			}{
				{"    exclude: 'team == \"North\"'\n", 11, 1, 0},
				{"    exclude: 'amount < 50 && outcome == \"won\"'\n", 100, 2, 0},
				{"    exclude: 'territory == \"Iberia\"'\n", 10, 2, 0},
				{"    pipelines: [renewals]\n", 1, 0, 2},
				{"    pipelines: [sales]\n    exclude: 'rep startsWith \"Bob\"'\n", 100, 1, 1},
				{"", 111, 0, 0},
			} {
				h.reconfigure(with(edit.lines))
				expect("after the edit "+edit.lines, edit.revenue, edit.expression, edit.pipeline)
			}
			if n := len(c.recorder.Requests()); n > 0 {
				t.Errorf("edits cost %d calls", n)
			}

			h.reconfigure(with("    exclude: 'team == \"North\" || territory == \"Iberia\"'\n"))
			h.mustSync()
			expect("by team and territory", 10, 2, 0)
			if err := c.world.UpdateRep(bob, func(r *crmsim.Rep) { r.Team = north }); err != nil {
				t.Fatal(err)
			}
			c.later()
			h.mustSync()
			expect("after Bob joined the team", 0, 3, 0)
			if err := c.world.UpdateRep(bob, func(r *crmsim.Rep) { r.Team = south }); err != nil {
				t.Fatal(err)
			}
			c.must(0, c.world.UpdateAccount(iberia, func(a *crmsim.Account) {
				a.Properties = map[string]string{"industry": "LATAM", "Industry": "LATAM"}
			}))
			c.later()
			h.mustSync()
			expect("after Bob left it and the customer moved", 11, 1, 0)
		})
	}
}

// TestVerdictOnASheetIsAView holds that another exclude and other pipelines do not have a sheet read anew,
// for the verdict is no part of what was read.
func TestVerdictOnASheetIsAView(t *testing.T) {
	t.Parallel()
	h := openKind(t, "spreadsheet")
	h.mustSync()
	config := readFile(t, h.file)
	for lines, want := range map[string]float64{
		"":                                       100,
		"    exclude: 'amount == 100'\n":         0,
		"    exclude: 'pipeline != \"Sales\"'\n": 100,
		"    pipelines: [SALES]\n":               100,
		"    exclude: 'closed < date(\"2026-02-01\") && stage == \"Won\"'\n": 0,
	} {
		h.reconfigure(strings.Replace(config, "  - name: crm\n", "  - name: crm\n"+lines, 1))
		p := h.page()
		same(t, lines, p.sum("sales_revenue_won_amount"), want)
		if left := p.matching("sales_records_excluded", "reason", "expression"); len(left) != 1 {
			t.Errorf("%s: the source has no numbers", lines)
		}
		same(t, "left out by"+lines, p.left("expression"), (100-want)/100)
	}
}

// TestUnknownPipelineHasNoNumbers holds that a pipeline which does not exist leaves no numbers, rather than 0s, and that the
// source says why; and that the numbers are back, without a call, once the name is right.
func TestUnknownPipelineHasNoNumbers(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce", "spreadsheet"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			h := openKind(t, kind)
			h.mustSync()
			config, before := readFile(t, h.file), h.page()
			with := func(pipeline string) string {
				return strings.Replace(config, "  - name: crm\n", fmt.Sprintf("  - name: crm\n    pipelines: [%s]\n", pipeline), 1)
			}
			h.reconfigure(with("Salse"))
			for _, synced := range []bool{false, true} {
				if synced {
					err := h.sync()
					if err == nil || !strings.Contains(err.Error(), `there is no pipeline "Salse"`) {
						t.Errorf("the sync ended with %v", err)
					}
				}
				if lines := h.page().matching("sales_revenue_won_amount"); len(lines) > 0 {
					t.Errorf("synced %t: there are numbers: %v", synced, lines)
				}
			}
			h.reconfigure(with("SALES"))
			same(t, "revenue", revenueOf(h.page(), "crm"), revenueOf(before, "crm"))
			h.mustSync()
			same(t, "revenue after a sync", revenueOf(h.page(), "crm"), revenueOf(before, "crm"))
		})
	}
}

// openKind starts an exporter over a source of some kind, which holds a deal that was won.
func openKind(t *testing.T, kind string) *harness {
	t.Helper()
	if kind != "spreadsheet" {
		c := newCompany(t, kind)
		c.deal(c.rep("Ann Ames"), c.customer("Iberia"), "won", "100")
		return c.open()
	}
	file := filepath.Join(t.TempDir(), "deals.csv")
	writeFile(t, file, "id,stage,amount,closed,pipeline\n1,Won,100,2026-01-02,Sales\n")
	return newHarness(t, identityConfig+fmt.Sprintf(`
  - name: crm
    spreadsheet:
      deals:
        file: %s
        columns: {id: id, stage: stage, amount: amount, closed: closed, pipeline: pipeline}
        stages: {Won: won}
`, file))
}

// TestReportingCurrencyIsAView holds that another reporting currency costs no call: the mirror has what the CRM says in each
// currency.
func TestReportingCurrencyIsAView(t *testing.T) {
	for kind, want := range map[string]map[string]float64{
		// HubSpot converts into the account's currency; without a rate from it to the reporting one there is no money.
		"hubspot": {"USD": 154.21, "EUR": 0, "GBP": 0},
		// An org with one currency does not say which that is.
		"salesforce": {"USD": 150, "EUR": 150, "GBP": 150},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			c := newCompany(t, kind)
			c.world.UpdateInfo(func(i *crmsim.Info) { i.Rates = map[string]string{"EUR": "1.0842"} })
			ann := c.rep("Ann Ames")
			for currency, amount := range map[string]string{"": "100", "EUR": "50"} {
				c.world.AddDeal(crmsim.Deal{
					Name: "deal", Pipeline: "default", Stage: "won", Rep: ann, Amount: amount, Currency: currency, Close: c.clock.now(),
				})
			}
			h := c.open()
			h.mustSync()
			config := readFile(t, h.file)
			c.recorder.Forget()
			for _, currency := range []string{"USD", "EUR", "GBP", "USD"} {
				h.reconfigure(strings.Replace(config, "currency: USD", "currency: "+currency, 1))
				p := h.page()
				same(t, currency, p.sum("sales_revenue_won_amount", "currency", currency), want[currency])
				if p.sum("sales_deals_won") != 2 {
					t.Errorf("%s: there are no numbers", currency)
				}
			}
			if n := len(c.recorder.Requests()); n > 0 {
				t.Errorf("edits cost %d calls", n)
			}
		})
	}
}
