package world

import "time"

// Kind declares a kind of record: all that a world needs in order to keep its records and that façades need in order to
// show them. Make one with Declare.
type Kind struct {
	Name   string // in the singular, such as "deal"
	Fields []Field

	clone func(Record) Record
	fill  func(survivor, other Record)
}

// Field describes one value of a kind beside what its Head has.
type Field struct {
	Name string
	Type Type
	To   string // the kind that a Reference points to

	// Read returns the value of a record of the kind.
	Read func(Record) Value

	refer func(Record) *int64 // of a Reference
}

// Type is what the values of a field are.
type Type uint8

// The types.
const (
	Text      Type = iota
	Decimal        // a number as decimal text
	Time           // a moment
	Flag           // "true" or "false"
	Reference      // the id of another record
)

// Value is the value of one field. The zero Value is null.
type Value struct {
	Text string
	At   time.Time // of a Time
	ID   int64     // of a Reference
}

// Equal reports whether two values of one field are the same.
func (v Value) Equal(o Value) bool { return v.Text == o.Text && v.ID == o.ID && v.At.Equal(o.At) }

// Null reports whether there is no value.
func (v Value) Null() bool { return v.Equal(Value{}) }

// Field returns the field of a name.
func (k *Kind) Field(name string) (Field, bool) {
	for _, f := range k.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Column is the declaration of one field of records of type T.
type Column[T any] struct {
	field Field
	fill  func(survivor, other *T)
}

// Declare describes a kind whose records are of type *T.
func Declare[T any, P interface {
	*T
	Record
}](name string, columns ...Column[T]) *Kind {
	k := &Kind{
		Name: name,
		clone: func(r Record) Record {
			c := *r.(P)
			P(&c).Base().detach()
			return P(&c)
		},
		fill: func(survivor, other Record) {
			for _, c := range columns {
				c.fill(survivor.(P), other.(P))
			}
		},
	}
	for _, c := range columns {
		k.Fields = append(k.Fields, c.field)
	}
	return k
}

// Merging returns the kind with another way to fill the gaps of a survivor: without it every field that is null takes
// the value of the other record.
func Merging[T any](k *Kind, fill func(survivor, other *T)) *Kind {
	changed := *k
	changed.fill = func(survivor, other Record) { fill(any(survivor).(*T), any(other).(*T)) }
	return &changed
}

// TextColumn declares a text.
func TextColumn[T any, S ~string](name string, at func(*T) *S) Column[T] {
	return words(name, Text, at)
}

// DecimalColumn declares a number that is kept as decimal text.
func DecimalColumn[T any](name string, at func(*T) *string) Column[T] {
	return words(name, Decimal, at)
}

func words[T any, S ~string](name string, kind Type, at func(*T) *S) Column[T] {
	return column(name, kind, at, func(s S) Value { return Value{Text: string(s)} })
}

// TimeColumn declares a moment.
func TimeColumn[T any](name string, at func(*T) *time.Time) Column[T] {
	return column(name, Time, at, func(t time.Time) Value { return Value{At: t} })
}

// FlagColumn declares a truth value, which is never null.
func FlagColumn[T any](name string, at func(*T) *bool) Column[T] {
	return column(name, Flag, at, func(set bool) Value {
		if set {
			return Value{Text: "true"}
		}
		return Value{Text: "false"}
	})
}

// ReferenceColumn declares a reference to a record of another kind, by its name.
func ReferenceColumn[T any](name, to string, at func(*T) *int64) Column[T] {
	c := column(name, Reference, at, func(id int64) Value { return Value{ID: id} })
	c.field.To = to
	c.field.refer = func(r Record) *int64 { return at(any(r).(*T)) }
	return c
}

func column[T any, V comparable](name string, kind Type, at func(*T) *V, value func(V) Value) Column[T] {
	return Column[T]{
		field: Field{Name: name, Type: kind, Read: func(r Record) Value { return value(*at(any(r).(*T))) }},
		fill: func(survivor, other *T) {
			var null V
			if gap := at(survivor); *gap == null {
				*gap = *at(other)
			}
		},
	}
}
