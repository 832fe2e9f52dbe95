package family

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/cube/grain"
	"github.com/sales-exporter/sales_exporter/internal/cube/groups"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
)

// Scan is one source in one Compute: the pass over its deals, which holds for every family, and how its groups are shown.
type Scan struct {
	*pass.Pass
	C *Computation

	emitters []Emitter
	tables   []tablePlan

	// combinations and histograms are the groups and the combinations of histogram dimensions as they are shown now.
	combinations, histograms map[*grain.Breakdown]*groups.Projection

	repZeros   *zeros   // of active reps, nil where rep is no dimension
	scopeZeros []*zeros // of the scopes of targets
}

func newScan(c *Computation, source *facts.Source) *Scan {
	s := &Scan{C: c, Pass: pass.New(&c.frame, source, groups.New(source, c.Dims, c.hist))}
	for i, part := range c.parts {
		if part.Lay != nil && c.families[i].has(source) {
			s.emitters = append(s.emitters, part.Lay(s))
		}
	}
	return s
}

// tablePlan is a table beside the deals, and what is added up of it.
type tablePlan struct {
	table cube.Table
	plan  *cube.Plan
}

// Table has a table of the source read that is not the deals. A family asks the plan for lanes when it lays, and reads them
// when it emits; no other family has to know.
func (s *Scan) Table(t cube.Table) *cube.Plan {
	plan := cube.PlanOf(t, s.C.frame.Scratch)
	s.tables = append(s.tables, tablePlan{t, plan})
	return plan
}

// read reads the deals and the other tables.
func (s *Scan) read() {
	s.Run()
	for _, t := range s.tables {
		t.plan.Read(t.table, s.C.In.Workers)
	}
}

func (s *Scan) release() {
	s.Release()
	for _, t := range s.tables {
		t.plan.Release()
	}
}

func (s *Scan) arrange() {
	s.combinations, s.histograms = map[*grain.Breakdown]*groups.Projection{}, map[*grain.Breakdown]*groups.Projection{}
	for _, e := range s.emitters {
		if e.Arrange != nil {
			e.Arrange()
		}
	}
}

// Labels returns the label names of a metric of this source with some dimensions.
func (s *Scan) Labels(dims []string, own ...string) []string {
	return slices.Concat([]string{"source"}, dims, own)
}

// Combinations shows the groups by a breakdown.
func (s *Scan) Combinations(b *grain.Breakdown) *groups.Projection {
	if p, ok := s.combinations[b]; ok {
		return p
	}
	p := groups.Project(s.dimsOf(b), s.Groups.Len(), func(group uint32, i int) uint32 {
		return s.Groups.Values[b.Indexes[i]][group]
	})
	s.combinations[b] = &p
	return &p
}

// HistogramCombinations shows the combinations of histogram dimensions by a breakdown.
func (s *Scan) HistogramCombinations(b *grain.Breakdown) *groups.Projection {
	if p, ok := s.histograms[b]; ok {
		return p
	}
	at := make([]int, len(b.Indexes))
	for i, index := range b.Indexes {
		at[i] = slices.Index(s.C.hist, index)
	}
	var buffer []uint32
	p := groups.Project(s.dimsOf(b), s.Groups.Histograms.Len(), func(class uint32, i int) uint32 {
		buffer = s.Groups.Histograms.At(class, buffer)
		return buffer[at[i]]
	})
	s.histograms[b] = &p
	return &p
}

func (s *Scan) dimsOf(b *grain.Breakdown) []*groups.Dimension {
	dims := make([]*groups.Dimension, len(b.Indexes))
	for i, index := range b.Indexes {
		dims[i] = s.C.Dims[index]
	}
	return dims
}

// Unread reports whether a window began after the last complete read of the source.
func (s *Scan) Unread(w int) bool { return s.C.Unread(s.Source, s.C.Windows[w].start) }

// WindowsRead returns those windows of a grain that began before the source was read last.
func (s *Scan) WindowsRead(g *grain.Grain) []int {
	if !slices.ContainsFunc(g.Windows, s.Unread) {
		return g.Windows
	}
	return slices.DeleteFunc(slices.Clone(g.Windows), s.Unread)
}
