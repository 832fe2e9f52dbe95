package crmsim

import (
	"cmp"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// GenerateOptions describe a generated account.
type GenerateOptions struct {
	Seed  uint64
	Deals int
	// Now is the world's clock; nil is the real one.
	Now func() time.Time
	// HistoryEnd is where the generated history ends and life begins; the zero time is the clock's first reading.
	// Processes that start at different times see the same account when they agree on it.
	HistoryEnd time.Time
	// Currency of the account, ISO 4217; "" is USD.
	Currency string
	// TimeZone of the account, IANA; "" is US/Eastern.
	TimeZone string
	// Kinds are further kinds of records, beside those of the list.
	Kinds []Kind
	// Still keeps the account as it is when its clock goes on: nothing happens but what a test does.
	Still bool
}

// historyLength is two years, and a run-up so that there are deals to close in the first quarter of them.
const historyLength = 820 * 24 * time.Hour

// Generate makes up an account with two years of plausible history. Equal options and an equal clock give an equal
// world. Unless it is to stay Still, life goes on in it as its clock does, see World.Advance.
func Generate(o GenerateOptions) *World {
	w := NewWorld(o.Now, Info{
		Name: "Simulated Sales Ltd", Number: 12345678,
		Currency: cmp.Or(o.Currency, "USD"), TimeZone: cmp.Or(o.TimeZone, "US/Eastern"),
		Rates: map[string]string{"EUR": "1.0842", "GBP": "1.2705"},
	}, o.Kinds...)
	now := w.Moment()
	if !o.HistoryEnd.IsZero() {
		now = o.HistoryEnd
	}
	g := &Generator{
		World: w, Deals: o.Deals, Now: now, Start: now.Add(-historyLength), seed: o.Seed,
		company: &company{teams: teamProfiles()},
	}
	for _, p := range generatedPipelines() {
		w.AddPipeline(p)
	}
	first := source(o.Seed, 0)
	for _, k := range w.kinds {
		if g.Rand = first; !k.founding {
			g.Rand = source(o.Seed, streamOf(k))
		}
		if k.Generate != nil {
			k.Generate(g)
		}
	}
	if !o.Still {
		w.SetLife((&life{at: now.Truncate(tick), generator: g}).advance)
	}
	return w
}

// Generator makes records up, for the past and, in Advance, for the time that passes.
type Generator struct {
	World *World
	Rand  *rand.Rand // of the kind that is at work
	Start time.Time  // of the history
	Now   time.Time  // no event lies behind it
	Deals int        // how many the history has: the size of the account

	seed    uint64
	company *company
}

// company is what kinds that are generated early leave to later ones.
type company struct {
	teams      []teamProfile
	teamIDs    []int64            // by team
	staff      [][]salesperson    // by team
	accountsOf map[string][]int64 // by region, HubSpot's spelling
}

// source returns a stream of draws. Equal seeds must give equal worlds.
func source(seed, stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, stream)) //nolint:gosec // nothing is secret here
}

// streamOf gives each kind draws of its own, so that one more changes nothing of the others.
func streamOf(k Kind) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(k.Name)) // a hash takes everything
	return h.Sum64()
}

// create stores a record as it is. It is seen at any time, and its kind exists.
func (g *Generator) create(kind string, r world.Record) int64 {
	var id int64
	_ = g.World.DoAt(g.Now, func(tx world.Tx) (err error) {
		id, err = tx.Create(kind, r)
		return err
	})
	return id
}

// officeHours moves a time to the working day it belongs to.
func (g *Generator) officeHours(at time.Time) time.Time {
	switch at.Weekday() {
	case time.Saturday:
		at = at.AddDate(0, 0, -1)
	case time.Sunday:
		at = at.AddDate(0, 0, -2)
	default:
	}
	day := time.Date(at.Year(), at.Month(), at.Day(), 8, 0, 0, 0, time.UTC)
	return day.Add(time.Duration(g.Rand.Int64N(int64(10 * time.Hour)))).Truncate(time.Millisecond)
}

// between draws a time of (from, to], or from where that is empty.
func (g *Generator) between(from, to time.Time) time.Time {
	if span := to.Sub(from); span > 0 {
		return from.Add(1 + time.Duration(g.Rand.Int64N(int64(span)))).Truncate(time.Millisecond)
	}
	return from
}

// pick draws one of the values by its share.
func pick(r *rand.Rand, values []spelling) spelling {
	return values[weighted(r, len(values), func(i int) float64 { return values[i].share })]
}

// weighted draws an index below n by weight.
func weighted(r *rand.Rand, n int, weight func(int) float64) int {
	total := 0.0
	for i := range n {
		total += weight(i)
	}
	draw := r.Float64() * total
	for i := range n - 1 {
		if draw -= weight(i); draw < 0 {
			return i
		}
	}
	return n - 1
}
