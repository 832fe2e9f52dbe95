package kpi

import (
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/cube"
)

// computation is one Compute: what follows from the input, before and beside the facts of a single source.
type computation struct {
	facts    *Facts
	options  *Options
	families []kpiFamily
	in       Input
	out      *output

	line        *cube.Timeline // of everything that is asked for
	cut         *cube.Cut      // of the windows
	now         calendar.Edge
	nowMilli    int64
	closingEnds [closingLater]calendar.Edge

	windows []window // of all metrics, in order of their names
	growths []growth
	targets []*target

	scopeSets []*scopeSet
	recorded  *cube.Cut // of what targets ask of all closed deals, nil where none does

	daily daily

	shaped []int32 // by interval: its slot in cut, if it is part of a window of some histogram
	ranked []int32 // the same of medians

	dims       []*dimension
	hist       []int // places of the dimensions of all histograms in dims
	grains     map[string][]grain
	breakdowns []*breakdown
	tables     []dealTable
	sizes      cube.Buckets
	durations  cube.Buckets

	scans   []*scan
	counted bool     // the deals of each value are counted
	left    []string // metrics that the limit of series left out
}

// window is a window of the `window` label and its intervals.
type window struct {
	name   calendar.Window
	start  time.Time
	period cube.Period // of computation.cut
}

// Compute returns every KPI of the facts as of an instant. It is a pure function: it reads no clock, does no I/O, and
// equal facts and input give an equal Snapshot, whatever the order in which the facts came.
func Compute(f *Facts, in Input) *Snapshot {
	c := newComputation(f, in)
	for _, source := range f.Ready() {
		c.scans = append(c.scans, newScan(c, source))
	}
	for _, s := range c.scans {
		s.run()
	}
	c.matchTargets(c.scans)
	c.emitTargets()
	c.addZeros()
	c.fit()
	c.out.take()
	c.emitSources()
	snapshot := &Snapshot{
		At: in.Now, Families: c.out.finish(), Reduction: c.reduction(), Mismatches: c.mismatches(),
	}
	for _, s := range c.scans {
		s.release()
	}
	return snapshot
}

// emitSources makes the samples of every family but Targets, whose labels no limit changes.
func (c *computation) emitSources() {
	for _, s := range c.scans {
		c.out.withholdMoney(!s.source.HasMoney())
		for _, f := range c.families {
			if f.emit != nil {
				f.emit(s)
			}
		}
		c.out.withholdMoney(false)
	}
	c.emitCatalogue()
}

func newComputation(f *Facts, in Input) *computation {
	c := &computation{
		facts: f, options: &f.options, in: in, out: newOutput(f.metrics, f.options.Metrics.Disabled),
		now: in.Calendar.EdgeAt(in.Now), nowMilli: in.Now.UnixMilli(),
		closingEnds: newClosingEnds(in),
		daily:       newDaily(in), families: families(),
		sizes: moneyBuckets(f.options.DealSizeBuckets), durations: durationBuckets(f.options.DurationBuckets),
	}
	for _, name := range f.options.Dimensions {
		c.dims = append(c.dims, newDimension(name))
	}
	c.targets = newTargets(c)
	c.layScopeSets()
	c.layGrains()
	c.hist = c.histogramPlaces()
	c.layTimeline()
	c.tables = c.dealTables()
	return c
}

// placesOf returns the places of dimensions among the configured ones.
func (c *computation) placesOf(names []string) []int {
	places := make([]int, len(names))
	for i, name := range names {
		places[i] = slices.Index(c.options.Dimensions, name)
	}
	return places
}

// histogramPlaces returns the places of all dimensions that some histogram carries.
func (c *computation) histogramPlaces() []int {
	var places []int
	for _, f := range c.out.families {
		if f.Metric.Shape == ShapeHistogram {
			for _, g := range c.grains[f.Metric.Name] {
				places = append(places, g.breakdown.places...)
			}
		}
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// layTimeline collects every span that is asked for, cuts time at their bounds and notes which intervals matter.
func (c *computation) layTimeline() {
	names := c.windowNames()
	var windows []calendar.Span
	for _, name := range names {
		windows = append(windows, c.in.Calendar.Window(name, c.in.Now))
	}
	spans := slices.Concat(windows, c.daily.days)
	for _, t := range c.targets {
		spans = append(spans, t.spans(c.in.Now)...)
		if t.previous != nil {
			spans = append(spans, t.recordedSpans()...)
		}
	}
	c.line = cube.NewTimeline(c.in.Calendar, spans)
	c.cut = cube.NewCut(c.line, windows)
	for i, span := range windows {
		c.windows = append(c.windows, window{names[i], span.Start, c.cut.Period(span)})
	}
	c.placeWindows(names)
	c.shaped = c.slotsOf(metricDealSize, metricCycle)
	c.ranked = c.slotsOf(metricDealSizeMedian, metricCycleMedian)
	c.daily.place(c.line)
	c.cutScopes()
}

// windowNames returns the windows that some metric has, in order.
func (c *computation) windowNames() []calendar.Window {
	var names []calendar.Window
	for _, grains := range c.grains {
		for i := range grains {
			names = append(names, grains[i].named...)
		}
	}
	if len(c.grains[metricGrowth]) > 0 {
		for _, pair := range growthPairs() {
			names = append(names, pair.now, pair.before)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// placeWindows tells grains and breakdowns where their windows stand among all of them.
func (c *computation) placeWindows(names []calendar.Window) {
	for _, breakdown := range c.breakdowns {
		breakdown.windows = make([]bool, len(names))
	}
	for metric, grains := range c.grains {
		for i := range grains {
			g := &grains[i]
			for _, name := range g.named {
				g.windows = append(g.windows, slices.Index(names, name))
			}
			needed := g.windows
			if metric == metricGrowth {
				c.growths = newGrowths(names)
				needed = growthWindows(c.growths)
			}
			for _, w := range needed {
				g.breakdown.windows[w] = true
			}
		}
	}
}

// slotsOf returns the slots of the windows of some metrics.
func (c *computation) slotsOf(metrics ...string) []int32 {
	var periods []cube.Period
	for _, metric := range metrics {
		for _, g := range c.grains[metric] {
			for _, w := range g.windows {
				periods = append(periods, c.windows[w].period)
			}
		}
	}
	return c.cut.Only(periods)
}

// lay lays the page out anew: it decides what each value is shown as and adds up the groups of each source accordingly.
func (c *computation) lay() {
	for _, d := range c.dims {
		d.show()
	}
	for _, s := range c.scans {
		s.lay()
	}
}
