package grain

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// Options decide by what metrics are broken down.
type Options struct {
	Dimensions []string // of the base metrics, in label order

	// These three hold for all metrics. nil leaves each what its catalogue entry says.
	HistogramDimensions []string
	Rollups             [][]string // an empty one is everything together
	Windows             []calendar.Window

	// Metrics wins over them.
	Metrics MetricOptions
}

// MetricOptions are about single metrics, by name.
type MetricOptions struct {
	Disabled []string
	Grain    map[string][]string // of a rollup metric, the dimensions by each of which it is computed beside everything
	Windows  map[string][]calendar.Window
}

// setsOf returns the sets of dimensions of a metric.
func (o *Options) setsOf(m *metric.Metric) [][]string {
	if dims, ok := o.Metrics.Grain[m.Name]; ok {
		return o.chosenGrain(m, dims)
	}
	switch {
	case m.Form == metric.FormRollup && o.Rollups != nil:
		return o.Rollups
	case m.Form == metric.FormHistogram && o.HistogramDimensions != nil:
		return [][]string{o.HistogramDimensions}
	case m.Grain == nil:
		return [][]string{o.Dimensions}
	}
	var sets [][]string
	for _, set := range m.Grain {
		dims := o.configured(set)
		if m.Form != metric.FormRollup || len(dims) == len(set) { // A rollup by what is not configured would be another one.
			sets = append(sets, dims)
		}
	}
	return sets
}

// chosenGrain returns the sets of a metric whose grain is configured. A rollup metric is computed for everything
// together and for each of the dimensions.
func (o *Options) chosenGrain(m *metric.Metric, dims []string) [][]string {
	if m.Form != metric.FormRollup {
		return [][]string{o.configured(dims)}
	}
	sets := [][]string{{}}
	for _, dim := range dims {
		sets = append(sets, []string{dim})
	}
	return sets
}

// configured returns those of some dimensions that are configured, in label order.
func (o *Options) configured(dims []string) []string {
	return slices.DeleteFunc(slices.Clone(o.Dimensions), func(d string) bool { return !slices.Contains(dims, d) })
}

// windowsOf returns the windows of a metric, in the order of their names, when it is broken down by some dimensions.
func (o *Options) windowsOf(m *metric.Metric, dims []string) []calendar.Window {
	windows, chosen := o.Metrics.Windows[m.Name]
	switch {
	case !m.Windowed:
		return nil
	case chosen:
	case o.Windows != nil:
		windows = o.Windows
	case m.RepWindows != nil && slices.Contains(dims, "rep"):
		windows = m.RepWindows
	default:
		windows = m.Windows
	}
	return slices.Sorted(slices.Values(windows))
}
