package alerting

import (
	"fmt"
	"maps"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// Who an alert is for and how much it hurts.
const (
	critical = "critical"
	warning  = "warning"
	info     = "info"

	sales  = "sales"
	revops = "revops"
	sre    = "sre"
)

const runbooks = "https://github.com/sales-exporter/sales_exporter/blob/main/docs/runbooks/"

// Board addresses are relative to Grafana: Alertmanager's templates know where that is.
const (
	overviewBoard   = "sales-overview"
	pipelineBoard   = "sales-pipeline"
	operationsBoard = "sales-exporter-operations"
)

// board returns the address of a board with the alert's own labels as variables. An empty label is left out: the board
// then shows everything.
func board(uid string, variables ...string) string {
	var query strings.Builder
	for _, v := range variables {
		fmt.Fprintf(&query, "{{ with $labels.%s }}&var-%s={{ . | urlquery }}{{ end }}", v, v)
	}
	return "/d/" + uid + "?var-job={{ $labels.job | urlquery }}" + query.String()
}

// text are the annotations of an alert.
type text struct {
	summary     string // one line with the value
	description []string
	board       string
}

// alert completes a rule: what every alert has is set here and nowhere else.
func alert(r Rule, severity, audience string, t text) Rule {
	labels := map[string]string{"severity": severity, "audience": audience}
	maps.Copy(labels, r.Labels)
	annotations := map[string]string{
		"summary":       t.summary,
		"description":   strings.Join(t.description, "\n"),
		"runbook_url":   runbooks + r.Alert + ".md",
		"dashboard_url": t.board,
	}
	maps.Copy(annotations, r.Annotations)
	r.Labels, r.Annotations = labels, annotations
	return r
}

// kpiLabel says which KPI an alert is about, by the name that sales_kpi_info has for it.
func (b *builder) kpiLabel(name string) map[string]string {
	m := b.lookup(name).kpi
	if m.KPI == "" {
		b.problems = append(b.problems, fmt.Errorf("metric %s has no KPI name", name))
	}
	return map[string]string{"kpi": m.KPI}
}

// formula returns the sentence that defines a KPI.
func (b *builder) formula(name string) string {
	m := b.lookup(name).kpi
	if m.Formula == "" {
		b.problems = append(b.problems, fmt.Errorf("metric %s has no formula", name))
	}
	return fmt.Sprintf("%s: %s.", m.Title, m.Formula)
}

// kpis returns the KPIs that targets may have and that fit.
func kpis(fit func(*metric.Metric) bool) []string {
	var names []string
	for _, name := range kpi.TargetKPIs() {
		for _, m := range kpi.Catalogue() {
			if m.KPI == name && fit(&m) {
				names = append(names, name)
			}
		}
	}
	return names
}
