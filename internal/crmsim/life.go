package crmsim

import (
	"sync"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// life is what happens in a generated world as its clock goes on.
type life struct {
	mu        sync.Mutex
	at        time.Time // everything up to this tick has happened
	generator *Generator
}

// tick is the step of life. In each one, each kind draws from a source of its own, so that the same things happen
// however the time up to now is divided into calls of Advance.
const tick = time.Minute

// advance plays the ticks up to a time.
func (l *life) advance(to time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g := l.generator
	for next := l.at.Add(tick); !next.After(to); next = next.Add(tick) {
		l.at, g.Now = next, next
		_ = g.World.DoAt(next, func(tx world.Tx) error {
			for _, k := range g.World.kinds {
				if k.Live == nil {
					continue
				}
				seed := g.seed
				if !k.founding {
					seed ^= streamOf(k)
				}
				g.Rand = source(seed, uint64(next.Unix())) //nolint:gosec // a time since 1970
				k.Live(g, tx)
			}
			return nil
		})
	}
}
