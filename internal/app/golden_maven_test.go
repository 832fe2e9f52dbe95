package app

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/maven"
)

// goldenMavenConfig has every default of the metrics, and targets of several kinds.
const goldenMavenConfig = `
timezone: UTC
currency: USD
dimensions: [pipeline, rep, team, territory, product]
targets:
  - {name: revenue, kpi: revenue_won, value: 3000000, every: quarter, pace: working_days}
  - {name: year, kpi: revenue_won, value: 10000000, period: 2017}
  - {name: growth, kpi: revenue_won, growth: 0.1, over: previous_quarter, every: quarter}
  - {name: deals_west, kpi: deals_won, value: 120, every: month, scope: {territory: West}}
  - {name: rep, kpi: revenue_won, value: 300000, every: quarter, scope: {rep: Darcel Schlecht}}
  - {name: team, kpi: win_ratio, value: 0.6, every: quarter, scope: {team: Melvin Marxen}}
  - {name: product, kpi: pipeline_created, value: 200000, every: quarter, scope: {product: GTXPro, territory: East}}
sources:`

// TestGoldenMaven freezes the pages of 8,800 real-shaped opportunities, read through each connector and shown as of three
// instants. The data set is not part of the project, so that digests stand for its numbers.
func TestGoldenMaven(t *testing.T) {
	dir := mavenDir(t)
	for _, connector := range []string{"hubspot", "salesforce"} {
		t.Run(connector, func(t *testing.T) {
			t.Parallel()
			file := secretFile(t)
			synctest.Test(t, func(t *testing.T) { // So that nobody waits for rate limits. They need the account's clock to run.
				time.Sleep(time.Until(afterMaven()))
				world, err := maven.Load(dir, time.Now)
				if err != nil {
					t.Fatal(err)
				}
				a, network := inMemory(connector, world)
				checkMaven(t, connector, a.yaml("maven", file), func(o *Options) { o.Transport = network })
			})
		})
	}
	t.Run("spreadsheet", func(t *testing.T) {
		t.Parallel()
		checkMaven(t, "spreadsheet", mavenSource(t, "spreadsheet", dir, afterMaven))
	})
}

// afterMaven is a clock that stands after the last event of the data set.
func afterMaven() time.Time { return time.Date(2018, time.January, 15, 9, 0, 0, 0, time.UTC) }

func checkMaven(t *testing.T, connector, sources string, adjust ...func(*Options)) {
	t.Helper()
	yaml := goldenMavenConfig + sources
	adjust = append(adjust, at(afterMaven()))
	h := newHarness(t, yaml, adjust...)
	h.mustSync()
	checkDigests(t, "maven_"+connector, h.page())
	for name, then := range map[string]time.Time{
		"mid_quarter": time.Date(2017, time.November, 15, 12, 0, 0, 0, time.UTC),
		"new_quarter": time.Date(2017, time.October, 1, 8, 0, 0, 0, time.UTC),
	} {
		h.close()
		h.open(yaml, append(slices.Clone(adjust), asOf(then))...)
		checkDigests(t, "maven_"+connector+"_"+name, h.page())
	}
	h.close()
}
