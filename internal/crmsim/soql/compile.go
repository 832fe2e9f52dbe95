package soql

import (
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql/syntax"
)

// maxParents is how many levels up a path may lead.
const maxParents = 5

// maxOffset is the largest OFFSET.
const maxOffset = 2_000

// Plan is a query that is known to make sense for its schema.
type Plan struct {
	object     *Object
	projection []projection
	where      func(Row) bool
	condition  *syntax.Condition
	order      []orderKey
	groups     []column
	results    []result // of an aggregate query, as selected
	countOnly  bool
	limit      int
	offset     int
	hasOffset  bool
}

// Object is what the query asks for.
func (p *Plan) Object() *Object { return p.object }

// CountOnly reports a SELECT COUNT(), whose answer is a number of rows and no row.
func (p *Plan) CountOnly() bool { return p.countOnly }

// Aggregate reports a query whose answer is made of groups instead of rows.
func (p *Plan) Aggregate() bool { return len(p.results) > 0 }

// Pageable reports whether a long answer may be continued; one with OFFSET may not.
func (p *Plan) Pageable() bool { return !p.hasOffset }

// column is a path that has been looked up: how to get from a row to the value.
type column struct {
	object *Object
	field  *Field
	via    []*Field // references on the way
	at     syntax.Token
}

// read follows the path; a missing parent makes the value null, never the row vanish.
func (c column) read(row Row) Value {
	for _, f := range c.via {
		if row = f.Parent(row); row == nil {
			return Value{}
		}
	}
	return c.field.Read(row)
}

// path returns the canonical spelling of the column.
func (c column) path() string {
	var b strings.Builder
	for _, f := range c.via {
		b.WriteString(f.Relationship)
		b.WriteByte('.')
	}
	return b.String() + c.field.Name
}

type compiler struct {
	query  *syntax.Query
	schema Schema
	now    time.Time
}

// Compile parses a statement and checks it against the schema. Relative dates count from now. A refusal is an *Error.
func Compile(text string, schema Schema, now time.Time) (*Plan, error) {
	q, err := syntax.Parse(text)
	if err != nil {
		return nil, err
	}
	c := &compiler{query: q, schema: schema, now: now}
	plan := &Plan{
		object: schema.Object(q.From.Text), condition: q.Where, limit: q.Limit, offset: q.Offset, hasOffset: q.HasSkip,
	}
	if plan.object == nil {
		return nil, c.errorAt(q.From, InvalidType, unsupportedObjectMessage, q.From.Text)
	}
	if q.Offset > maxOffset {
		return nil, &Error{Code: NumberOutsideValidRange, Message: "Maximum SOQL offset allowed is 2000"}
	}
	if q.Where != nil {
		if plan.where, err = c.predicate(plan.object, q.Where); err != nil {
			return nil, err
		}
	}
	if q.Aggregates() {
		return plan, c.compileAggregate(plan)
	}
	return plan, c.compileRows(plan)
}

func (c *compiler) errorAt(at syntax.Token, code, format string, args ...any) error {
	return syntax.ErrorAt(c.query.Text, at.Position, code, format, args...)
}

// column looks a path up, starting at an object.
func (c *compiler) column(object *Object, path syntax.Token) (column, error) {
	parts := strings.Split(path.Text, ".")
	found := column{object: object, at: path}
	for _, name := range parts[:len(parts)-1] {
		reference := found.object.relationship(name)
		if reference == nil || c.schema.Object(reference.ReferenceTo) == nil {
			return found, c.errorAt(path, InvalidField, unknownRelationshipMessage, name)
		}
		found.via = append(found.via, reference)
		found.object = c.schema.Object(reference.ReferenceTo)
	}
	if len(found.via) > maxParents {
		return found, syntax.Malformed("SOQL relationship path is too deep, at most %d levels are allowed", maxParents)
	}
	name := parts[len(parts)-1]
	if found.field = found.object.Field(name); found.field == nil {
		return found, c.errorAt(path, InvalidField, unknownColumnMessage, name, found.object.Name)
	}
	return found, nil
}

// compileRows compiles a query that answers with rows.
func (c *compiler) compileRows(plan *Plan) error {
	seen := map[string]bool{}
	for _, item := range c.query.Selects {
		if item.Alias != "" {
			return syntax.Malformed("only aggregate expressions use field aliasing")
		}
		col, err := c.column(plan.object, item.Path)
		if err != nil {
			return err
		}
		if seen[col.path()] {
			return syntax.Malformed("duplicate field selected: %s", col.path())
		}
		seen[col.path()] = true
		plan.projection = project(plan.projection, col, col.via, c.schema)
	}
	for _, order := range c.query.OrderBy {
		if order.Item.Function != "" {
			return syntax.Malformed("Ordered field must be grouped or aggregated: %s", order.Item.Path.Text)
		}
		col, err := c.sortable(plan.object, order.Item.Path)
		if err != nil {
			return err
		}
		plan.order = append(plan.order, orderKey{read: col.read, OrderItem: order})
	}
	return nil
}

func (c *compiler) sortable(object *Object, path syntax.Token) (column, error) {
	col, err := c.column(object, path)
	if err == nil && !col.field.Sortable {
		err = c.errorAt(path, InvalidField, "field '%s' can not be sorted in a query call", col.field.Name)
	}
	return col, err
}
