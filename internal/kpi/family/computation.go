package family

import (
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/cube/emit"
	"github.com/sales-exporter/sales_exporter/internal/cube/grain"
	"github.com/sales-exporter/sales_exporter/internal/cube/groups"
	"github.com/sales-exporter/sales_exporter/internal/cube/limit"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// Computation is one Compute: what follows from the input, before and beside the facts of a single source.
type Computation struct {
	Facts   *facts.Facts
	Options *Options
	In      Input
	Out     *emit.Output

	Dims   []*groups.Dimension
	Grains *grain.Set

	// What follows is known from Lay on.

	Windows   []Window  // of all metrics, in order of their names
	WindowCut *cube.Cut // of the windows

	Durations cube.Buckets

	families   []Family
	parts      []Part
	asked      []*Spans
	carried    bool
	frame      pass.Frame
	hist       []int // indexes of the dimensions of all histograms in Dims
	scans      []*Scan
	mismatches []metric.Mismatch
}

// Window is a window of the `window` label and its intervals.
type Window struct {
	Name   calendar.Window
	Period cube.Period // of WindowCut
	start  time.Time
}

// Spans are spans over which a family needs sums.
type Spans struct {
	spans []calendar.Span
	cut   *cube.Cut
}

// Cut is the timeline cut at the bounds of the spans only, from Lay on.
func (s *Spans) Cut() *cube.Cut { return s.cut }

// New begins a Compute of some families, whose metrics are those of all of them in their order.
func New(f *facts.Facts, o *Options, in Input, families []Family, metrics []metric.Metric, scratch *cube.Scratch) *Computation {
	c := &Computation{
		Facts: f, Options: o, In: in, Out: emit.New(metrics, o.Metrics.Disabled), Grains: grain.New(o.ofGrain()),
		Durations: durationBuckets(o.DurationBuckets), families: families,
	}
	for _, name := range o.Dimensions {
		c.Dims = append(c.Dims, groups.NewDimension(name))
	}
	for _, out := range c.Out.Families {
		if !out.Off {
			c.Grains.Add(out.Metric)
		}
	}
	rest := c.Out.Families
	for i := range families {
		n := len(families[i].Metrics)
		c.parts = append(c.parts, families[i].Start(c, rest[:n:n]))
		rest = rest[n:]
	}
	c.hist = c.Grains.HistogramIndexes()
	c.frame = pass.Frame{
		Calendar: in.Calendar, Now: in.Now, AsOf: in.AsOf, Workers: in.Workers, Scratch: scratch, Carried: c.carried,
	}
	c.cutTime()
	return c
}

// Ask says, when a family starts, over which spans it needs sums.
func (c *Computation) Ask(spans []calendar.Span) *Spans {
	s := &Spans{spans: spans}
	c.asked = append(c.asked, s)
	return s
}

// Line is the timeline of everything that is asked for, from Lay on: tables find the intervals of their dates on it.
func (c *Computation) Line() *cube.Timeline { return c.frame.Line }

// AskCarried says, when a family starts, that it asks what deals are in the groups.
func (c *Computation) AskCarried() { c.carried = true }

// Mismatch tells of a target of which nothing can be said.
func (c *Computation) Mismatch(m metric.Mismatch) { c.mismatches = append(c.mismatches, m) }

// cutTime cuts time at the bounds of all spans that are asked for.
func (c *Computation) cutTime() {
	names := c.Grains.Windows()
	var windows []calendar.Span
	for _, name := range names {
		windows = append(windows, c.In.Calendar.Window(name, c.In.Now))
	}
	spans := windows
	for _, asked := range c.asked {
		spans = slices.Concat(spans, asked.spans)
	}
	c.frame.Line = cube.NewTimeline(c.In.Calendar, spans)
	c.WindowCut = cube.NewCut(c.frame.Line, windows)
	for i, span := range windows {
		c.Windows = append(c.Windows, Window{names[i], c.WindowCut.Period(span), span.Start})
	}
	for _, asked := range c.asked {
		asked.cut = cube.NewCut(c.frame.Line, asked.spans)
	}
}

// Run reads the deals of all sources that are complete and makes the samples.
func (c *Computation) Run() *metric.Snapshot {
	c.Read()
	for _, s := range c.scans {
		s.addIdleReps()
	}
	for i, part := range c.parts {
		if part.Across != nil {
			part.Across(slices.DeleteFunc(slices.Clone(c.scans), func(s *Scan) bool { return !c.families[i].has(s.Source) }))
		}
	}
	reduction := c.fit()
	c.Out.Take()
	c.emit()
	snapshot := &metric.Snapshot{At: c.In.Now, Families: c.Out.Finish(), Reduction: reduction, Mismatches: c.mismatches}
	c.Release()
	return snapshot
}

// Read reads the deals of all sources that are complete.
func (c *Computation) Read() {
	for _, source := range c.Facts.Ready() {
		c.scans = append(c.scans, newScan(c, source))
	}
	for _, s := range c.scans {
		s.read()
	}
}

// Release gives the memory of the passes back.
func (c *Computation) Release() {
	for _, s := range c.scans {
		s.release()
	}
}

// fit makes the page respect its limits.
func (c *Computation) fit() metric.Reduction {
	p := limit.Page{
		Dims: c.Dims, Output: c.Out, Series: c.In.Series, Bound: c.In.valuesOf, LayOut: c.arrange, Emit: c.emit,
		CountDeals: func() {
			for _, s := range c.scans {
				s.CountDeals()
			}
		},
	}
	return p.Fit()
}

// arrange decides what each value is shown as and adds up the groups of each source accordingly.
func (c *Computation) arrange() {
	for _, d := range c.Dims {
		d.Show()
	}
	for _, s := range c.scans {
		s.arrange()
	}
}

// emit makes or counts the samples of every family, but for what Across makes.
func (c *Computation) emit() {
	for _, s := range c.scans {
		c.Out.WithholdMoney(!s.Source.HasMoney())
		for _, e := range s.emitters {
			if e.Emit != nil {
				e.Emit()
			}
		}
		c.Out.WithholdMoney(false)
	}
	for _, part := range c.parts {
		if part.Emit != nil {
			part.Emit()
		}
	}
}

// GrainsOf returns the grains of a metric, none where it is switched off.
func (c *Computation) GrainsOf(out *emit.Family) []grain.Grain {
	if out.Off {
		return nil
	}
	return c.Grains.Of[out.Metric]
}

// GrainOf returns the one grain of a metric that is no rollup.
func (c *Computation) GrainOf(out *emit.Family) (grain.Grain, bool) {
	grains := c.GrainsOf(out)
	if len(grains) == 0 {
		return grain.Grain{}, false
	}
	return grains[0], true
}

// SlotsOf returns the slots of WindowCut that lie in the windows of some metrics.
func (c *Computation) SlotsOf(metrics ...*emit.Family) []int32 {
	var periods []cube.Period
	for _, out := range metrics {
		for _, g := range c.GrainsOf(out) {
			for _, w := range g.Windows {
				periods = append(periods, c.Windows[w].Period)
			}
		}
	}
	return c.WindowCut.Only(periods)
}

// Unread reports whether a window that starts at some instant began after the last complete read of a source. What was
// known as of a past instant is not bounded by it.
func (c *Computation) Unread(s *facts.Source, start time.Time) bool {
	return !c.In.AsOf && s.Unread(start)
}
