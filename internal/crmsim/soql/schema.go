// Package soql parses and evaluates the part of Salesforce's query language that a sync client uses.
//
// It is as strict as the real thing where a lax stand-in would hide a client's bug: dates in quotes, a dateTime
// against a date field, AND beside OR without parentheses, a column that is not there (crm/salesforce 2.4, 2.7).
package soql

import "strings"

// FieldType is the type of a field as a describe call names it.
type FieldType string

// The field types.
const (
	TypeID        FieldType = "id"
	TypeReference FieldType = "reference"
	TypeString    FieldType = "string"
	TypePicklist  FieldType = "picklist"
	TypeBoolean   FieldType = "boolean"
	TypeInt       FieldType = "int"
	TypeDouble    FieldType = "double"
	TypeCurrency  FieldType = "currency"
	TypePercent   FieldType = "percent"
	TypeDate      FieldType = "date"
	TypeDateTime  FieldType = "datetime"
)

// kind returns how values of the type are held and compared.
func (t FieldType) kind() kind {
	switch t {
	case TypeID, TypeReference:
		return kindID
	case TypeBoolean:
		return kindBoolean
	case TypeInt:
		return kindInteger
	case TypeDouble, TypeCurrency, TypePercent:
		return kindNumber
	case TypeDate:
		return kindDate
	case TypeDateTime:
		return kindDateTime
	default:
		return kindText
	}
}

// Row is one record, in the form the schema's accessors understand.
type Row any

// Field describes one field of an object and knows how to read it from a row.
type Field struct {
	Name string
	Type FieldType

	Nillable   bool
	Calculated bool
	Filterable bool
	Sortable   bool
	Groupable  bool

	// ReferenceTo and Relationship name the object a reference points to and the name that leads there in a path.
	ReferenceTo  string
	Relationship string

	Read func(Row) Value
	// Parent follows a reference; nil where the row points to nothing.
	Parent func(Row) Row
}

// Object is a queryable kind of record.
type Object struct {
	Name   string
	Fields []Field

	byName         map[string]*Field
	byRelationship map[string]*Field
}

// NewObject returns the object with its fields indexed. Every object needs a field called Id.
func NewObject(name string, fields []Field) *Object {
	o := &Object{
		Name:           name,
		Fields:         fields,
		byName:         make(map[string]*Field, len(fields)),
		byRelationship: make(map[string]*Field),
	}
	for i := range fields {
		f := &fields[i]
		o.byName[strings.ToLower(f.Name)] = f
		if f.Relationship != "" {
			o.byRelationship[strings.ToLower(f.Relationship)] = f
		}
	}
	return o
}

// Field returns the field of that name in any case, or nil.
func (o *Object) Field(name string) *Field { return o.byName[strings.ToLower(name)] }

func (o *Object) relationship(name string) *Field { return o.byRelationship[strings.ToLower(name)] }

// Schema finds objects by name in any case; nil where there is none.
type Schema interface {
	Object(name string) *Object
}
