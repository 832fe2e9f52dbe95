package hubspot

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// text is a value that HubSpot writes as a string or null, and in places as a number or a boolean: ids of associations
// are numbers on the wire and strings in the specification (crm/hubspot 3.3). Null is "".
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(data []byte) error {
	switch {
	case bytes.Equal(data, []byte("null")):
		*t = ""
		return nil
	case data[0] == '"':
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*t = text(strings.TrimSpace(s))
		return nil
	case data[0] == '{' || data[0] == '[':
		return errors.New("neither text nor null")
	}
	*t = text(data)
	return nil
}

// truth reads a boolean property; known is false where it is neither true nor false.
func (t text) truth() (value, known bool) {
	switch strings.ToLower(string(t)) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

// page is one answer of a listing or a search. Records stay raw, so that one broken record does not fail the page.
type page struct {
	Results []json.RawMessage `json:"results"`
	Total   *int64            `json:"total"` // of searches only
	Paging  paging            `json:"paging"`
}

// paging is where an answer goes on. Its link is never followed: it may name another version of the path.
type paging struct {
	Next struct {
		After text `json:"after"`
	} `json:"next"`
}

// object is what deals and companies have in common.
type object struct {
	ID         text            `json:"id"`
	Properties map[string]text `json:"properties"`
	UpdatedAt  text            `json:"updatedAt"`
	Archived   bool            `json:"archived"`
	ArchivedAt text            `json:"archivedAt"`
}

// readObject decodes a record. Where it cannot be read, the record still has its id if that can be.
func readObject(raw json.RawMessage) (object, record.Reason) {
	var rec object
	err := json.Unmarshal(raw, &rec)
	if err != nil {
		var head struct {
			ID text `json:"id"`
		}
		// The error is the one above; the id only names the record whose older copy is now stale.
		_ = json.Unmarshal(raw, &head)
		rec = object{ID: head.ID}
	}
	switch {
	case err == nil && !validID(rec.ID):
		return object{}, record.BadID
	case !validID(rec.ID):
		return object{}, record.BadShape
	case err != nil:
		return rec, record.BadShape
	}
	return rec, ""
}

// version returns when the record was last modified, in milliseconds.
func (r *object) version() (int64, bool) {
	for _, modified := range []text{r.Properties[propertyModified], r.UpdatedAt} {
		if at, err := value.ParseInstant(string(modified)); err == nil && at.Known() {
			return at.Milli(), true
		}
	}
	return 0, false
}

// absorbed returns the ids of the records that were merged into this one.
func (r *object) absorbed() []string {
	var ids []string
	for item := range strings.SplitSeq(string(r.Properties[propertyMergedIDs]), ";") {
		id, _, _ := strings.Cut(item, ":") // contacts write id:milliseconds, and others may follow
		if id = strings.TrimSpace(id); validID(text(id)) && id != string(r.ID) {
			ids = append(ids, id)
		}
	}
	return ids
}

// mergers returns the tombstones of the absorbed records.
func (r *object) mergers(kind record.Name) []record.Removal {
	var removals []record.Removal
	for _, id := range r.absorbed() {
		removals = append(removals,
			record.Removal{Kind: kind, ID: id, Reason: record.RemovedMerged, MergedInto: string(r.ID)})
	}
	return removals
}

// quarantined returns the record as one that could not be read.
func (r *object) quarantined(kind record.Name, fault source.Fault, raw json.RawMessage) record.Quarantined {
	version, _ := r.version()
	return fault.Quarantine(kind, string(r.ID), version, raw)
}

// fault blames the value of a property.
func (r *object) fault(reason record.Reason, property string) source.Fault {
	return source.Fault{Reason: reason, Place: property, Value: string(r.Properties[property])}
}

// validID reports whether an id is a number, as all ids of CRM records are.
func validID(id text) bool { return number(id) != 0 }

// number returns the id as a number, 0 where it is none. Ids are compared as numbers: as text, "9" is behind "10".
func number(id text) uint64 {
	if strings.Trim(string(id), "0123456789") != "" {
		return 0
	}
	n, err := strconv.ParseUint(string(id), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
