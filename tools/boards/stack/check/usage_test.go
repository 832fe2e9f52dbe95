package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUsageOf(t *testing.T) {
	for expr, want := range map[string]usage{
		`up`: {matched: map[string][]string{"up": nil}},
		`sum by (kpi) (max by (source, team) (won{job=~".+",team="a"}))`: {
			matched: map[string][]string{"won": {"job", "team"}},
			grouped: []grouping{{[]string{"kpi"}, []string{"won"}}, {[]string{"source"}, []string{"won"}}},
		},
		`won{kpi="",team="",segment=~".*",product!=""}`: {matched: map[string][]string{"won": {"kpi", "product"}}},
		`max without (instance) (rate(syncs_total{source="a"}[5m]))`: {
			matched: map[string][]string{"syncs_total": {"source"}},
		},
		`a * on (job) group_left (version) b`: {
			matched: map[string][]string{"a": nil, "b": nil},
			grouped: []grouping{{[]string{"job"}, []string{"a", "b"}}, {[]string{"version"}, []string{"a", "b"}}},
		},
		`a / ignoring (day) b`: {matched: map[string][]string{"a": nil, "b": nil}},
		`max by (status, kpi) (label_replace(a, "status", "ahead", "", ""))`: {
			matched: map[string][]string{"a": nil},
			grouped: []grouping{{[]string{"kpi"}, []string{"a"}}},
		},
		`{__name__="a",team="b"}`: {matched: map[string][]string{"a": {"team"}}},
		`vector(1) > time()`:      {matched: map[string][]string{}},
	} {
		got, err := usageOf(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(usage{}, grouping{})); diff != "" {
			t.Errorf("%s: %s", expr, diff)
		}
	}
	if _, err := usageOf("sum("); err == nil {
		t.Error("a broken expression is accepted")
	}
}

func TestWithin(t *testing.T) {
	for expr, want := range map[string]string{
		`won`:                                 `won{instance=~"a|b"}`,
		`sum(won{team="x"}) / lost`:           `sum(won{instance=~"a|b",team="x"}) / lost{instance=~"a|b"}`,
		`max_over_time(won[6h:5m] offset 1d)`: `max_over_time(won{instance=~"a|b"}[6h:5m] offset 1d)`,
		`target:won:ratio + on () won`:        `target:won:ratio + on () won{instance=~"a|b"}`,
		`ALERTS{alertstate="firing"}`:         `ALERTS{alertstate="firing"}`,
	} {
		got, err := within(expr, "a|b")
		if err != nil {
			t.Errorf("%s: %v", expr, err)
		}
		if got != want {
			t.Errorf("%s became %s, want %s", expr, got, want)
		}
	}
	if _, err := within("sum(", "a"); err == nil {
		t.Error("a broken expression is accepted")
	}
	if _, err := within("won", "("); err == nil {
		t.Error("a broken pattern is accepted")
	}
}

func TestAgreed(t *testing.T) {
	for expr, want := range map[string]bool{
		`sum(sales_deals_won)`: true,
		`time() - min(sales_exporter_sync_last_success_timestamp_seconds)`: false,
		`sales_deals_won and on () up`:                                     false,
		`rate(process_cpu_seconds_total[1m])`:                              false,
		`target:won:ratio`:                                                 false,
		`vector(1)`:                                                        false,
	} {
		if got, err := agreed(expr); err != nil || got != want {
			t.Errorf("%s: got %t and %v, want %t", expr, got, err, want)
		}
	}
}
