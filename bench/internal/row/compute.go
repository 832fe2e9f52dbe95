package row

import (
	"context"
	"fmt"
	"runtime"

	"github.com/sales-exporter/sales_exporter/bench/internal/measure"
	"github.com/sales-exporter/sales_exporter/bench/internal/peer"
	"github.com/sales-exporter/sales_exporter/bench/internal/world"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// hotBytes is what a pass must read of a deal at least: four times or amounts of eight bytes, and its codes.
const hotBytes = 34

const partCompute = "Computing all KPIs"

// computeRow compares kpi.Compute with structs and maps, with SQL, and with reading the memory once.
func computeRow(ctx context.Context, s *Setting) ([]Comparison, error) {
	comparisons, err := computeOf(ctx, s, s.Deals, true)
	if err != nil || s.Huge == 0 {
		return comparisons, err
	}
	more, err := computeOf(ctx, s, s.Huge, false)
	if err != nil {
		return nil, err
	}
	return append(append(comparisons, more...), further(s, comparisons[0], more[0])), nil
}

// further returns what each further deal costs, which is the pass over the deals without what a page costs of any size.
func further(s *Setting, large, huge Comparison) Comparison {
	each := func(large, huge measure.Figure) measure.Figure {
		const nanoseconds = 1e6
		return measure.Of((huge.Median - large.Median) * nanoseconds / float64(s.Huge-s.Deals))
	}
	return Comparison{
		ID: "compute/further/floor", Part: partCompute, Unit: "ns CPU", Limit: true,
		What: fmt.Sprintf("Compute, each deal beyond %s", count(s.Deals)), Peer: huge.Peer,
		Ours: each(large.Ours, huge.Ours), Peers: each(large.Peers, huge.Peers),
	}
}

// computation is one size of the comparison.
type computation struct {
	setting  *Setting
	deals    int
	facts    *kpi.Facts
	snapshot *metric.Snapshot
	out      []Comparison
}

func computeOf(ctx context.Context, s *Setting, deals int, naive bool) ([]Comparison, error) {
	c := &computation{setting: s, deals: deals, facts: world.Facts(deals)}
	if err := c.floor(); err != nil {
		return nil, err
	}
	if err := c.cores(); err != nil {
		return nil, err
	}
	if naive {
		if err := c.naive(); err != nil {
			return nil, err
		}
	}
	if s.DuckDB {
		if err := c.duckDB(ctx); err != nil {
			return nil, err
		}
	}
	return c.out, nil
}

// ours is one Compute.
func (c *computation) ours() measure.Side {
	return measure.Side{Run: func() error {
		c.snapshot = kpi.Compute(c.facts, world.Input())
		return nil
	}}
}

func (c *computation) add(id, peerName string, ours, peers measure.Figure) *Comparison {
	c.out = append(c.out, Comparison{
		ID: fmt.Sprintf("compute/%d/%s", c.deals, id), Part: partCompute, Unit: "ms CPU",
		What: "Compute, " + count(c.deals) + " deals", Ours: ours, Peer: peerName, Peers: peers,
	})
	return &c.out[len(c.out)-1]
}

// floor runs on one processor, so that no other one does a part of the work unseen.
func (c *computation) floor() error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	memory := measure.NewBandwidth()
	figures, err := measure.Alternate(c.setting.Rounds, c.ours(), memory.Side())
	if err != nil {
		return err
	}
	floor := figures[1].Times(memory.Scale(hotBytes * c.deals))
	c.add("floor", fmt.Sprintf("reading %d bytes a deal from memory", hotBytes), figures[0], floor).Limit = true
	return nil
}

func (c *computation) cores() error {
	on := func(processors int) measure.Side {
		return measure.Side{Clock: measure.Wall, Run: func() error {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			return c.ours().Run()
		}}
	}
	figures, err := measure.Alternate(c.setting.Rounds, on(2), on(1))
	if err != nil {
		return err
	}
	second := c.add("cores", "one processor", figures[0], figures[1])
	second.What, second.Unit, second.Wall = second.What+", two processors", "ms wall", true
	return nil
}

func (c *computation) naive() error {
	before := measure.Heap()
	naive := peer.NewNaive(c.deals)
	c.setting.Logger.Info("The naive peer's memory", "bytes_a_deal", (measure.Heap()-before)/uint64(c.deals))
	var totals world.Totals
	figures, err := measure.Alternate(c.setting.few(), c.ours(), measure.Side{Run: func() error {
		totals = naive.Compute()
		return nil
	}})
	if err != nil {
		return err
	}
	c.add("naive", "structs and maps", figures[0], figures[1])
	return c.agree("structs and maps", totals)
}

func (c *computation) agree(name string, totals world.Totals) error {
	if err := world.Agree(world.TotalsOf(c.snapshot), totals); err != nil {
		return fmt.Errorf("%s compute something else: %w", name, err)
	}
	return nil
}

func (c *computation) duckDB(ctx context.Context) error {
	db, err := peer.NewDuckDB(ctx, c.deals)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	var plain, expert world.Totals
	rounds := c.setting.Rounds
	if c.deals > c.setting.Deals {
		rounds = 1
	}
	figures, err := measure.Alternate(rounds, c.ours(), measure.Side{Run: func() error {
		expert, err = db.Expert(ctx)
		return err
	}}, measure.Side{Run: func() error {
		plain, err = db.Plain(ctx)
		return err
	}})
	if err != nil {
		return err
	}
	c.add("duckdb-plain", "DuckDB, plain SQL", figures[0], figures[2])
	c.add("duckdb-expert", "DuckDB, expert SQL", figures[0], figures[1])
	if err := c.agree("DuckDB's plain queries", plain); err != nil {
		return err
	}
	return c.agree("DuckDB's expert queries", expert)
}

// count writes a number of deals for people.
func count(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%d M", n/1_000_000)
	case n >= 1000:
		return fmt.Sprintf("%d k", n/1000)
	default:
		return fmt.Sprint(n)
	}
}
