package lint_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sales-exporter/sales_exporter/tools/boards/lint"
)

// TestBreakRule breaks recording and alerting rules.
func TestBreakRule(t *testing.T) {
	const record, behind, absent, failing = "record target:", "alert SalesBehind (warning)",
		"alert SalesExporterAbsent (critical)", "alert SalesSyncFailing (warning)"
	tests := []breakage{
		{
			name: "name of an alert", file: rules, old: `alert: SalesBehind`, new: `alert: sales_behind`,
			rule: "rule-name", text: "named like",
		},
		{
			name: "name of a record", file: rules, old: `      - alert: SalesBehind`, new: `      - record: attainment
        expr: max by (job, target, kpi, period, source, currency, team) (sales_target_attainment_ratio)
      - alert: SalesBehind`,
			rule: "rule-name", text: "level:metric:operations",
		},
		{
			name: "twice", file: rules, old: `      - alert: SalesBehind`,
			new: `      - record: target:sales_target_attainment_ratio:max
        expr: max by (job, target, kpi, period, source, currency, team) (sales_target_attainment_ratio)
      - alert: SalesBehind`,
			rule: "rule-unique", text: "occurs twice",
		},
		{
			name: "pattern without need", file: rules, old: `{kpi="revenue_won"}`, new: `{kpi=~"revenue_won"}`,
			rule: "rule-regexp", where: behind, text: "is no pattern",
		},
		{
			name: "pattern of everything", file: rules, old: `{kpi="revenue_won"}`, new: `{kpi=~".*"}`,
			rule: "rule-regexp", where: behind, text: "matches everything",
		},
		{
			name: "no comparison", file: rules, old: ` < 0.7`, new: ``,
			rule: "alert-compares", where: behind, text: "compare with a threshold",
		},
		{
			name: "comparison that filters nothing", file: rules, old: ` < 0.7`, new: ` < bool 0.7`,
			rule: "alert-compares", where: behind, text: "compare with a threshold",
		},
		{
			name: "one of two conditions", file: rules, old: ` < 0.7`, new: ` < 0.7 or target:sales_target_attainment_ratio:max`,
			rule: "alert-compares", where: behind, text: "compare with a threshold",
		},
		{
			name: "absent at once", file: rules, old: `for: 15m`, new: `for: 30s`,
			rule: "alert-absent-for", where: absent, text: "wait for 2m",
		},
		{
			name: "topk", file: rules, old: `expr: target:sales_target_attainment_ratio:max{kpi="revenue_won"} < 0.7`,
			new:  `expr: bottomk(3, target:sales_target_attainment_ratio:max{kpi="revenue_won"} < 0.7)`,
			rule: "alert-no-topk", where: behind, text: "bottomk",
		},
		{
			name: "severity", file: rules, old: `{severity: warning, audience: sre}`, new: `{severity: page, audience: sre}`,
			rule: "alert-labels", where: "alert SalesSyncFailing (page)", text: "critical, warning, info",
		},
		{
			name: "audience", file: rules, old: `{severity: warning, audience: sre}`, new: `{severity: warning}`,
			rule: "alert-labels", where: failing, text: "audience",
		},
		{
			name: "no description", file: rules, old: `description: Nothing is watched.`, new: `description: ""`,
			rule: "alert-annotations", where: absent, text: "description is missing",
		},
		{
			name: "no runbook", file: rules, old: `runbook_url: https://example.com/docs/runbooks/SalesExporterAbsent.md`,
			new: `runbook_url: ""`, rule: "alert-annotations", where: absent, text: "runbook_url is missing",
		},
		{
			name: "long summary", file: rules, old: `summary: no exporter is scraped`, new: `summary: "no exporter\nis scraped"`,
			rule: "alert-annotations", where: absent, text: "several lines",
		},
		{
			name: "label that the expression drops", file: rules,
			old: `'{{ $labels.source }}: `, new: `'{{ $labels.instance }}: `,
			rule: "alert-templates", where: failing, text: "$labels.instance",
		},
		{
			name: "label that a recording rule drops", file: rules, old: `'{{ $labels.target }} is at`,
			new: `'{{ $labels.instance }} is at`, rule: "alert-templates", where: behind, text: "$labels.instance",
		},
		{
			name: "raw value", file: rules,
			old: `{{ $value | humanizePercentage }} of requests`, new: `{{ $value }} of requests`,
			rule: "alert-templates", where: failing, text: "humanize",
		},
		{
			name: "query in a template", file: rules, old: `max(sales_target_value{target=%q})`,
			new: `max(sales_target_goal{target=%q})`, rule: "alert-templates", where: behind, text: "sales_target_goal",
		},
		{
			name: "runbook of another alert", file: rules, old: `runbooks/SalesExporterAbsent.md`,
			new: `runbooks/SalesBehind.md`, rule: "alert-runbook", where: absent, text: "name it SalesExporterAbsent.md",
		},
		{
			name: "unknown board", file: rules, old: `/d/sales-exporter-operations?`, new: `/d/sales-funnel?`,
			rule: "alert-dashboard", where: behind, text: "sales-funnel",
		},
		{
			name: "no board", file: rules, old: `/d/sales-exporter-operations?`, new: `/boards?`,
			rule: "alert-dashboard", where: behind, text: "leads to no board",
		},
		{
			name: "unknown metric", file: rules, old: `absent(sales_exporter_build_info)`, new: `absent(sales_exporter_info)`,
			rule: "metric-exists", where: absent, text: "sales_exporter_info",
		},
		{
			name: "unknown label of a recorded series", file: rules, old: `{kpi="revenue_won"}`, new: `{pipeline="a"}`,
			rule: "label-exists", where: behind, text: "pipeline",
		},
		{
			name: "unknown label in by", file: rules, old: `currency, team) (sales`, new: `currency, region) (sales`,
			rule: "label-exists", where: record, text: "region",
		},
		{
			name: "every replica", file: rules,
			old: `expr: max by (job, target, kpi, period, source, currency, team) (sales_target_attainment_ratio)`,
			new: `expr: sales_target_attainment_ratio`, rule: "replica-safe", where: record, text: "once from each replica",
		},
		{
			name: "division by zero", file: rules, old: ` > 0) > 0.5`, new: `) > 0.5`,
			rule: "division-guarded", where: failing, text: "(... > 0)",
		},
		{
			name: "counter as it is", file: rules, old: `rate(sales_exporter_api_requests_total{code=~"5.."}[1h])`,
			new:  `sales_exporter_api_requests_total{code=~"5.."}`,
			rule: "counter-in-rate", where: failing, text: "inside rate",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, tt.test)
	}
}

func TestMissingRunbook(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "runbooks", "SalesBehind.md")); err != nil {
		t.Fatal(err)
	}
	findings := lint.Run(load(t, dir))
	if len(findings) != 1 || findings[0].Rule != "alert-runbook" {
		t.Errorf("found %v, want one finding of alert-runbook", findings)
	}
}

// TestRefusedRules shows that a file which Prometheus would refuse does not pass as one without rules.
func TestRefusedRules(t *testing.T) {
	dir := t.TempDir()
	text := "groups: [{name: x, rules: [{alert: SalesX, expr: 'up =='}]}]"
	if err := os.WriteFile(filepath.Join(dir, "x.rules.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := lint.LoadRules(dir); err == nil {
		t.Error("a rule that does not parse was read without error")
	}
}
