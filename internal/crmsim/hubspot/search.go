package hubspot

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// searchCeiling is how far a search can be paged, whatever its total.
const searchCeiling = 10_000

type searchBody struct {
	FilterGroups []filterGroup     `json:"filterGroups"`
	Filters      []filter          `json:"filters"` // a single group
	Sorts        []json.RawMessage `json:"sorts"`
	Query        string            `json:"query"`
	Properties   []string          `json:"properties"`
	Limit        *int              `json:"limit"`
	After        flexible          `json:"after"`
}

type filterGroup struct {
	Filters []filter `json:"filters"`
}

// predicate decides whether a record is found.
type predicate func(record) bool

// search answers a page of the records that match. It sees the account with a lag and never the recycle bin.
func (h *Handler) search(r *http.Request) (int, any, *failure) {
	k, f := kindIn(r, "type")
	if f != nil {
		return 0, nil, f
	}
	var body searchBody
	if f := readJSON(r, &body); f != nil {
		return 0, nil, f
	}
	limit, start, f := body.page()
	if f != nil {
		return 0, nil, f
	}
	definitions := h.definitions(k)
	matches, f := body.predicate(k, definitions)
	if f != nil {
		return 0, nil, f
	}
	order, f := body.order(definitions)
	if f != nil {
		return 0, nil, f
	}
	found := live(h.records(k, h.world.Now().Add(-h.options.IndexLag)), false)
	found = slices.DeleteFunc(found, func(r record) bool { return !matches(r) })
	slices.SortStableFunc(found, order)

	total := len(found)
	page := results[object]{Total: &total, Results: []object{}}
	end := min(start+limit, total)
	if rest := end - start; h.options.ShortPages && end < total && rest > 1 {
		end = start + rest/2
	}
	rd := h.renderer(k, body.Properties)
	for _, record := range found[min(start, total):max(end, min(start, total))] {
		page.Results = append(page.Results, rd.object(record))
	}
	if end < total {
		page.Paging = &paging{Next: next{After: strconv.Itoa(end)}}
	}
	return http.StatusOK, page, nil
}

// page returns the size of the page and the offset of its first record. Size and offset together may reach the ceiling
// and not pass it.
func (b searchBody) page() (limit, start int, f *failure) {
	limit = 10
	if b.Limit != nil {
		limit = *b.Limit
	}
	if limit < 1 || limit > 200 {
		return 0, 0, invalid("limit must be a number from 1 to 200")
	}
	if b.After != "" {
		var err error
		if start, err = strconv.Atoi(string(b.After)); err != nil || start < 0 {
			return 0, 0, invalid("Cannot deserialize value of type `int` from String")
		}
	}
	if start+limit > searchCeiling {
		f := invalid("The search can be paged to %d results only", searchCeiling)
		f.violation = "search_ceiling"
		return 0, 0, f
	}
	if len(b.Query) > 3000 {
		return 0, 0, invalid("query must not be longer than 3000 characters")
	}
	return limit, start, nil
}

// predicate joins the groups by OR and the filters of each by AND.
func (b searchBody) predicate(k kind, definitions map[string]property) (predicate, *failure) {
	groups := b.FilterGroups
	if len(b.Filters) > 0 {
		groups = append(groups, filterGroup{Filters: b.Filters})
	}
	filters := 0
	for _, g := range groups {
		filters += len(g.Filters)
		if len(g.Filters) > 6 {
			return nil, invalid("too many filters in one group")
		}
	}
	if len(groups) > 5 || filters > 18 {
		return nil, invalid("too many filters")
	}
	var groupFits []predicate
	for _, g := range groups {
		var filterFits []predicate
		for _, filter := range g.Filters {
			p, f := filter.compile(definitions)
			if f != nil {
				return nil, f
			}
			filterFits = append(filterFits, p)
		}
		groupFits = append(groupFits, func(r record) bool {
			return !slices.ContainsFunc(filterFits, func(p predicate) bool { return !p(r) })
		})
	}
	words := strings.ToLower(b.Query)
	return func(r record) bool {
		if words != "" && !strings.Contains(strings.ToLower(r.value(k.title).String()), words) {
			return false
		}
		return len(groupFits) == 0 || slices.ContainsFunc(groupFits, func(p predicate) bool { return p(r) })
	}, nil
}

// order returns the one sort that is allowed; without it the oldest come first.
func (b searchBody) order(definitions map[string]property) (func(a, b record) int, *failure) {
	rule := sortRule{PropertyName: "createdate"}
	switch len(b.Sorts) {
	case 0:
	case 1:
		if f := rule.read(b.Sorts[0]); f != nil {
			return nil, f
		}
	default:
		return nil, invalid("only one sort is supported")
	}
	definition, ok := definitions[rule.PropertyName]
	if !ok {
		return nil, invalid("There was a problem with the request: no property %q to sort by", rule.PropertyName)
	}
	compare := comparison(definition)
	return func(a, b record) int {
		av, bv := a.value(rule.PropertyName), b.value(rule.PropertyName)
		var c int
		switch {
		case av.null() || bv.null(): // the empty ones last
			c = cmp.Compare(nullRank(av), nullRank(bv))
		case rule.Direction == "DESCENDING":
			c, _ = compare(bv, av)
		default:
			c, _ = compare(av, bv)
		}
		return cmp.Or(c, cmp.Compare(a.id, b.id))
	}, nil
}

func nullRank(v value) int {
	if v.null() {
		return 1
	}
	return 0
}

type sortRule struct {
	PropertyName string `json:"propertyName"`
	Direction    string `json:"direction"`
}

// read accepts an object, or the short form "createdate" and "-createdate".
func (s *sortRule) read(raw json.RawMessage) *failure {
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
		return invalid("Invalid input JSON: sorts")
	}
	switch s.Direction {
	case "", "ASCENDING", "DESCENDING":
		return nil
	default:
		return invalid("sort direction %q", s.Direction)
	}
}
