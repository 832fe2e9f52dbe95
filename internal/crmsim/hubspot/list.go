package hubspot

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/naming"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/refusal"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// results is the envelope of lists. Paging is absent on the last page.
type results[T any] struct {
	Total   *int    `json:"total,omitempty"` // search only
	Results []T     `json:"results"`
	Paging  *paging `json:"paging,omitempty"`
}

type paging struct {
	Next next `json:"next"`
}

type next struct {
	After string `json:"after"`
	Link  string `json:"link,omitempty"`
}

// record is a record on the wire.
type record struct {
	ID           string                        `json:"id"`
	Properties   map[string]*string            `json:"properties"`
	CreatedAt    string                        `json:"createdAt"`
	UpdatedAt    string                        `json:"updatedAt"`
	Archived     bool                          `json:"archived"`
	ArchivedAt   string                        `json:"archivedAt,omitempty"`
	Associations map[string]results[associate] `json:"associations,omitempty"`
	URL          string                        `json:"url,omitempty"`
}

type associate struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// always are the properties of every answer, asked for or not.
var always = [...]string{"hs_object_id", "createdate", "hs_lastmodifieddate"}

// renderer writes records of one type with the properties that were asked for.
type renderer struct {
	object  *naming.Object
	columns []naming.Column
	absent  Absent
	url     string
}

// renderer leaves out names that no property has: HubSpot ignores them silently.
func (h *Handler) renderer(o *naming.Object, asked []string) renderer {
	if len(asked) == 0 {
		asked = o.Shown
	}
	rd := renderer{
		object: o, absent: h.options.Absent,
		url: "https://app.hubspot.com/contacts/" + strconv.FormatInt(h.world.Info().Number, 10) + "/record/" + o.Number,
	}
	seen := map[string]bool{}
	for _, name := range slices.Concat(always[:], asked) {
		if column, ok := o.Column(name); ok && !seen[name] {
			seen[name] = true
			rd.columns = append(rd.columns, column)
		}
	}
	return rd
}

func (rd renderer) record(r world.Record) record {
	head := r.Base()
	id := rd.object.ID(head.ID)
	shown := record{
		ID: id, Properties: make(map[string]*string, len(rd.columns)), CreatedAt: naming.Timestamp(head.Created),
		UpdatedAt: naming.Timestamp(head.Modified), Archived: head.Archived, URL: rd.url + "/" + id,
	}
	if head.Created.IsZero() { // imported without a date; the record itself was created all the same
		shown.CreatedAt = shown.UpdatedAt
	}
	if head.Archived {
		shown.ArchivedAt = naming.Timestamp(head.ArchivedAt)
	}
	for _, column := range rd.columns {
		v := column.Value(r)
		switch {
		case !v.Null():
			shown.Properties[column.Name] = new(v.String())
		case rd.absent == AbsentNull:
			shown.Properties[column.Name] = nil
		case rd.absent == AbsentEmpty:
			shown.Properties[column.Name] = new("")
		}
	}
	return shown
}

// list answers a page of all records, in the order of their ids. "after" is the id with which the next page begins.
func (h *Handler) list(r *http.Request) (int, any, *refusal.Refusal) {
	object, f := h.object(r, "type")
	if f != nil {
		return 0, nil, f
	}
	query := r.URL.Query()
	limit, f := intParameter(query, "limit", 10, 1, 100)
	if f != nil {
		return 0, nil, f
	}
	archived, f := boolParameter(query, "archived")
	if f != nil {
		return 0, nil, f
	}
	after, f := idParameter(query, "after")
	if f != nil {
		return 0, nil, f
	}
	if query.Has("propertiesWithHistory") {
		return 0, nil, refusal.Invalid("propertiesWithHistory is not simulated")
	}
	listed, next := h.page(object, archived, after-object.Base, limit)

	rd := h.renderer(object, commaList(query, "properties"))
	associations := h.inline(object, listed, commaList(query, "associations"))
	page := results[record]{Results: []record{}}
	for i, r := range listed {
		shown := rd.record(r)
		shown.Associations = associations[i]
		page.Results = append(page.Results, shown)
	}
	if next != 0 {
		page.Paging = nextPage(r, object.ID(next))
	}
	return http.StatusOK, page, nil
}

// page returns the records of a list from a number on, and the number with which the next page begins, 0 on the last.
func (h *Handler) page(o *naming.Object, archived bool, from int64, size int) (page []world.Record, next int64) {
	all := h.world.Records(o.Kind, h.world.Now())
	begin := position(all, from)
	fits := func(r world.Record) bool { return naming.Listed(r) && r.Base().Archived == archived }
	if spoiled := h.Listing(o.Kind); spoiled != (wire.Listing{}) {
		start := len(filtered(all[:begin], fits))
		list := filtered(all, fits)
		from, to, more := spoiled.Page(start, size, len(list))
		if more {
			next = list[to].Base().ID
		}
		return list[from:to], next
	}
	for _, r := range all[begin:] {
		switch {
		case !fits(r):
		case len(page) == size:
			return page, r.Base().ID
		default:
			page = append(page, r)
		}
	}
	return page, 0
}

func filtered(records []world.Record, fits func(world.Record) bool) []world.Record {
	var list []world.Record
	for _, r := range records {
		if fits(r) {
			list = append(list, r)
		}
	}
	return list
}

// position returns where a number is, or would be, among records that are sorted by it.
func position(records []world.Record, number int64) int {
	i, _ := slices.BinarySearchFunc(records, number, func(r world.Record, number int64) int {
		return cmp.Compare(r.Base().ID, number)
	})
	return i
}

// nextPage links to the legacy path whatever path was called, as HubSpot has been seen to: the token counts.
func nextPage(r *http.Request, after string) *paging {
	query := r.URL.Query()
	query.Set("after", after)
	return &paging{Next: next{
		After: after, Link: "https://api.hubapi.com/crm/v3/objects/" + r.PathValue("type") + "?" + query.Encode(),
	}}
}

// get answers one record. An id that was merged away answers with the survivor, whose id is another one.
func (h *Handler) get(r *http.Request) (int, any, *refusal.Refusal) {
	object, f := h.object(r, "type")
	if f != nil {
		return 0, nil, f
	}
	query := r.URL.Query()
	archived, f := boolParameter(query, "archived")
	if f != nil {
		return 0, nil, f
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, nil, refusal.NotFound()
	}
	found, ok := h.find(object, h.survivor(object, id-object.Base), archived)
	if !ok {
		return 0, nil, refusal.NotFound()
	}
	shown := h.renderer(object, commaList(query, "properties")).record(found)
	shown.Associations = h.inline(object, []world.Record{found}, commaList(query, "associations"))[0]
	return http.StatusOK, shown, nil
}

// find returns the record of a number if it is in the ordinary lists, or in the recycle bin.
func (h *Handler) find(o *naming.Object, number int64, archived bool) (world.Record, bool) {
	r, ok := h.world.Record(o.Kind, number)
	if !ok || !naming.Listed(r) || r.Base().Archived != archived {
		return nil, false
	}
	return r, true
}

// survivor follows a merge.
func (h *Handler) survivor(o *naming.Object, number int64) int64 {
	if r, ok := h.world.Record(o.Kind, number); ok && r.Base().MergedInto != 0 {
		return r.Base().MergedInto
	}
	return number
}

// commaList reads a list that is separated by commas, or given by repeating the parameter.
func commaList(query url.Values, name string) []string {
	var list []string
	for _, values := range query[name] {
		for v := range strings.SplitSeq(values, ",") {
			if v = strings.TrimSpace(v); v != "" {
				list = append(list, v)
			}
		}
	}
	return list
}

func intParameter(query url.Values, name string, standard, least, most int) (int, *refusal.Refusal) {
	if !query.Has(name) {
		return standard, nil
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < least || n > most {
		return 0, refusal.Invalid("%s must be a number from %d to %d", name, least, most)
	}
	return n, nil
}

func boolParameter(query url.Values, name string) (bool, *refusal.Refusal) {
	switch query.Get(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, refusal.Invalid("%s must be true or false", name)
	}
}

func idParameter(query url.Values, name string) (int64, *refusal.Refusal) {
	if !query.Has(name) {
		return 0, nil
	}
	id, err := strconv.ParseInt(query.Get(name), 10, 64)
	if err != nil {
		return 0, refusal.Invalid("Cannot deserialize value of type `long` from String")
	}
	return id, nil
}
