package tables

import (
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// Naming is how one kind of the world is shown as an object.
type Naming struct {
	Kind        string // of the world
	Object      string
	Prefix      string // of the ids
	RecordTypes bool   // see Table
	Replicated  bool
	Fields      []Field
}

// Field is one field of an object: its description, and where its values come from.
type Field struct {
	Name     string
	Type     soql.FieldType
	Nillable bool
	// MultiCurrency fields exist in orgs with several currencies only.
	MultiCurrency bool

	// From is the field of the kind that holds the value; without it and Read, the record's Properties do.
	From string
	// Read derives the value.
	Read func(Row) soql.Value

	// To is the object that a lookup leads to; the relationship has the name of the field without "Id", or with "__r"
	// in place of "__c".
	To string
	// Follow leads there where the target is no kind of the world.
	Follow func(Row) soql.Row
}

// All is the list of the objects that show kinds.
func All() []Naming {
	return []Naming{
		opportunities(),
		accounts(),
		users(),
		roles(),
	}
}

// table makes the object of a naming.
func (n Naming) table(w *world.World, setUp SetUp) *Table {
	kind := w.Kind(n.Kind)
	if kind == nil {
		panic("salesforce: " + n.Object + " names a kind that the world does not have: " + n.Kind)
	}
	fields := []soql.Field{id(n.Prefix, func(r Row) int64 { return r.Base().ID })}
	for _, f := range n.Fields {
		if !f.MultiCurrency || setUp.MultiCurrency {
			fields = append(fields, f.describe(kind, setUp.Namings))
		}
	}
	t := newTable(n.Object, n.Prefix, func(v *View) iter.Seq[Row] {
		return func(yield func(Row) bool) {
			for _, r := range v.records[n.Kind] {
				if !yield(Row{r, v}) {
					return
				}
			}
		}
	}, fields...)
	t.Kind, t.RecordTypes, t.Replicated = n.Kind, n.RecordTypes, n.Replicated
	t.Live = of(func(r Row) bool { return r.Base().Live() })
	t.Kept = of(func(r Row) bool { return !r.Base().Purged })
	t.Stamp = of(func(r Row) time.Time { return r.Base().Stamped() })
	t.Removed = of(func(r Row) time.Time { return r.Base().Removed() })
	return t
}

// describe makes the field of an object.
func (f Field) describe(kind *world.Kind, namings []Naming) soql.Field {
	described := column(f.Name, f.Type, f.reader(kind, namings))
	described.Nillable = f.Nillable
	if f.To == "" {
		return described
	}
	described.ReferenceTo, described.Relationship = f.To, strings.TrimSuffix(f.Name, "Id")
	if custom, ok := strings.CutSuffix(f.Name, "__c"); ok {
		described.Relationship = custom + "__r"
	}
	if described.Parent = of(f.Follow); f.Follow == nil {
		from, target := f.field(kind), named(namings, f.To)
		described.Parent = of(func(r Row) soql.Row { return r.view.find(target.Kind, from.Read(r.Record).ID) })
	}
	return described
}

// reader returns how the value of the field is read.
func (f Field) reader(kind *world.Kind, namings []Naming) func(Row) soql.Value {
	if f.Read != nil {
		return f.Read
	}
	if f.From == "" {
		return func(r Row) soql.Value { return soql.Text(r.Base().Properties[f.Name]) }
	}
	from := f.field(kind)
	switch from.Type {
	case world.Reference:
		prefix := named(namings, f.To).Prefix
		return func(r Row) soql.Value { return soql.ID(ID(prefix, from.Read(r.Record).ID)) }
	case world.Flag:
		return func(r Row) soql.Value { return soql.Boolean(from.Read(r.Record).Text == "true") }
	case world.Decimal:
		return func(r Row) soql.Value { return decimal(from.Read(r.Record).Text) }
	case world.Time:
		if f.Type == soql.TypeDate {
			return func(r Row) soql.Value { return date(from.Read(r.Record).At) }
		}
		return moment(func(r Row) time.Time { return from.Read(r.Record).At })
	default:
		return func(r Row) soql.Value { return soql.Text(from.Read(r.Record).Text) }
	}
}

func (f Field) field(kind *world.Kind) world.Field {
	field, ok := kind.Field(f.From)
	if !ok {
		panic("salesforce: kind " + kind.Name + " has no field " + f.From)
	}
	return field
}

func named(namings []Naming, object string) Naming {
	for _, n := range namings {
		if n.Object == object {
			return n
		}
	}
	panic("salesforce: no kind is named " + object)
}

func decimal(text string) soql.Value {
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return soql.Number(f)
	}
	return soql.Value{}
}

func date(t time.Time) soql.Value {
	if t.IsZero() {
		return soql.Value{}
	}
	return soql.DateOf(t)
}

// Fields that several objects have.

// IsDeleted is true of what is in the recycle bin or was merged away.
func IsDeleted() Field {
	return Field{Name: "IsDeleted", Type: soql.TypeBoolean, Read: func(r Row) soql.Value {
		return soql.Boolean(!r.Base().Live())
	}}
}

// Audit are the fields that every record carries. Nobody but the integration user is on record as the author.
func Audit() []Field {
	author := soql.ID(IntegrationUserID())
	return []Field{
		{Name: "CreatedDate", Type: soql.TypeDateTime, Nillable: true, Read: moment(func(r Row) time.Time {
			return r.Base().Created
		})},
		fixed("CreatedById", soql.TypeReference, author),
		{Name: "LastModifiedDate", Type: soql.TypeDateTime, Nillable: true, Read: moment(func(r Row) time.Time {
			return r.Base().Modified
		})},
		fixed("LastModifiedById", soql.TypeReference, author),
		{Name: "SystemModstamp", Type: soql.TypeDateTime, Read: moment(func(r Row) time.Time {
			return r.Base().Stamped()
		})},
	}
}

// fixed has one value on every row.
func fixed(name string, kind soql.FieldType, value soql.Value) Field {
	return Field{Name: name, Type: kind, Read: func(Row) soql.Value { return value }}
}

// unused is a field that this org never fills.
func unused(name string, kind soql.FieldType) Field {
	return Field{Name: name, Type: kind, Nillable: true, Read: func(Row) soql.Value { return soql.Value{} }}
}

// custom is a field that is kept under its own name in the record's properties.
func custom(name string, kind soql.FieldType) Field {
	return Field{Name: name, Type: kind, Nillable: true}
}
