package salesforce

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// maxBatch is how many parts a batch may have, maxBatchBody how long its text may be.
const (
	maxBatch     = 25
	maxBatchBody = 1 << 20
)

type batchRequest struct {
	HaltOnError bool `json:"haltOnError"`
	Requests    []struct {
		Method string `json:"method"`
		URL    string `json:"url"`
	} `json:"batchRequests"`
}

type batchResult struct {
	Status int             `json:"statusCode"`
	Result json.RawMessage `json:"result"`
}

// batch answers several calls in one, each of which counts. It succeeds even if all of its parts fail.
func (h *Handler) batch(c *call) answer {
	var request batchRequest
	if err := json.NewDecoder(http.MaxBytesReader(nil, c.Body, maxBatchBody)).Decode(&request); err != nil {
		return refuse(http.StatusBadRequest, "JSON_PARSER_ERROR", "The request body is not valid JSON.")
	}
	if n := len(request.Requests); n == 0 || n > maxBatch {
		return refuse(http.StatusBadRequest, "LIMIT_EXCEEDED", "A batch must have between 1 and 25 requests.")
	}
	results := []batchResult{}
	failed := false
	for _, part := range request.Requests {
		a := refuse(http.StatusPreconditionFailed, "BATCH_PROCESSING_HALTED",
			"Batch processing was halted because of an error.")
		if !failed || !request.HaltOnError {
			a = h.part(c, part.Method, part.URL)
		}
		failed = failed || a.status >= http.StatusBadRequest
		results = append(results, batchResult{a.status, a.body})
	}
	return reply(http.StatusOK, map[string]any{"hasErrors": failed, "results": results})
}

// part answers one call of a batch. Its URL may have the long or the short form.
func (h *Handler) part(c *call, method, address string) answer {
	target, err := url.Parse("/services/data/" + strings.TrimPrefix(address, "/services/data/"))
	if err != nil {
		return notFound()
	}
	version, path, refusal := splitVersion(target.Path)
	if refusal.status != 0 {
		return refusal
	}
	if strings.HasPrefix(path, "composite/") {
		return refuse(http.StatusBadRequest, "INVALID_BATCH_REQUEST", "A batch cannot hold another one.")
	}
	inner := c.Clone(c.Context())
	inner.Method, inner.URL, inner.Body = method, target, http.NoBody
	return h.dispatch(&call{Request: inner, now: c.now, version: version, session: c.session}, path)
}
