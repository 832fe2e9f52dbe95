package stored

import (
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Role is what a generation is to its stream.
type Role int64

// The roles.
const (
	// Condemned is one that nobody reads any more, to be deleted.
	Condemned Role = iota
	// AtWork is the one that commits go to.
	AtWork
	// Kept is one beside it: what readers get while the one at work is not complete, or what was begun under a mapping
	// that was taken back.
	Kept
)

// Generations are those of one stream that are not condemned: at most one at work and one kept.
type Generations []*Progress

// in returns the generation of a role, nil if there is none.
func (g Generations) in(role Role) *Progress {
	if i := slices.IndexFunc(g, func(p *Progress) bool { return p.Role == role }); i >= 0 {
		return g[i]
	}
	return nil
}

// AtWork returns the generation that commits go to, nil where the stream is new.
func (g Generations) AtWork() *Progress { return g.in(AtWork) }

// Served returns the generation of which readers get the picture, nil where the stream is new: the one at work, unless
// only the one beside it is complete.
func (g Generations) Served() *Progress {
	if kept := g.in(Kept); kept != nil && kept.Completed() && !g.AtWork().Completed() {
		return kept
	}
	return g.AtWork()
}

// State returns what a store tells of the stream, but for the number of the generation that is served.
func (g Generations) State(kinds []record.Kind) mirror.State {
	work, served := g.AtWork(), g.Served()
	if work == nil {
		return mirror.State{}
	}
	state := served.State(kinds)
	if served != work {
		state.Cursor, state.Account = slices.Clone(work.Cursor), work.Account
		state.Pending, state.Refilled = served.Claim.Lacking(work.Claim), served.Claim.Refilled(work.Claim)
	}
	return state
}

// Begin begins a generation behind this one. Revisions go on, so that no reader takes the new rows for old ones. Names
// stay until a full pass shows whose they were.
func (p *Progress) Begin(identity mirror.Identity, sameAccount bool) *Progress {
	next := NewGeneration(identity)
	next.Revision = p.Revision + 1
	next.Finished, next.Tidied = next.Revision, next.Revision
	if sameAccount {
		next.Account = p.Account
	}
	for kind, count := range p.Counts {
		if count.Names > 0 {
			next.Counts[kind] = Count{Names: count.Names}
		}
	}
	return next
}

// NewGeneration returns the first generation of a stream.
func NewGeneration(identity mirror.Identity) *Progress {
	return &Progress{Role: AtWork, Claim: NewClaim(identity), Counts: Counts{}}
}

// Keep puts a generation beside the one at work.
func (p *Progress) Keep(now time.Time) { p.Role, p.KeptSince = Kept, now.UnixMilli() }

// Work puts a generation to work.
func (p *Progress) Work() { p.Role, p.KeptSince = AtWork, 0 }
