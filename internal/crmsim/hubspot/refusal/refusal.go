// Package refusal is HubSpot's answers to calls that it does not serve.
package refusal

import (
	"fmt"
	"net/http"
)

// Refusal is an error body. HubSpot documents every field as optional.
type Refusal struct {
	Code      int    `json:"-"` // of HTTP
	Violation string `json:"-"` // counted when this is answered to a caller
	HTML      bool   `json:"-"` // the answer of the edge in front of the API

	Status        string              `json:"status"`
	Message       string              `json:"message"`
	ErrorType     string              `json:"errorType,omitempty"`
	CorrelationID string              `json:"correlationId,omitempty"`
	PolicyName    string              `json:"policyName,omitempty"`
	RequestID     string              `json:"requestId,omitempty"`
	Errors        []Detail            `json:"errors,omitempty"`
	Context       map[string][]string `json:"context,omitempty"`
	Links         map[string]string   `json:"links,omitempty"`
	Category      string              `json:"category,omitempty"`
	SubCategory   string              `json:"subCategory,omitempty"`
}

// Detail is one of several reasons.
type Detail struct {
	Message string              `json:"message"`
	Context map[string][]string `json:"context,omitempty"`
}

// Invalid is the refusal of a call that does not make sense.
func Invalid(format string, args ...any) *Refusal {
	return &Refusal{
		Code: http.StatusBadRequest, Violation: "validation",
		Message: fmt.Sprintf(format, args...), Category: "VALIDATION_ERROR",
	}
}

// MissingScopes is the 403 of a token that was granted none of a group of scopes. Some endpoints name them at the top of
// the error (flat).
func MissingScopes(group []string, flat bool) *Refusal {
	const message = "One or more of the following scopes are required."
	f := &Refusal{Code: http.StatusForbidden, Category: "MISSING_SCOPES"}
	context := map[string][]string{"requiredGranularScopes": group}
	if flat {
		f.Message, f.Context = message, context
		return f
	}
	f.Message = "This app hasn't been granted all required scopes to make this call."
	f.Errors = []Detail{{Message: message, Context: context}}
	f.Links = map[string]string{"scopes": "https://developers.hubspot.com/scopes"}
	return f
}

// NotFound is the refusal of an id that no record has.
func NotFound() *Refusal {
	return &Refusal{
		Code: http.StatusNotFound, Violation: "not_found", Message: "resource not found", Category: "OBJECT_NOT_FOUND",
	}
}

// RateLimited is the 429 of a policy.
func RateLimited(violation, policy, message string) *Refusal {
	return &Refusal{
		Code: http.StatusTooManyRequests, Violation: violation,
		Message: message, ErrorType: "RATE_LIMIT", PolicyName: policy,
	}
}
