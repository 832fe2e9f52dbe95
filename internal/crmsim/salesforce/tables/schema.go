// Package tables is the objects of a simulated Salesforce org: those that show the kinds of its world, each named by an
// entry of data, and those that tell how the org is set up.
package tables

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql"
)

// Table is one object of the org: its description and where its rows come from.
type Table struct {
	Object *soql.Object
	Prefix string
	Kind   string // of the world; "" of an object that tells of the set-up
	// RecordTypes says that its description lists the record types of the org.
	RecordTypes bool
	// Replicated objects tell what was changed and deleted in a window.
	Replicated bool

	// Rows yields every row there ever was; Live says which of them ordinary queries show, Kept which queryAll shows.
	Rows func(*View) iter.Seq[soql.Row]
	Live func(soql.Row) bool
	Kept func(soql.Row) bool
	// Stamp is the row's SystemModstamp, Removed when it was deleted (the zero time if it was not).
	Stamp   func(soql.Row) time.Time
	Removed func(soql.Row) time.Time
}

// ID returns the id of a row.
func (t *Table) ID(row soql.Row) string { return t.Object.Field("Id").Read(row).String() }

// Find returns the row of an id, nil where there is none.
func (t *Table) Find(v *View, id string) soql.Row {
	if t.Kind != "" {
		return v.find(t.Kind, numberOf(t.Prefix, id))
	}
	for row := range t.Rows(v) {
		if t.ID(row) == id {
			return row
		}
	}
	return nil
}

// SetUp is how the org is set up, as far as its objects follow from it.
type SetUp struct {
	MultiCurrency        bool
	FiscalYearStartMonth time.Month
	// Namings are the objects that show kinds of the world.
	Namings []Naming
	// Hides reports whether the user may not see a field ("Opportunity.Amount") or a whole object ("UserRole").
	Hides func(name string) bool
}

// Schema is the org's objects by lower-case name, as its user may see them.
type Schema struct {
	Tables map[string]*Table

	setUp SetUp
}

// Object implements soql.Schema.
func (s Schema) Object(name string) *soql.Object {
	if t := s.Table(name); t != nil {
		return t.Object
	}
	return nil
}

// Table returns the object of a name in any case, or nil.
func (s Schema) Table(name string) *Table { return s.Tables[strings.ToLower(name)] }

// NewSchema describes the org that shows a world.
func NewSchema(w *crmsim.World, setUp SetUp) Schema {
	tables := []*Table{
		stageTable(), recordTypeTable(), organizationTable(setUp), periodTable(), campaignTable(),
	}
	for _, n := range setUp.Namings {
		tables = append(tables, n.table(w.World, setUp))
	}
	if setUp.MultiCurrency {
		tables = append(tables, currencyTable())
	}
	s := Schema{Tables: map[string]*Table{}, setUp: setUp}
	for _, t := range tables {
		if !setUp.Hides(t.Object.Name) {
			t.Object = withoutHidden(setUp, t.Object)
			s.Tables[strings.ToLower(t.Object.Name)] = t
		}
	}
	return s
}

func withoutHidden(setUp SetUp, object *soql.Object) *soql.Object {
	return soql.NewObject(object.Name, slices.DeleteFunc(object.Fields, func(f soql.Field) bool {
		return f.Name != "Id" && setUp.Hides(object.Name+"."+f.Name) // nobody can be kept from the Id
	}))
}
