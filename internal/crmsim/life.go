package crmsim

import (
	"math/rand/v2"
	"time"
)

// life is what happens in a generated world as its clock goes on.
type life struct {
	seed      uint64
	at        time.Time // everything up to this tick has happened
	newDeals  float64   // expected in a busy tick
	generator *generator
}

// tick is the step of life. Each one draws from a source of its own, so that the same things happen however the
// time up to now is divided into calls of Advance.
const tick = time.Minute

func newLife(o GenerateOptions, now time.Time, g *generator) *life {
	const busyTicks = 820 * 5 / 7 * 10 * 60 // of the history: ten hours on working days
	return &life{seed: o.Seed, at: now.Truncate(tick), newDeals: float64(o.Deals) / busyTicks, generator: g}
}

// Advance lets happen what happens up to a time: new deals come in, deals move on, slip, are won and lost. Calling it
// again for the same or an earlier time does nothing, and so it does in a world without life. Whoever reads deals makes
// a world catch up with its clock, so that only simulations of a future need to call it.
func (w *World) Advance(to time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.life == nil {
		return
	}
	for next := w.life.at.Add(tick); !next.After(to); next = next.Add(tick) {
		w.life.at = next
		w.live(next)
	}
}

// live plays one tick. The lock is held.
func (w *World) live(at time.Time) {
	g := w.life.generator
	g.now = at
	g.rand = rand.New(rand.NewPCG(w.life.seed, uint64(at.Unix()))) //nolint:gosec // see tick
	expected := w.life.newDeals
	if day := at.Weekday(); day == time.Saturday || day == time.Sunday || at.Hour() < 8 || at.Hour() >= 18 {
		expected /= 20
	}
	for expected > 0 {
		if g.rand.Float64() < expected {
			d, _ := g.lead(at)
			d.VisibleAt = at
			w.addDeal(d, at)
		}
		// A deal needs about five steps from its creation to its end, so this many keep the number of open deals.
		for range 5 {
			if g.rand.Float64() < expected {
				w.step(at)
			}
		}
		expected--
	}
}

// step lets something happen to one of the open deals. The lock is held.
func (w *World) step(at time.Time) {
	g := w.life.generator
	var candidates []*Deal
	for _, id := range w.order {
		if d := w.newest(id); d.Live() {
			if s, ok := w.stage(d.Pipeline, d.Stage); ok && !s.Closed {
				candidates = append(candidates, d)
			}
		}
	}
	if len(candidates) == 0 {
		return
	}
	d := candidates[g.rand.IntN(len(candidates))]
	stage, _ := w.stage(d.Pipeline, d.Stage)
	next, ok := w.findStage(d.Pipeline, func(s Stage) bool { return s.Position == stage.Position+1 })
	// The deal and its stages exist, so the changes below cannot fail.
	switch draw := g.rand.IntN(100); {
	case draw < 1:
		_ = w.change(d.ID, at, func(d *Deal) { d.Archived, d.ArchivedAt = true, at })
	case draw < 12:
		_ = w.enter(d.ID, at, func(s Stage) bool { return s.Closed && !s.Won })
	case draw < 25:
		_ = w.update(d.ID, at, func(d *Deal) { d.Close = g.officeHours(at.AddDate(0, 0, 7+g.rand.IntN(30))) })
	case ok && !next.Closed:
		_ = w.enter(d.ID, at, func(s Stage) bool { return s.ID == next.ID })
	default:
		wins := g.rand.IntN(100) < 70
		_ = w.enter(d.ID, at, func(s Stage) bool { return s.Closed && s.Won == wins })
	}
}
