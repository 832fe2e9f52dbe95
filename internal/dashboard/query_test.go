package dashboard

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// onBoard returns a generator in the middle of a board with some variables.
func onBoard(names ...string) *generator {
	g := newGenerator(defaults())
	var variables []variable
	for _, name := range names {
		variables = append(variables, variable{Name: name})
	}
	g.begin(variables)
	return g
}

func TestVerdict(t *testing.T) {
	for name, test := range map[string]struct {
		levels []level
		want   []string
	}{
		"two words": {
			levels: []level{{1, "GOOD"}},
			want: []string{
				`label_replace((x) < 1, "status", "BAD", "", "")`,
				`label_replace((x) >= 1, "status", "GOOD", "", "")`,
			},
		},
		"three words": {
			levels: []level{{0.85, "AT RISK"}, {1, "GOOD"}},
			want: []string{
				`label_replace((x) < 0.85, "status", "BAD", "", "")`,
				`label_replace((x) >= 0.85 < 1, "status", "AT RISK", "", "")`,
				`label_replace((x) >= 1, "status", "GOOD", "", "")`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Split(verdict("x", "BAD", test.levels...), "\nor\n")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestQueries(t *testing.T) {
	plain, full := onBoard(), onBoard("source", "team")
	operations := onBoard("source", "instance")
	const window = `window="trailing_30d"`
	for name, test := range map[string]struct{ got, want string }{
		"a sum counts each replica once": {
			plain.pick("sales_records_excluded").sum("reason"),
			`sum by (reason) (max by (job, source, reason) (sales_records_excluded{job=~"$job"}))`,
		},
		"variables of the board narrow it": {
			full.pick("sales_rep_info", `active="true"`).max("team"),
			`max by (team) (sales_rep_info{job=~"$job",source=~"$source",team=~"$team",active="true"})`,
		},
		"a matcher replaces the variable of its label": {
			full.pick("sales_records_excluded", `source="acme"`).max(),
			`max(sales_records_excluded{job=~"$job",source="acme"})`,
		},
		"targets keep their own scope": {
			full.plan("sales_target_value").max("target"),
			`max by (target) (sales_target_value{job=~"$job",currency="$currency",kpi="revenue_won",period="$period",` +
				`target="$target"})`,
		},
		"pinned labels need no grouping": {
			plain.pick("sales_rep_attainment_ratio", `kpi="revenue_won"`, `period="$period"`).bucket().sum("le"),
			`sum by (le) (max by (job, le) (sales_rep_attainment_ratio_bucket{job=~"$job",kpi="revenue_won",period="$period"}))`,
		},
		"back-filled history has a sample a day": {
			plain.pick("sales_revenue_won_amount", window, `currency="EUR"`).daily().end().max("rep"),
			`(max by (rep) (sales_revenue_won_amount{job=~"$job",window="trailing_30d",currency="EUR"} @ end())` + "\nor\n" +
				`max by (rep) (last_over_time(sales_revenue_won_amount{job=~"$job",window="trailing_30d",currency="EUR",` +
				`instance="backfill"}[25h] @ end())))`,
		},
		"instances are told apart where there is such a variable": {
			operations.pick("sales_exporter_source_up").min("source"),
			`min by (source) (sales_exporter_source_up{job=~"$job",source=~"$source",instance=~"$instance"})`,
		},
		"counters of replicas add up": {
			operations.pick("sales_exporter_api_requests_total").rate().total("code"),
			`sum by (code) (rate(sales_exporter_api_requests_total{job=~"$job",source=~"$source",instance=~"$instance"}` +
				`[$__rate_interval]))`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestAgeOfData: what instances say now, else what they said last, so that the age grows while they are away.
func TestAgeOfData(t *testing.T) {
	want := `((max by (job, source, instance) (sales_exporter_sync_last_success_timestamp_seconds{job=~"$job"}))` + "\n" +
		`or on (job)` + "\n" +
		`(max by (job, source) (last_over_time(sales_exporter_sync_last_success_timestamp_seconds{job=~"$job"}[7d]))))`
	if diff := cmp.Diff(want, onBoard().lastSync("instance")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestCoverageOfAReachedTarget: coverage has no value then, as it has where data are missing.
func TestCoverageOfAReachedTarget(t *testing.T) {
	parts := strings.Split(coverageVerdict("coverage", "gap"), "\nor\n")
	if want := `label_replace((gap) <= 0, "status", "REACHED", "", "") * 0 + Inf`; parts[len(parts)-1] != want {
		t.Errorf("the last alternative is %s, want %s", parts[len(parts)-1], want)
	}
}

// TestRunningTargetsOnLines: back-filled periods, too, have bounds on every day and not on one instant of it.
func TestRunningTargetsOnLines(t *testing.T) {
	g := onBoard()
	for name, test := range map[string]struct {
		expr string
		want int
	}{
		"tile": {g.running("x"), 0},
		"line": {g.runningDaily("x"), 2},
	} {
		if n := strings.Count(test.expr, `instance="backfill"}[25h]`); n != test.want {
			t.Errorf("%s: %d bounds are back-filled, want %d: %s", name, n, test.want, test.expr)
		}
	}
}

// TestVariablesStandOnOneLine: Grafana recognises query_result() on one line only.
func TestVariablesStandOnOneLine(t *testing.T) {
	for _, b := range boards(t) {
		for _, v := range b.Templating.List {
			if text, err := json.Marshal(v.Query); err != nil || strings.Contains(string(text), `\n`) {
				t.Errorf("%s, variable %s: %s, %v", b.UID, v.Name, text, err)
			}
		}
	}
}

// TestMistakesInBoardsAreRefused shows that a board cannot ask for what does not exist.
func TestMistakesInBoardsAreRefused(t *testing.T) {
	g := onBoard()
	for name, mistake := range map[string]func(){
		"metric":                              func() { g.pick("sales_unicorns") },
		"label to match":                      func() { g.pick("sales_deals_won", `colour="red"`) },
		"label to group by":                   func() { g.pick("sales_deals_won").sum("colour") },
		"label that is not there by default":  func() { g.pick("sales_deal_age_seconds").sum("team") },
		"window that is not there by default": func() { g.pick("sales_deals_won", `window="previous_year"`) },
		"window of histograms":                func() { g.pick("sales_cycle_seconds", `window="trailing_365d"`) },
		"window of ratios by rep":             func() { g.pick("sales_win_ratio", `rollup="rep"`, `window="year_to_date"`) },
		"period of histograms":                func() { g.pick("sales_cycle_seconds", `window="${period}_to_date"`) },
		"metric described":                    func() { g.describe("Says.", "", "sales_unicorns") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it is accepted")
				}
			}()
			mistake()
		})
	}
}
