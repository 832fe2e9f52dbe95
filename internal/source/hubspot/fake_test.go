package hubspot

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeHubSpot is a HubSpot account that keeps to the vendor's rules, those included that a careless client breaks.
type fakeHubSpot struct {
	t     testing.TB
	began time.Time

	mu          sync.Mutex
	records     map[string]map[uint64]*fakeRecord // by object, by id
	companies   map[uint64][]any                  // association entries of a deal
	owners      []map[string]any
	pipelines   []map[string]any
	details     map[string]any
	definitions []string
	pageSize    int             // caps what a page of records holds, 0 for the vendor's limits
	hidden      map[uint64]bool // records that the search index does not show yet
	silent      map[uint64]bool // deals that the association answer leaves out

	requests []fakeRequest
	// intercept answers a request instead of the account, if it says so.
	intercept func(w http.ResponseWriter, r *fakeRequest) bool
	// before runs ahead of each answer, to change the account while it is being read.
	before func(r *fakeRequest)
}

type fakeRecord struct {
	properties map[string]any
	archivedAt string
}

type fakeRequest struct {
	Method, Path, Query, Body, Authorization string
	values                                   map[string][]string
}

func (r *fakeRequest) get(name string) string {
	if len(r.values[name]) == 0 {
		return ""
	}
	return r.values[name][0]
}

func (r *fakeRequest) is(suffix string) bool { return strings.HasSuffix(r.Path, suffix) }

func newFake(t testing.TB) *fakeHubSpot {
	return &fakeHubSpot{
		t: t, began: time.Now(),
		records:   map[string]map[uint64]*fakeRecord{objectDeals: {}, objectCompanies: {}},
		companies: map[uint64][]any{},
		hidden:    map[uint64]bool{},
		silent:    map[uint64]bool{},
		owners: []map[string]any{
			{
				"id": "41", "type": "PERSON", "firstName": "Ada", "lastName": "Rep", "email": "ada@example.test",
				"teams": []any{map[string]any{"name": "Overlay"}, map[string]any{"name": "EMEA", "primary": true}},
			},
			{"id": "42", "type": "QUEUE", "firstName": "", "lastName": nil, "email": "q@example.test", "archived": true},
		},
		pipelines: []map[string]any{{"id": "default", "label": "Sales Pipeline", "stages": []any{
			fakeStage("appointment", "Appointment", "false", "0.2"),
			fakeStage("closedwon", "Closed Won", "true", "1.0"),
			fakeStage("closedlost", "Closed Lost", "true", "0.0"),
		}}},
		details:     map[string]any{"portalId": 62515, "companyCurrency": "USD", "timeZone": "US/Eastern"},
		definitions: []string{"amount", "dealtype", "region", "industry"},
	}
}

func fakeStage(id, label, closed, probability string) map[string]any {
	return map[string]any{
		"id": id, "label": label, "displayOrder": 1, "updatedAt": "1970-01-01T00:00:00Z",
		"metadata": map[string]any{"isClosed": closed, "probability": probability},
	}
}

const fakeTime = "2026-03-09T20:29:45.981Z"

// now is the clock of the account and of the connector: noon of a day, and then as fast as the test's own.
func (f *fakeHubSpot) now() time.Time {
	return time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC).Add(time.Since(f.began))
}

// changed is a modification date of the present.
func (f *fakeHubSpot) changed() string { return f.now().Format("2006-01-02T15:04:05.000Z07:00") }

// put stores a deal; properties are pairs of name and value on top of an open deal's.
func (f *fakeHubSpot) put(id uint64, properties ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := map[string]any{
		"amount": "1500.00", "pipeline": "default", "dealstage": "appointment", "hubspot_owner_id": "41",
		"createdate": "2026-02-01T09:15:00.123Z", "closedate": "2026-04-01T00:00:00Z", "hs_is_closed": "false",
		"hs_is_closed_won": "false", "hs_lastmodifieddate": fakeTime, "dealname": "Canary GmbH renewal",
		"hs_object_id": strconv.FormatUint(id, 10),
	}
	for i := 0; i < len(properties); i += 2 {
		p[properties[i].(string)] = properties[i+1]
	}
	f.records[objectDeals][id] = &fakeRecord{properties: p}
}

func (f *fakeHubSpot) putCompany(id uint64, properties map[string]any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := maps.Clone(properties)
	p["hs_lastmodifieddate"] = cmp.Or(p["hs_lastmodifieddate"], any(fakeTime))
	f.records[objectCompanies][id] = &fakeRecord{properties: p}
}

func (f *fakeHubSpot) archive(id uint64, at string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.records[objectDeals][id].archivedAt = at
}

func (f *fakeHubSpot) remove(id uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.records[objectDeals], id)
}

// calls counts the requests whose path ends so; "" counts all.
func (f *fakeHubSpot) calls(suffix string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for i := range f.requests {
		if f.requests[i].is(suffix) {
			n++
		}
	}
	return n
}

func (f *fakeHubSpot) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests = nil
}

// RoundTrip implements http.RoundTripper, so that no socket stands between a test and its clock.
func (f *fakeHubSpot) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	w.Header().Set("Date", f.now().Format(http.TimeFormat))
	request := &fakeRequest{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, values: r.URL.Query(),
		Authorization: r.Header.Get("Authorization"),
	}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		request.Body = string(body)
	}
	f.mu.Lock()
	f.requests = append(f.requests, *request)
	f.mu.Unlock()
	if f.before != nil {
		f.before(request)
	}
	if f.intercept == nil || !f.intercept(w, request) {
		f.mu.Lock()
		f.answer(w, request)
		f.mu.Unlock()
	}
	return w.Result(), nil
}

func (f *fakeHubSpot) answer(w http.ResponseWriter, r *fakeRequest) {
	if r.Authorization != "Bearer pat-canary" {
		writeJSON(w, 401, `{"status":"error","category":"INVALID_AUTHENTICATION","correlationId":"c-401"}`)
		return
	}
	if !r.is("/search") {
		w.Header().Set("X-HubSpot-RateLimit-Max", "190")
		w.Header().Set("X-HubSpot-RateLimit-Remaining", "150")
		w.Header().Set("X-HubSpot-RateLimit-Daily", "250000")
		w.Header().Set("X-HubSpot-RateLimit-Daily-Remaining", "240000")
	}
	switch r.Path {
	case "/crm/objects/2026-09/deals", "/crm/objects/2026-09/companies":
		f.list(w, r)
	case "/crm/objects/2026-09/deals/search", "/crm/objects/2026-09/companies/search":
		f.search(w, r)
	case "/crm/associations/2026-09/deals/companies/batch/read":
		f.associations(w, r)
	case "/crm/owners/2026-09":
		archived := r.get("archived") == "true"
		results := []any{}
		for _, o := range f.owners {
			if (o["archived"] == true) == archived {
				results = append(results, o)
			}
		}
		writeValue(w, 200, map[string]any{"results": results})
	case "/crm/pipelines/2026-09/deals":
		writeValue(w, 200, map[string]any{"results": f.pipelines})
	case "/account-info/2026-09/details":
		writeValue(w, 200, f.details)
	case "/crm/properties/2026-09/deals", "/crm/properties/2026-09/companies":
		results := []any{}
		for _, name := range f.definitions {
			results = append(results, map[string]any{"name": name, "options": []any{}})
		}
		writeValue(w, 200, map[string]any{"results": results})
	default:
		writeJSON(w, 404, `{"status":"error","message":"resource not found"}`)
	}
}

func objectType(r *fakeRequest) string { return strings.Split(r.Path, "/")[4] }

func (f *fakeHubSpot) list(w http.ResponseWriter, r *fakeRequest) {
	limit, err := strconv.Atoi(cmp.Or(r.get("limit"), "10"))
	after, _ := strconv.ParseUint(cmp.Or(r.get("after"), "0"), 10, 64)
	if err != nil || limit < 1 || limit > 100 {
		writeJSON(w, 400, `{"status":"error","category":"VALIDATION_ERROR"}`)
		return
	}
	if f.pageSize > 0 {
		limit = min(limit, f.pageSize)
	}
	results := []any{}
	var next map[string]any
	records := f.records[objectType(r)]
	for _, id := range slices.Sorted(maps.Keys(records)) {
		if id < after || (records[id].archivedAt != "") != (r.get("archived") == "true") {
			continue
		}
		if len(results) == limit {
			token := strconv.FormatUint(id, 10)
			next = map[string]any{"next": map[string]any{"after": token, "link": "https://evil.example/" + token}}
			break
		}
		results = append(results, records[id].wire(id, strings.Split(r.get("properties"), ",")))
	}
	answer := map[string]any{"results": results}
	if next != nil {
		answer["paging"] = next
	}
	writeValue(w, 200, answer)
}

// wire is the record as it is sent: unknown properties are ignored, a few come unasked.
func (r *fakeRecord) wire(id uint64, asked []string) any {
	p := map[string]any{}
	for _, name := range append(asked, "hs_object_id", "createdate", "hs_lastmodifieddate") {
		if value, ok := r.properties[name]; ok {
			p[name] = value
		}
	}
	record := map[string]any{"id": strconv.FormatUint(id, 10), "properties": p, "archived": r.archivedAt != ""}
	if r.archivedAt != "" {
		record["archivedAt"] = r.archivedAt
	}
	return record
}

func (f *fakeHubSpot) search(w http.ResponseWriter, r *fakeRequest) {
	var body searchBody
	if err := json.Unmarshal([]byte(r.Body), &body); err != nil {
		f.t.Errorf("search body: %v", err)
	}
	after, _ := strconv.Atoi(cmp.Or(body.After, "0"))
	// The ceiling of 10,000 results is scaled down to one page here.
	if body.Limit > 200 || after+body.Limit > 200 || len(body.Sorts) != 1 || len(body.FilterGroups) != 1 {
		writeJSON(w, 400, `{"status":"error","category":"VALIDATION_ERROR"}`)
		return
	}
	records := f.records[objectType(r)]
	var found []uint64
	for _, id := range slices.Sorted(maps.Keys(records)) {
		if records[id].archivedAt == "" && !f.hidden[id] && f.matches(records[id], id, body.FilterGroups[0].Filters) {
			found = append(found, id)
		}
	}
	limit := body.Limit
	if f.pageSize > 0 {
		limit = min(limit, f.pageSize)
	}
	results := []any{}
	for _, id := range found[min(after, len(found)):min(after+limit, len(found))] {
		results = append(results, records[id].wire(id, body.Properties))
	}
	answer := map[string]any{"total": len(found), "results": results}
	if after+limit < len(found) {
		answer["paging"] = map[string]any{"next": map[string]any{"after": strconv.Itoa(after + limit)}}
	}
	writeValue(w, 200, answer)
}

func (f *fakeHubSpot) matches(rec *fakeRecord, id uint64, filters []filter) bool {
	for _, filter := range filters {
		low, err := strconv.ParseUint(filter.Value, 10, 64)
		if err != nil {
			f.t.Errorf("filter value %q: %v", filter.Value, err)
		}
		switch filter.Property + " " + filter.Operator {
		case "hs_object_id GT":
			if id <= low {
				return false
			}
		case "hs_lastmodifieddate BETWEEN":
			high, err := strconv.ParseInt(filter.HighValue, 10, 64)
			if err != nil || low == 0 {
				f.t.Errorf("window %q..%q", filter.Value, filter.HighValue)
			}
			at, err := time.Parse(time.RFC3339Nano, rec.properties["hs_lastmodifieddate"].(string))
			if err != nil || at.UnixMilli() < int64(low) || at.UnixMilli() > high {
				return false
			}
		default:
			f.t.Errorf("unexpected filter %+v", filter)
		}
	}
	return true
}

func (f *fakeHubSpot) associations(w http.ResponseWriter, r *fakeRequest) {
	var body associationInputs
	if err := json.Unmarshal([]byte(r.Body), &body); err != nil || len(body.Inputs) > 1000 {
		f.t.Errorf("association body: %v, %d inputs", err, len(body.Inputs))
	}
	results, failures := []any{}, []any{}
	for _, input := range slices.Backward(body.Inputs) { // answers do not line up with inputs
		id, _ := strconv.ParseUint(input.ID, 10, 64)
		to := f.companies[id]
		switch {
		case f.silent[id]:
		case len(to) == 0:
			failures = append(failures, map[string]any{
				"status": "error", "category": "OBJECT_NOT_FOUND",
				"subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
				"context":     map[string]any{"fromObjectId": []string{input.ID}},
			})
		default:
			from, _ := strconv.Atoi(cmp.Or(input.After, "0"))
			result := map[string]any{"from": map[string]any{"id": input.ID}, "to": to[from : from+1]}
			if from+1 < len(to) {
				result["paging"] = map[string]any{"next": map[string]any{"after": strconv.Itoa(from + 1)}}
			}
			results = append(results, result)
		}
	}
	answer, status := map[string]any{"status": "COMPLETE", "results": results}, 200
	if len(failures) > 0 {
		answer["errors"], answer["numErrors"], status = failures, len(failures), 207
	}
	writeValue(w, status, answer)
}

func writeValue(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("encode an answer: %v", err))
	}
	writeJSON(w, status, string(body))
}

func writeJSON(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}
