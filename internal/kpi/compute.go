package kpi

import (
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
)

// computation is one Compute: what follows from the input, before and beside the facts of a single source.
type computation struct {
	facts   *Facts
	options *Options
	in      Input
	out     *output

	days        *localDays
	line        *timeline
	now         edge
	nowMilli    int64
	closingEnds [closingLater]edge

	windows []window // the configured ones, in order of their names, then those that only growth needs
	shown   int      // how many of them are configured
	growths []growth
	targets []*target

	daily   daily
	charted period // the intervals of daily

	counted     []bool // by interval: part of a configured window
	wanted      []bool // by interval: part of a configured window, a growth, a target or daily
	scoped      bool   // some target fixes a dimension
	coverage    bool   // some target asks for open deals by close date
	countsDeals bool   // some dimension has to fold and must know the number of deals of each value

	dims      []*dimension
	hist      []int // places of the histogram dimensions in dims
	rollups   []rollup
	sizes     buckets
	durations buckets
}

// window is a window of the `window` label and its intervals.
type window struct {
	name   calendar.Window
	period period
}

// Compute returns every KPI of the facts as of an instant. It is a pure function: it reads no clock, does no I/O, and
// equal facts and input give an equal Snapshot, whatever the order in which the facts came.
func Compute(f *Facts, in Input) *Snapshot {
	c := newComputation(f, in)
	var scans []*scan
	for _, source := range f.ready() {
		scans = append(scans, newScan(c, source))
	}
	c.countsDeals = slices.ContainsFunc(c.dims, func(d *dimension) bool { return d.exceeds(in.ValuesPerDimension) })
	for _, s := range scans {
		s.run()
	}
	for _, d := range c.dims {
		d.fold(in.ValuesPerDimension)
	}
	for _, s := range scans {
		before := c.out.lengths()
		s.emitDeals()
		s.emitCumulative()
		s.emitPipeline()
		if !s.source.hasMoney() {
			c.out.withholdMoney(before)
		}
		s.emitInfo()
	}
	c.matchTargets(scans)
	c.emitTargets()
	c.emitCatalogue()
	return &Snapshot{At: in.Now, Families: c.out.finish(), Mismatches: c.mismatches()}
}

func newComputation(f *Facts, in Input) *computation {
	c := &computation{
		facts: f, options: &f.options, in: in, out: newOutput(f.metrics),
		days: newLocalDays(in.Calendar), now: edgeAt(in.Calendar, in.Now), nowMilli: in.Now.UnixMilli(),
		closingEnds: newClosingEnds(in),
		daily:       newDaily(in),
		sizes:       moneyBuckets(f.options.DealSizeBuckets), durations: durationBuckets(f.options.DurationBuckets),
	}
	for _, name := range f.options.Dimensions {
		c.dims = append(c.dims, newDimension(name))
	}
	c.hist = c.placesOf(f.options.HistogramDimensions)
	for _, names := range f.options.Rollups {
		c.rollups = append(c.rollups, newRollup(names, c.placesOf(names)))
	}
	slices.SortFunc(c.rollups, func(a, b rollup) int { return strings.Compare(a.name, b.name) })
	c.targets = newTargets(c)
	c.layTimeline()
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

// layTimeline collects every span that is asked for, cuts time at their bounds and notes which intervals matter.
func (c *computation) layTimeline() {
	names := slices.Sorted(slices.Values(c.options.Windows))
	c.shown = len(names)
	for _, pair := range growthPairs() {
		names = append(names, pair.now, pair.before)
	}
	var spans []calendar.Span
	for _, name := range names {
		spans = append(spans, c.in.Calendar.Window(name, c.in.Now))
	}
	windowSpans := len(spans)
	spans = append(spans, c.daily.span)
	for _, t := range c.targets {
		spans = append(spans, t.spans(c.in.Now)...)
		c.coverage = c.coverage || t.coverage()
		c.scoped = c.scoped || len(t.scope) > 0
	}
	c.line = newTimeline(c.in.Calendar, spans)
	c.counted = make([]bool, c.line.intervals())
	c.wanted = make([]bool, c.line.intervals())
	for i, span := range spans {
		p := c.line.period(span)
		if i < windowSpans {
			c.windows = append(c.windows, window{names[i], p})
		}
		for k := p.from; k < p.to; k++ {
			c.wanted[k] = true
			c.counted[k] = c.counted[k] || i < c.shown
		}
	}
	for i, pair := range growthPairs() {
		c.growths = append(c.growths, growth{pair.basis, c.shown + 2*i, c.shown + 2*i + 1})
	}
	c.charted = c.line.period(c.daily.span)
	for _, t := range c.targets {
		t.place(c.line, c.in.Now)
	}
}

// view is one projection of a source's groups with the totals of all windows.
type view struct {
	projection
	closed  [][]closedCell  // by window, by combination
	created [][]createdCell // by window, by combination
	reps    [][]uint32      // by window, by combination: distinct reps with a closed deal
}

func (s *scan) newView(places []int) *view {
	dims := make([]*dimension, len(places))
	for i, place := range places {
		dims[i] = s.c.dims[place]
	}
	v := &view{projection: project(dims, s.groups.len(), func(group uint32, i int) uint32 {
		return s.groups.values[places[i]][group]
	})}
	v.closed = make([][]closedCell, len(s.c.windows))
	v.created = make([][]createdCell, len(s.c.windows))
	v.reps = make([][]uint32, len(s.c.windows))
	for w := range s.c.windows {
		v.closed[w] = make([]closedCell, len(v.labels))
		v.created[w] = make([]createdCell, len(v.labels))
		v.reps[w] = make([]uint32, len(v.labels))
	}
	return v
}

// present says which groups have deals in some configured window, and so have series in all of them.
type present struct{ closed, created []bool }

// roll sums up the intervals of every window once and adds them to all views.
func (s *scan) roll(views []*view) present {
	n := s.groups.len()
	in := present{closed: make([]bool, n), created: make([]bool, n)}
	closed, created := make([]closedCell, n), make([]createdCell, n)
	order := s.groups.byRep()
	for w, window := range s.c.windows {
		clear(closed)
		clear(created)
		s.closed.each(window.period, func(_ int, group uint32, cell *closedCell) { closed[group].plus(cell) })
		s.created.each(window.period, func(_ int, group uint32, cell *createdCell) { created[group].plus(cell) })
		for group := range n {
			in.closed[group] = in.closed[group] || w < s.c.shown && closed[group].deals() > 0
			in.created[group] = in.created[group] || w < s.c.shown && created[group].deals > 0
		}
		for _, v := range views {
			v.add(w, closed, created, order, s.groups.reps)
		}
	}
	s.groups.showIdle(in.closed)
	s.groups.showIdle(in.created)
	return in
}

// add adds one window's totals of all groups. order has the groups of a rep beside each other, so that a rep is counted
// once for each combination.
func (v *view) add(w int, closed []closedCell, created []createdCell, order, reps []uint32) {
	counted := make([]uint32, len(v.labels))
	for _, group := range order {
		to := v.of[group]
		if created[group].deals > 0 {
			v.created[w][to].plus(&created[group])
		}
		if closed[group].deals() == 0 {
			continue
		}
		v.closed[w][to].plus(&closed[group])
		if rep := reps[group]; rep != 0 && counted[to] != rep {
			counted[to] = rep
			v.reps[w][to]++
		}
	}
}

// project returns which combinations a set of groups makes present.
func (v *view) project(groups []bool) []bool {
	combinations := make([]bool, len(v.labels))
	for group, in := range groups {
		if in {
			combinations[v.of[group]] = true
		}
	}
	return combinations
}

// rollup is one configured rollup.
type rollup struct {
	name   string // value of the `rollup` label
	labels []string
	places []int // of its dimensions
}

func newRollup(names []string, places []int) rollup {
	r := rollup{name: "all", labels: names, places: places}
	if len(names) > 0 {
		r.name = strings.Join(names, ",")
	}
	return r
}
