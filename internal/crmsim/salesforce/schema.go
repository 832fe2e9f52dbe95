package salesforce

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql"
)

// table is one object of the org: its description and where its rows come from.
type table struct {
	object *soql.Object
	prefix string
	// rows yields every row there ever was; live says which of them ordinary queries show, kept which queryAll shows.
	rows func(*view) iter.Seq[soql.Row]
	live func(soql.Row) bool
	kept func(soql.Row) bool
	// stamp is the row's SystemModstamp, removed when it was deleted (the zero time if it was not).
	stamp   func(soql.Row) time.Time
	removed func(soql.Row) time.Time
}

// schema is the org's objects by lower-case name.
type schema map[string]*table

// Object implements soql.Schema.
func (s schema) Object(name string) *soql.Object {
	if t := s[strings.ToLower(name)]; t != nil {
		return t.object
	}
	return nil
}

// newSchema describes the org as its user may see it.
func newSchema(options Options) schema {
	tables := []*table{
		opportunityTable(options), accountTable(), userTable(options), roleTable(), stageTable(), recordTypeTable(),
		organizationTable(options), periodTable(), campaignTable(),
	}
	if options.MultiCurrency {
		tables = append(tables, currencyTable())
	}
	s := schema{}
	for _, t := range tables {
		if !hidden(options, t.object.Name) {
			t.object = withoutHidden(options, t.object)
			s[strings.ToLower(t.object.Name)] = t
		}
	}
	return s
}

func hidden(options Options, name string) bool {
	return slices.ContainsFunc(options.Hidden, func(h string) bool { return strings.EqualFold(h, name) })
}

func withoutHidden(options Options, object *soql.Object) *soql.Object {
	return soql.NewObject(object.Name, slices.DeleteFunc(object.Fields, func(f soql.Field) bool {
		return f.Name != "Id" && hidden(options, object.Name+"."+f.Name) // nobody can be kept from the Id
	}))
}

// newTable describes an object whose rows are of type T and are never deleted; callers set what differs.
func newTable[T any](name, prefix string, rows func(*view) iter.Seq[T], fields ...soql.Field) *table {
	return &table{
		object: soql.NewObject(name, fields),
		prefix: prefix,
		rows: func(v *view) iter.Seq[soql.Row] {
			return func(yield func(soql.Row) bool) {
				for row := range rows(v) {
					if !yield(row) {
						return
					}
				}
			}
		},
		live:    func(soql.Row) bool { return true },
		kept:    func(soql.Row) bool { return true },
		stamp:   func(soql.Row) time.Time { return time.Time{} },
		removed: func(soql.Row) time.Time { return time.Time{} },
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

// reference describes a lookup; its relationship has the name of the field without "Id".
func reference[T any](name, to string, id func(T) string, follow func(T) soql.Row) soql.Field {
	f := nullable(name, soql.TypeReference, func(row T) soql.Value { return soql.ID(id(row)) })
	f.ReferenceTo, f.Relationship = to, strings.TrimSuffix(name, "Id")
	f.Parent = of(follow)
	return f
}

// audit describes the fields that every record carries. Nobody but the integration user is on record as the author.
func audit[T any](created, modified, stamp func(T) time.Time) []soql.Field {
	return []soql.Field{
		nullable("CreatedDate", soql.TypeDateTime, moment(created)),
		always("CreatedById", soql.TypeReference, soql.ID(integrationUserID())),
		nullable("LastModifiedDate", soql.TypeDateTime, moment(modified)),
		always("LastModifiedById", soql.TypeReference, soql.ID(integrationUserID())),
		column("SystemModstamp", soql.TypeDateTime, moment(stamp)),
	}
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

func text[T any](read func(T) string) func(T) soql.Value {
	return func(row T) soql.Value { return soql.Text(read(row)) }
}

func truth[T any](read func(T) bool) func(T) soql.Value {
	return func(row T) soql.Value { return soql.Boolean(read(row)) }
}

func id[T any](prefix string, number func(T) int64) soql.Field {
	return column("Id", soql.TypeID, func(row T) soql.Value { return soql.ID(idOf(prefix, number(row))) })
}
