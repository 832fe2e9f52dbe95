package app

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simhubspot "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

const identityConfig = `
timezone: UTC
currency: USD
dimensions: [rep, team, territory]
histogram_dimensions: [team]
windows: [all_time]
rollups: [[], [rep]]
targets:
  - {name: ann, kpi: revenue_won, value: 500, period: {from: 2020-01-01, to: 2040-12-31}, scope: {rep: Ann Ames}}
  - {name: other, kpi: revenue_won, value: 500, period: {from: 2020-01-01, to: 2040-12-31}, scope: {rep: "Ann Ames (2)"}}
sources:`

// company is a CRM account that a test builds record by record.
type company struct {
	*account
	t     *testing.T
	clock *testClock
}

func newCompany(t *testing.T, kind string, adjust ...func(*simhubspot.Options)) company {
	t.Helper()
	clock := &testClock{}
	world := crmsim.NewWorld(clock.now, crmsim.Info{Number: 7, Currency: "USD", TimeZone: "UTC"})
	world.AddPipeline(crmsim.Pipeline{ID: "default", Label: "Sales", Stages: []crmsim.Stage{
		{ID: "talk", Label: "Talk", Probability: "0.2"},
		{ID: "won", Label: "Won", Closed: true, Won: true, Probability: "1.0"},
		{ID: "lost", Label: "Lost", Closed: true, Probability: "0.0"},
	}})
	return company{account: serve(t, kind, world, clock.now, adjust...), t: t, clock: clock}
}

func (c company) rep(name string) int64 {
	first, last, _ := strings.Cut(name, " ")
	return c.world.AddRep(crmsim.Rep{FirstName: first, LastName: last, Active: true})
}

func (c company) deal(rep, account int64, stage, amount string) int64 {
	return c.world.AddDeal(crmsim.Deal{
		Name: "deal", Pipeline: "default", Stage: stage, Rep: rep, Account: account, Amount: amount, Close: c.clock.now(),
	})
}

func (c company) customer(territory string) int64 {
	return c.world.AddAccount(crmsim.Account{Name: "customer", Head: world.Head{Properties: map[string]string{
		"industry": territory, "Industry": territory,
	}}})
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func (c company) must(_ int64, err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// open starts an exporter that takes the territory from the customer.
func (c company) open() *harness {
	c.t.Helper()
	entry := c.yaml("crm", secretFile(c.t))
	entry = strings.Replace(entry, "property: region", "object: company, property: industry", 1)
	entry = strings.Replace(entry, "property: Region__c", "property: Account.Industry", 1)
	entry = strings.Replace(entry, "full_sync_interval: 1h", "full_sync_interval: 24h", 1)
	return newHarness(c.t, identityConfig+entry, func(o *Options) { o.Now = c.clock.now })
}

// later lets time pass until the references are read again.
func (c company) later() { c.clock.advance(61 * time.Minute) }

// TestC1Namesakes sells as two reps of one name, over a restart, a rename and a sync in which the first one is gone.
func TestC1Namesakes(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			c := newCompany(t, kind)
			first, second := c.rep("Ann Ames"), c.rep("ANN Ames")
			c.deal(first, 0, "won", "100")
			for range 10 {
				c.deal(second, 0, "won", "100")
			}
			for range 5 {
				c.deal(second, 0, "lost", "100")
			}
			h := c.open()
			check := func(what string) {
				t.Helper()
				p := h.page()
				same(t, what+", the first one's revenue", p.sum("sales_revenue_won_amount", "rep", "Ann Ames"), 100)
				same(t, what+", the second one's revenue", p.sum("sales_revenue_won_amount", "rep", "ANN Ames (2)"), 1000)
				same(t, what+", the first one's win ratio", p.sum("sales_win_ratio", "rep", "Ann Ames", "basis", "count"), 1)
				same(t, what+", the second one's win ratio",
					p.sum("sales_win_ratio", "rep", "ANN Ames (2)", "basis", "count"), 10.0/15)
				same(t, what+", the first one's target", p.sum("sales_target_actual_value", "target", "ann"), 100)
				same(t, what+", the second one's target", p.sum("sales_target_actual_value", "target", "other"), 1000)
			}
			h.mustSync()
			check("first sync")
			if got := strings.Count(h.log.String(), "Two reps have the same name"); got != 1 {
				t.Errorf("%d warnings of namesakes, want 1:\n%s", got, h.log)
			}
			h.close()
			h.open(strings.Replace(readFile(t, h.file), "value: 500", "value: 501", 1), func(o *Options) { o.Now = c.clock.now })
			check("restart")
			if err := c.world.RenameRep(first, "Bea", "Berg"); err != nil {
				t.Fatal(err)
			}
			c.later()
			h.mustSync()
			same(t, "renamed", h.page().sum("sales_revenue_won_amount", "rep", "Bea Berg"), 100)
			same(t, "the other one", h.page().sum("sales_revenue_won_amount", "rep", "ANN Ames (2)"), 1000)
			if err := c.world.RenameRep(first, "Ann", "Ames"); err != nil {
				t.Fatal(err)
			}
			c.later()
			h.mustSync()
			check("renamed back")
		})
	}
}

// TestC2ClearedName archives a rep and clears the name, as after a request to be forgotten.
func TestC2ClearedName(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			c := newCompany(t, kind)
			ann, nobody := c.rep("Ann Ames"), c.rep("")
			c.deal(ann, 0, "won", "400")
			c.deal(nobody, 0, "won", "7")
			h := c.open()
			h.mustSync()
			check := func(what string) {
				t.Helper()
				p := h.page()
				same(t, what+", revenue", p.sum("sales_revenue_won_amount", "rep", "Ann Ames"), 400)
				same(t, what+", target", p.sum("sales_target_actual_value", "target", "ann"), 400)
				if kind == "hubspot" { // A name that never was is "owner" and the id.
					same(t, what+", without a name",
						p.sum("sales_revenue_won_amount", "rep", "owner "+simhubspot.OwnerID(nobody)), 7)
				}
			}
			check("before")
			err := c.world.UpdateRep(ann, func(r *crmsim.Rep) { r.Active, r.FirstName, r.LastName, r.Team = false, "", "", 0 })
			if err != nil {
				t.Fatal(err)
			}
			c.later()
			h.mustSync()
			check("cleared")
			same(t, "active reps of that name", h.page().sum("sales_rep_info", "rep", "Ann Ames", "active", "true"), 0)
			h.close()
			yaml := strings.Replace(readFile(t, h.file), "currency: USD", "currency: USD\nrep_label: name", 1)
			// Another mapping has everything read anew, the name that is gone too.
			yaml = strings.Replace(yaml, "interval: 10s", "interval: 10s\n    exclude: 'amount < 0'", 1)
			h.open(yaml, func(o *Options) { o.Now = c.clock.now })
			h.mustSync()
			check("another mapping")
		})
	}
}

// TestC8ChainedMerges merges A and B into N and N and C into M between two looks. HubSpot may list with M all four or
// only N and C.
func TestC8ChainedMerges(t *testing.T) {
	for _, direct := range []bool{false, true} {
		reading := func(o *simhubspot.Options) { o.DirectMerges = direct }
		t.Run(fmt.Sprintf("companies, direct %v", direct), func(t *testing.T) {
			t.Parallel()
			c := newCompany(t, "hubspot", reading)
			ann := c.rep("Ann Ames")
			a, b, third, other := c.customer("EMEA"), c.customer("AMER"), c.customer("APAC"), c.customer("LATAM")
			for i, account := range []int64{a, b, third, other} {
				c.deal(ann, account, "won", strconv.Itoa(100*(i+1)))
			}
			h := c.open()
			h.mustSync()
			c.clock.advance(2 * time.Hour) // No deal is read again for its own sake.
			h.mustSync()
			n, err := c.world.MergeAccounts(b, a)
			c.must(n, err)
			c.must(c.world.MergeAccounts(third, n))
			c.clock.advance(time.Minute)
			h.mustSync()
			p := h.page()
			same(t, "the survivor's revenue", p.sum("sales_revenue_won_amount", "territory", "APAC"), 600)
			same(t, "another one's revenue", p.sum("sales_revenue_won_amount", "territory", "LATAM"), 400)
			same(t, "all revenue", p.sum("sales_revenue_won_amount"), 1000)
			same(t, "companies", p.sum("sales_exporter_mirror_records", "object", "accounts"), 2)
		})
		t.Run(fmt.Sprintf("deals, direct %v", direct), func(t *testing.T) {
			t.Parallel()
			c := newCompany(t, "hubspot", reading)
			ann := c.rep("Ann Ames")
			a, b, third := c.deal(ann, 0, "won", "100"), c.deal(ann, 0, "won", "200"), c.deal(ann, 0, "won", "300")
			c.deal(ann, 0, "won", "1000")
			h := c.open()
			h.mustSync()
			same(t, "before", h.page().sum("sales_revenue_won_amount"), 1600)
			c.clock.advance(2 * time.Hour)
			h.mustSync()
			n, err := c.world.Merge(a, b)
			c.must(n, err)
			c.must(c.world.Merge(third, n))
			c.clock.advance(time.Minute)
			h.mustSync()
			same(t, "revenue", h.page().sum("sales_revenue_won_amount"), 1300)
			same(t, "deals", h.page().sum("sales_deals_won"), 2)
		})
	}
}

// TestPlainMergesCostNoPass holds that a full pass is not read for merges of records that were seen, nor again for an
// old merge.
func TestPlainMergesCostNoPass(t *testing.T) {
	c := newCompany(t, "hubspot", func(o *simhubspot.Options) { o.DirectMerges = true })
	ann := c.rep("Ann Ames")
	a, b, third := c.deal(ann, 0, "won", "100"), c.deal(ann, 0, "won", "200"), c.deal(ann, 0, "won", "300")
	before, err := c.world.Merge(a, b) // Of records that no sync has ever seen.
	c.must(before, err)
	c.clock.advance(time.Hour)
	h := c.open()
	h.mustSync()
	listings := func() float64 {
		return h.page().sum("sales_exporter_api_requests_total", "endpoint", "crm/objects/deals")
	}
	first := listings()
	c.clock.advance(time.Minute)
	n, err := c.world.Merge(before, third)
	c.must(n, err)
	c.clock.advance(time.Minute)
	h.mustSync()
	c.clock.advance(time.Minute)
	c.must(0, c.world.SetAmount(n, "700"))
	c.clock.advance(time.Minute)
	h.mustSync()
	same(t, "revenue", h.page().sum("sales_revenue_won_amount"), 700)
	same(t, "listings", listings(), first)
}

// TestC9OverlookedDeal has HubSpot leave a deal out of its answers about companies.
func TestC9OverlookedDeal(t *testing.T) {
	c := newCompany(t, "hubspot")
	ann := c.rep("Ann Ames")
	known := c.deal(ann, c.customer("EMEA"), "won", "100")
	h := c.open()
	h.mustSync()
	c.script.Add(wire.Rule{Path: "/crm/associations/*", Fault: func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"status":"COMPLETE","results":[]}`)
	}})
	c.clock.advance(time.Minute)
	c.must(0, c.world.SetAmount(known, "150"))
	c.deal(ann, c.customer("AMER"), "won", "1")
	c.clock.advance(time.Minute)
	h.mustSync()
	p := h.page()
	same(t, "the known territory", p.sum("sales_revenue_won_amount", "territory", "EMEA"), 150)
	same(t, "one that was never told", p.sum("sales_revenue_won_amount", "territory", "(none)"), 1)
	if got := strings.Count(h.log.String(), "keeping their previous company"); got != 1 {
		t.Errorf("%d warnings, want 1:\n%s", got, h.log)
	}
	c.script.Clear()
	c.later()
	c.must(0, c.world.SetAmount(known, "160"))
	h.mustSync()
	same(t, "told again", h.page().sum("sales_revenue_won_amount", "territory", "EMEA"), 160)
}

// TestB15NamesOfASheet reads a sheet in which one name stands in many forms, and deals of nobody.
func TestB15NamesOfASheet(t *testing.T) {
	sheet := "id,stage,amount,closed,rep,region\n" +
		"1,Won,100,2024-08-01,José,EMEA\n" +
		"2,Won,200,2024-08-02,Jose\u0301,EMEA\n" +
		"3,Won,10,2024-08-02,JOSÉ ,EMEA\n" +
		"4,Won,5,2024-08-03,,\n"
	h := newHarness(t, `
timezone: UTC
currency: USD
windows: [all_time]
dimensions: [rep, team, territory, segment]
histogram_dimensions: []
rollups: [[]]
targets:
  - {name: jose, kpi: revenue_won, value: 310, period: 2024-Q3, scope: {rep: Jose`+"\u0301"+`}}
sources:
  - name: ledger
    spreadsheet:
      deals:
        file: deals.csv
        columns: {id: id, stage: stage, amount: amount, closed: closed, rep: rep, territory: region}
        stages: {Won: won}
`, func(o *Options) { o.AsOf = time.Date(2024, 9, 15, 12, 0, 0, 0, time.UTC) })
	writeFile(t, h.dir+"/deals.csv", sheet)
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(h.dir+"/deals.csv", old, old); err != nil {
		t.Fatal(err)
	}
	h.mustSync()
	p := h.page()
	same(t, "one rep", p.sum("sales_revenue_won_amount", "rep", "José", "territory", "EMEA", "team", "", "segment", ""), 310)
	same(t, "nobody", p.sum("sales_revenue_won_amount", "rep", "(none)", "territory", "(none)", "team", ""), 5)
	same(t, "target", p.sum("sales_target_actual_value", "target", "jose"), 310)
	same(t, "reps", float64(len(p.matching("sales_rep_info"))), 1)
}

// TestC5TargetOfNobody has a typing error in the scope of one target, and the rep of another renamed in the CRM.
func TestC5TargetOfNobody(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			c := newCompany(t, kind)
			ann := c.rep("Ann Ames")
			c.deal(ann, 0, "won", "400")
			c.deal(ann, 0, "talk", "50")
			h := newHarness(t, changesConfig+c.yaml("crm", secretFile(t))+`
targets:
  - {name: typo, kpi: revenue_won, value: 1000, every: quarter, scope: {rep: Ann Aems}}
  - {name: ann, kpi: revenue_won, value: 1000, every: quarter, scope: {rep: Ann Ames}}
  - {name: ratio, kpi: win_ratio, value: 0.5, every: quarter, scope: {rep: Ann Ames}}
`, func(o *Options) { o.Now = c.clock.now })
			h.mustSync()
			same(t, "of Ann", h.page().sum("sales_target_actual_value", "target", "ann"), 400)
			onlyPlanned(t, h.page(), "typo")
			if !strings.Contains(h.log.String(), "did you mean Ann Ames?") {
				t.Errorf("the near match is not proposed:\n%s", h.log)
			}
			if err := c.world.RenameRep(ann, "Ann", "Miller"); err != nil {
				t.Fatal(err)
			}
			c.later()
			h.mustSync()
			onlyPlanned(t, h.page(), "ann")
			onlyPlanned(t, h.page(), "ratio")
		})
	}
}

// onlyPlanned holds that a target whose scope matches nothing shows what was planned, and nothing that was reached.
func onlyPlanned(t *testing.T, p scraped, target string) {
	t.Helper()
	same(t, target+" matched", p.sum("sales_target_matched", "target", target), 0)
	planned := []string{
		"sales_target_value", "sales_target_start_timestamp_seconds", "sales_target_end_timestamp_seconds",
		"sales_target_elapsed_ratio", "sales_target_matched", "sales_target_missing_sources", "sales_target_info",
	}
	for name := range p.families {
		there := len(p.matching(name, "target", target)) > 0
		if wanted := slices.Contains(planned, name); there != wanted {
			t.Errorf("%s: %s is there: %v", target, name, there)
		}
	}
}
