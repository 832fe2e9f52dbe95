package hubspot

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/body"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/refusal"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// searchCeiling is how far a search can be paged, whatever its total.
const searchCeiling = 10_000

// search answers a page of the records that match. It sees the account with a lag and never the recycle bin.
func (h *Handler) search(r *http.Request) (int, any, *refusal.Refusal) {
	object, f := h.object(r, "type")
	if f != nil {
		return 0, nil, f
	}
	var asked body.Search
	if f := body.Read(r, &asked); f != nil {
		return 0, nil, f
	}
	limit, start, f := asked.Page(cmp.Or(h.options.SearchCeiling, searchCeiling))
	if f != nil {
		return 0, nil, f
	}
	matches, f := asked.Predicate(object)
	if f != nil {
		return 0, nil, f
	}
	order, f := asked.Order(object)
	if f != nil {
		return 0, nil, f
	}
	var found []world.Record
	for _, candidate := range h.records(object, h.world.Now().Add(-h.options.IndexLag)) {
		if !candidate.Base().Archived && matches(candidate) {
			found = append(found, candidate)
		}
	}
	slices.SortStableFunc(found, order)

	total := len(found)
	page := results[record]{Total: &total, Results: []record{}}
	from, end, more := h.Listing(object.Kind).Page(start, limit, total)
	if rest := end - start; h.options.ShortPages && more && rest > 1 {
		end = start + rest/2
	}
	rd := h.renderer(object, asked.Properties)
	for _, match := range found[from:end] {
		page.Results = append(page.Results, rd.record(match))
	}
	if more {
		page.Paging = &paging{Next: next{After: strconv.Itoa(end)}}
	}
	return http.StatusOK, page, nil
}
