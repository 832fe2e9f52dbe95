package dashboard

import (
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

// TestMistakesInBoardsAreRefused shows that a board cannot ask for what does not exist.
func TestMistakesInBoardsAreRefused(t *testing.T) {
	g := onBoard()
	for name, mistake := range map[string]func(){
		"metric":            func() { g.pick("sales_unicorns") },
		"label to match":    func() { g.pick("sales_deals_won", `colour="red"`) },
		"label to group by": func() { g.pick("sales_deals_won").sum("colour") },
		"metric described":  func() { g.describe("Says.", "", "sales_unicorns") },
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
