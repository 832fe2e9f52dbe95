package salesforce

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce/api"
)

// column is one field, or path, of an object's queries.
type column struct {
	name string
	// lost is what the numbers lack without the column. A required column has none: without it no number is right.
	lost     string
	required bool
	// quiet columns are missing in healthy orgs, such as the currency where there is only one.
	quiet bool
}

// columns is what the connector wants to read of an object, less what the org does not let it read. Field-level
// security hides a field as if it did not exist (crm/salesforce 2.7, 5.1).
type columns struct {
	object  string
	wanted  []column
	missing map[string]bool
}

func newColumns(object string, wanted ...column) *columns {
	c := &columns{object: object, missing: map[string]bool{}}
	for _, w := range wanted {
		c.add(w)
	}
	return c
}

// add appends a column unless it is there already.
func (c *columns) add(extra column) {
	if !slices.ContainsFunc(c.wanted, func(w column) bool { return strings.EqualFold(w.name, extra.name) }) {
		c.wanted = append(c.wanted, extra)
	}
}

// names returns the columns to select.
func (c *columns) names() []string {
	names := make([]string, 0, len(c.wanted))
	for _, w := range c.wanted {
		if !c.missing[w.name] {
			names = append(names, w.name)
		}
	}
	return names
}

// has reports whether a wanted column is being read.
func (c *columns) has(name string) bool { return !c.missing[name] }

// missingNames returns what is not being read, sorted.
func (c *columns) missingNames() []string {
	var names []string
	for _, w := range c.wanted {
		if c.missing[w.name] {
			names = append(names, w.name)
		}
	}
	slices.Sort(names)
	return names
}

// restore takes over what an earlier process found missing.
func (c *columns) restore(missing []string) {
	c.reset()
	for _, w := range c.wanted {
		if !w.required && slices.Contains(missing, w.name) {
			c.missing[w.name] = true
		}
	}
}

// reset tries every column again.
func (c *columns) reset() { clear(c.missing) }

// among returns the wanted columns that a describe answer does not show. Of a path it is the first step that the
// answer knows.
func (c *columns) among(readable map[string]bool) []column {
	var hidden []column
	for _, w := range c.wanted {
		first, _, _ := strings.Cut(w.name, ".")
		if !readable[strings.ToLower(first)] {
			hidden = append(hidden, w)
		}
	}
	return hidden
}

// adopt takes a describe answer over and reports whether a column came back.
func (c *columns) adopt(readable map[string]bool) (back bool) {
	before := c.missingNames()
	c.reset()
	for _, hidden := range c.among(readable) {
		c.missing[hidden.name] = true
	}
	return slices.ContainsFunc(before, c.has)
}

// refused returns the columns that an INVALID_FIELD error is about. It names a column with the object that should have
// it, or the relationship that should lead there: of a path that is a step, any one.
func (c *columns) refused(e *api.Refusal) []column {
	own := e.Entity == "" || strings.EqualFold(e.Entity, c.object)
	exactly := func(name string) bool { return own && e.Column != "" && strings.EqualFold(name, e.Column) }
	step := cmp.Or(e.Column, e.Relationship)
	along := func(name string) bool {
		steps := strings.Split(name, ".")
		return len(steps) > 1 && slices.ContainsFunc(steps, func(s string) bool { return strings.EqualFold(s, step) })
	}
	if hit := c.selected(exactly); len(hit) > 0 {
		return hit
	}
	return c.selected(along)
}

// selected returns the columns being read whose names match.
func (c *columns) selected(match func(name string) bool) []column {
	var hit []column
	for _, w := range c.wanted {
		if c.has(w.name) && match(w.name) {
			hit = append(hit, w)
		}
	}
	return hit
}

// drop stops reading the columns that err refuses, with a warning, so that the query can be asked again. It returns
// err where it is about something else, or about a column without which no number is right.
func (s *Source) drop(c *columns, err error) error {
	refusal := api.Said(err)
	if refusal.Code != api.CodeInvalidField {
		return err
	}
	refused := c.refused(refusal)
	if len(refused) == 0 {
		return err
	}
	for _, column := range refused {
		c.missing[column.name] = true
	}
	return s.reportMissing(c)
}

// reportMissing says once what is missing, and fails where that is too much.
func (s *Source) reportMissing(c *columns) error {
	for _, w := range c.wanted {
		switch {
		case c.has(w.name):
		case w.required:
			return unreadable(c.object, w.name)
		case !w.quiet && s.first("field "+c.object+"."+w.name):
			s.log.Warn("A field cannot be read; check that it exists and its field-level security",
				"object", c.object, "field", w.name, "lost", w.lost)
		}
	}
	return nil
}

func unreadable(object, name string) error {
	e := source.Errorf(source.ReasonScope,
		"field %s of %s cannot be read, and the numbers would be wrong without it", name, object)
	e.Hint = "check that the field exists, and give the integration user read access to it (field-level security)"
	return e
}

// selecting runs a query that selects c's columns, again without those that the org refuses.
func (s *Source) selecting(c *columns, run func() error) error {
	for {
		err := run()
		if err == nil {
			return nil
		}
		if err := s.drop(c, err); err != nil {
			return err
		}
	}
}
