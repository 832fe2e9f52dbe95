package hubspot

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/body"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/refusal"
)

// batchRead answers up to 100 records by id, in an order of its own and each once. Ids that do not exist are in its
// errors, which makes the answer a 207.
func (h *Handler) batchRead(r *http.Request) (int, any, *refusal.Refusal) {
	object, f := h.object(r, "type")
	if f != nil {
		return 0, nil, f
	}
	archived, f := boolParameter(r.URL.Query(), "archived")
	if f != nil {
		return 0, nil, f
	}
	var asked struct {
		Inputs []struct {
			ID body.Flexible `json:"id"`
		} `json:"inputs"`
		Properties []string `json:"properties"`
		History    []string `json:"propertiesWithHistory"`
	}
	if f := body.Read(r, &asked); f != nil {
		return 0, nil, f
	}
	if len(asked.History) > 0 {
		return 0, nil, refusal.Invalid("propertiesWithHistory is not simulated")
	}
	if n := len(asked.Inputs); n == 0 || n > 100 {
		return 0, nil, refusal.Invalid("The maximum number of inputs supported in a batch request is 100. Received %d", n)
	}
	answer := newBatch[record](h)
	var numbers []int64
	var missing []string
	for _, input := range asked.Inputs {
		id, err := strconv.ParseInt(string(input.ID), 10, 64)
		number := id - object.Base
		if h.options.BatchFollowsMerges {
			number = h.survivor(object, number)
		}
		if _, ok := h.find(object, number, archived); err == nil && ok {
			numbers = append(numbers, number)
			continue
		}
		missing = append(missing, string(input.ID))
	}
	slices.Sort(numbers)
	rd := h.renderer(object, asked.Properties)
	for _, number := range slices.Compact(numbers) {
		if found, ok := h.find(object, number, archived); ok {
			answer.Results = append(answer.Results, rd.record(found))
		}
	}
	if len(missing) > 0 {
		answer.Errors = []batchError{{
			Status: "error", Category: "OBJECT_NOT_FOUND", Context: map[string][]string{"ids": missing},
			Message: "Could not get some " + strings.ToUpper(object.Single) +
				" objects, they may be deleted or not exist. Check that ids are valid.",
		}}
	}
	return answer.answer()
}
