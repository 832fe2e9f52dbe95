package hubspot

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// flexible is a text that may come as a JSON number.
type flexible string

func (f *flexible) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, (*string)(f))
	}
	var n json.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	*f = flexible(n)
	return nil
}

// readJSON decodes a body and refuses what is not in its schema.
func readJSON(r *http.Request, into any) *failure {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return &failure{
			status: http.StatusUnsupportedMediaType, violation: "validation", Message: "Unsupported media type",
		}
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return invalid("Invalid input JSON: Cannot deserialize value of type: %v", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return invalid("Invalid input JSON: more than one value")
	}
	return nil
}

// batchRead answers up to 100 records by id, in an order of its own and each once. Ids that do not exist are in its
// errors, which makes the answer a 207.
func (h *Handler) batchRead(r *http.Request) (int, any, *failure) {
	k, f := kindIn(r, "type")
	if f != nil {
		return 0, nil, f
	}
	archived, f := boolParameter(r.URL.Query(), "archived")
	if f != nil {
		return 0, nil, f
	}
	var body struct {
		Inputs []struct {
			ID flexible `json:"id"`
		} `json:"inputs"`
		Properties []string `json:"properties"`
		History    []string `json:"propertiesWithHistory"`
	}
	if f := readJSON(r, &body); f != nil {
		return 0, nil, f
	}
	if len(body.History) > 0 {
		return 0, nil, invalid("propertiesWithHistory is not simulated")
	}
	if n := len(body.Inputs); n == 0 || n > 100 {
		return 0, nil, invalid("The maximum number of inputs supported in a batch request is 100. Received %d", n)
	}
	records := live(h.records(k, h.world.Now()), archived)
	answer := newBatch[object](h)
	var ids []int64
	var missing []string
	for _, input := range body.Inputs {
		id, err := strconv.ParseInt(string(input.ID), 10, 64)
		if h.options.BatchFollowsMerges {
			id = h.survivor(k, id)
		}
		if _, ok := find(records, id); err == nil && ok {
			ids = append(ids, id)
			continue
		}
		missing = append(missing, string(input.ID))
	}
	slices.Sort(ids)
	rd := h.renderer(k, body.Properties)
	for _, id := range slices.Compact(ids) {
		found, _ := find(records, id)
		answer.Results = append(answer.Results, rd.object(found))
	}
	if len(missing) > 0 {
		answer.Errors = []batchError{{
			Status: "error", Category: "OBJECT_NOT_FOUND", Context: map[string][]string{"ids": missing},
			Message: "Could not get some " + strings.ToUpper(k.single) +
				" objects, they may be deleted or not exist. Check that ids are valid.",
		}}
	}
	return answer.answer()
}
