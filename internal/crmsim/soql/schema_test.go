package soql

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// testNow is a Wednesday.
var testNow = time.Date(2026, 3, 18, 15, 30, 0, 0, time.UTC)

type testUser struct {
	id, name string
	role     *testUser
}

type testDeal struct {
	id      string
	name    string
	stage   string
	amount  float64 // negative is null
	closed  bool
	close   time.Time
	created time.Time
	stamp   time.Time
	owner   *testUser
}

type testSchema map[string]*Object

func (s testSchema) Object(name string) *Object { return s[strings.ToLower(name)] }

func newTestSchema() testSchema {
	return testSchema{
		"opportunity": NewObject("Opportunity", []Field{
			plain("Id", TypeID, func(d *testDeal) Value { return ID(d.id) }),
			plain("Name", TypeString, func(d *testDeal) Value { return Text(d.name) }),
			plain("StageName", TypePicklist, func(d *testDeal) Value { return Text(d.stage) }),
			plain("IsClosed", TypeBoolean, func(d *testDeal) Value { return Boolean(d.closed) }),
			plain("CloseDate", TypeDate, func(d *testDeal) Value { return DateOf(d.close) }),
			plain("FiscalYear", TypeInt, func(d *testDeal) Value { return Integer(d.close.Year()) }),
			ungrouped("Amount", TypeCurrency, func(d *testDeal) Value { return amountOf(d) }),
			ungrouped("CreatedDate", TypeDateTime, func(d *testDeal) Value { return DateTimeOf(d.created) }),
			ungrouped("SystemModstamp", TypeDateTime, func(d *testDeal) Value { return DateTimeOf(d.stamp) }),
			{Name: "Description", Type: TypeString, Read: func(Row) Value { return Value{} }},
			parent("OwnerId", "Owner", func(d *testDeal) *testUser { return d.owner }),
		}),
		"user": NewObject("User", []Field{
			plain("Id", TypeID, func(u *testUser) Value { return ID(u.id) }),
			plain("Name", TypeString, func(u *testUser) Value { return Text(u.name) }),
			parent("UserRoleId", "UserRole", func(u *testUser) *testUser { return u.role }),
		}),
	}
}

func plain[T any](name string, kind FieldType, read func(T) Value) Field {
	f := ungrouped(name, kind, read)
	f.Groupable = true
	return f
}

func ungrouped[T any](name string, kind FieldType, read func(T) Value) Field {
	return Field{
		Name: name, Type: kind, Filterable: true, Sortable: true,
		Read: func(row Row) Value { return read(row.(T)) },
	}
}

func parent[T any](name, relationship string, follow func(T) *testUser) Field {
	f := plain(name, TypeReference, func(row T) Value {
		if p := follow(row); p != nil {
			return ID(p.id)
		}
		return Value{}
	})
	f.Relationship, f.ReferenceTo = relationship, "User"
	f.Parent = func(row Row) Row {
		if p := follow(row.(T)); p != nil {
			return p
		}
		return nil
	}
	return f
}

func amountOf(d *testDeal) Value {
	if d.amount < 0 {
		return Value{}
	}
	return Number(d.amount)
}

// testDeals makes n deals whose values repeat, so that every comparison has rows on both sides and on the border.
func testDeals(n int) []*testDeal {
	role := &testUser{id: FullID("00Exx0000000001"), name: "Sales"}
	owners := []*testUser{
		{id: FullID("005xx0000000001"), name: "Ann Ray", role: role},
		{id: FullID("005xx000000000a"), name: "bob"},
		nil,
	}
	stages := []string{"Prospecting", "Closed Won", "", "closed lost", "Needs 100%", "a_b", "axb", "O'Hara", `back\slash`}
	deals := make([]*testDeal, n)
	for i := range deals {
		moment := testNow.Add(-time.Duration(i*7) * time.Hour)
		deals[i] = &testDeal{
			id:      FullID(fmt.Sprintf("006xx000000%04d", i)),
			name:    fmt.Sprintf("Deal %d", i%13),
			stage:   stages[i%len(stages)],
			amount:  float64(i%7-1) * 1000.5,
			closed:  i%3 == 0,
			close:   moment.AddDate(0, 0, 20),
			created: moment.Add(-time.Hour),
			stamp:   moment.Truncate(24 * time.Hour),
			owner:   owners[i%len(owners)],
		}
	}
	return deals
}

func rowsOf(deals []*testDeal) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for _, d := range deals {
			if !yield(d) {
				return
			}
		}
	}
}

// idsOf runs a query and returns the ids it answers with.
func idsOf(plan *Plan, deals []*testDeal) []string {
	ids := []string{}
	for _, row := range plan.Rows(rowsOf(deals)) {
		ids = append(ids, row.(*testDeal).id)
	}
	return ids
}

func idsWhere(deals []*testDeal, keep func(*testDeal) bool) []string {
	ids := []string{}
	for _, d := range slices.DeleteFunc(slices.Clone(deals), func(d *testDeal) bool { return !keep(d) }) {
		ids = append(ids, d.id)
	}
	return ids
}
