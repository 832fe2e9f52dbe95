package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// ledgerConfig is a spreadsheet of deals, and targets for two reps of which one is mistyped.
const ledgerConfig = `
currency: EUR
dimensions: [rep, team]
histogram_dimensions: []
rollups: [[]]
sources:
  - name: ledger
    spreadsheet:
      deals:
        file: deals.csv
        columns: {id: id, stage: stage, amount: amount, closed: closed, rep: rep, team: team}
        stages: {Won: won, Lost: lost, Open: open}
targets:
  - {name: q3_ann, kpi: revenue_won, value: 1000, period: 2024-Q3, scope: {rep: ann ames}}
  - {name: q3_bob, kpi: revenue_won, value: 1000, period: 2024-Q3, scope: {rep: Bob Brwon}}
`

// writeDeals writes the sheet as if it had lain there for some time: a file that was just written is waited for.
func writeDeals(t *testing.T, h *harness, age time.Duration, rows string) {
	t.Helper()
	path := filepath.Join(h.dir, "deals.csv")
	writeFile(t, path, "id,stage,amount,closed,rep,team\n"+rows)
	then := time.Now().Add(-age)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
}

// TestTargetThatMatchesNothing holds case C5 from the sheet to the page and the log: a typing error in one target, and a
// rep of another who is renamed and named back.
func TestTargetThatMatchesNothing(t *testing.T) {
	h := newHarness(t, ledgerConfig)
	h.mustHave("sales_target_value", 1000, "target", "q3_ann")
	writeDeals(t, h, time.Hour, "1,Won,400,2024-08-01,Ann Ames,North\n2,Won,30,2024-08-02,Bob Brown,South\n")
	h.mustSync()
	h.mustHave("sales_target_actual_value", 400, "target", "q3_ann", "rep", "Ann Ames")
	h.mustHave("sales_target_matched", 0, "target", "q3_bob", "rep", "Bob Brwon")
	for _, metric := range []string{"actual_value", "attainment_ratio", "gap_value", "forecast_value"} {
		if got := h.page().matching("sales_target_"+metric, "target", "q3_bob"); len(got) > 0 {
			t.Errorf("sales_target_%s of what matches nothing is %v", metric, got)
		}
	}
	warned := func(target, hint string) int {
		n := 0
		for line := range strings.Lines(h.log.String()) {
			if strings.Contains(line, "target="+target) && strings.Contains(line, hint) {
				n++
			}
		}
		return n
	}
	h.app.engine.recompute()
	if warned("q3_bob", "did you mean Bob Brown?") != 1 || warned("q3_ann", "") != 0 {
		t.Errorf("want one warning on q3_bob:\n%s", h.log)
	}
	if page := h.landing(); !strings.Contains(page, "<li>q3_bob: ") || strings.Contains(page, "<li>q3_ann: ") {
		t.Errorf("the landing page does not list q3_bob alone:\n%s", page)
	}

	writeDeals(t, h, time.Minute, "1,Won,400,2024-08-01,Ann Miller,North\n2,Won,30,2024-08-02,Bob Brown,South\n")
	h.mustSync()
	h.mustHave("sales_target_matched", 0, "target", "q3_ann")
	if got := h.page().matching("sales_target_actual_value", "target", "q3_ann"); len(got) > 0 {
		t.Errorf("the target of a rep who was renamed has reached %v", got)
	}
	writeDeals(t, h, 30*time.Second, "1,Won,400,2024-08-01,Ann Ames,North\n2,Won,30,2024-08-02,Bob Brown,South\n")
	h.mustSync()
	h.mustHave("sales_target_actual_value", 400, "target", "q3_ann")
	writeDeals(t, h, 20*time.Second, "1,Won,400,2024-08-01,Ann Miller,North\n2,Won,30,2024-08-02,Bob Brown,South\n")
	h.mustSync()
	if warned("q3_ann", "did you mean Ann Miller?") != 2 || warned("q3_bob", "") != 1 {
		t.Errorf("want two warnings on q3_ann and one on q3_bob:\n%s", h.log)
	}
}

// TestTargetOfAHashedRep finds the rep by name and shows the name nowhere.
func TestTargetOfAHashedRep(t *testing.T) {
	t.Setenv("REP_KEY", "a key of some length")
	h := newHarness(t, "rep_label: hash\nhash_key_env: REP_KEY\n"+ledgerConfig)
	writeDeals(t, h, time.Hour, "1,Won,400,2024-08-01,Ann Ames,North\n2,Won,30,2024-08-02,Bob Brown,South\n")
	h.mustSync()
	h.mustHave("sales_target_actual_value", 400, "target", "q3_ann")
	h.mustHave("sales_target_matched", 0, "target", "q3_bob")
	for _, name := range []string{"Ann", "Ames", "ann ames", "Bob", "Brwon"} {
		if strings.Contains(h.page().text, name) {
			t.Errorf("the page names %s", name)
		}
		if strings.Contains(h.landing(), name) {
			t.Errorf("the landing page names %s", name)
		}
		if strings.Contains(h.log.String(), name) {
			t.Errorf("the log names %s:\n%s", name, h.log)
		}
	}
}

// mustHave demands the only sample of a metric with some labels.
func (h *harness) mustHave(metric string, want float64, labels ...string) {
	h.t.Helper()
	got, err := h.page().one(metric, labels...)
	if err != nil || got != want {
		h.t.Errorf("%s %q is %v, %v; want %v", metric, labels, got, err, want)
	}
}

// TestTargetOnWhatIsExcluded holds that a target on deals that the configuration leaves out has not reached 0, and that
// the log says why.
func TestTargetOnWhatIsExcluded(t *testing.T) {
	h := newHarness(t, strings.Replace(ledgerConfig, "    spreadsheet:", "    exclude: 'rep == \"Ann Ames\"'\n    spreadsheet:", 1))
	writeDeals(t, h, time.Hour, "1,Won,400,2024-08-01,Ann Ames,North\n2,Won,30,2024-08-02,Bob Brown,South\n")
	h.mustSync()
	h.mustHave("sales_target_matched", 0, "target", "q3_ann")
	if got := h.page().matching("sales_target_actual_value", "target", "q3_ann"); len(got) > 0 {
		t.Errorf("the target of an excluded rep has reached %v", got)
	}
	for _, want := range []string{"is excluded by exclude or pipelines", "change exclude or pipelines of the source to keep these deals"} {
		if strings.Count(h.log.String(), want) != 1 {
			t.Errorf("the log does not say %q once:\n%s", want, h.log)
		}
	}
}
