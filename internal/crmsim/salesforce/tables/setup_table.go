package tables

import (
	"iter"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql"
)

// newTable describes an object whose rows are of type T and are never deleted; callers set what differs.
func newTable[T any](name, prefix string, rows func(*View) iter.Seq[T], fields ...soql.Field) *Table {
	return &Table{
		Object: soql.NewObject(name, fields),
		Prefix: prefix,
		Rows: func(v *View) iter.Seq[soql.Row] {
			return func(yield func(soql.Row) bool) {
				for row := range rows(v) {
					if !yield(row) {
						return
					}
				}
			}
		},
		Live:    func(soql.Row) bool { return true },
		Kept:    func(soql.Row) bool { return true },
		Stamp:   func(soql.Row) time.Time { return time.Time{} },
		Removed: func(soql.Row) time.Time { return time.Time{} },
	}
}

// of adapts a reader of T to rows of any type.
func of[T, V any](read func(T) V) func(soql.Row) V {
	return func(row soql.Row) V { return read(row.(T)) }
}

// column describes a field that is never null. What can be grouped follows from the type.
func column[T any](name string, kind soql.FieldType, read func(T) soql.Value) soql.Field {
	groupable := true
	switch kind {
	case soql.TypeCurrency, soql.TypePercent, soql.TypeDouble, soql.TypeDateTime:
		groupable = false
	default:
	}
	return soql.Field{
		Name: name, Type: kind, Filterable: true, Sortable: true, Groupable: groupable, Read: of(read),
	}
}

func nullable[T any](name string, kind soql.FieldType, read func(T) soql.Value) soql.Field {
	f := column(name, kind, read)
	f.Nillable = true
	return f
}

// empty describes a field that this org never fills.
func empty(name string, kind soql.FieldType) soql.Field {
	return nullable(name, kind, func(soql.Row) soql.Value { return soql.Value{} })
}

// always describes a field with one value on every row.
func always(name string, kind soql.FieldType, value soql.Value) soql.Field {
	return column(name, kind, func(soql.Row) soql.Value { return value })
}

func text[T any](read func(T) string) func(T) soql.Value {
	return func(row T) soql.Value { return soql.Text(read(row)) }
}

func truth[T any](read func(T) bool) func(T) soql.Value {
	return func(row T) soql.Value { return soql.Boolean(read(row)) }
}

func id[T any](prefix string, number func(T) int64) soql.Field {
	return column("Id", soql.TypeID, func(row T) soql.Value { return soql.ID(ID(prefix, number(row))) })
}

// moment reads a time; the zero time is null.
func moment[T any](at func(T) time.Time) func(T) soql.Value {
	return func(row T) soql.Value {
		if t := at(row); !t.IsZero() {
			return soql.DateTimeOf(t)
		}
		return soql.Value{}
	}
}
