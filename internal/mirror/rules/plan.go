package rules

import (
	"errors"
	"fmt"
	"math"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Plan is one batch on its way into a store. Its life: New, the store reads what Needs names and hands it over, Apply.
type Plan struct {
	options mirror.Options
	layouts *stored.Layouts
	readers *stored.Readers
	stream  mirror.Stream
	batch   record.Batch
	// lists are the batch's records by kind, of each id one.
	lists   []record.List
	removed endings
	// withheld are the versions that the batch itself quarantines.
	withheld endings
	// ids is where an id stands among the states.
	ids    map[record.Name]map[string]*state
	states []*state
	slab   []state

	books    map[record.Name]*book
	nameless []stored.Nameless
	applied  mirror.Applied
}

// state is an entry on its way through the rules.
type state struct {
	stored.Entry
	key stored.Key
	// touched says that the batch holds the record: it was seen.
	touched bool
	// was is what the counts count of the entry.
	was measure
	// rowChanged, quarantineChanged and tombstoneChanged say what of the entry the store must write.
	rowChanged, quarantineChanged, tombstoneChanged bool
}

// New begins the plan of a batch. It refuses what a connector must not hand over, for nothing could ever find such a
// record again. The options must have their defaults.
func New(options mirror.Options, layouts *stored.Layouts, stream mirror.Stream, batch record.Batch) (*Plan, error) {
	p := &Plan{
		options: options, layouts: layouts, readers: layouts.Readers(), stream: stream, batch: batch,
		ids: map[record.Name]map[string]*state{}, books: map[record.Name]*book{}, applied: mirror.Applied{},
	}
	if err := p.validate(); err != nil {
		return nil, err
	}
	for _, k := range options.Kinds {
		if list := batch.Rows.Of(k); list.Len() > 0 {
			p.lists = append(p.lists, p.reduce(list))
		}
	}
	p.reduceRest()
	p.removed, p.withheld = endingsOf(&p.batch)
	for _, r := range p.batch.Removals {
		p.state(stored.Key{Kind: r.Kind, ID: r.ID})
	}
	for i := range p.batch.Quarantined {
		if q := &p.batch.Quarantined[i]; q.ID != "" {
			p.state(stored.Key{Kind: q.Kind, ID: q.ID})
		}
	}
	return p, nil
}

func (p *Plan) validate() error {
	for _, list := range p.batch.Rows {
		if k, known := p.layouts.Kind(list.Kind().Name()); !known || k != list.Kind() {
			return fmt.Errorf("records are of no kind of the mirror: %q", list.Kind().Name())
		}
		for i := range list.Len() {
			if list.Head(i).ID == "" {
				return fmt.Errorf("one of the %s has no id", list.Kind().Name())
			}
		}
	}
	for _, r := range p.batch.Removals {
		if _, known := p.layouts.Kind(r.Kind); !known || r.ID == "" {
			return fmt.Errorf("a removal names no record of the mirror: kind %q", r.Kind)
		}
	}
	for i := range p.batch.Quarantined {
		if _, known := p.layouts.Kind(p.batch.Quarantined[i].Kind); !known {
			return fmt.Errorf("a quarantined record is of no kind of the mirror: %q", p.batch.Quarantined[i].Kind)
		}
	}
	for _, kind := range p.batch.Sweep {
		if _, known := p.layouts.Kind(kind); !known {
			return fmt.Errorf("a sweep is of no kind of the mirror: %q", kind)
		}
	}
	if len(p.batch.Sweep) > 0 && p.batch.Pass <= 0 {
		return errors.New("a sweep belongs to no full pass")
	}
	return nil
}

// state returns the state of an id and makes it, if it is new.
func (p *Plan) state(key stored.Key) *state {
	byID := p.ids[key.Kind]
	if byID == nil {
		byID = map[string]*state{}
		p.ids[key.Kind] = byID
	}
	s := byID[key.ID]
	if s == nil {
		s = p.newState(key)
		byID[key.ID] = s
	}
	return s
}

// newState takes a state from a slab, for a page has many.
func (p *Plan) newState(key stored.Key) *state {
	if len(p.slab) == 0 {
		p.slab = make([]state, 256)
	}
	s := &p.slab[0]
	p.slab = p.slab[1:]
	s.key = key
	p.states = append(p.states, s)
	return s
}

// reduce leaves one of several records that a batch holds of one id: the newest, and of equally new ones the last. Both
// would be applied in turn, and the same batch again would go back and forth instead of changing nothing. What is left
// out counts as unchanged. The list that it returns is one that the plan may change.
func (p *Plan) reduce(list record.List) record.List {
	kind := list.Kind().Name()
	best := make(map[string]int, list.Len())
	byID := make(map[string]*state, list.Len())
	p.ids[kind] = byID
	for i := range list.Len() {
		head := list.Head(i)
		before, twice := best[head.ID]
		if !twice {
			byID[head.ID] = p.newState(stored.Key{Kind: kind, ID: head.ID})
		}
		if !twice || head.Version >= list.Head(before).Version {
			best[head.ID] = i
		}
	}
	changes := list.Kind().Numbered()
	for i := 0; i < list.Len() && !changes; i++ {
		changes = list.Unsaid(i)
	}
	if len(best) == list.Len() && !changes {
		return list
	}
	kept := make([]int, 0, len(best))
	for i := range list.Len() {
		if best[list.Head(i).ID] == i {
			kept = append(kept, i)
		}
	}
	p.applied.Add(kind, mirror.Unchanged, list.Len()-len(kept))
	return list.Pick(kept)
}

// reduceRest does the same with merges and with records that could not be read.
func (p *Plan) reduceRest() {
	p.batch.Removals = unique(p.batch.Removals,
		func(r record.Removal) (stored.Key, int64, bool) {
			return stored.Key{Kind: r.Kind, ID: r.ID}, r.Version, r.Reason == record.RemovedMerged
		}, func(r record.Removal) { p.applied.Add(r.Kind, mirror.Unchanged, 1) })
	p.batch.Quarantined = unique(p.batch.Quarantined,
		func(q record.Quarantined) (stored.Key, int64, bool) {
			version := q.Version
			if version == 0 { // It speaks of the record as it is now.
				version = math.MaxInt64
			}
			return stored.Key{Kind: q.Kind, ID: q.ID}, version, q.ID != ""
		}, func(q record.Quarantined) { p.applied.Add(q.Kind, mirror.Unchanged, 1) })
}

// unique leaves one of the items of each key. Only items that compete are compared, the others all stay.
func unique[T any](items []T, describe func(T) (key stored.Key, version int64, competes bool), drop func(T)) []T {
	best := map[stored.Key]int{}
	for i, item := range items {
		key, version, competes := describe(item)
		if !competes {
			continue
		}
		before, ok := best[key]
		if ok {
			_, known, _ := describe(items[before])
			ok = version < known
		}
		if !ok {
			best[key] = i
		}
	}
	kept := make([]T, 0, len(items))
	for i, item := range items {
		if key, _, competes := describe(item); competes && best[key] != i {
			drop(item)
			continue
		}
		kept = append(kept, item)
	}
	return kept
}
