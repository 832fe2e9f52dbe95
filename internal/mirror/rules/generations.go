package rules

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
)

// Beginning is a generation that begins.
type Beginning struct {
	*stored.Progress
	// Before is the generation whose names it takes over, nil where the stream is new.
	Before *stored.Progress
}

// Bind decides in which generation a stream goes on. It gives those that are known their roles; one that begins has to be
// stored.
func Bind(
	known stored.Generations, identity mirror.Identity, restart mirror.Restart, now time.Time,
) (binding mirror.Binding, begins *Beginning) {
	work, served := known.AtWork(), known.Served()
	if work == nil {
		return mirror.Bound, &Beginning{Progress: stored.NewGeneration(identity)}
	}
	// The one at work first: it is the one that was read last.
	for _, role := range []stored.Role{stored.AtWork, stored.Kept} {
		for _, p := range known {
			if p.Role != role || !p.Claim.Fits(identity) {
				continue
			}
			if p != work {
				work.Keep(now)
				p.Work()
			}
			return goOn(p, identity, restart), nil
		}
	}
	same := work.Claim.SameAccount(identity)
	for _, p := range known {
		p.Role = stored.Condemned
	}
	if same {
		served.Keep(now)
		binding = mirror.Replaced
	} else {
		binding = mirror.Forgotten
	}
	return binding, &Beginning{Progress: served.Begin(identity, same), Before: served}
}

// goOn binds a generation whose rows fit.
func goOn(p *stored.Progress, identity mirror.Identity, restart mirror.Restart) mirror.Binding {
	var again bool
	if p.Claim, again = p.Claim.Bind(identity); !again {
		return mirror.Bound
	}
	if len(p.Cursor) > 0 {
		p.Cursor = restart(p.Cursor)
	}
	return mirror.Widened
}

// Finish ends a cycle of a stream. When the generation at work is complete for the first time, readers get it from here
// on, and that which they got before is condemned.
func Finish(known stored.Generations, cursor []byte, now time.Time) {
	work, served := known.AtWork(), known.Served()
	work.Finish(cursor, now)
	if served != work {
		served.Role = stored.Condemned
	}
}

// keptFor is for how long a generation stays that nobody reads, for whoever goes back to its mapping.
const keptFor = 24 * time.Hour

// Expire condemns a generation beside the one at work that has been of no use for long.
func Expire(known stored.Generations, now time.Time) (expired *stored.Progress) {
	for _, p := range known {
		age := now.Sub(time.UnixMilli(p.KeptSince))
		if p.Role == stored.Kept && p != known.Served() && age >= keptFor {
			p.Role = stored.Condemned
			return p
		}
	}
	return nil
}
