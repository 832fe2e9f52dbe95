package stored

import (
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// recordsPerVisit bounds what a load holds in memory.
const recordsPerVisit = 5000

// At returns what readers see of a row in the picture of a Finish, nil if nothing.
func (r *Row) At(finished int64, hidden bool) *Copy {
	switch {
	case r.Revision > finished:
		return r.Before
	case hidden || r.Gone:
		return nil
	default:
		return &r.Copy
	}
}

// At returns where a record had gone at a Finish.
func (t *Tombstone) At(finished int64) string {
	if t.Revision > finished {
		return t.Before
	}
	return t.MergedInto
}

// Loading turns what a store holds into what readers see: the picture of the last Finish. The store hands over the
// names and the quarantine first, then rows and tombstones: all of them, or what changed since a revision.
type Loading struct {
	layouts  *Layouts
	readers  *Readers
	progress *Progress
	since    int64
	visit    func(record.Batch) error

	hidden   map[Key]int64 // revisions
	numbers  map[record.Name]map[NameKey]int
	named    map[Key]bool // ids that rows have spoken of; of changes only
	removals []record.Removal

	live, merged, names map[record.Name]int
}

// NewLoading begins a load of a stream that stands where progress says, for readers that have the picture of a
// revision; 0 is none.
func NewLoading(
	layouts *Layouts, progress *Progress, since mirror.Revision, visit func(record.Batch) error,
) *Loading {
	return &Loading{
		layouts: layouts, readers: layouts.Readers(), progress: progress, since: int64(since), visit: visit,
		hidden: map[Key]int64{}, numbers: map[record.Name]map[NameKey]int{}, named: map[Key]bool{},
		live: map[record.Name]int{}, merged: map[record.Name]int{}, names: map[record.Name]int{},
	}
}

// Nothing reports whether readers have the picture already, or there is none yet.
func (l *Loading) Nothing() bool {
	return !l.progress.Completed() || l.since > 0 && l.since >= l.progress.Finished
}

// Since returns the revision since which rows, quarantine and tombstones are needed, 0 for all of them.
func (l *Loading) Since() int64 { return l.since }

// Begin visits the account.
func (l *Loading) Begin() error {
	account, revision := l.progress.Shown()
	if account == (record.AccountIdentity{}) || l.since > 0 && revision <= l.since {
		return nil
	}
	return l.visit(record.Batch{Account: &account})
}

// Name takes over a name.
func (l *Loading) Name(n *Name) {
	l.names[n.Kind]++
	if n.Number == 0 {
		return
	}
	if l.numbers[n.Kind] == nil {
		l.numbers[n.Kind] = map[NameKey]int{}
	}
	l.numbers[n.Kind][n.Key()] = n.Number
}

// Quarantine takes over a quarantined record with an id, changed or not.
func (l *Loading) Quarantine(kind record.Name, id string, revision int64) {
	l.hidden[Key{kind, id}] = revision
}

// Row takes over a row.
func (l *Loading) Row(kind record.Name, id string, row *Row) error {
	if _, known := l.layouts.Kind(kind); !known {
		return nil
	}
	_, hidden := l.hidden[Key{kind, id}]
	seen := row.At(l.progress.Finished, hidden)
	if l.since > 0 && (seen != nil || !row.Gone) {
		l.named[Key{kind, id}] = true
		if seen == nil {
			l.removals = append(l.removals, record.Removal{Kind: kind, ID: id})
		}
	}
	if seen == nil {
		return nil
	}
	l.live[kind]++
	in, err := l.readers.Of(kind, seen.Layout)
	if err != nil {
		return err
	}
	if err := in.Read(id, seen.Version, seen.Content); err != nil {
		return fmt.Errorf("%w: %w", mirror.ErrCorrupt, err)
	}
	if in.Len() < recordsPerVisit {
		return nil
	}
	return l.flush(kind, in)
}

// flush visits what a reader has read.
func (l *Loading) flush(kind record.Name, in record.Reader) error {
	list := in.Take()
	if numbers := l.numbers[kind]; len(numbers) > 0 {
		for i := range list.Len() {
			if number := numbers[NameKey{list.Head(i).ID, list.Label(i, 0)}]; number > 0 {
				list.SetNumber(i, number)
			}
		}
	}
	return l.visit(record.Batch{Rows: record.Rows{list}})
}

// Tombstone takes over a tombstone. A load of everything needs those only that say where a record went.
func (l *Loading) Tombstone(t *Tombstone) error {
	if _, known := l.layouts.Kind(t.Kind); !known {
		return nil
	}
	removal := t.Removal
	removal.MergedInto = t.At(l.progress.Finished)
	if l.since == 0 && removal.MergedInto == "" || l.named[Key{t.Kind, t.ID}] {
		return nil
	}
	if removal.MergedInto != "" {
		l.merged[t.Kind]++
	}
	l.named[Key{t.Kind, t.ID}] = l.since > 0
	l.removals = append(l.removals, removal)
	if len(l.removals) < recordsPerVisit {
		return nil
	}
	return l.flushRemovals()
}

func (l *Loading) flushRemovals() error {
	removals := l.removals
	l.removals = nil
	if len(removals) == 0 {
		return nil
	}
	return l.visit(record.Batch{Removals: removals})
}

// End visits the rest and returns the revision of the picture. A load of everything compares what it has seen with what
// the commits have counted: a row that is lost has no checksum that could fail.
func (l *Loading) End() (mirror.Revision, error) {
	for key, in := range l.readers.byKey {
		if in.Len() > 0 {
			if err := l.flush(key.kind, in); err != nil {
				return 0, err
			}
		}
	}
	if l.since > 0 {
		for key, revision := range l.hidden {
			if _, known := l.layouts.Kind(key.Kind); known && revision > l.since && !l.named[key] {
				l.removals = append(l.removals, record.Removal{Kind: key.Kind, ID: key.ID})
			}
		}
	}
	if err := l.flushRemovals(); err != nil {
		return 0, err
	}
	if l.since == 0 {
		if err := l.checkCounts(); err != nil {
			return 0, err
		}
	}
	return mirror.Revision(l.progress.Finished), nil
}

func (l *Loading) checkCounts() error {
	for kind := range l.layouts.kinds {
		picture := l.progress.Picture[kind]
		switch {
		case l.live[kind] != picture.Live:
			return lost(string(kind), picture.Live, l.live[kind])
		case l.merged[kind] != picture.Merged:
			return lost("merges of "+string(kind), picture.Merged, l.merged[kind])
		case l.names[kind] != l.progress.Counts[kind].Names:
			return lost("names of "+string(kind), l.progress.Counts[kind].Names, l.names[kind])
		}
	}
	return nil
}

func lost(what string, want, got int) error {
	return fmt.Errorf("%w: it holds %d %s and has counted %d", mirror.ErrCorrupt, got, what, want)
}
