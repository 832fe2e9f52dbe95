package app

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
)

// goldenNow is a Wednesday in the middle of a quarter, and noon in Berlin.
func goldenNow() time.Time { return time.Date(2026, time.May, 20, 10, 0, 0, 0, time.UTC) }

// goldenTargets are targets of every KPI, over one source and over both, with and without scopes, for periods that have
// ended, run and lie ahead.
const goldenTargets = `
targets:
  - {name: revenue, kpi: revenue_won, value: 400000, every: quarter, pace: working_days, objective: Grow, accountable: ann, review_by: 2026-06-15}
  - {name: revenue_of_the_year, kpi: revenue_won, value: 1500000, period: 2027}
  - {name: revenue_of_last_quarter, kpi: revenue_won, value: 300000, period: 2026-Q4}
  - {name: revenue_to_come, kpi: revenue_won, value: 500000, period: 2027-Q3}
  - {name: push, kpi: deals_won, value: 12, period: {from: 2026-05-18, to: 2026-06-05}, pace: working_days}
  - {name: wins_in_may, kpi: deals_won, value: 10, period: 2026-05}
  - {name: losses, kpi: deals_lost, value: 5, every: month}
  - {name: lost_revenue, kpi: revenue_lost, value: 20000, every: quarter}
  - {name: new_pipeline, kpi: pipeline_created, value: 250000, every: month, pace: working_days}
  - {name: new_deals, kpi: deals_created, value: 15, every: month}
  - {name: win_ratio, kpi: win_ratio, value: 0.45, every: quarter}
  - {name: win_ratio_of_a_team, kpi: win_ratio, value: 0.5, every: year, scope: {team: Mid-Market}}
  - {name: growth, kpi: revenue_won, growth: 0.2, over: previous_year, every: quarter}
  - {name: growth_by_month, kpi: deals_won, growth: 0.1, over: previous_month, every: month}
  - {name: growth_of_a_rep, kpi: revenue_won, growth: -0.05, over: previous_quarter, every: quarter, scope: {rep: Elena Jansen}}
  - {name: quota_garcia, kpi: revenue_won, value: 90000, every: quarter, scope: {rep: ada garcía}}
  - {name: quota_brandt, kpi: revenue_won, value: 60000, every: quarter, pace: working_days, scope: {rep: Hugo Brandt, team: Mid-Market}}
  - {name: enterprise, kpi: revenue_won, value: 200000, every: quarter, scope: {team: Enterprise}}
  - {name: field, kpi: revenue_won, value: 20000, every: quarter, scope: {team: Field}}
  - {name: partners_in_the_crm, kpi: deals_won, value: 4, every: quarter, scope: {team: Partners, source: acme}}
  - {name: nobody, kpi: deals_won, value: 4, every: quarter, scope: {rep: Nobody At All}}
  - {name: no_such_pair, kpi: deals_won, value: 4, every: quarter, scope: {rep: Ada García, team: Field}}
`

const goldenTargetsConfig = `
timezone: Europe/Berlin
currency: EUR
fiscal_year_start_month: 4
holidays: [2026-05-01, 2026-05-14, 2026-05-25]
dimensions: [rep, team, territory]
histogram_dimensions: []
rollups: [[], [team]]
windows: [today, month_to_date, quarter_to_date, previous_month_to_date]
` + goldenTargets + `
sources:`

// TestGoldenTargets freezes pages of a CRM and a sheet with targets over both: before the CRM was read, after, and as of
// instants at which windows and periods begin or end within a day.
func TestGoldenTargets(t *testing.T) {
	t.Parallel()
	crm := serve(t, "hubspot", goldenWorld(goldenNow(), "EUR"), goldenNow)
	yaml := goldenTargetsConfig + crm.yaml("acme", secretFile(t)) + goldenLedger(t, "")
	h := newHarness(t, yaml, at(goldenNow()))
	for _, s := range h.app.engine.syncers {
		if s.source.Name() == "ledger" {
			h.app.engine.sync(t.Context(), s)
		}
	}
	checkGolden(t, "targets_without_the_crm", h.page())
	h.mustSync()
	checkGolden(t, "targets", h.page())
	for name, then := range map[string]time.Time{
		// The hour of the day in Berlin, which ends the window of the month before within 28 February.
		"targets_end_of_quarter": time.Date(2026, time.March, 31, 16, 0, 0, 0, time.UTC),
		// The first day of a month, which has begun in Berlin only.
		"targets_new_month": time.Date(2026, time.April, 30, 22, 30, 0, 0, time.UTC),
	} {
		h.close()
		h.open(yaml, at(goldenNow()), asOf(then))
		checkGolden(t, name, h.page())
	}
}

// goldenWorld is a generated account whose history ends at an instant and in which nothing happens any more.
func goldenWorld(now time.Time, currency string) *crmsim.World {
	return crmsim.Generate(crmsim.GenerateOptions{
		Seed: 3, Deals: 80, Now: func() time.Time { return now }, Currency: currency, TimeZone: "UTC", Still: true,
	})
}

// goldenLedger is a sheet as a source, with some more keys. Its deals close on both sides of the instants that the pages
// are as of, and some lack what others have.
func goldenLedger(t *testing.T, keys string) string {
	t.Helper()
	rows, err := os.ReadFile(filepath.Join("testdata", "golden", "ledger.csv"))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "ledger.csv")
	writeFile(t, name, string(rows))
	old := goldenNow().Add(-time.Hour)
	if err := os.Chtimes(name, old, old); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`
  - name: ledger
    spreadsheet:
      deals:
        file: %q
        columns: {id: id, rep: rep, team: team, territory: region, stage: stage, amount: amount, currency: currency,
                  created: created, closed: closed}
        stages: {Won: won, Lost: lost, Offer: open, Talk: open}
%s`, name, keys)
}
