package soql

import (
	"iter"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql/syntax"
)

// Record is one answered row: its object, its id, and its cells as selected. A group has neither object nor id.
type Record struct {
	Object string
	ID     string
	Cells  []Cell
}

// Cell is one value of a record, or the record of a parent.
type Cell struct {
	Name  string
	Value Value
	// Nested tells a parent from a value; Parent is nil where the row points to nothing.
	Nested bool
	Parent *Record
}

// projection is a node of the tree of selected fields: a leaf, or a parent with what is selected of it.
type projection struct {
	field    *Field
	object   *Object // of a parent
	children []projection
}

// project adds a column to the tree. Columns of one parent share its node.
func project(nodes []projection, col column, via []*Field, schema Schema) []projection {
	if len(via) == 0 {
		return append(nodes, projection{field: col.field})
	}
	i := slices.IndexFunc(nodes, func(n projection) bool { return n.object != nil && n.field == via[0] })
	if i < 0 {
		i = len(nodes)
		nodes = append(nodes, projection{field: via[0], object: schema.Object(via[0].ReferenceTo)})
	}
	nodes[i].children = project(nodes[i].children, col, via[1:], schema)
	return nodes
}

// Record renders one row as it is now.
func (p *Plan) Record(row Row) Record { return render(p.object, p.projection, row) }

func render(object *Object, nodes []projection, row Row) Record {
	record := Record{Object: object.Name, Cells: make([]Cell, len(nodes))}
	if id := object.Field("Id"); id != nil {
		record.ID = id.Read(row).text
	}
	for i, n := range nodes {
		if n.object == nil {
			record.Cells[i] = Cell{Name: n.field.Name, Value: n.field.Read(row)}
			continue
		}
		record.Cells[i] = Cell{Name: n.field.Relationship, Nested: true}
		if parent := n.field.Parent(row); parent != nil {
			nested := render(n.object, n.children, parent)
			record.Cells[i].Parent = &nested
		}
	}
	return record
}

type orderKey struct {
	syntax.OrderItem
	read func(Row) Value
}

// Rows returns the rows that match, ordered, after OFFSET and LIMIT.
func (p *Plan) Rows(rows iter.Seq[Row]) []Row {
	type sortable struct {
		row  Row
		keys []Value
	}
	var found []sortable
	for row := range rows {
		if p.where != nil && !p.where(row) {
			continue
		}
		s := sortable{row: row, keys: make([]Value, len(p.order))}
		for i, key := range p.order {
			s.keys[i] = sortKey(key.read(row))
		}
		found = append(found, s)
	}
	slices.SortStableFunc(found, func(a, b sortable) int { return compareKeys(p.order, a.keys, b.keys) })
	found = cut(p, found)
	matching := make([]Row, len(found))
	for i, s := range found {
		matching[i] = s.row
	}
	return matching
}

// Count answers SELECT COUNT().
func (p *Plan) Count(rows iter.Seq[Row]) int { return len(p.Rows(rows)) }

// sortKey folds a text once, ahead of the many comparisons of a sort.
func sortKey(v Value) Value {
	if v.kind == kindText {
		v.text = fold(v.text)
	}
	return v
}

// compareKeys orders by several keys. Nulls come first in either direction unless the query says last.
func compareKeys(order []orderKey, a, b []Value) int {
	for i, key := range order {
		if a[i].Null() || b[i].Null() {
			if a[i].Null() == b[i].Null() {
				continue
			}
			if a[i].Null() == key.NullsLast {
				return 1
			}
			return -1
		}
		if c := compareFolded(a[i], b[i]); c != 0 {
			if key.Descending {
				return -c
			}
			return c
		}
	}
	return 0
}

// cut applies OFFSET and LIMIT.
func cut[T any](p *Plan, all []T) []T {
	all = all[min(p.offset, len(all)):]
	if p.limit >= 0 {
		all = all[:min(p.limit, len(all))]
	}
	return all
}
