package lint

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFlow(t *testing.T) {
	scrape, err := LoadScrape("testdata/metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		expr, labels, unknown string
	}{
		{`sales_exporter_source_up`, "instance job source", ""},
		{`sales_exporter_sync_duration_seconds_bucket`, "instance job le source", ""},
		{`up{code="1"}`, "instance job", "code"},
		{`sum by (source) (rate(sales_exporter_api_requests_total[5m]))`, "source", ""},
		{`sum without (instance, source) (sales_exporter_source_up)`, "job", ""},
		{`sum without (code) (sales_exporter_source_up)`, "instance job source", "code"},
		{`topk by (job) (3, sales_exporter_source_up)`, "instance job source", ""},
		{`count_values by (job) ("v", sales_exporter_source_up)`, "job v", ""},
		{`label_replace(up, "pod", "$1", "instance", "(.*):.*")`, "instance job pod", ""},
		{`label_replace(up, "pod", "$1", "host", "(.*)")`, "instance job pod", "host"},
		{`label_join(up, "both", "-", "job", "instance")`, "both instance job", ""},
		{`absent(up{job="x",instance=~"y"})`, "job", ""},
		{`histogram_quantile(0.5, sum by (le) (rate(sales_exporter_sync_duration_seconds_bucket[5m])))`, "", ""},
		{`time() - max by (job) (up)`, "job", ""},
		{`up / on (job) (up > 0)`, "job", ""},
		{`up / ignoring (instance) (up > 0)`, "job", ""},
		{
			`sales_exporter_source_up * on (job, instance) group_left (version) sales_exporter_build_info`,
			"instance job source version", "",
		},
		{
			`sales_exporter_source_up * on (job) group_left (revision) sales_exporter_build_info`,
			"instance job revision source", "revision",
		},
		{`up and on (source) sales_exporter_source_up`, "instance job", "source"},
		{`up unless on (job) sales_exporter_source_up`, "instance job", ""},
		{`up or sales_exporter_source_up`, "instance job source", ""},
		{`max by (rep) (sales_deals_won)`, "rep", ""},
		{`sales_exporter_source_up{rep=""}`, "instance job source", "rep"},
	}
	for _, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			e := parse(tt.expr)
			if e.err != nil {
				t.Fatal(e.err)
			}
			var unknown []string
			set := flow{scrape: scrape, unknown: func(label, _ string) { unknown = append(unknown, label) }}.of(e.expr)
			got := strings.Join(slices.Sorted(maps.Keys(set.names)), " ")
			if diff := cmp.Diff([]string{tt.labels, tt.unknown}, []string{got, strings.Join(unknown, " ")}); diff != "" {
				t.Errorf("labels and unknown ones (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMeasures(t *testing.T) {
	tests := []struct {
		expr string
		want quantity
	}{
		{`sum(max by (team) (sales_revenue_won_amount))`, money},
		{`count(sales_revenue_won_amount)`, count},
		{`sales_deals_won`, count},
		{`sales_win_ratio`, ratio},
		{`sales_target_value{kpi="revenue_won"}`, money},
		{`sales_target_value{kpi="win_ratio"}`, ratio},
		{`sales_target_value`, unknown},
		{`sales_target_required_rate_per_day{kpi="revenue_won"}`, money},
		{`target:sales_target_value:max`, unknown},
		{`sales_revenue_won_amount / sales_deals_won`, money},
		{`sales_revenue_won_amount / (sales_pipeline_amount > 0)`, ratio},
		{`sales_deals_won / sales_deals_lost`, ratio},
		{`sales_revenue_won_amount / 1000`, money},
		{`1 - sales_win_ratio`, ratio},
		{`sales_pipeline_coverage_ratio * sales_revenue_won_amount`, money},
		{`sales_revenue_won_amount > 5`, money},
		{`5 < sales_revenue_won_amount`, money},
		{`sales_revenue_won_amount > bool 5`, count},
		{`sales_deals_won and sales_revenue_won_amount`, count},
		{`label_replace(sales_revenue_won_amount, "a", "b", "", "")`, money},
		{`last_over_time(sales_revenue_won_amount[1d])`, money},
		{`max_over_time(sales_revenue_won_amount[1d:1h])`, money},
		{`sales_deal_size_amount_bucket`, count},
		{`histogram_quantile(0.5, sum by (le) (sales_deal_size_amount_bucket))`, money},
		{`histogram_quantile(0.5, sum by (le) (sales_cycle_seconds_bucket))`, count},
		{`time() - sales_exporter_sync_last_success_timestamp_seconds`, count},
		{`3`, number},
	}
	for _, tt := range tests {
		e := parse(tt.expr)
		if e.err != nil {
			t.Fatal(e.err)
		}
		if got := measures(e.expr); got != tt.want {
			t.Errorf("measures(%s) = %d, want %d", tt.expr, got, tt.want)
		}
	}
}
