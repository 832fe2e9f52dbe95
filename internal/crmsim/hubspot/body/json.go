// Package body reads what callers of HubSpot send: JSON, and in it the filters and sorts of a search.
package body

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/refusal"
)

// Flexible is a text that may come as a JSON number.
type Flexible string

// UnmarshalJSON implements json.Unmarshaler.
func (f *Flexible) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, (*string)(f))
	}
	var n json.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	*f = Flexible(n)
	return nil
}

// Read decodes a body and refuses what is not in its schema.
func Read(r *http.Request, into any) *refusal.Refusal {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return &refusal.Refusal{
			Code: http.StatusUnsupportedMediaType, Violation: "validation", Message: "Unsupported media type",
		}
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return refusal.Invalid("Invalid input JSON: Cannot deserialize value of type: %v", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return refusal.Invalid("Invalid input JSON: more than one value")
	}
	return nil
}
