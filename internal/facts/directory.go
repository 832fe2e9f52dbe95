package facts

import (
	"github.com/sales-exporter/sales_exporter/internal/dictionary"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// maxMerges bounds the walk along merged records: two that claim to have absorbed each other must not hang a Compute.
const maxMerges = 64

// Directory holds the records of one kind that deals point to by id. A deal may come before what it points to, so an
// id has a number before it has a record.
type Directory[T any] struct {
	ids     dictionary.Dictionary
	Entries []Entry[T]
}

// Entry is a record and whether it is there.
type Entry[T any] struct {
	Record T
	Known  bool
	into   uint32 // number + 1 of the record that absorbed this one, 0 where none did
}

// newDirectory returns a directory in which the empty id, "points to nothing", is number 0.
func newDirectory[T any]() Directory[T] {
	d := Directory[T]{ids: dictionary.New()}
	d.code("")
	return d
}

// code returns the number of an id.
func (d *Directory[T]) code(id string) uint32 {
	code := d.ids.Code(id)
	if int(code) == len(d.Entries) {
		d.Entries = append(d.Entries, Entry[T]{})
	}
	return code
}

// put adds or replaces a record.
func (d *Directory[T]) put(id string, record T) {
	d.Entries[d.code(id)] = Entry[T]{Record: record, Known: true}
}

// holds reports whether there is a record of an id that is the same in what matters.
func (d *Directory[T]) holds(id string, same func(*T) bool) bool {
	code, found := d.ids.Find(id)
	return found && d.Entries[code].Known && same(&d.Entries[code].Record)
}

// remove takes a record out; what points to it points to the record that absorbed it from now on, if one did.
func (d *Directory[T]) remove(r record.Removal) {
	gone := Entry[T]{}
	if r.MergedInto != "" {
		gone.into = d.code(r.MergedInto) + 1
	}
	d.Entries[d.code(r.ID)] = gone
}

// Survivor returns the number of the record that a number leads to after all merges.
func (d *Directory[T]) Survivor(code uint32) uint32 {
	for range maxMerges {
		e := &d.Entries[code]
		if e.Known || e.into == 0 {
			break
		}
		code = e.into - 1
	}
	return code
}

// ID returns the id of a number.
func (d *Directory[T]) ID(code uint32) []byte { return d.ids.At(code) }

// Find returns the number of an id, if it has one.
func (d *Directory[T]) Find(id string) (uint32, bool) { return d.ids.Find(id) }

// EachKnown calls visit for every record that there is.
func (d *Directory[T]) EachKnown(visit func(code uint32, record T)) {
	for code := range d.Entries {
		if e := &d.Entries[code]; e.Known {
			visit(uint32(code), e.Record)
		}
	}
}
