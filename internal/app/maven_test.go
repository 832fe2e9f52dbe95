package app

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/maven"
)

// mavenVariable names the folder of the public data set "CRM Sales Opportunities". It is not part of the project.
const mavenVariable = "SALES_EXPORTER_MAVEN_DIR"

// mavenDir returns the data set's folder, or skips the test.
func mavenDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv(mavenVariable)
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data", "maven_crm")
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the Maven data set is not at %s; name its folder in %s", dir, mavenVariable)
	}
	return dir
}

// reference is what somebody else computed from the same data.
type reference struct {
	Totals struct {
		Revenue     float64        `json:"revenue"`
		OpenByStage map[string]int `json:"open_by_stage"`
	} `json:"totals"`
	Size         map[string]float64            `json:"deal_size_won_histogram_usd"`
	Cycle        map[string]float64            `json:"sales_cycle_histogram_seconds_won"`
	CycleDays    map[string]map[string]float64 `json:"sales_cycle_histogram_days"`
	CycleStats   map[string]map[string]float64 `json:"sales_cycle_days"`
	ByQuarter    map[string]referenceGroup     `json:"by_close_quarter"`
	ByRegion     map[string]referenceGroup     `json:"by_region"`
	ByManager    map[string]referenceGroup     `json:"by_manager"`
	ByAgent      map[string]referenceGroup     `json:"by_agent"`
	QuarterRep   map[string]float64            `json:"revenue_by_quarter_agent"`
	QuarterPlace map[string]float64            `json:"revenue_by_quarter_region"`
}

type referenceGroup struct {
	Won         float64  `json:"won_count"`
	Lost        float64  `json:"lost_count"`
	Revenue     float64  `json:"revenue"`
	WinRate     *float64 `json:"win_rate_by_count"`
	Mean        *float64 `json:"average_won_deal"`
	Median      *float64 `json:"median_won_deal"`
	CycleMean   *float64 `json:"sales_cycle_days_won_mean"`
	CycleMedian *float64 `json:"sales_cycle_days_won_median"`
}

// TestMaven computes the KPIs of 8,800 real-shaped opportunities through each connector and compares them with the
// reference values, at three points in time.
func TestMaven(t *testing.T) {
	dir := mavenDir(t)
	var want reference
	readJSON(t, filepath.Join(dir, "expected.json"), &want)
	for _, connector := range []string{"hubspot", "salesforce", "spreadsheet"} {
		t.Run(connector, func(t *testing.T) {
			t.Parallel()
			sources := mavenSource(t, connector, dir, time.Now)
			h := newHarness(t, mavenConfig(sources), func(o *Options) { o.AsOf = endOf2017 })
			h.mustSync()
			p := h.page()
			checkQuarter(t, p, want, "2017-Q4")
			checkEnd(t, p, want)
			h.close()
			for as, quarter := range map[time.Time]string{
				time.Date(2017, 10, 1, 0, 0, 0, 0, time.UTC): "2017-Q3",
				time.Date(2017, 7, 1, 0, 0, 0, 0, time.UTC):  "2017-Q2",
			} {
				// The mirror holds everything: no further sync is needed to look at another day.
				h.open(mavenConfig(sources), func(o *Options) { o.AsOf = as })
				p := h.page()
				checkQuarter(t, p, want, quarter)
				checkAllTimeUntil(t, p, want, quarter)
				h.close()
			}
		})
	}
}

var endOf2017 = time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC)

func mavenConfig(sources string) string {
	return `
timezone: UTC
currency: USD
dimensions: [rep, team, territory]
histogram_dimensions: [team]
rollups: [[], [rep], [team], [territory]]
windows: [previous_quarter, all_time]
sources:` + sources
}

// mavenSource puts the data set behind a connector.
func mavenSource(t *testing.T, connector, dir string, now func() time.Time) string {
	t.Helper()
	if connector == "spreadsheet" {
		return fmt.Sprintf(`
  - name: maven
    spreadsheet:
      deals:
        file: %s
        columns: {id: opportunity_id, rep: sales_agent, team: manager, territory: regional_office, stage: deal_stage,
                  product: product, amount: close_value, created: engage_date, closed: close_date, account: account}
        stages: {Won: won, Lost: lost, Engaging: open, Prospecting: open}
`, joinMaven(t, dir, now))
	}
	world, err := maven.Load(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, connector, world, now).yaml("maven", secretFile(t))
}

// joinMaven writes the pipeline with each agent's manager and office beside the agent, as a user of one sheet would.
func joinMaven(t *testing.T, dir string, now func() time.Time) string {
	t.Helper()
	teams := map[string][]string{}
	for _, row := range readCSV(t, filepath.Join(dir, "sales_teams.csv"))[1:] {
		teams[row[0]] = row[1:]
	}
	rows := readCSV(t, filepath.Join(dir, "sales_pipeline.csv"))
	rows[0] = append(rows[0], "manager", "regional_office")
	for i, row := range rows[1:] {
		rows[i+1] = append(row, teams[row[1]]...)
	}
	name := filepath.Join(t.TempDir(), "deals.csv")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(csv.NewWriter(f).WriteAll(rows), f.Close()); err != nil {
		t.Fatal(err)
	}
	old := now().Add(-time.Hour)
	if err := os.Chtimes(name, old, old); err != nil {
		t.Fatal(err)
	}
	return name
}

// checkQuarter compares the previous quarter: in all, by rep, by team and by territory.
func checkQuarter(t *testing.T, p scraped, want reference, quarter string) {
	t.Helper()
	window := []string{"window", "previous_quarter"}
	group := want.ByQuarter[quarter]
	checkSums(t, p, group, window...)
	checkRollups(t, p, group, append(window, "rollup", "all")...)
	for key, revenue := range want.QuarterRep {
		if rep, ok := strings.CutPrefix(key, quarter+"|"); ok {
			same(t, "revenue of "+key, p.sum("sales_revenue_won_amount", append(window, "rep", rep)...), revenue)
		}
	}
	for key, revenue := range want.QuarterPlace {
		if place, ok := strings.CutPrefix(key, quarter+"|"); ok {
			same(t, "revenue of "+key, p.sum("sales_revenue_won_amount", append(window, "territory", place)...), revenue)
		}
	}
}

// checkEnd compares all time at the end of the data: groups, histograms, open deals.
func checkEnd(t *testing.T, p scraped, want reference) {
	t.Helper()
	window := []string{"window", "all_time"}
	for label, groups := range map[string]map[string]referenceGroup{
		"rep": want.ByAgent, "team": want.ByManager, "territory": want.ByRegion,
	} {
		for value, group := range groups {
			checkSums(t, p, group, append(window, label, value)...)
			checkRollups(t, p, group, append(window, "rollup", label, label, value)...)
		}
	}
	for stage, n := range want.Totals.OpenByStage {
		same(t, "open deals in "+stage, p.sum("sales_pipeline_deals", "deal_stage", stage), float64(n))
	}
	same(t, "revenue", p.sum("sales_revenue_won_amount", window...), want.Totals.Revenue)
	for _, outcome := range []string{"won", "lost"} {
		mean, median := want.CycleStats[outcome]["mean"], want.CycleStats[outcome]["median"]
		if outcome == "won" {
			near(t, p, mean*day, "sales_cycle_mean_seconds", append(window, "rollup", "all")...)
			near(t, p, median*day, "sales_cycle_median_seconds", append(window, "rollup", "all")...)
		}
		checkHistogram(t, p, "sales_cycle_seconds", want.CycleDays[outcome], day, append(window, "outcome", outcome)...)
	}
	checkHistogram(t, p, "sales_cycle_seconds", want.Cycle, 1, append(window, "outcome", "won")...)
	checkHistogram(t, p, "sales_deal_size_amount", want.Size, 1, window...)
}

// checkAllTimeUntil compares all time as of an earlier day with the sum of the quarters before it.
func checkAllTimeUntil(t *testing.T, p scraped, want reference, last string) {
	t.Helper()
	var total referenceGroup
	for quarter, group := range want.ByQuarter {
		if quarter <= last {
			total.Won += group.Won
			total.Lost += group.Lost
			total.Revenue += group.Revenue
		}
	}
	checkSums(t, p, total, "window", "all_time")
}

const day = 86400.0

func checkSums(t *testing.T, p scraped, want referenceGroup, pairs ...string) {
	t.Helper()
	name := strings.Join(pairs, " ")
	same(t, "won "+name, p.sum("sales_deals_won", pairs...), want.Won)
	same(t, "lost "+name, p.sum("sales_deals_lost", pairs...), want.Lost)
	same(t, "revenue "+name, p.sum("sales_revenue_won_amount", pairs...), want.Revenue)
}

func checkRollups(t *testing.T, p scraped, want referenceGroup, pairs ...string) {
	t.Helper()
	for _, c := range []struct {
		name string
		want *float64
		unit float64
		more []string
	}{
		{"sales_win_ratio", want.WinRate, 1, []string{"basis", "count"}},
		{"sales_deal_size_mean_amount", want.Mean, 1, nil},
		{"sales_deal_size_median_amount", want.Median, 1, nil},
		{"sales_cycle_mean_seconds", want.CycleMean, day, nil},
		{"sales_cycle_median_seconds", want.CycleMedian, day, nil},
	} {
		labels := append(append([]string{}, pairs...), c.more...)
		if c.want == nil {
			if found := p.matching(c.name, labels...); len(found) > 0 {
				t.Errorf("%s %v must be absent", c.name, labels)
			}
			continue
		}
		near(t, p, *c.want*c.unit, c.name, labels...)
	}
}

// checkHistogram compares the buckets that both sides have; unit turns the reference's bounds into ours.
func checkHistogram(t *testing.T, p scraped, name string, want map[string]float64, unit float64, pairs ...string) {
	t.Helper()
	got := map[float64]float64{}
	count, sum := 0.0, 0.0
	for _, m := range p.matching(name, pairs...) {
		count += float64(m.GetHistogram().GetSampleCount())
		sum += m.GetHistogram().GetSampleSum()
		for _, b := range m.GetHistogram().GetBucket() {
			got[b.GetUpperBound()] += float64(b.GetCumulativeCount())
		}
	}
	compared := 0
	for bound, n := range want {
		switch bound {
		case "+Inf":
			same(t, name+" count", count, n)
		case "sum":
			same(t, name+" sum", sum, n)
		default:
			var le float64
			if _, err := fmt.Sscan(bound, &le); err != nil {
				t.Fatal(err)
			}
			if ours, ok := got[le*unit]; ok {
				compared++
				same(t, fmt.Sprintf("%s le %s", name, bound), ours, n)
			}
		}
	}
	if compared < 5 {
		t.Errorf("%s: only %d buckets coincide", name, compared)
	}
}

func same(t *testing.T, what string, got, want float64) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// near compares the only sample that fits with a quotient that another program computed.
func near(t *testing.T, p scraped, want float64, name string, pairs ...string) {
	t.Helper()
	got, err := p.one(name, pairs...)
	if err != nil {
		t.Error(err)
		return
	}
	if math.Abs(got-want) > 1e-9*math.Abs(want) {
		t.Errorf("%s %v: got %v, want %v", name, pairs, got, want)
	}
}

func readCSV(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}
