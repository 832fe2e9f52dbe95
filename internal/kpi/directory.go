package kpi

import "github.com/sales-exporter/sales_exporter/internal/record"

// maxMerges bounds the walk along merged records: two that claim to have absorbed each other must not hang a Compute.
const maxMerges = 64

// directory holds the records of one kind that deals point to by id. A deal may come before what it points to, so an
// id has a number before it has a record.
type directory[T any] struct {
	ids     dictionary
	entries []entry[T]
}

type entry[T any] struct {
	record T
	known  bool
	into   uint32 // number + 1 of the record that absorbed this one, 0 where none did
}

// newDirectory returns a directory in which the empty id, "points to nothing", is number 0.
func newDirectory[T any]() directory[T] {
	d := directory[T]{ids: newDictionary()}
	d.code("")
	return d
}

// code returns the number of an id.
func (d *directory[T]) code(id string) uint32 {
	code := d.ids.code(id)
	if int(code) == len(d.entries) {
		d.entries = append(d.entries, entry[T]{})
	}
	return code
}

// put adds or replaces a record.
func (d *directory[T]) put(id string, record T) {
	d.entries[d.code(id)] = entry[T]{record: record, known: true}
}

// remove takes a record out; what points to it points to the record that absorbed it from now on, if one did.
func (d *directory[T]) remove(r record.Removal) {
	gone := entry[T]{}
	if r.MergedInto != "" {
		gone.into = d.code(r.MergedInto) + 1
	}
	d.entries[d.code(r.ID)] = gone
}

// survivor returns the number of the record that a number leads to after all merges.
func (d *directory[T]) survivor(code uint32) uint32 {
	for range maxMerges {
		e := &d.entries[code]
		if e.known || e.into == 0 {
			break
		}
		code = e.into - 1
	}
	return code
}
