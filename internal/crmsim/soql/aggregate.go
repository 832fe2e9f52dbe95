package soql

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql/syntax"
)

// group is the rows that share the values of the GROUP BY columns; without GROUP BY, all rows.
type group struct {
	keys []Value
	rows []Row
}

// result is one selected cell of an aggregate query.
type result struct {
	name string
	read func(*group) Value
}

// compileAggregate compiles a query that answers with a count or with groups.
func (c *compiler) compileAggregate(plan *Plan) error {
	q := c.query
	if slices.ContainsFunc(q.Selects, syntax.SelectItem.BareCount) {
		plan.countOnly = true
		if len(q.Selects) > 1 || len(q.GroupBy) > 0 || len(q.OrderBy) > 0 || q.Selects[0].Alias != "" {
			return c.errorAt(q.Selects[0].At, MalformedQuery, "COUNT() must be the only element of its query")
		}
		return nil
	}
	if len(q.GroupBy) == 0 && (q.Limit >= 0 || q.HasSkip) {
		return syntax.Malformed("Non-grouped query that uses overall aggregate functions cannot also use LIMIT")
	}
	for _, path := range q.GroupBy {
		col, err := c.column(plan.object, path)
		if err != nil {
			return err
		}
		if !col.field.Groupable {
			return c.errorAt(path, InvalidField, "field '%s' can not be grouped in a query call", col.field.Name)
		}
		plan.groups = append(plan.groups, col)
	}
	if err := c.compileResults(plan); err != nil {
		return err
	}
	for _, order := range q.OrderBy {
		_, read, err := c.aggregateItem(plan, order.Item)
		if err != nil {
			return err
		}
		key := orderKey{OrderItem: order, read: func(row Row) Value { return read(row.(*group)) }}
		plan.order = append(plan.order, key)
	}
	return nil
}

// compileResults names the selected cells. Aggregates without alias are expr0, expr1 and so on, counted among
// themselves only.
func (c *compiler) compileResults(plan *Plan) error {
	unnamed := 0
	for _, item := range c.query.Selects {
		name, read, err := c.aggregateItem(plan, item)
		if err != nil {
			return err
		}
		switch {
		case item.Alias != "":
			name = item.Alias
		case item.Function != "":
			name = "expr" + strconv.Itoa(unnamed)
			unnamed++
		}
		if slices.ContainsFunc(plan.results, func(r result) bool { return strings.EqualFold(r.name, name) }) {
			return c.errorAt(item.At, MalformedQuery, "duplicate alias: %s", name)
		}
		plan.results = append(plan.results, result{name: name, read: read})
	}
	return nil
}

// aggregateItem compiles a grouped column or an aggregate function.
func (c *compiler) aggregateItem(plan *Plan, item syntax.SelectItem) (string, func(*group) Value, error) {
	col, err := c.column(plan.object, item.Path)
	if err != nil {
		return "", nil, err
	}
	if item.Function != "" {
		read, err := c.function(item, col)
		return "", read, err
	}
	i := slices.IndexFunc(plan.groups, func(g column) bool { return g.path() == col.path() })
	if i < 0 {
		return "", nil, syntax.Malformed("Field must be grouped or aggregated: %s", col.path())
	}
	return col.field.Name, func(g *group) Value { return g.keys[i] }, nil
}

func (c *compiler) function(item syntax.SelectItem, col column) (func(*group) Value, error) {
	kind := col.field.Type.kind()
	numeric := kind == kindNumber || kind == kindInteger
	functions := map[string]struct {
		legal  bool
		reduce func([]Value) Value
	}{
		"COUNT":          {kind != kindBoolean, func(v []Value) Value { return Integer(len(v)) }},
		"COUNT_DISTINCT": {kind != kindBoolean, countDistinct},
		"MIN":            {kind != kindBoolean, func(v []Value) Value { return extreme(v, -1) }},
		"MAX":            {kind != kindBoolean, func(v []Value) Value { return extreme(v, 1) }},
		"SUM":            {numeric, sum},
		"AVG":            {numeric, average},
	}
	f, known := functions[item.Function]
	if !known {
		return nil, c.errorAt(item.At, MalformedQuery, "unexpected token: '('")
	}
	if !f.legal {
		return nil, c.errorAt(item.At, MalformedQuery, "field %s does not support aggregate operator %s",
			col.field.Name, item.Function)
	}
	return func(g *group) Value {
		values := make([]Value, 0, len(g.rows))
		for _, row := range g.rows {
			if v := col.read(row); !v.Null() {
				values = append(values, v)
			}
		}
		return f.reduce(values)
	}, nil
}

func countDistinct(values []Value) Value {
	seen := map[Value]bool{}
	for _, v := range values {
		seen[sortKey(v)] = true
	}
	return Integer(len(seen))
}

// extreme returns the least or the greatest value, by the sign.
func extreme(values []Value, sign int) Value {
	var best Value
	for _, v := range values {
		if best.Null() || compareFolded(sortKey(v), sortKey(best))*sign > 0 {
			best = v
		}
	}
	return best
}

func total(values []Value) float64 {
	t := 0.0
	for _, v := range values {
		t += v.number
	}
	return t
}

func sum(values []Value) Value {
	if len(values) == 0 {
		return Value{}
	}
	return Value{kind: values[0].kind, number: total(values)}
}

func average(values []Value) Value {
	if len(values) == 0 {
		return Value{}
	}
	return Number(total(values) / float64(len(values)))
}

// Groups answers an aggregate query: one record a group, or a single one where nothing is grouped.
func (p *Plan) Groups(rows iter.Seq[Row]) []Record {
	groups := p.group(rows)
	slices.SortStableFunc(groups, func(a, b *group) int { return compareKeys(p.order, p.keysOf(a), p.keysOf(b)) })
	groups = cut(p, groups)
	records := make([]Record, len(groups))
	for i, g := range groups {
		for _, r := range p.results {
			records[i].Cells = append(records[i].Cells, Cell{Name: r.name, Value: r.read(g)})
		}
	}
	return records
}

func (p *Plan) keysOf(g *group) []Value {
	keys := make([]Value, len(p.order))
	for i, key := range p.order {
		keys[i] = sortKey(key.read(g))
	}
	return keys
}

// group gathers the matching rows by their keys, the groups in order of first appearance.
func (p *Plan) group(rows iter.Seq[Row]) []*group {
	var groups []*group
	byKey := map[string]*group{}
	if len(p.groups) == 0 {
		groups = []*group{{}}
		byKey[""] = groups[0]
	}
	for row := range rows {
		if p.where != nil && !p.where(row) {
			continue
		}
		keys := make([]Value, len(p.groups))
		var name []byte
		for i, col := range p.groups {
			keys[i] = col.read(row)
			name = append(keys[i].AppendJSON(name), ',')
		}
		g := byKey[string(name)]
		if g == nil {
			g = &group{keys: keys}
			byKey[string(name)] = g
			groups = append(groups, g)
		}
		g.rows = append(g.rows, row)
	}
	return groups
}
