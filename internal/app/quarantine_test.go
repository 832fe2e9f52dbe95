package app

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// ledger is a configuration over a sheet in the harness's folder.
const ledger = `
timezone: UTC
windows: [all_time]
dimensions: [rep]
histogram_dimensions: []
rollups: [[]]
sources:
  - name: ledger
    spreadsheet:
      deals:
        file: deals.csv
        columns: {id: id, stage: stage, amount: amount, closed: closed, created: created}
        stages: {Won: won, Lost: lost, Open: open}
`

// writeDeals writes the sheet as one that nobody has touched for an hour.
func (h *harness) writeDeals(lines ...string) {
	h.t.Helper()
	name := filepath.Join(h.dir, "deals.csv")
	writeFile(h.t, name, "id,stage,amount,closed,created\n"+strings.Join(lines, "\n")+"\n")
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(name, old, old); err != nil {
		h.t.Fatal(err)
	}
}

func goodRows(from, to int) (rows []string) {
	for i := from; i < to; i++ {
		rows = append(rows, fmt.Sprintf("%d,Won,1,2024-08-01,2024-05-01", i))
	}
	return rows
}

// TestB24ExcludeByDate is the example of docs/configuration.md on a deal without a creation date.
func TestB24ExcludeByDate(t *testing.T) {
	for exclude, want := range map[string]struct{ amount, excluded float64 }{
		`created < date("2020-01-01")`:                    {12, 1},
		`created >= date("2020-01-01")`:                   {10, 1},
		`not (created >= date("2020-01-01"))`:             {5, 3},
		`!known(created) || created < date("2020-01-01")`: {5, 3},
		`amount == 0`:                  {15, 0},
		`amount < 5`:                   {12, 1},
		`closed == date("2024-08-01")`: {0, 4},
		`closed - created > duration("24h") || amount in [7]`: {0, 3},
	} {
		h := newHarness(t, ledger+"    exclude: '"+exclude+"'\n")
		h.writeDeals("1,Won,7,2024-08-01,", "2,Won,3,2024-08-01,2019-05-01", "3,Won,5,2024-08-01,2024-05-01",
			"4,Won,,2024-08-01,")
		h.mustSync()
		page := h.page()
		if got := page.sum("sales_revenue_won_amount"); got != want.amount {
			t.Errorf("%s: %v won, want %v", exclude, got, want.amount)
		}
		if got := page.sum("sales_records_excluded", "reason", "expression"); got != want.excluded {
			t.Errorf("%s: %v excluded, want %v", exclude, got, want.excluded)
		}
	}
}

// TestB26QuarantineIsAGauge counts what cannot be read now, also after a restart and once it was repaired.
func TestB26QuarantineIsAGauge(t *testing.T) {
	h := newHarness(t, ledger)
	want := func(when string, amounts, dates, good float64) {
		t.Helper()
		page := h.page()
		for reason, n := range map[string]float64{"amount": amounts, "date": dates, "stage": 0} {
			got, err := page.one("sales_exporter_records_quarantined", "object", "deals", "reason", reason)
			if err != nil || got != n {
				t.Errorf("%s: %v of reason %s, error %v, want %v", when, got, reason, err, n)
			}
		}
		if got := page.sum("sales_exporter_mirror_records", "object", "deals"); got != good {
			t.Errorf("%s: %v good deals, want %v", when, got, good)
		}
	}
	want("before the first sync", 0, 0, 0)
	h.writeDeals(append(goodRows(0, 31), "a,Won,many,2024-08-01,", "b,Won,1,soon,", "c,Won,few,2024-08-01,")...)
	h.mustSync()
	want("after a sync", 2, 1, 31)
	h.mustSync()
	want("after a sync without a change", 2, 1, 31)
	if n := strings.Count(h.log.String(), "Records cannot be read"); n != 1 {
		t.Errorf("it was logged %d times", n)
	}
	h.close()
	h.open(ledger)
	want("after a restart, before a sync", 2, 1, 31)
	h.mustSync()
	want("after a restart", 2, 1, 31)
	if n := strings.Count(h.log.String(), "Records cannot be read"); n != 2 {
		t.Errorf("after a restart it was logged %d times in all", n)
	}
	h.writeDeals(append(goodRows(0, 31), "a,Won,2,2024-08-01,", "b,Won,1,soon,", "c,Won,3,2024-08-01,")...)
	h.mustSync()
	want("two are repaired", 0, 1, 33)
	h.writeDeals(goodRows(0, 31)...)
	h.mustSync()
	want("the rest is gone", 0, 0, 31)
	if !strings.Contains(h.log.String(), "All records can be read again") {
		t.Errorf("nothing says that all is well:\n%s", h.log)
	}
}

// TestRejects lists what cannot be read beside a running exporter, on the landing page too.
func TestRejects(t *testing.T) {
	h := newHarness(t, ledger)
	list := func(source string) (string, error) {
		var out bytes.Buffer
		err := Rejects(t.Context(), h.app.options, source, &out)
		return out.String(), err
	}
	if got, err := list(""); err != nil || !strings.Contains(got, "no complete sync yet") {
		t.Errorf("before a sync: %q, %v", got, err)
	}
	h.writeDeals(append(goodRows(0, 31),
		"k10,Won,many,2024-08-01,", "k9,Wonn,1,2024-08-01,", "k8,Won,\"ask ann@example.com, +49 170 1234567\",2024-08-01,")...)
	h.mustSync()
	got, err := list("ledger")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if len(lines) != 4 || !slices.Equal(strings.Fields(lines[0]), []string{"SOURCE", "OBJECT", "ID", "PLACE", "REASON", "VALUE"}) {
		t.Fatalf("the list is\n%s", got)
	}
	for _, line := range lines[1:] {
		if fields := strings.Fields(line); fields[0] != "ledger" || fields[1] != "deals" {
			t.Errorf("a line is %q", line)
		}
	}
	for _, personal := range []string{"ann@", "1234567"} {
		if strings.Contains(got, personal) || bytes.Contains(readMirror(t, h), []byte(personal)) {
			t.Errorf("%s is stored or shown", personal)
		}
	}
	if all, err := list(""); err != nil || all != got {
		t.Errorf("the list of all sources is %q, %v", all, err)
	}
	if _, err := list("other"); err == nil || !strings.Contains(err.Error(), "the sources are: ledger") {
		t.Errorf("a source that is not there: %v", err)
	}
	status := h.app.currentEngine().syncers[0]
	row := describe(status, time.Now(), time.UTC)
	if row.Rejected != "3" || row.Reasons != "deals: 2 amount, 1 stage" {
		t.Errorf("the landing page shows %q, %q", row.Rejected, row.Reasons)
	}
	h.writeDeals(goodRows(0, 31)...)
	h.mustSync()
	if got, err := list(""); err != nil || got != "No record is rejected.\n" {
		t.Errorf("nothing rejected: %q, %v", got, err)
	}
}

// TestKeepValues keeps the records as they were received where the configuration asks for it.
func TestKeepValues(t *testing.T) {
	h := newHarness(t, ledger+"quarantine: {keep_values: true}\n")
	h.writeDeals(append(goodRows(0, 31), "a,Won,ask ann@example.com,2024-08-01,")...)
	h.mustSync()
	if !bytes.Contains(readMirror(t, h), []byte("ann@example.com")) {
		t.Error("the row is not kept")
	}
}

// readMirror returns what is stored, with what is not yet in the file itself.
func readMirror(t *testing.T, h *harness) (content []byte) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(h.dir, "data", "mirror.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no mirror in %s, error %v", h.dir, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		content = append(content, data...)
	}
	return content
}

func TestRejectedIsSpelled(t *testing.T) {
	for want, r := range map[string]rejected{
		"":                         nil,
		"deals: 1 amount":          {crm.Deals.Name(): {record.BadAmount: 1}},
		"deals: 10 date, 2 amount": {crm.Deals.Name(): {record.BadAmount: 2, record.BadDate: 10}},
		"deals: 2 amount, 2 date":  {crm.Deals.Name(): {record.BadAmount: 2, record.BadDate: 2}},
		"deals: 1 id; accounts: 3 date; reps: 1 shape": {
			crm.Reps.Name(): {record.BadShape: 1}, crm.Deals.Name(): {record.BadID: 1}, crm.Accounts.Name(): {record.BadDate: 3},
		},
	} {
		if got := r.String(); got != want {
			t.Errorf("%v is spelled %q, want %q", map[record.Name]map[record.Reason]int(r), got, want)
		}
	}
}

func TestRejectsAreInTheOrderOfTheFile(t *testing.T) {
	at := func(object record.Name, id, place string) record.Quarantined {
		return record.Quarantined{Kind: object, ID: id, Place: place}
	}
	want := []record.Quarantined{
		at(crm.Deals.Name(), "z", "row 9, column amount (C9)"), at(crm.Deals.Name(), "", "row 10"),
		at(crm.Deals.Name(), "a", "row 100, column closed (D100)"), at(crm.Accounts.Name(), "9", "hs_lastmodifieddate"),
		at(crm.Accounts.Name(), "10", "amount"), at(crm.Accounts.Name(), "a09", ""), at(crm.Accounts.Name(), "a9", ""),
		at(crm.Reps.Name(), "", ""),
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareRejected)
	for i := range want {
		if got[i].ID != want[i].ID || got[i].Place != want[i].Place {
			t.Fatalf("place %d holds %q %q, want %q %q", i, got[i].ID, got[i].Place, want[i].ID, want[i].Place)
		}
	}
	for want, q := range map[string]record.Quarantined{
		"row 10":                              at(crm.Deals.Name(), "", "row 10"),
		"id 7":                                at(crm.Deals.Name(), "7", ""),
		"id 7, amount":                        at(crm.Deals.Name(), "7", "amount"),
		"one of the deals without an id":      at(crm.Deals.Name(), "", ""),
		"id z, row 9, column amount (C9)":     want[0],
		"id 9, hs_lastmodifieddate":           want[3],
		"one of the reps without an id":       want[7],
		"id a, row 100, column closed (D100)": want[2],
	} {
		if got := whereabouts(q); got != want {
			t.Errorf("whereabouts are %q, want %q", got, want)
		}
	}
}

// TestFirstFailureHasNoLastNumbers holds what is said of a source that never had numbers.
func TestFirstFailureHasNoLastNumbers(t *testing.T) {
	h := newHarness(t, ledger)
	if err := h.sync(); err == nil {
		t.Fatal("a sheet that is not there was read")
	}
	if log := h.log.String(); strings.Contains(log, "last good numbers") || !strings.Contains(log, "no numbers yet") {
		t.Errorf("the log says\n%s", log)
	}
	h.writeDeals(goodRows(0, 3)...)
	h.mustSync()
	h.writeDeals("nonsense")
	if err := os.Remove(filepath.Join(h.dir, "deals.csv")); err != nil {
		t.Fatal(err)
	}
	if err := h.sync(); err == nil || !strings.Contains(h.log.String(), "keeping the last good numbers") {
		t.Errorf("error %v, log\n%s", err, h.log)
	}
}

// TestMirrorInUse: it says what to do.
func TestMirrorInUse(t *testing.T) {
	h := newHarness(t, ledger)
	_, err := New(t.Context(), h.app.options)
	if err == nil || !strings.Contains(err.Error(), "mirror.sqlite.path") {
		t.Errorf("error is %v", err)
	}
}

// TestHealthyPage looks for what seems a fault on the page of a healthy account.
func TestHealthyPage(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		t.Run(kind, func(t *testing.T) {
			clock := &testClock{}
			world := crmsim.Generate(crmsim.GenerateOptions{Seed: 19, Deals: 60, Now: clock.now, Still: true})
			account := serve(t, kind, world, clock.now)
			yaml := "sources:" + account.yaml(kind, secretFile(t))
			h := newHarness(t, yaml, func(o *Options) { o.Now = clock.now })
			for range 2 {
				h.mustSync()
				clock.advance(2 * time.Hour) // to the next full pass
			}
			page := h.page()
			for _, m := range page.families["sales_exporter_api_requests_total"].GetMetric() {
				for _, l := range m.GetLabel() {
					// A session that ended is logged in anew.
					if l.GetName() == "code" && l.GetValue() != "200" && l.GetValue() != "401" {
						t.Errorf("a healthy account shows %s", m)
					}
				}
			}
			for name := range page.families {
				if len(page.matching(name, "object", "accounts")) > 0 {
					t.Errorf("%s has series of accounts, which are not read", name)
				}
			}
			mapped := "company}"
			if kind == "salesforce" {
				yaml = strings.Replace(yaml, "Region__c", "Account.Industry", 1)
			} else {
				yaml = strings.Replace(yaml, "{property: region}", "{property: industry, object: "+mapped, 1)
			}
			h.close()
			h.open(yaml, func(o *Options) { o.Now = clock.now })
			if len(h.page().matching("sales_exporter_mirror_records", "object", "accounts")) != 1 {
				t.Error("accounts are read and have no series")
			}
		})
	}
}
