package stored

import (
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Layout is a layout as a store keeps it, as text, for layouts of kinds that the program does not know are kept
// too.
type Layout struct {
	Number int64
	Kind   record.Name
	Text   string
}

// Layouts are the layouts of a store by their numbers.
type Layouts struct {
	kinds   map[record.Name]record.Kind
	stored  map[int64]Layout
	current map[record.Name]int64
}

// NewLayouts returns the layouts of a store, with those of the program's kinds that the store does not have yet, which
// it must store.
func NewLayouts(kinds []record.Kind, stored []Layout) (layouts *Layouts, missing []Layout) {
	l := &Layouts{
		kinds: map[record.Name]record.Kind{}, stored: map[int64]Layout{}, current: map[record.Name]int64{},
	}
	type key struct {
		kind record.Name
		text string
	}
	numbers, last := map[key]int64{}, int64(0)
	for _, s := range stored {
		l.stored[s.Number], numbers[key{s.Kind, s.Text}] = s, s.Number
		last = max(last, s.Number)
	}
	for _, k := range kinds {
		l.kinds[k.Name()] = k
		at := key{k.Name(), k.Layout().String()}
		number, known := numbers[at]
		if !known {
			last++
			number = last
			l.stored[number] = Layout{Number: number, Kind: at.kind, Text: at.text}
			missing = append(missing, l.stored[number])
		}
		l.current[k.Name()] = number
	}
	return l, missing
}

// Current returns the number of the layout in which the program writes a kind.
func (l *Layouts) Current(kind record.Name) int64 { return l.current[kind] }

// Kind returns a kind that the program knows.
func (l *Layouts) Kind(name record.Name) (record.Kind, bool) {
	k, known := l.kinds[name]
	return k, known
}

// Reader returns a reader of the contents of a kind that were written in a layout.
func (l *Layouts) Reader(kind record.Name, number int64) (record.Reader, error) {
	stored, known := l.stored[number]
	if !known || stored.Kind != kind {
		return nil, fmt.Errorf("%w: %s have a layout %d that is not there", mirror.ErrCorrupt, kind, number)
	}
	layout, err := record.ParseLayout(stored.Text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", mirror.ErrSchema, err)
	}
	return l.kinds[kind].Reader(layout), nil
}

// Readers keeps the readers of one walk through a store.
type Readers struct {
	layouts *Layouts
	byKey   map[readerKey]record.Reader
}

type readerKey struct {
	kind   record.Name
	layout int64
}

// Readers returns readers for one goroutine.
func (l *Layouts) Readers() *Readers {
	return &Readers{layouts: l, byKey: map[readerKey]record.Reader{}}
}

// Of returns the reader of a kind and a layout.
func (r *Readers) Of(kind record.Name, layout int64) (record.Reader, error) {
	key := readerKey{kind, layout}
	if in, known := r.byKey[key]; known {
		return in, nil
	}
	in, err := r.layouts.Reader(kind, layout)
	if err == nil {
		r.byKey[key] = in
	}
	return in, err
}

// One reads a single record.
func (r *Readers) One(key Key, c Copy) (record.List, error) {
	in, err := r.Of(key.Kind, c.Layout)
	if err != nil {
		return nil, err
	}
	if err := in.Read(key.ID, c.Version, c.Content); err != nil {
		return nil, fmt.Errorf("%w: %w", mirror.ErrCorrupt, err)
	}
	return in.Take(), nil
}
