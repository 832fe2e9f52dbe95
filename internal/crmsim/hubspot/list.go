package hubspot

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
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

// object is a record on the wire.
type object struct {
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

// renderer writes records of one kind with the properties that were asked for.
type renderer struct {
	names  []string
	absent Absent
	url    string
}

// renderer leaves out names that no property has: HubSpot ignores them silently.
func (h *Handler) renderer(k kind, asked []string) renderer {
	definitions := h.definitions(k)
	if len(asked) == 0 {
		asked = k.shown
	}
	rd := renderer{
		names: always[:], absent: h.options.Absent,
		url: "https://app.hubspot.com/contacts/" + strconv.FormatInt(h.world.Info().Number, 10) + "/record/" + k.number,
	}
	for _, name := range asked {
		if _, ok := definitions[name]; ok && !slices.Contains(rd.names, name) {
			rd.names = append(slices.Clip(rd.names), name)
		}
	}
	return rd
}

func (rd renderer) object(r record) object {
	id := strconv.FormatInt(r.id, 10)
	o := object{
		ID: id, Properties: make(map[string]*string, len(rd.names)),
		CreatedAt: timestamp(r.created), UpdatedAt: timestamp(r.modified), Archived: r.archived, URL: rd.url + "/" + id,
	}
	if r.created.IsZero() { // imported without a date; the record itself was created all the same
		o.CreatedAt = o.UpdatedAt
	}
	if r.archived {
		o.ArchivedAt = timestamp(r.archivedAt)
	}
	for _, name := range rd.names {
		v := r.value(name)
		switch {
		case !v.null():
			o.Properties[name] = new(v.String())
		case rd.absent == AbsentNull:
			o.Properties[name] = nil
		case rd.absent == AbsentEmpty:
			o.Properties[name] = new("")
		}
	}
	return o
}

// list answers a page of all records, in the order of their ids. "after" is the id with which the next page begins.
func (h *Handler) list(r *http.Request) (int, any, *failure) {
	k, f := kindIn(r, "type")
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
		return 0, nil, invalid("propertiesWithHistory is not simulated")
	}
	records := live(h.records(k, h.world.Now()), archived)
	records = slices.DeleteFunc(records, func(r record) bool { return r.id < after })

	rd := h.renderer(k, commaList(query, "properties"))
	page := results[object]{Results: []object{}}
	for _, record := range records[:min(limit, len(records))] {
		o := rd.object(record)
		o.Associations = inlineAssociations(k, record, commaList(query, "associations"))
		page.Results = append(page.Results, o)
	}
	if len(records) > limit {
		page.Paging = nextPage(r, strconv.FormatInt(records[limit].id, 10))
	}
	return http.StatusOK, page, nil
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
func (h *Handler) get(r *http.Request) (int, any, *failure) {
	k, f := kindIn(r, "type")
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
		return 0, nil, notFound()
	}
	found, ok := find(h.records(k, h.world.Now()), h.survivor(k, id))
	if !ok || found.archived != archived {
		return 0, nil, notFound()
	}
	o := h.renderer(k, commaList(query, "properties")).object(found)
	o.Associations = inlineAssociations(k, found, commaList(query, "associations"))
	return http.StatusOK, o, nil
}

func notFound() *failure {
	return &failure{
		status: http.StatusNotFound, violation: "not_found", Message: "resource not found", Category: "OBJECT_NOT_FOUND",
	}
}

// survivor follows a merge.
func (h *Handler) survivor(k kind, id int64) int64 {
	if k.name != "deals" {
		for _, a := range h.world.Accounts() {
			if companyBase+a.ID == id && a.MergedInto != 0 {
				return companyBase + a.MergedInto
			}
		}
		return id
	}
	if d, ok := h.world.Deal(id - dealBase); ok && d.MergedInto != 0 {
		return dealBase + d.MergedInto
	}
	return id
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

func intParameter(query url.Values, name string, standard, least, most int) (int, *failure) {
	if !query.Has(name) {
		return standard, nil
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < least || n > most {
		return 0, invalid("%s must be a number from %d to %d", name, least, most)
	}
	return n, nil
}

func boolParameter(query url.Values, name string) (bool, *failure) {
	switch query.Get(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, invalid("%s must be true or false", name)
	}
}

func idParameter(query url.Values, name string) (int64, *failure) {
	if !query.Has(name) {
		return 0, nil
	}
	id, err := strconv.ParseInt(query.Get(name), 10, 64)
	if err != nil {
		return 0, invalid("Cannot deserialize value of type `long` from String")
	}
	return id, nil
}
