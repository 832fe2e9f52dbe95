// Package grain decides by which dimensions and windows each metric is broken down.
package grain

import (
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// Grain is one set of dimensions by which a metric is broken down, and its windows. A rollup metric has several.
type Grain struct {
	Name      string   // value of the `rollup` label
	Labels    []string // names of the dimensions
	Breakdown *Breakdown
	Windows   []int // indexes of its windows among all of them
	named     []calendar.Window
}

// Breakdown is a set of dimensions by which the groups of a source are added up, for every metric that is broken down by it.
type Breakdown struct {
	Number  int
	Indexes []int  // of its dimensions among the configured ones
	Windows []bool // by index of the window: some metric needs its sums
}

// Set is what each metric that is switched on is broken down by.
type Set struct {
	options    Options
	Of         map[*metric.Metric][]Grain
	more       map[*metric.Metric][]calendar.Window
	Breakdowns []*Breakdown
}

// New resolves what metrics are broken down by.
func New(o Options) *Set {
	return &Set{options: o, Of: map[*metric.Metric][]Grain{}, more: map[*metric.Metric][]calendar.Window{}}
}

// Add resolves what a metric is broken down by.
func (s *Set) Add(m *metric.Metric) {
	if m.Form == metric.FormTarget || m.Form == metric.FormInfo {
		return
	}
	var grains []Grain
	for _, dims := range s.options.setsOf(m) {
		grains = append(grains, Grain{
			Name: rollupName(dims), Labels: dims, Breakdown: s.breakdownBy(dims), named: s.options.windowsOf(m, dims),
		})
	}
	slices.SortFunc(grains, func(a, b Grain) int { return strings.Compare(a.Name, b.Name) })
	s.Of[m] = grains
}

// Need says that a metric is made of the sums of some windows which it does not show, as growth is.
func (s *Set) Need(m *metric.Metric, windows []calendar.Window) {
	if len(s.Of[m]) > 0 {
		s.more[m] = windows
	}
}

// Windows returns the windows that some metric has or needs, in order. Grains and breakdowns know theirs from then on, as
// indexes of this list.
func (s *Set) Windows() []calendar.Window {
	var names []calendar.Window
	for m, grains := range s.Of {
		names = append(names, s.more[m]...)
		for i := range grains {
			names = append(names, grains[i].named...)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for _, breakdown := range s.Breakdowns {
		breakdown.Windows = make([]bool, len(names))
	}
	for m, grains := range s.Of {
		for i := range grains {
			g := &grains[i]
			g.Windows = indexesOf(names, g.named)
			for _, w := range slices.Concat(g.Windows, indexesOf(names, s.more[m])) {
				g.Breakdown.Windows[w] = true
			}
		}
	}
	return names
}

func indexesOf(all, some []calendar.Window) []int {
	var indexes []int
	for _, name := range some {
		indexes = append(indexes, slices.Index(all, name))
	}
	return indexes
}

// HistogramIndexes returns the indexes of all dimensions that some histogram carries.
func (s *Set) HistogramIndexes() []int {
	var indexes []int
	for m, grains := range s.Of {
		if m.Form == metric.FormHistogram {
			for i := range grains {
				indexes = append(indexes, grains[i].Breakdown.Indexes...)
			}
		}
	}
	slices.Sort(indexes)
	return slices.Compact(indexes)
}

// breakdownBy returns the breakdown of some dimensions.
func (s *Set) breakdownBy(dims []string) *Breakdown {
	indexes := make([]int, len(dims))
	for i, name := range dims {
		indexes[i] = slices.Index(s.options.Dimensions, name)
	}
	for _, known := range s.Breakdowns {
		if slices.Equal(known.Indexes, indexes) {
			return known
		}
	}
	s.Breakdowns = append(s.Breakdowns, &Breakdown{Number: len(s.Breakdowns), Indexes: indexes})
	return s.Breakdowns[len(s.Breakdowns)-1]
}

func rollupName(dims []string) string {
	if len(dims) == 0 {
		return "all"
	}
	return strings.Join(dims, ",")
}
