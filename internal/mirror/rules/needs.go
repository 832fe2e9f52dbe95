package rules

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Needs is what a store has to read before a plan can be applied.
type Needs struct {
	// IDs are the ids whose rows, quarantine and tombstones are needed, by kind. It goes to Plan.Entry.
	IDs map[record.Name][]string
	// Unseen are the kinds of which all is needed that was last seen before Pass: rows and quarantine, each with the
	// other one of its id. It goes to Plan.Entry.
	Unseen []record.Name
	Pass   int64
	// All are the kinds of which every row is needed. It goes to Plan.Entry.
	All []record.Name
	// Names are the kinds whose names are needed. They go to Plan.Name.
	Names []record.Name
	// Nameless says that the quarantined records without an id are needed. They go to Plan.Nameless, oldest first.
	Nameless bool
}

// Needs returns what the store has to read, of a stream that stands where progress says.
func (p *Plan) Needs(progress *stored.Progress) Needs {
	needs := Needs{IDs: map[record.Name][]string{}, Unseen: p.batch.Sweep, Pass: p.batch.Pass}
	for kind, byID := range p.ids {
		ids := make([]string, 0, len(byID))
		for id := range byID {
			ids = append(ids, id)
		}
		slices.Sort(ids) // Rows that lie beside each other are read after each other.
		needs.IDs[kind] = ids
	}
	for _, list := range p.lists {
		name := list.Kind().Name()
		if !list.Kind().Numbered() {
			continue
		}
		needs.Names = append(needs.Names, name)
		if count := progress.Counts[name]; count.Names == 0 && count.Live+count.Hidden > 0 {
			needs.All = append(needs.All, name)
		}
	}
	if len(p.batch.Sweep) > 0 {
		needs.Names = p.numbered()
	}
	needs.Nameless = len(p.batch.Sweep) > 0 || slices.ContainsFunc(p.batch.Quarantined,
		func(q record.Quarantined) bool { return q.ID == "" })
	return needs
}

// numbered returns the kinds that have names.
func (p *Plan) numbered() (kinds []record.Name) {
	for _, k := range p.options.Kinds {
		if k.Numbered() {
			kinds = append(kinds, k.Name())
		}
	}
	return kinds
}

// Entry returns what is known of an id, for the store to fill in what it reads.
func (p *Plan) Entry(kind record.Name, id string) *stored.Entry {
	return &p.state(stored.Key{Kind: kind, ID: id}).Entry
}

// Name takes over a name that the store has read.
func (p *Plan) Name(n stored.Name) { p.book(n.Kind).add(&n) }

// Nameless takes over a quarantined record without an id that the store has read.
func (p *Plan) Nameless(n stored.Nameless) { p.nameless = append(p.nameless, n) }
