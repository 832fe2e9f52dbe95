package api

import (
	"errors"
	"strconv"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// The properties that every object has.
const (
	PropertyModified  = "hs_lastmodifieddate"
	PropertyMergedIDs = "hs_merged_object_ids"
	PropertyObjectID  = "hs_object_id" // only ever filtered by
)

// Text is a value that HubSpot writes as a string or null, and in places as a number or a boolean: ids of associations
// are numbers on the wire and strings in the specification (crm/hubspot 3.3). Null is "".
type Text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *Text) UnmarshalJSON(data []byte) error {
	read, ok := readText(string(data))
	if !ok {
		return errors.New("neither text nor null")
	}
	*t = read
	return nil
}

// Truth reads a boolean property; known is false where it is neither true nor false.
func (t Text) Truth() (value, known bool) {
	switch strings.ToLower(string(t)) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

// Page is one answer of a listing or a search.
type Page struct {
	Results []Record `json:"results"`
	Total   *int64   `json:"total"` // of searches only
	Paging  Paging   `json:"paging"`
}

// Ends reports whether no record is behind the page. The total counts what is behind the last id, so a page that holds
// all of it is the last one; a short page alone says nothing.
func (p *Page) Ends() bool {
	if p.Total != nil {
		return *p.Total <= int64(len(p.Results))
	}
	return p.Paging.Next.After == ""
}

// Paging is where an answer goes on. Its link is never followed: it may name another version of the path.
type Paging struct {
	Next struct {
		After Text `json:"after"`
	} `json:"next"`
}

// Record is what deals and companies have in common. Of one that cannot be read there is the id, if that can be.
type Record struct {
	ID         Text
	Properties Values // nil where the record has none
	UpdatedAt  Text
	ArchivedAt Text
	Archived   bool

	raw string
	Bad record.Reason // why it cannot be read, "" where it can
}

// Values are few, so that looking through them takes less than making a map.
type Values []property

type property struct {
	name  string
	value Text
}

// Get returns the value of a property, "" where there is none.
func (p Values) Get(name string) Text {
	for i := range p {
		if p[i].name == name {
			return p[i].value
		}
	}
	return ""
}

// UnmarshalJSON implements json.Unmarshaler. It never fails, so that one broken record does not fail the page. All texts
// of a record are parts of its raw form.
func (r *Record) UnmarshalJSON(data []byte) error {
	*r = ReadRecord(string(data))
	return nil
}

// ReadRecord decodes a record.
func ReadRecord(raw string) Record {
	rec := Record{raw: raw}
	ok := raw == "null" || strings.HasPrefix(raw, "{")
	for name, value := range members(raw) {
		ok = rec.set(name, value) && ok
	}
	switch {
	case !ValidID(rec.ID):
		rec = Record{raw: raw, Bad: record.BadShape}
		if ok {
			rec.Bad = record.BadID
		}
	case !ok:
		rec = Record{ID: rec.ID, raw: raw, Bad: record.BadShape}
	}
	return rec
}

// set takes in a member of the record, and reports whether its value has the right form.
func (r *Record) set(name, value string) (ok bool) {
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

func setText(target *Text, value string) bool {
	read, ok := readText(value)
	if ok {
		*target = read
	}
	return ok
}

func readProperties(value string) (read Values, ok bool) {
	if value == "null" {
		return nil, true
	}
	ok = strings.HasPrefix(value, "{")
	read = make(Values, 0, strings.Count(value, ":"))
	for name, value := range members(value) {
		said, isText := readText(value)
		read = append(read, property{name, said})
		ok = ok && isText
	}
	return read, ok
}

// Version returns when the record was last modified, in milliseconds.
func (r *Record) Version() (int64, bool) {
	for _, modified := range []Text{r.Properties.Get(PropertyModified), r.UpdatedAt} {
		if at, err := value.ParseInstant(string(modified)); err == nil && at.Known() {
			return at.Milli(), true
		}
	}
	return 0, false
}

// absorbed returns the ids of the records that were merged into this one.
func (r *Record) absorbed() []string {
	var ids []string
	for item := range strings.SplitSeq(string(r.Properties.Get(PropertyMergedIDs)), ";") {
		id, _, _ := strings.Cut(item, ":") // contacts write id:milliseconds, and others may follow
		if id = strings.TrimSpace(id); ValidID(Text(id)) && id != string(r.ID) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Mergers returns the tombstones of the absorbed records.
func (r *Record) Mergers(kind record.Name) []record.Removal {
	var removals []record.Removal
	for _, id := range r.absorbed() {
		removals = append(removals,
			record.Removal{Kind: kind, ID: id, Reason: record.RemovedMerged, MergedInto: string(r.ID)})
	}
	return removals
}

// Quarantined returns the record as one that could not be read.
func (r *Record) Quarantined(kind record.Name, fault source.Fault) record.Quarantined {
	version, _ := r.Version()
	return fault.Quarantine(kind, string(r.ID), version, []byte(r.raw))
}

// Fault blames the value of a property.
func (r *Record) Fault(reason record.Reason, property string) source.Fault {
	return source.Fault{Reason: reason, Place: property, Value: string(r.Properties.Get(property))}
}

// ValidID reports whether an id is a number, as all ids of CRM records are.
func ValidID(id Text) bool { return Number(id) != 0 }

// Number returns the id as a number, 0 where it is none. Ids are compared as numbers: as text, "9" is behind "10".
func Number(id Text) uint64 {
	if strings.Trim(string(id), "0123456789") != "" {
		return 0
	}
	n, err := strconv.ParseUint(string(id), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
