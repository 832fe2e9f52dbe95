package app

import (
	"maps"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
)

// TestSeriesLimit gives the exporter more reps than it may show: the page stays within its limit, sums are preserved in
// "other", and the exporter says that it folded.
func TestSeriesLimit(t *testing.T) {
	clock := &testClock{}
	world := crmsim.Generate(crmsim.GenerateOptions{Seed: 9, Deals: 600, Now: clock.now, Still: true})
	for _, id := range openDeals(t, world, 60) {
		rep := world.AddRep(crmsim.Rep{FirstName: "Rep", LastName: strings.Repeat("x", int(id%97)) + "y", Active: true})
		if err := world.Reassign(id, rep); err != nil {
			t.Fatal(err)
		}
		if err := world.Win(id); err != nil {
			t.Fatal(err)
		}
	}
	a := serve(t, "hubspot", world, clock.now)
	entry := a.yaml("crm", secretFile(t))
	wide := newHarness(t, changesConfig+entry)
	wide.mustSync()
	narrow := newHarness(t, "limits: {series: 1400}"+changesConfig+entry)
	narrow.mustSync()

	all, few := wide.page(), narrow.page()
	if n := len(all.business()); n <= 1400 {
		t.Fatalf("the unlimited page has only %d series, there is nothing to test", n)
	}
	if n := len(few.business()); n > 1400 {
		t.Errorf("%d series on a page limited to 1400", n)
	}
	for _, name := range []string{"sales_deals_won", "sales_deals_lost", "sales_pipeline_deals"} {
		same(t, name, few.sum(name), all.sum(name))
	}
	if got, want := few.sum("sales_revenue_won_amount"), all.sum("sales_revenue_won_amount"); got-want > 0.01 || want-got > 0.01 {
		t.Errorf("revenue: got %v, want %v", got, want)
	}
	if len(few.matching("sales_deals_won", "rep", "other")) == 0 {
		t.Error("nothing was folded into other")
	}
	if few.sum("sales_exporter_series_folded", "metric", "sales_deals_won") == 0 || all.sum("sales_exporter_series_folded") != 0 {
		t.Error("the exporter does not say what it folded")
	}
}

// TestAnyLimitOfSeriesIsObeyed serves pages that cannot hold even what every page has. What was taken away stands in the
// log once, though every minute computes anew, and on the landing page as long as it lasts.
func TestAnyLimitOfSeriesIsObeyed(t *testing.T) {
	world := crmsim.Generate(crmsim.GenerateOptions{Seed: 9, Deals: 300, Now: time.Now, Still: true})
	entry := "\nsources:" + serve(t, "hubspot", world, time.Now).yaml("crm", secretFile(t))
	for limit, want := range map[string]string{
		"40": "sales_pipeline_amount", "100": "sales_win_ratio", "200": "sales_deal_size_mean_amount", "1000": "business_type", "100000": "",
	} {
		t.Run(limit, func(t *testing.T) {
			h := newHarness(t, "limits: {series: "+limit+"}"+entry)
			h.mustSync()
			h.app.engine.recompute()
			n, _ := strconv.Atoi(limit)
			if got := len(h.page().business()); got > n {
				t.Errorf("%d series on a page limited to %s", got, limit)
			}
			const line = "The page was reduced to respect the limits"
			if got := strings.Count(h.log.String(), line); got != min(1, len(want)) || !strings.Contains(h.log.String(), want) {
				t.Errorf("the log says %d times that the page is cut, of %q:\n%s", got, want, h.log.String())
			}
			landing := httptest.NewRecorder()
			page, err := newLandingPage(h.app)
			if err != nil {
				t.Fatal(err)
			}
			page.ServeHTTP(landing, nil)
			if text := landing.Body.String(); strings.Contains(text, "are cut") != (want != "") || !strings.Contains(text, want) {
				t.Errorf("the landing page is\n%s", text)
			}
		})
	}
}

// TestSeriesBudgetOfTheDemo holds what a reader of the README sees, and what the preset beside `metrics.disable` promises
// to those who pay by series. Nothing but ratios may be 0 in every window.
func TestSeriesBudgetOfTheDemo(t *testing.T) {
	data, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	preset := regexp.MustCompile(`(?m)^  #(disable: .*)$`).FindStringSubmatch(string(data))
	if preset == nil {
		t.Fatal("the example shows no preset")
	}
	for name, test := range map[string]struct {
		config string
		most   int
	}{
		"defaults": {string(data), 13_000},
		"preset":   {string(data) + "\nmetrics:\n  " + preset[1] + "\n", 7999},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, test.config)
			h.mustSync()
			page := h.page()
			if n := len(page.business()); n > test.most || n < 5000 {
				t.Errorf("%d series, want at most %d", n, test.most)
			}
			if n := page.sum("sales_exporter_series_folded"); n != 0 {
				t.Errorf("%v combinations are folded", n)
			}
			if series := zeroInEveryWindow(page); len(series) > 0 {
				t.Errorf("0 in every window: %v", series)
			}
		})
	}
}

// zeroInEveryWindow returns the additive series of a page that are 0 in every window, without the labels of windows.
func zeroInEveryWindow(p scraped) []string {
	zero := map[string]bool{}
	for name, f := range p.families {
		for _, m := range f.GetMetric() {
			labels, windowed := []string{name}, false
			for _, l := range m.GetLabel() {
				if l.GetName() == "window" {
					windowed = true
				} else {
					labels = append(labels, l.GetName()+"="+l.GetValue())
				}
			}
			if windowed && !strings.HasSuffix(name, "_ratio") {
				value := m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
				key := strings.Join(labels, ",")
				before, known := zero[key]
				zero[key] = (before || !known) && value == 0
			}
		}
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(zero)), func(key string) bool { return !zero[key] })
}

// TestComputeFollowsTheClock holds that windows move on although nothing is synced.
func TestComputeFollowsTheClock(t *testing.T) {
	clock := &testClock{}
	clock.advance(time.Until(time.Now().Truncate(24 * time.Hour).Add(36 * time.Hour))) // A noon, far from any midnight.
	world := crmsim.Generate(crmsim.GenerateOptions{Seed: 9, Deals: 100, Now: clock.now, Still: true})
	a := serve(t, "salesforce", world, clock.now)
	config := strings.Replace(changesConfig, "windows: [all_time]", "windows: [today, all_time]", 1) + a.yaml("crm", secretFile(t))
	h := newHarness(t, config, func(o *Options) { o.Now = clock.now })
	if err := world.Win(openDeals(t, world, 1)[0]); err != nil {
		t.Fatal(err)
	}
	h.mustSync()
	before := h.page()
	same(t, "won today", before.sum("sales_deals_won", "window", "today"), 1)
	clock.advance(24 * time.Hour)
	h.app.engine.recompute()
	after := h.page()
	same(t, "won on the next day", after.sum("sales_deals_won", "window", "today"), 0)
	same(t, "won in all", after.sum("sales_deals_won", "window", "all_time"), before.sum("sales_deals_won", "window", "all_time"))
	if slices.Equal(before.business(), after.business()) {
		t.Error("nothing was computed anew")
	}
}
