package app

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// forgetting is a source whose configuration stops reading something.
type forgetting struct {
	*harness
	now  *testClock
	yaml func(exclude, mapped string) string
}

// forgottenDeals are more than one page of deals, so that pages of the mirror's file divide.
const forgottenDeals = 1200

func forgottenName(i int) string { return fmt.Sprintf("Dossier-%d of Mrs Quux", i) }

func forgottenArea(i int) string { return fmt.Sprintf("Zone-%d", i%7) }

const forgettingConfig = `
timezone: UTC
currency: USD
dimensions: [territory]
histogram_dimensions: []
windows: [all_time]
rollups: [[]]
sources:`

func newForgetting(t *testing.T, kind string) *forgetting {
	t.Helper()
	f := &forgetting{}
	if kind == "spreadsheet" {
		f.now = &testClock{}
		file := filepath.Join(t.TempDir(), "deals.csv")
		var sheet strings.Builder
		sheet.WriteString("Id,Phase,Value,Close,Title,Area\n")
		for i := range forgottenDeals {
			fmt.Fprintf(&sheet, "%d,Won,100,2024-03-01,%s,%s\n", i, forgottenName(i), forgottenArea(i))
		}
		writeFile(t, file, sheet.String())
		f.yaml = func(exclude, mapped string) string {
			if mapped != "" {
				mapped = ", territory: Area"
			}
			return forgettingConfig + fmt.Sprintf(`
  - name: crm
    spreadsheet: {deals: {file: %q, columns: {id: Id, stage: Phase, amount: Value, closed: Close, name: Title%s}, stages: {Won: won}}}
`, file, mapped) + exclude
		}
		return f
	}
	c := newCompany(t, kind)
	f.now = c.clock
	ann := c.rep("Ann Ames")
	for i := range forgottenDeals {
		c.world.AddDeal(crmsim.Deal{
			Name: forgottenName(i), Pipeline: "default", Stage: "won", Rep: ann, Amount: "100", Close: c.clock.now(),
			Head: world.Head{Properties: map[string]string{"region": forgottenArea(i), "Region__c": forgottenArea(i)}},
		})
	}
	entry := c.yaml("crm", secretFile(t))
	f.yaml = func(exclude, mapped string) string {
		if mapped != "" {
			return forgettingConfig + entry + exclude
		}
		before, _, _ := strings.Cut(entry, "    map:")
		return forgettingConfig + before + exclude
	}
	return f
}

// stored returns where the mirror holds a text: in rows, or in more of the bytes of its files than the few copies that
// SQLite leaves behind when it divides a page.
func (f *forgetting) stored(text string) (holders []string) {
	f.t.Helper()
	const copies = forgottenDeals / 20
	files, err := filepath.Glob(filepath.Join(f.dir, "data", "mirror.db*"))
	if err != nil || len(files) == 0 {
		f.t.Fatalf("files %q, error %v", files, err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			f.t.Fatal(err)
		}
		if n := bytes.Count(content, []byte(text)); n > copies {
			holders = append(holders, fmt.Sprintf("%s, %d times", filepath.Base(name), n))
		}
	}
	if n := f.rows(text); n > 0 {
		holders = append(holders, fmt.Sprintf("%d rows", n))
	}
	return holders
}

// rows counts the records of the mirror that hold a text, now or as of the last cycle.
func (f *forgetting) rows(text string) (n int) {
	f.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(f.dir, "data", "mirror.db")+"?mode=ro")
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	const query = `SELECT COUNT(*) FROM records
WHERE instr(content, CAST(? AS BLOB)) > 0 OR instr(before, CAST(? AS BLOB)) > 0`
	if err := db.QueryRowContext(f.t.Context(), query, text, text).Scan(&n); err != nil {
		f.t.Fatal(err)
	}
	return n
}

// TestForgetting stops to read the names of deals, or a mapped dimension: by a restart and one sync nothing of it is left,
// neither in the export nor in the file.
func TestForgetting(t *testing.T) {
	const byName, byAmount, mapped = "    exclude: 'name contains \"-77 \"'\n", "    exclude: 'amount < 0'\n", "mapped"
	for _, kind := range []string{"spreadsheet", "hubspot", "salesforce"} {
		for what, c := range map[string]struct{ exclude, mapped, text, says string }{
			"no exclude":      {"", mapped, "Mrs Quux", "deals/name"},
			"another exclude": {byAmount, mapped, "Mrs Quux", "deals/name"},
			"no dimension":    {byName, "", "Zone-", "territory"},
		} {
			t.Run(kind+", "+what, func(t *testing.T) {
				t.Parallel()
				f := newForgetting(t, kind)
				at := func(o *Options) { o.Now = f.now.now }
				f.harness = newHarness(t, f.yaml(byName, mapped), at)
				f.mustSync()
				same(t, "deals", f.page().sum("sales_deals_won"), forgottenDeals-1)
				if !strings.Contains(f.records(RecordsOptions{Kind: "deals"}), c.text) || f.stored(c.text) == nil {
					t.Fatalf("%q is not read", c.text)
				}
				f.close()
				f.log.Reset()
				f.open(f.yaml(c.exclude, c.mapped), at)
				f.mustSync()
				wantDeals := forgottenDeals
				if c.exclude == byName {
					wantDeals--
				}
				same(t, "deals", f.page().sum("sales_deals_won"), float64(wantDeals))
				if strings.Contains(f.records(RecordsOptions{Kind: "deals"}), c.text) {
					t.Errorf("%q is exported", c.text)
				}
				f.app.engine.collect(t.Context())
				if holders := f.stored(c.text); holders != nil {
					t.Errorf("%q is in %q", c.text, holders)
				}
				if got := f.log.String(); strings.Contains(got, "are new") || !strings.Contains(got, "no longer mapped") ||
					!strings.Contains(got, c.says) {
					t.Errorf("the log says:\n%s", got)
				}
				f.close()
				if holders := f.stored(c.text); holders != nil {
					t.Errorf("closed, %q is in %q", c.text, holders)
				}
			})
		}
	}
}

// TestNameIsReadFromNow begins to read the names of deals: those that the mirror has are without one until the next sync.
func TestNameIsReadFromNow(t *testing.T) {
	for _, kind := range []string{"spreadsheet", "hubspot", "salesforce"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			f := newForgetting(t, kind)
			at := func(o *Options) { o.Now = f.now.now }
			f.harness = newHarness(t, f.yaml("", "mapped"), at)
			f.mustSync()
			if holders := f.stored("Mrs Quux"); holders != nil {
				t.Errorf("names that nothing reads are in %q", holders)
			}
			f.close()
			f.log.Reset()
			f.open(f.yaml("    exclude: 'name contains \"-77 \"'\n", "mapped"), at)
			f.mustSync()
			same(t, "deals", f.page().sum("sales_deals_won"), forgottenDeals-1)
			if got := f.log.String(); !strings.Contains(got, "Properties are new") || strings.Contains(got, "no longer mapped") {
				t.Errorf("the log says:\n%s", got)
			}
		})
	}
}
