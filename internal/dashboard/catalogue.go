package dashboard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

// known is what a board needs to know of one metric.
type known struct {
	name    string
	title   string
	help    string
	formula string
	kind    string // gauge, counter or histogram
	labels  []string
	kpi     *metric.Metric // nil of the exporter's own
	target  bool           // belongs to targets, which carry their own scope
	own     bool           // the exporter's own
}

// catalogue returns all metrics by name.
func catalogue() map[string]*known {
	metrics := map[string]*known{}
	for _, m := range kpi.Catalogue() {
		metrics[m.Name] = &known{
			name: m.Name, title: m.Title, help: m.Help, formula: m.Formula, kind: string(m.Type),
			labels: m.PossibleLabels(), kpi: &m, target: m.Form == metric.FormTarget,
		}
	}
	for _, d := range telemetry.Definitions() {
		metrics[d.Name] = &known{name: d.Name, help: d.Help, kind: d.Kind, labels: d.Labels, own: true}
	}
	metrics["sales_exporter_build_info"] = &known{
		name: "sales_exporter_build_info", help: "Version that is running.", kind: "gauge", own: true,
		labels: []string{"version", "revision", "branch", "goversion"},
	}
	return metrics
}

// find returns a metric. A name that is not in the catalogue is a mistake in this package, which its tests show.
func (g *generator) find(name string) *known {
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

// has reports whether the metric carries a label for everybody who configures no more than dimensions.
func (m *known) has(label string) bool {
	if m.kpi != nil {
		return m.kpi.Serves(label)
	}
	return slices.Contains(m.labels, label)
}

// hasWindow reports the same of the windows that a matcher asks for. Of a board's period it must be all three.
func (m *known) hasWindow(matcher string, byRep bool) bool {
	_, asked, _ := strings.Cut(strings.Trim(matcher, `"`), `"`)
	windows := strings.Split(asked, "|")
	if prefix, ok := strings.CutPrefix(asked, "${period}"); ok {
		windows = []string{"month" + prefix, "quarter" + prefix, "year" + prefix}
	}
	return !slices.ContainsFunc(windows, func(w string) bool { return !m.kpi.ServesWindow(w, byRep) })
}
