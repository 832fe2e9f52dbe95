package hubspot

import (
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
	read, ok := readText(string(data))
	if !ok {
		return errors.New("neither text nor null")
	}
	*t = read
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

// page is one answer of a listing or a search.
type page struct {
	Results []object `json:"results"`
	Total   *int64   `json:"total"` // of searches only
	Paging  paging   `json:"paging"`
}

// paging is where an answer goes on. Its link is never followed: it may name another version of the path.
type paging struct {
	Next struct {
		After text `json:"after"`
	} `json:"next"`
}

// object is what deals and companies have in common. Of one that cannot be read there is the id, if that can be.
type object struct {
	ID         text
	Properties propertyValues // nil where the record has none
	UpdatedAt  text
	ArchivedAt text
	Archived   bool

	raw string
	bad record.Reason // why it cannot be read, "" where it can
}

// propertyValues are few, so that looking through them takes less than making a map.
type propertyValues []property

type property struct {
	name  string
	value text
}

// get returns the value of a property, "" where there is none.
func (p propertyValues) get(name string) text {
	for i := range p {
		if p[i].name == name {
			return p[i].value
		}
	}
	return ""
}

// UnmarshalJSON implements json.Unmarshaler. It never fails, so that one broken record does not fail the page. All texts
// of a record are parts of its raw form.
func (r *object) UnmarshalJSON(data []byte) error {
	*r = readObject(string(data))
	return nil
}

// readObject decodes a record.
func readObject(raw string) object {
	rec := object{raw: raw}
	ok := raw == "null" || strings.HasPrefix(raw, "{")
	for name, value := range members(raw) {
		ok = rec.set(name, value) && ok
	}
	switch {
	case !validID(rec.ID):
		rec = object{raw: raw, bad: record.BadShape}
		if ok {
			rec.bad = record.BadID
		}
	case !ok:
		rec = object{ID: rec.ID, raw: raw, bad: record.BadShape}
	}
	return rec
}

// set takes in a member of the record, and reports whether its value has the right form.
func (r *object) set(name, value string) (ok bool) {
	switch name {
	case "id":
		return setText(&r.ID, value)
	case "updatedAt":
		return setText(&r.UpdatedAt, value)
	case "archivedAt":
		return setText(&r.ArchivedAt, value)
	case "archived":
		r.Archived = value == "true"
		return value == "true" || value == "false" || value == "null"
	case "properties":
		r.Properties, ok = readProperties(value)
		return ok
	}
	return true
}

func setText(target *text, value string) bool {
	read, ok := readText(value)
	if ok {
		*target = read
	}
	return ok
}

func readProperties(value string) (read propertyValues, ok bool) {
	if value == "null" {
		return nil, true
	}
	ok = strings.HasPrefix(value, "{")
	read = make(propertyValues, 0, strings.Count(value, ":"))
	for name, value := range members(value) {
		said, isText := readText(value)
		read = append(read, property{name, said})
		ok = ok && isText
	}
	return read, ok
}

// version returns when the record was last modified, in milliseconds.
func (r *object) version() (int64, bool) {
	for _, modified := range []text{r.Properties.get(propertyModified), r.UpdatedAt} {
		if at, err := value.ParseInstant(string(modified)); err == nil && at.Known() {
			return at.Milli(), true
		}
	}
	return 0, false
}

// absorbed returns the ids of the records that were merged into this one.
func (r *object) absorbed() []string {
	var ids []string
	for item := range strings.SplitSeq(string(r.Properties.get(propertyMergedIDs)), ";") {
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
func (r *object) quarantined(kind record.Name, fault source.Fault) record.Quarantined {
	version, _ := r.version()
	return fault.Quarantine(kind, string(r.ID), version, []byte(r.raw))
}

// fault blames the value of a property.
func (r *object) fault(reason record.Reason, property string) source.Fault {
	return source.Fault{Reason: reason, Place: property, Value: string(r.Properties.get(property))}
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
