// Package metric describes metrics of sales KPIs: their entries in the catalogue and, in a Snapshot, their samples.
package metric

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// Metric is one entry of the catalogue: everything that anybody needs to know of a metric. Registration, HELP, the
// documentation and the dashboards read it.
type Metric struct {
	Name      string // full metric name: "sales_revenue_won_amount"
	KPI       string // the name by which targets and sales_kpi_info refer to it: "revenue_won"
	Title     string // a few words for people: "Won revenue"
	Help      string // definition, unit, window, caveat; FullHelp appends that it is rebuilt for each snapshot
	Formula   string // plain text: "sum of the amount of won deals whose close date is in the window"
	Type      Type
	Form      Form
	Unit      Unit
	Labels    []string // labels of its own, beside those of its Shape
	Windowed  bool     // carries `window`
	Money     bool     // carries `currency`
	Stability Stability
	Kind      Kind
	Timing    Timing
	Direction Direction
	Past      Past

	// Grain is what the metric is broken down by unless the configuration says otherwise: one set of dimensions for each
	// rollup, of other shapes one set. nil is every configured dimension. What is not configured is left out.
	Grain [][]string
	// Windows are the values of `window` unless the configuration says otherwise; RepWindows those of rollups by rep.
	Windows, RepWindows []calendar.Window
}

// FullHelp returns the HELP text: Help and the note that every KPI carries, since none is computed by the scrape. What
// that means stands in docs/metrics.md, once.
func (m *Metric) FullHelp() string {
	return m.Help + " Rebuilt for each snapshot."
}

// PossibleLabels returns every label that the metric may carry. A dimension that is not configured is an empty label to
// Prometheus, so that boards and rules made of this list fit every configuration.
func (m *Metric) PossibleLabels() []string {
	var labels []string
	switch m.Form {
	case FormBase, FormHistogram:
		labels = append([]string{"source"}, crm.DimensionNames()...)
	case FormRollup:
		labels = append([]string{"source", "rollup"}, crm.DimensionNames()...)
	case FormTarget:
		labels = append(TargetLabels(), crm.DimensionNames()...)
	case FormInfo: // has its own labels only
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

// TargetLabels are the labels of every target metric but the dimensions.
func TargetLabels() []string { return []string{"target", "kpi", "period", "source", "currency"} }

// Serves reports whether the metric carries a label where nothing but the dimensions is configured. Boards and rules that
// ask for other labels or windows would be empty for everybody who configures nothing.
func (m *Metric) Serves(label string) bool {
	grained := slices.Contains(crm.DimensionNames(), label) && m.Grain != nil
	if grained && !slices.ContainsFunc(m.Grain, func(dims []string) bool { return slices.Contains(dims, label) }) {
		return false
	}
	return slices.Contains(m.PossibleLabels(), label)
}

// ServesWindow reports the same of a value of `window`; of a rollup by rep if that is asked for.
func (m *Metric) ServesWindow(window string, byRep bool) bool {
	windows := m.Windows
	if byRep && m.RepWindows != nil {
		windows = m.RepWindows
	}
	return slices.Contains(windows, calendar.Window(window))
}

// PipelineAndTeam is the grain of what would cost too many series with a rep.
func PipelineAndTeam() [][]string { return [][]string{{"pipeline", "team"}} }

// EveryRollup is what ratios, means and medians of deals are computed for.
func EveryRollup() [][]string { return [][]string{{}, {"team"}, {"rep"}, {"pipeline"}} }

// CostlyWindows are the windows of histograms, each of which is a dozen series, and of rollups by rep.
func CostlyWindows() []calendar.Window {
	return []calendar.Window{calendar.QuarterToDate, calendar.PreviousQuarter, calendar.Trailing90Days}
}

// Type is the exposition type.
type Type string

// The types of KPI metrics. Period values are gauges because CRMs restate them.
const (
	Gauge         Type = "gauge"
	HistogramType Type = "histogram"
)

// Form says which labels a metric carries beside its own.
type Form string

// The shapes.
const (
	FormBase      Form = "base"      // source and all dimensions: additive, may be summed
	FormHistogram Form = "histogram" // source and the histogram dimensions: additive
	FormRollup    Form = "rollup"    // source, rollup and that rollup's dimensions: never sum or average
	FormTarget    Form = "target"    // target, kpi, period, source, currency and all dimensions
	FormInfo      Form = "info"      // only its own labels
)

// Unit is the base unit of the values.
type Unit string

// The units.
const (
	UnitDeals    Unit = "deals"
	UnitCurrency Unit = "currency"
	UnitSeconds  Unit = "seconds"
	UnitRatio    Unit = "ratio"
	UnitKPI      Unit = "kpi" // that of the KPI that a target is about
	UnitRecords  Unit = "records"
	UnitSources  Unit = "sources"
	UnitInfo     Unit = "info"
)

// Stability is the promise made to those who build on a metric.
type Stability string

// The stabilities.
const (
	Stable       Stability = "stable"
	Experimental Stability = "experimental"
)

// Kind says whether a KPI counts facts or judgements.
type Kind string

// Timing says whether a KPI shows what comes or what was.
type Timing string

// Direction says which way a KPI should move.
type Direction string

// The values of Kind, Timing and Direction.
const (
	Quantitative Kind = "quantitative"
	Qualitative  Kind = "qualitative"

	Leading Timing = "leading"
	Lagging Timing = "lagging"

	HigherIsBetter Direction = "higher_is_better"
	LowerIsBetter  Direction = "lower_is_better"
	Neutral        Direction = "neutral"
)
