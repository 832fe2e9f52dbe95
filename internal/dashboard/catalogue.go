package dashboard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/expose"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
)

// metric is what a board needs to know of one metric.
type metric struct {
	name    string
	title   string
	help    string
	formula string
	kind    string // gauge, counter or histogram
	labels  []string
	target  bool // belongs to targets, which carry their own scope
	own     bool // the exporter's own
}

// dimensions are all labels that deals may be split by. A label that is not configured is an empty one to PromQL.
func dimensions() []string {
	return []string{"pipeline", "rep", "team", "territory", "business_type", "segment", "channel", "product"}
}

// catalogue returns all metrics by name.
func catalogue() map[string]*metric {
	metrics := map[string]*metric{}
	for _, m := range kpi.Catalogue() {
		metrics[m.Name] = &metric{
			name: m.Name, title: m.Title, help: m.Help, formula: m.Formula, kind: string(m.Type),
			labels: labelsOf(&m), target: m.Shape == kpi.ShapeTarget,
		}
	}
	for _, d := range expose.Definitions() {
		metrics[d.Name] = &metric{name: d.Name, help: d.Help, kind: d.Kind, labels: d.Labels, own: true}
	}
	metrics["sales_exporter_build_info"] = &metric{
		name: "sales_exporter_build_info", help: "Version that runs.", kind: "gauge", own: true,
		labels: []string{"version", "revision", "branch", "goversion"},
	}
	return metrics
}

// labelsOf returns every label that a KPI metric may carry.
func labelsOf(m *kpi.Metric) []string {
	var labels []string
	switch m.Shape {
	case kpi.ShapeBase, kpi.ShapeHistogram:
		labels = append([]string{"source"}, dimensions()...)
	case kpi.ShapeRollup:
		labels = append([]string{"source", "rollup"}, dimensions()...)
	case kpi.ShapeTarget:
		labels = append([]string{"target", "kpi", "period", "source", "currency"}, dimensions()...)
	default:
	}
	labels = append(labels, m.Labels...)
	if m.Windowed {
		labels = append(labels, "window")
	}
	if m.Money {
		labels = append(labels, "currency")
	}
	return labels
}

// find returns a metric. A name that is not in the catalogue is a mistake in this package, which its tests show.
func (g *generator) find(name string) *metric {
	m, ok := g.metrics[name]
	if !ok {
		panic("no metric is named " + name)
	}
	return m
}

// describe returns the description of a panel: what it shows in plain words, what good looks like, the formulas of its
// metrics and where they are documented.
func (g *generator) describe(says, good string, names ...string) string {
	var b strings.Builder
	b.WriteString(says)
	if good != "" {
		b.WriteString("\n\nGood: " + good)
	}
	for _, name := range names {
		m := g.find(name)
		formula := strings.TrimSuffix(m.formula, ".")
		if m.own {
			fmt.Fprintf(&b, "\n\n[`%s`](%s): %s", m.name, docsURL+"metrics.md#the-exporter-itself", m.help)
			continue
		}
		fmt.Fprintf(&b, "\n\n%s = %s ([`%s`](%s))", m.title, formula, m.name, docsURL+"metrics.md#"+m.name)
	}
	return b.String()
}

const docsURL = "https://github.com/sales-exporter/sales_exporter/blob/main/docs/"

func (m *metric) has(label string) bool { return slices.Contains(m.labels, label) }
