package body

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/naming"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/refusal"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// Search is the body of a search.
type Search struct {
	FilterGroups []Group           `json:"filterGroups"`
	Filters      []Filter          `json:"filters"` // a single group
	Sorts        []json.RawMessage `json:"sorts"`
	Query        string            `json:"query"`
	Properties   []string          `json:"properties"`
	Limit        *int              `json:"limit"`
	After        Flexible          `json:"after"`
}

// Group is filters that must all fit.
type Group struct {
	Filters []Filter `json:"filters"`
}

// Predicate decides whether a record is found.
type Predicate func(world.Record) bool

// Page returns the size of the page and the offset of its first record. Size and offset together may reach the ceiling
// and not pass it.
func (b Search) Page(ceiling int) (limit, start int, f *refusal.Refusal) {
	limit = 10
	if b.Limit != nil {
		limit = *b.Limit
	}
	if limit < 1 || limit > 200 {
		return 0, 0, refusal.Invalid("limit must be a number from 1 to 200")
	}
	if b.After != "" {
		var err error
		if start, err = strconv.Atoi(string(b.After)); err != nil || start < 0 {
			return 0, 0, refusal.Invalid("Cannot deserialize value of type `int` from String")
		}
	}
	if start+limit > ceiling {
		f := refusal.Invalid("The search can be paged to %d results only", ceiling)
		f.Violation = "search_ceiling"
		return 0, 0, f
	}
	if len(b.Query) > 3000 {
		return 0, 0, refusal.Invalid("query must not be longer than 3000 characters")
	}
	return limit, start, nil
}

// Predicate joins the groups by OR and the filters of each by AND.
func (b Search) Predicate(object *naming.Object) (Predicate, *refusal.Refusal) {
	groups := b.FilterGroups
	if len(b.Filters) > 0 {
		groups = append(groups, Group{Filters: b.Filters})
	}
	filters := 0
	for _, g := range groups {
		filters += len(g.Filters)
		if len(g.Filters) > 6 {
			return nil, refusal.Invalid("too many filters in one group")
		}
	}
	if len(groups) > 5 || filters > 18 {
		return nil, refusal.Invalid("too many filters")
	}
	var groupFits []Predicate
	for _, g := range groups {
		var filterFits []Predicate
		for _, filter := range g.Filters {
			p, f := filter.compile(object)
			if f != nil {
				return nil, f
			}
			filterFits = append(filterFits, p)
		}
		groupFits = append(groupFits, func(r world.Record) bool {
			return !slices.ContainsFunc(filterFits, func(p Predicate) bool { return !p(r) })
		})
	}
	words := strings.ToLower(b.Query)
	title, _ := object.Column(object.Title)
	return func(r world.Record) bool {
		if words != "" && (title.Value == nil || !strings.Contains(strings.ToLower(title.Value(r).String()), words)) {
			return false
		}
		return len(groupFits) == 0 || slices.ContainsFunc(groupFits, func(p Predicate) bool { return p(r) })
	}, nil
}

// Order returns the one sort that is allowed; without it the oldest come first.
func (b Search) Order(object *naming.Object) (func(a, b world.Record) int, *refusal.Refusal) {
	rule := sortRule{PropertyName: "createdate"}
	switch len(b.Sorts) {
	case 0:
	case 1:
		if f := rule.read(b.Sorts[0]); f != nil {
			return nil, f
		}
	default:
		return nil, refusal.Invalid("only one sort is supported")
	}
	column, ok := object.Column(rule.PropertyName)
	if !ok {
		return nil, refusal.Invalid("There was a problem with the request: no property %q to sort by", rule.PropertyName)
	}
	compare := comparison(column.Property)
	return func(a, b world.Record) int {
		av, bv := column.Value(a), column.Value(b)
		var c int
		switch {
		case av.Null() || bv.Null(): // the empty ones last
			c = cmp.Compare(nullRank(av), nullRank(bv))
		case rule.Direction == "DESCENDING":
			c, _ = compare(bv, av)
		default:
			c, _ = compare(av, bv)
		}
		return cmp.Or(c, cmp.Compare(a.Base().ID, b.Base().ID))
	}, nil
}

func nullRank(v naming.Value) int {
	if v.Null() {
		return 1
	}
	return 0
}

type sortRule struct {
	PropertyName string `json:"propertyName"`
	Direction    string `json:"direction"`
}

// read accepts an object, or the short form "createdate" and "-createdate".
func (s *sortRule) read(raw json.RawMessage) *refusal.Refusal {
	var short string
	if json.Unmarshal(raw, &short) == nil {
		name, descending := strings.CutPrefix(short, "-")
		s.PropertyName = name
		if descending {
			s.Direction = "DESCENDING"
		}
		return nil
	}
	if err := json.Unmarshal(raw, s); err != nil {
		return refusal.Invalid("Invalid input JSON: sorts")
	}
	switch s.Direction {
	case "", "ASCENDING", "DESCENDING":
		return nil
	default:
		return refusal.Invalid("sort direction %q", s.Direction)
	}
}
