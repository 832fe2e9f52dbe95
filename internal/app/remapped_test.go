package app

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simhubspot "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	simsalesforce "github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/mirror/mirrortest"
)

const remappedConfig = `
timezone: UTC
dimensions: [rep, territory, segment]
histogram_dimensions: []
windows: [all_time]
rollups: [[]]
sources:
  - name: crm
    interval: 10s
    full_sync_interval: 1h
    %s
    map: {%s}
`

// remapped is an account whose mapping a test changes. It stands still, answers in small pages, and goes down after so
// many calls as the test allows.
type remapped struct {
	kind, connect string
	now           time.Time
	left, calls   atomic.Int64
}

func newRemapped(t *testing.T, kind string) *remapped {
	t.Helper()
	x := &remapped{kind: kind, now: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)}
	x.left.Store(1 << 40)
	world := crmsim.Generate(crmsim.GenerateOptions{Seed: 5, Deals: 180, Now: x.clock, Still: true})
	var api http.Handler
	if kind == "hubspot" {
		api = simhubspot.NewHandler(world, simhubspot.Options{
			Tokens: []string{secret}, ShortPages: true,
			Limits: simhubspot.Limits{TenSecondly: -1, SearchSecondly: -1, Daily: -1},
		})
	} else {
		api = simsalesforce.NewHandler(world, simsalesforce.Options{
			Clients: map[string]string{"key": secret}, PageSize: 20, DailyLimit: 10_000_000,
		})
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x.calls.Add(1)
		w.Header().Set("Date", x.now.Format(http.TimeFormat))
		if x.left.Add(-1) < 0 {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		api.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	x.connect = fmt.Sprintf("hubspot: {token_file: %q, base_url: %s}", secretFile(t), server.URL)
	if kind == "salesforce" {
		x.connect = fmt.Sprintf("salesforce: {instance_url: %s, client_credentials: {client_id: key, client_secret_file: %q}}",
			server.URL, secretFile(t))
	}
	x.connect += "\n    api_budget: {daily_share: 1, requests_per_second: 1000}"
	return x
}

func (x *remapped) clock() time.Time { return x.now }

func (x *remapped) at(o *Options) { o.Now = x.clock }

func (x *remapped) yaml(mapped ...string) string {
	return fmt.Sprintf(remappedConfig, x.connect, strings.Join(mapped, ", "))
}

func sameBusiness(t *testing.T, what string, want, got scraped) {
	t.Helper()
	if diff := cmp.Diff(want.business(), got.business()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// mapping is a change of the configuration.
type mapping struct{ before, after []string }

func (x *remapped) widenings() map[string]mapping {
	territory, deal, account := "territory: {property: region}", "segment: {property: dealtype}",
		"segment: {property: industry, object: company}"
	rep := ""
	if x.kind == "salesforce" {
		territory, deal, account = "territory: {property: Region__c}", "segment: {property: Type}",
			"segment: {property: Account.Industry}"
		rep = "segment: {property: Owner.Department}"
	}
	changes := map[string]mapping{
		"a property of deals":                   {[]string{territory}, []string{territory, deal}},
		"one that goes":                         {[]string{territory, deal}, []string{territory}},
		"of accounts, where none was mapped":    {[]string{territory}, []string{territory, account}},
		"from deals to accounts":                {[]string{territory, deal}, []string{territory, account}},
		"the only one of accounts that is gone": {[]string{territory, account}, []string{territory}},
	}
	if rep != "" {
		changes["of reps"] = mapping{[]string{territory}, []string{territory, rep}}
	}
	return changes
}

// readInLives has an exporter read another mapping in lives that end with each page. Its page stays what it was until all is
// read, which takes anew calls in one go, and is what is wanted then. between is called after each life, unless it is nil.
func (x *remapped) readInLives(h *harness, yaml string, until, want scraped, anew int, between func(calls int)) {
	h.t.Helper()
	for calls := 1; ; calls += lifeStep() {
		h.close()
		h.open(yaml, x.at)
		sameBusiness(h.t, fmt.Sprintf("before call %d", calls), until, h.page())
		x.left.Store(int64(calls))
		err := h.sync()
		x.left.Store(1 << 40)
		if err == nil {
			if mirrortest.Thorough && calls >= anew-1 {
				h.t.Errorf("it took %d calls in one life, as many as to read everything: it did not go on", calls)
			}
			break
		}
		if calls > 100 {
			h.t.Fatal(err)
		}
		sameBusiness(h.t, fmt.Sprintf("down after %d calls", calls), until, h.page())
		if between != nil {
			between(calls)
		}
	}
	sameBusiness(h.t, "in the end", want, h.page())
	h.close()
	h.open(yaml, x.at)
	sameBusiness(h.t, "after another start", want, h.page())
}

// lifeStep returns by how many calls each life of an exporter is longer than the one before.
func lifeStep() int {
	if mirrortest.Thorough {
		return 1
	}
	return 7
}

// TestWidening maps a property that was not mapped before. The exporter is killed after each page of the pass that reads
// it and goes on; its page stays what it was, without the property, until the pass has ended.
func TestWidening(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		for name, change := range newRemapped(t, kind).widenings() {
			t.Run(kind+", "+name, func(t *testing.T) {
				t.Parallel()
				x := newRemapped(t, kind)
				h := newHarness(t, x.yaml(change.before...), x.at)
				h.mustSync()
				// The dimensions that are in both configurations.
				without := newHarness(t, x.yaml(change.before[0]), x.at)
				without.mustSync()
				x.calls.Store(0)
				want := newHarness(t, x.yaml(change.after...), x.at)
				want.mustSync()
				anew := int(x.calls.Load())
				x.readInLives(h, x.yaml(change.after...), without.page(), want.page(), anew, nil)
			})
		}
	}
}

// replacements are changes of what columns say.
func (x *remapped) replacements() map[string]mapping {
	territory, other, account := "territory: {property: region}", "territory: {property: dealtype}",
		"segment: {property: industry, object: company}"
	if x.kind == "salesforce" {
		territory, other, account = "territory: {property: Region__c}", "territory: {property: Type}",
			"segment: {property: Account.Industry}"
	}
	renamed := strings.TrimSuffix(account, "}") + ", values: {RETAIL: Shops, Retail: Shops}}"
	return map[string]mapping{
		"another property":                    {[]string{territory}, []string{other}},
		"values of accounts":                  {[]string{territory, account}, []string{territory, renamed}},
		"both at once":                        {[]string{territory, account}, []string{other, renamed}},
		"another property, and one more":      {[]string{territory}, []string{other, account}},
		"another property, and one that goes": {[]string{territory, account}, []string{other}},
	}
}

// TestReplacing maps a dimension otherwise. The exporter is killed after each page of the reading and goes on; its page
// stays what it was under the mapping before, but for what only one of the two maps. Taken back half-way, the mapping
// before goes on where it was.
func TestReplacing(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		for name, change := range newRemapped(t, kind).replacements() {
			t.Run(kind+", "+name, func(t *testing.T) {
				t.Parallel()
				x := newRemapped(t, kind)
				h := newHarness(t, x.yaml(change.before...), x.at)
				h.mustSync()
				before := h.page()
				frozen := before
				if len(change.before) != len(change.after) {
					without := newHarness(t, x.yaml(change.before[0]), x.at)
					without.mustSync()
					frozen = without.page()
				}
				x.calls.Store(0)
				want := newHarness(t, x.yaml(change.after...), x.at)
				want.mustSync()
				anew := int(x.calls.Load())
				takeBack := func(calls int) {
					if calls != 8 {
						return
					}
					h.close()
					h.open(x.yaml(change.before...), x.at)
					sameBusiness(t, "taken back", before, h.page())
					x.calls.Store(0)
					h.mustSync()
					sameBusiness(t, "taken back and synced", before, h.page())
					if len(change.before) == len(change.after) && int(x.calls.Load()) >= anew {
						t.Errorf("to take it back took %d calls, as many as to read everything", x.calls.Load())
					}
				}
				x.readInLives(h, x.yaml(change.after...), frozen, want.page(), anew, takeBack)
			})
		}
	}
}

// TestExcludeReadsWhatIsNotReadYet has the exclude expression read a dimension that is mapped for the first time, or
// otherwise. Judged by what the mirror holds, deals would count that are to be left out: the source has no numbers, and
// says why, until the deals are read.
func TestExcludeReadsWhatIsNotReadYet(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		x := newRemapped(t, kind)
		for name, change := range map[string]mapping{
			"for the first time": x.widenings()["a property of deals"],
			"otherwise":          x.replacements()["another property"],
			"name":               {x.widenings()["one that goes"].after, x.widenings()["one that goes"].after},
		} {
			t.Run(kind+", "+name, func(t *testing.T) {
				t.Parallel()
				field := map[string]string{"for the first time": "segment", "otherwise": "territory", "name": "name"}[name]
				excluding := func(mapped []string) string {
					return x.yaml(mapped...) + "\n    exclude: '" + field + " contains \"e\"'\n"
				}
				h := newHarness(t, x.yaml(change.before...), x.at)
				h.mustSync()
				want := newHarness(t, excluding(change.after), x.at)
				want.mustSync()
				h.reconfigure(excluding(change.after))
				for _, what := range []string{"after the reload", "after a restart"} {
					p := h.page()
					if lines := p.matching("sales_deals_won"); len(lines) > 0 {
						t.Errorf("%s there are numbers: %v", what, lines)
					}
					if !strings.Contains(h.landing(), "exclude reads "+field+", which is being read anew") {
						t.Errorf("%s nobody says why:\n%s", what, h.landing())
					}
					h.close()
					h.open(excluding(change.after), x.at)
				}
				h.mustSync()
				sameBusiness(t, "in the end", want.page(), h.page())
			})
		}
	}
}

// TestTargetOfWhatIsNotReadYet has the scope of a target name a dimension that is mapped for the first time, or a value that
// it comes to have. Whether the scope matches is not known until the deals are read.
func TestTargetOfWhatIsNotReadYet(t *testing.T) {
	t.Parallel()
	x := newRemapped(t, "hubspot")
	territory, segment := "territory: {property: region}", "segment: {property: dealtype}"
	renamed := "territory: {property: region, values: {emea: Europe}}"
	for name, test := range map[string]struct {
		after []string
		scope string
	}{
		"dimension": {[]string{territory, segment}, "segment: newbusiness"},
		"value":     {[]string{renamed}, "territory: Europe"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, x.yaml(territory), x.at)
			h.mustSync()
			h.reconfigure(x.yaml(test.after...) +
				"\ntargets: [{name: won, kpi: deals_won, value: 5, every: year, scope: {" + test.scope + "}}]\n")
			same(t, "missing", h.page().sum("sales_target_missing_sources"), 1)
			for _, metric := range []string{"sales_target_matched", "sales_target_actual_value"} {
				if lines := h.page().matching(metric); len(lines) > 0 {
					t.Errorf("before it is read there is %v", lines)
				}
			}
			h.mustSync()
			same(t, "missing in the end", h.page().sum("sales_target_missing_sources"), 0)
			same(t, "matched", h.page().sum("sales_target_matched"), 1)
		})
	}
}

// TestWideningRefused binds a configuration that is refused after all: the one in force goes on with its numbers.
func TestWideningRefused(t *testing.T) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		changes := newRemapped(t, kind).widenings()
		maps.Copy(changes, newRemapped(t, kind).replacements())
		for name, change := range changes {
			t.Run(kind+", "+name, func(t *testing.T) {
				t.Parallel()
				x := newRemapped(t, kind)
				h := newHarness(t, x.yaml(change.before...), x.at)
				h.mustSync()
				before := h.page()
				h.refuse(x.yaml(change.after...))
				sameBusiness(t, "refused", before, h.page())
				h.mustSync()
				sameBusiness(t, "after a sync", before, h.page())
			})
		}
	}
}

// refuse has a reload fail after the mirror was bound to the new configuration.
func (h *harness) refuse(yaml string) {
	h.t.Helper()
	inForce := readFile(h.t, h.file)
	next := h.next(yaml)
	for _, s := range next.syncers {
		if err := s.bind(h.t.Context(), next.store); err != nil {
			h.t.Fatal(err)
		}
	}
	writeFile(h.t, h.file, inForce)
	h.app.engine.declare()
}

// TestWideningOfAFile names one more column of a file.
func TestWideningOfAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "deals.csv")
	writeFile(t, file, "Id,Rep,Phase,Value,Close,Area,Branch\n"+
		"1,Ann,Won,100,2026-03-01,East,Retail\n2,Bea,Won,50,2026-03-02,West,Health\n")
	config := func(columns string) string {
		return fmt.Sprintf(`
timezone: UTC
dimensions: [rep, territory, segment]
histogram_dimensions: []
windows: [all_time]
rollups: [[]]
sources:
  - name: file
    spreadsheet: {deals: {file: %q, columns: {id: Id, rep: Rep, stage: Phase, amount: Value, closed: Close%s}, stages: {Won: won}}}
`, file, columns)
	}
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	at := func(o *Options) { o.Now = func() time.Time { return now } }
	narrow, wide := config(", territory: Area"), config(", territory: Area, segment: Branch")
	h := newHarness(t, narrow, at)
	h.mustSync()
	before := h.page()
	h.close()
	h.open(wide, at)
	sameBusiness(t, "before it is read", before, h.page())
	h.mustSync()
	same(t, "of a branch", h.page().sum("sales_revenue_won_amount", "segment", "Retail"), 100)
	same(t, "of all", h.page().sum("sales_revenue_won_amount"), 150)
}
