package crmsim

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// liveDeals plays one tick: new deals come in, deals move on, slip, are won and lost.
func (g *Generator) liveDeals(tx world.Tx) {
	const busyTicks = 820 * 5 / 7 * 10 * 60 // of the history: ten hours on working days
	at := tx.At()
	expected := float64(g.Deals) / busyTicks
	if day := at.Weekday(); day == time.Saturday || day == time.Sunday || at.Hour() < 8 || at.Hour() >= 18 {
		expected /= 20
	}
	for expected > 0 {
		if g.Rand.Float64() < expected {
			d, _ := g.lead(at)
			d.VisibleAt = at
			_, _ = tx.Create(KindDeal, &d) // the kind exists
		}
		// A deal needs about five steps from its creation to its end, so this many keep the number of open deals.
		for range 5 {
			if g.Rand.Float64() < expected {
				g.step(tx)
			}
		}
		expected--
	}
}

// step lets something happen to one of the open deals.
func (g *Generator) step(tx world.Tx) {
	var candidates []*Deal
	for id := int64(1); id <= tx.Len(KindDeal); id++ {
		r, _ := tx.Newest(KindDeal, id)
		if d := r.(*Deal); d.Live() {
			if s, ok := g.World.StageOf(d); ok && !s.Closed {
				candidates = append(candidates, d)
			}
		}
	}
	if len(candidates) == 0 {
		return
	}
	d := candidates[g.Rand.IntN(len(candidates))]
	stage, _ := g.World.StageOf(d)
	next, ok := g.World.FindStage(d.Pipeline, func(s Stage) bool { return s.Position == stage.Position+1 })
	enter := func(wanted func(Stage) bool) { _ = g.World.enterIn(tx, d.ID, wanted) }
	// The deal and its stages exist, so the changes below cannot fail.
	switch draw := g.Rand.IntN(100); {
	case draw < 1:
		_ = tx.Delete(KindDeal, d.ID)
	case draw < 12:
		enter(func(s Stage) bool { return s.Closed && !s.Won })
	case draw < 25:
		_ = tx.Update(KindDeal, d.ID, func(r world.Record) {
			r.(*Deal).Close = g.officeHours(tx.At().AddDate(0, 0, 7+g.Rand.IntN(30)))
		})
	case ok && !next.Closed:
		enter(func(s Stage) bool { return s.ID == next.ID })
	default:
		wins := g.Rand.IntN(100) < 70
		enter(func(s Stage) bool { return s.Closed && s.Won == wins })
	}
}
