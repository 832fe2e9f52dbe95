package hubspot

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
)

// failure is an error body. HubSpot documents every field as optional.
type failure struct {
	status    int
	violation string // counted when this is answered to a caller
	html      bool   // the answer of the edge in front of the API

	Status        string              `json:"status"`
	Message       string              `json:"message"`
	ErrorType     string              `json:"errorType,omitempty"`
	CorrelationID string              `json:"correlationId,omitempty"`
	PolicyName    string              `json:"policyName,omitempty"`
	RequestID     string              `json:"requestId,omitempty"`
	Errors        []failureDetail     `json:"errors,omitempty"`
	Context       map[string][]string `json:"context,omitempty"`
	Links         map[string]string   `json:"links,omitempty"`
	Category      string              `json:"category,omitempty"`
	SubCategory   string              `json:"subCategory,omitempty"`
}

type failureDetail struct {
	Message string              `json:"message"`
	Context map[string][]string `json:"context,omitempty"`
}

// invalid is the refusal of a call that does not make sense.
func invalid(format string, args ...any) *failure {
	return &failure{
		status: http.StatusBadRequest, violation: "validation",
		Message: fmt.Sprintf(format, args...), Category: "VALIDATION_ERROR",
	}
}

func missingScopes(group []string, flat bool) *failure {
	const message = "One or more of the following scopes are required."
	f := &failure{status: http.StatusForbidden, Category: "MISSING_SCOPES"}
	context := map[string][]string{"requiredGranularScopes": group}
	if flat {
		f.Message, f.Context = message, context
		return f
	}
	f.Message = "This app hasn't been granted all required scopes to make this call."
	f.Errors = []failureDetail{{Message: message, Context: context}}
	f.Links = map[string]string{"scopes": "https://developers.hubspot.com/scopes"}
	return f
}

func (h *Handler) fail(w http.ResponseWriter, f *failure) {
	if f.html {
		crmsim.HTML(f.status)(w, nil, nil)
		return
	}
	if f.Status == "" {
		f.Status = "error"
	}
	f.CorrelationID = w.Header().Get("X-HubSpot-Correlation-Id")
	if f.ErrorType != "" {
		f.RequestID = f.CorrelationID
	}
	writeJSON(w, f.status, f)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	// The status is out; an error here is a caller who has gone.
	_ = json.NewEncoder(w).Encode(body)
}
