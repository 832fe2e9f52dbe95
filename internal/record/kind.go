package record

import (
	"fmt"
	"slices"
)

// Name names a kind of record: "deals". It is a label value of the exporter's own metrics and a name in the mirror.
type Name string

// Kind is a kind of record, whatever its struct.
type Kind interface {
	// Name returns the kind's name.
	Name() Name
	// Layout returns the columns in which this program writes records of the kind.
	Layout() Layout
	// Reasons returns the reasons for which a record of the kind may be unreadable.
	Reasons() []Reason
	// Numbered reports whether records that are shown under one name get numbers to tell them apart.
	Numbered() bool
	// Columns returns the head of an export: id, version, and the columns of the layout.
	Columns() []string
	// Reader returns what reads contents of a layout.
	Reader(Layout) Reader
	// Unknown returns a record with an id of which nothing else is known, in a list of its own.
	Unknown(id string) List
	// none returns an empty list.
	none() List
}

// Reader reads contents of one layout. It is for one goroutine.
type Reader interface {
	// Read appends the record with an id, a version and a content to the list that Take returns next.
	Read(id string, version int64, content []byte) error
	// Len returns how many records were read since the last Take.
	Len() int
	// Take returns the records that were read since the last one.
	Take() List
}

// Typed is a kind of the records R, declared once.
type Typed[R any] struct {
	name    Name
	head    func(*R) *Head
	columns []Column[R]
	layout  Layout
	reasons []Reason
	label   func(r *R, number int) string
	number  func(*R) *int
}

// Declare declares a kind of record. It panics on two columns of one name, which the first test finds.
func Declare[R any, P interface {
	*R
	Row
}](name Name, columns ...Column[R],
) *Typed[R] {
	k := &Typed[R]{
		name: name, head: func(r *R) *Head { return P(r).head() },
		reasons: []Reason{BadID, BadShape},
	}
	k.columns = append(slices.Clip(columns), dimensionsColumn(k.head))
	seen := map[string]bool{"id": true, "version": true}
	for _, c := range k.columns {
		if seen[c.field.Name] {
			panic(fmt.Sprintf("the kind %s has two columns %s", name, c.field.Name))
		}
		seen[c.field.Name] = true
		k.layout = append(k.layout, c.field)
	}
	return k
}

// Unreadable declares for which reasons a record may be unreadable; BadID and BadShape without it.
func (k *Typed[R]) Unreadable(reasons ...Reason) *Typed[R] {
	k.reasons = reasons
	return k
}

// NumberedBy declares that records which are shown under one label get numbers to tell them apart, once, which the
// mirror keeps. label returns what a record with a number would be shown as, in the form in which labels are compared;
// number 0 is the first one of a label, the next one is 2.
func (k *Typed[R]) NumberedBy(label func(r *R, number int) string, number func(*R) *int) *Typed[R] {
	k.label, k.number = label, number
	return k
}

// Name implements Kind.
func (k *Typed[R]) Name() Name { return k.name }

// Layout implements Kind.
func (k *Typed[R]) Layout() Layout { return k.layout }

// Reasons implements Kind.
func (k *Typed[R]) Reasons() []Reason { return k.reasons }

// Numbered implements Kind.
func (k *Typed[R]) Numbered() bool { return k.label != nil }

// Columns implements Kind.
func (k *Typed[R]) Columns() []string {
	names := []string{"id", "version"}
	for _, f := range k.layout {
		names = append(names, f.Name)
	}
	return names
}

// Unknown implements Kind.
func (k *Typed[R]) Unknown(id string) List {
	var r R
	for _, c := range k.columns {
		c.forget(&r)
	}
	k.head(&r).ID = id
	return k.Of(r)
}

func (k *Typed[R]) none() List { return &list[R]{kind: k} }

// Reader implements Kind. A column that the layout lacks is unknown, one that this program lacks is skipped.
func (k *Typed[R]) Reader(l Layout) Reader {
	in := &typedReader[R]{kind: k, list: &list[R]{kind: k}, reader: reader{texts: map[string]string{}}}
	byField := map[Field]Column[R]{}
	for _, c := range k.columns {
		byField[c.field] = c
	}
	for _, f := range l {
		c, known := byField[f]
		delete(byField, f)
		if known {
			in.steps = append(in.steps, c.decode)
		} else {
			skip := skippers[f.Type]
			in.steps = append(in.steps, func(r *reader, _ *R) { skip(r) })
		}
	}
	for _, c := range k.columns {
		if _, lacking := byField[c.field]; lacking {
			in.lacking = append(in.lacking, c.forget)
		}
	}
	return in
}

// typedReader is a Reader of records R.
type typedReader[R any] struct {
	reader
	kind    *Typed[R]
	steps   []func(*reader, *R)
	lacking []func(*R)
	list    *list[R]
}

// Read implements Reader.
func (t *typedReader[R]) Read(id string, version int64, content []byte) error {
	t.list.rows = append(t.list.rows, *new(R))
	row := &t.list.rows[len(t.list.rows)-1]
	head := t.kind.head(row)
	head.ID, head.Version = id, version
	t.rest, t.fault = content, false
	for _, step := range t.steps {
		step(&t.reader, row)
	}
	if t.fault || len(t.rest) > 0 {
		t.list.rows = t.list.rows[:len(t.list.rows)-1]
		return ErrContent
	}
	for _, forget := range t.lacking {
		forget(row)
	}
	return nil
}

// Len implements Reader.
func (t *typedReader[R]) Len() int { return len(t.list.rows) }

// Take implements Reader.
func (t *typedReader[R]) Take() List {
	taken := t.list
	t.list = &list[R]{kind: t.kind, rows: make([]R, 0, len(taken.rows))}
	return taken
}

// Names returns the names of kinds.
func Names(kinds []Kind) []Name {
	names := make([]Name, 0, len(kinds))
	for _, k := range kinds {
		names = append(names, k.Name())
	}
	return names
}
