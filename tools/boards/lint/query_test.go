package lint_test

import "testing"

// TestBreakQuery breaks PromQL of boards.
func TestBreakQuery(t *testing.T) {
	const attainment, won, perDeal, requests = `panel "Attainment"`, `panel "Won revenue"`, `panel "Revenue per deal"`,
		`panel "API requests"`
	const (
		byWindow = `sales_revenue_won_amount{job=~\"$job\",source=~\"$source\",team=~\"$team\",currency=\"$currency\"`
		reached  = `sales_target_attainment_ratio{job=~\"$job\",target=\"$target\",period=\"$period\",kpi=\"revenue_won\"`
	)
	tests := []breakage{
		{
			name: "syntax", file: operations, old: `sum by (code) (`, new: `sum by (code) ((`,
			rule: "target-promql", where: requests, text: "parse error",
		},
		{
			name: "no job", file: overview, old: `sales_target_attainment_ratio{job=~\"$job\",`,
			new: `sales_target_attainment_ratio{`, rule: "target-job", where: attainment, text: `job=~"$job"`,
		},
		{
			name: "job without pattern", file: overview, old: `sales_target_attainment_ratio{job=~\"$job\",`,
			new:  `sales_target_attainment_ratio{job=\"$job\",`,
			rule: "target-job", where: attainment, text: `job=~"$job"`,
		},
		{
			name: "no job in an annotation", file: overview, old: `process_start_time_seconds{job=~\"$job\"}`,
			new: `process_start_time_seconds`, rule: "target-job", where: "annotation Deployments", text: `job=~"$job"`,
		},
		{
			name: "no instance", file: operations, old: `sales_exporter_source_up{job=~\"$job\",instance=~\"$instance\"}`,
			new: `sales_exporter_source_up{job=~\"$job\"}`, rule: "target-instance", where: `panel "Sources"`,
			text: `instance=~"$instance"`,
		},
		{
			name: "fixed interval", file: operations, old: `[$__rate_interval]`, new: `[5m]`,
			rule: "target-rate-interval", where: requests, text: "use [$__rate_interval]",
		},
		{
			name: "counter", file: operations,
			old:  `rate(sales_exporter_api_requests_total{job=~\"$job\",instance=~\"$instance\"}[$__rate_interval])`,
			new:  `sales_exporter_api_requests_total{job=~\"$job\",instance=~\"$instance\"}`,
			rule: "counter-in-rate", where: requests, text: "inside rate",
		},
		{
			name: "histogram of durations", file: operations, old: `max by (source) (sales_exporter_source_up{`,
			new:  `max by (source) (sales_exporter_sync_duration_seconds_count{`,
			rule: "counter-in-rate", where: `panel "Sources"`, text: "sales_exporter_sync_duration_seconds_count",
		},
		{
			name: "rate of a gauge", file: operations, old: `sum by (code) (rate(sales_exporter_api_requests_total`,
			new:  `sum by (source) (rate(sales_exporter_source_up`,
			rule: "gauge-not-in-rate", where: requests, text: "sales_exporter_source_up",
		},
		{
			name: "increase over a period", file: overview, old: `max by (source, pipeline, team) (last_over_time(`,
			new:  `max by (source, pipeline, team) (increase(`,
			rule: "gauge-not-in-rate", where: perDeal, text: "sales_revenue_won_amount",
		},
		{
			name: "delta over a period", file: overview, old: `max by (source, pipeline, team) (last_over_time(`,
			new:  `max by (source, pipeline, team) (delta(`,
			rule: "gauge-not-in-rate", where: perDeal, text: "sales_revenue_won_amount",
		},
		{
			name: "unknown metric", file: operations, old: `max by (source) (sales_exporter_source_up{`,
			new: `max by (source) (sales_exporter_up{`, rule: "metric-exists", where: `panel "Sources"`,
			text: "sales_exporter_up",
		},
		{
			name: "unknown label in a matcher", file: overview, old: `sales_target_attainment_ratio{`,
			new: `sales_target_attainment_ratio{region=\"EMEA\",`, rule: "label-exists", where: attainment, text: "region",
		},
		{
			name: "dimension that is not configured", file: overview, old: `sales_target_attainment_ratio{`,
			new: `sales_target_attainment_ratio{rep=\"Ada\",`, rule: "label-exists", where: attainment, text: "rep",
		},
		{
			name: "unknown label in by", file: overview, old: `sum by (team) (`, new: `sum by (region) (`,
			rule: "label-exists", where: `panel "Teams"`, text: "region in the grouping of sum",
		},
		{
			name: "label that an inner clause drops", file: operations,
			old:  `(sales_exporter_source_up{job=~\"$job\",instance=~\"$instance\"})`,
			new:  `(max by (instance) (sales_exporter_source_up{job=~\"$job\",instance=~\"$instance\"}))`,
			rule: "label-exists", where: `panel "Sources"`, text: "source in the grouping of max",
		},
		{
			name: "sum over replicas", file: overview, old: `sum(max by (source, pipeline, team) (sales_revenue_won_amount`,
			new: `sum((sales_revenue_won_amount`, rule: "replica-safe", where: won, text: "doubles",
		},
		{
			name: "nothing over replicas", file: overview, old: `max(sales_target_attainment_ratio`,
			new: `(sales_target_attainment_ratio`, rule: "replica-safe", where: attainment, text: "once from each replica",
		},
		{
			name: "lossy maximum", file: overview, old: `sum(max by (source, pipeline, team) (sales_revenue_won_amount`,
			new: `sum(max by (source, team) (sales_revenue_won_amount`, rule: "replica-safe", where: won,
			text: "drops the label pipeline",
		},
		{
			name: "largest of the windows", file: overview,
			old:  `sum(max by (source, pipeline, team) (` + byWindow + `,window=\"${period}_to_date\"`,
			new:  `sum(max by (source, pipeline, team) (` + byWindow,
			rule: "replica-safe", where: won, text: "drops the label window",
		},
		{
			name: "sum over windows", file: overview,
			old:  `sum(max by (source, pipeline, team) (` + byWindow + `,window=\"${period}_to_date\"`,
			new:  `sum(max by (source, pipeline, team, window) (` + byWindow,
			rule: "adds-up", where: won, text: "window",
		},
		{
			name: "sum of ratios", file: overview,
			old:  `max(` + reached + `})`,
			new:  `sum(max by (source, team) (` + reached + `,currency=\"USD\"}))`,
			rule: "adds-up", where: attainment, text: "a ratio of groups",
		},
		{
			name: "division by zero", file: overview, old: ` > 0)"`, new: `)"`,
			rule: "division-guarded", where: perDeal, text: "(... > 0)",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, tt.test)
	}
}
