package kpi

import (
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
)

// grain is one set of dimensions by which a metric is broken down, and its windows. A rollup metric has several.
type grain struct {
	name      string   // value of the `rollup` label
	labels    []string // names of the dimensions
	breakdown *breakdown
	named     []calendar.Window
	windows   []int // places of named in computation.windows
}

// breakdown is a set of dimensions by which the groups of a source are added up, for every metric that is broken down by it.
type breakdown struct {
	number  int
	places  []int  // of its dimensions among the configured ones
	windows []bool // by place in computation.windows: some metric needs its sums
}

// grainsOf returns the sets of dimensions of a metric.
func (o *Options) grainsOf(m *Metric) [][]string {
	if dims, ok := o.Metrics.Grain[m.Name]; ok {
		return o.chosenGrain(m, dims)
	}
	switch {
	case m.Shape == ShapeRollup && o.Rollups != nil:
		return o.Rollups
	case m.Shape == ShapeHistogram && o.HistogramDimensions != nil:
		return [][]string{o.HistogramDimensions}
	case m.Grain == nil:
		return [][]string{o.Dimensions}
	}
	var sets [][]string
	for _, set := range m.Grain {
		dims := o.configured(set)
		if m.Shape != ShapeRollup || len(dims) == len(set) { // A rollup by what is not configured would be another one.
			sets = append(sets, dims)
		}
	}
	return sets
}

// chosenGrain returns the sets of a metric whose grain is configured. A rollup metric is computed for everything
// together and for each of the dimensions.
func (o *Options) chosenGrain(m *Metric, dims []string) [][]string {
	if m.Shape != ShapeRollup {
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
func (o *Options) windowsOf(m *Metric, dims []string) []calendar.Window {
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

// layGrains resolves what each metric that is switched on is broken down by.
func (c *computation) layGrains() {
	c.grains = map[string][]grain{}
	for _, f := range c.out.families {
		m := f.Metric
		if f.off || m.Shape == ShapeTarget || m.Shape == ShapeInfo {
			continue
		}
		var grains []grain
		for _, dims := range c.options.grainsOf(m) {
			grains = append(grains, grain{
				name: rollupName(dims), labels: dims, breakdown: c.breakdownBy(dims), named: c.options.windowsOf(m, dims),
			})
		}
		slices.SortFunc(grains, func(a, b grain) int { return strings.Compare(a.name, b.name) })
		c.grains[m.Name] = grains
	}
}

func rollupName(dims []string) string {
	if len(dims) == 0 {
		return "all"
	}
	return strings.Join(dims, ",")
}

// breakdownBy returns the breakdown of some dimensions.
func (c *computation) breakdownBy(dims []string) *breakdown {
	places := c.placesOf(dims)
	for _, known := range c.breakdowns {
		if slices.Equal(known.places, places) {
			return known
		}
	}
	c.breakdowns = append(c.breakdowns, &breakdown{number: len(c.breakdowns), places: places})
	return c.breakdowns[len(c.breakdowns)-1]
}

// grainsOf returns the grains of a metric, none where it is switched off.
func (c *computation) grainsOf(metric string) []grain {
	if c.out.family(metric).off {
		return nil
	}
	return c.grains[metric]
}

// grainOf returns the one grain of a metric that is no rollup.
func (c *computation) grainOf(metric string) (grain, bool) {
	grains := c.grainsOf(metric)
	if len(grains) == 0 {
		return grain{}, false
	}
	return grains[0], true
}
