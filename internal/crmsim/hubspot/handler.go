// Package hubspot shows a crmsim.World as HubSpot's CRM API: paths, shapes, limits and refusals of the real one, as far
// as a sales exporter can meet them.
package hubspot

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/access"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/naming"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/refusal"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// Options configure the façade. The zero value has HubSpot's own limits and lets nobody in.
type Options struct {
	// Tokens are the static bearer tokens that are accepted: service keys or private-app tokens.
	Tokens []string
	// OAuth is the app whose refresh token is accepted, or nil.
	OAuth *OAuth
	// Scopes are granted to every token; nil grants all.
	Scopes []string

	Limits Limits

	// IndexLag is how long search goes on showing the account as it was; at most an hour.
	IndexLag time.Duration
	// ShortPages makes search give only half a page although more follows.
	ShortPages bool
	// SearchCeiling is how far a search can be paged, whatever its total; 0 is HubSpot's 10,000.
	SearchCeiling int
	// AssociationPage is how many associations of one record a batch answers; 0 is HubSpot's 500.
	AssociationPage int
	// Absent says how a property without a value looks.
	Absent Absent
	// BatchFollowsMerges makes batch read answer a merged-away id with its survivor. HubSpot does not say what it does.
	BatchFollowsMerges bool
	// DirectMerges makes a survivor list only the two records that it was made of, and not those that these had
	// absorbed. HubSpot does not say which of the two it does.
	DirectMerges bool

	// Namings are the types of objects that the portal has; nil is naming.All.
	Namings []naming.Naming
	// Hidden lists properties ("deals.amount") that the caller may not see. They look as if they did not exist.
	Hidden []string

	// Faults go wrong on purpose; nil for none.
	Faults *wire.Script
}

// Absent is a way to show a property without a value. The documentation names two, portals show all three.
type Absent int

// The ways.
const (
	AbsentNull Absent = iota
	AbsentOmitted
	AbsentEmpty
)

// Handler is the API of one account. Beside the requests it counts violations: "authentication", "scope",
// "rate_limit", "search_rate_limit", "daily_limit", "validation", "search_ceiling", "not_found" and "uri_too_long".
type Handler struct {
	*wire.Recorder
	wire.Hooks // what to hide and to spoil from now on

	world       *crmsim.World
	options     Options
	chain       http.Handler
	routes      *http.ServeMux
	gate        *access.Gate
	credentials *access.Credentials
	answers     atomic.Uint64 // numbers the correlation ids
}

// NewHandler returns the API of an account.
func NewHandler(world *crmsim.World, options Options) *Handler {
	if options.Namings == nil {
		options.Namings = naming.All()
	}
	h := &Handler{
		Recorder: wire.NewRecorder(world.Now), world: world, options: options,
		gate:        access.NewGate(options.Limits, options.OAuth != nil),
		credentials: access.NewCredentials(options.Tokens, options.OAuth),
	}
	h.Hide(options.Hidden...)
	h.routes = h.newRoutes()
	h.chain = h.Wrap(options.Faults.Wrap(http.HandlerFunc(h.answer)))
	return h
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.chain.ServeHTTP(w, r) }

// endpoint answers one call that was let in: a status and what to encode as JSON, or a failure.
type endpoint func(r *http.Request) (int, any, *refusal.Refusal)

// route is an endpoint and what stands before it.
type route struct {
	endpoint endpoint
	search   bool // has a limit of its own and no rate headers
	open     bool // needs no token
	// scopes names what a caller must have been granted: one of each group.
	scopes func(r *http.Request) [][]string
	// flat puts the missing scopes at the top of the error, where some endpoints have them.
	flat bool
}

// maxURI is where the edge refuses a URL, in bytes (crm/hubspot 3.1).
const maxURI = 16_000

// newRoutes lists every path, each in its dated spellings and in the legacy one, which older clients still call.
func (h *Handler) newRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	add := func(method, dated, legacy string, rt route) {
		paths := []string{legacy}
		for _, version := range []string{"2026-03", "2026-09"} {
			paths = append(paths, strings.Replace(dated, "{version}", version, 1))
		}
		for _, path := range paths {
			mux.Handle(method+" "+path, h.enter(rt))
		}
	}
	objects, legacyObjects := "/crm/objects/{version}/{type}", "/crm/v3/objects/{type}"
	object := func(e endpoint) route { return route{endpoint: e, scopes: h.objectScopes} }
	add("GET", objects, legacyObjects, object(h.list))
	add("GET", objects+"/{id}", legacyObjects+"/{id}", object(h.get))
	add("POST", objects+"/batch/read", legacyObjects+"/batch/read", object(h.batchRead))
	add("POST", objects+"/search", legacyObjects+"/search",
		route{endpoint: h.search, search: true, scopes: h.objectScopes})
	add("POST", "/crm/associations/{version}/{type}/{to}/batch/read", "/crm/v4/associations/{type}/{to}/batch/read",
		object(h.batchAssociations))
	add("GET", "/crm/owners/{version}", "/crm/v3/owners", route{endpoint: h.owners, scopes: ownerScopes, flat: true})
	add("GET", "/crm/pipelines/{version}/{type}", "/crm/v3/pipelines/{type}",
		route{endpoint: h.pipelines, scopes: h.schemaScopes})
	add("GET", "/crm/properties/{version}/{type}", "/crm/v3/properties/{type}",
		route{endpoint: h.properties, scopes: h.schemaScopes})
	add("GET", "/account-info/{version}/details", "/account-info/v3/details", route{endpoint: h.details})
	add("GET", "/account-info/{version}/api-usage/daily/private-apps", "/account-info/v3/api-usage/daily/private-apps",
		route{endpoint: h.usage})
	add("POST", "/oauth/{version}/token", "/oauth/v3/token", route{endpoint: h.token, open: true})
	return mux
}

// object returns the type that a path names.
func (h *Handler) object(r *http.Request, value string) (*naming.Object, *refusal.Refusal) {
	name := r.PathValue(value)
	n, ok := naming.Find(h.options.Namings, name)
	if !ok { // this one error has no category
		return nil, &refusal.Refusal{
			Code: http.StatusBadRequest, Violation: "validation", Message: "Unable to infer object type from: " + name,
		}
	}
	view := naming.View{World: h.world, Namings: h.options.Namings, Direct: h.options.DirectMerges, Hides: h.Hides}
	return view.Object(n), nil
}

// records returns every record of a type that is in a list or in the recycle bin, by id, as visible at a time.
func (h *Handler) records(o *naming.Object, at time.Time) []world.Record {
	return filtered(h.world.Records(o.Kind, at), naming.Listed)
}

// answer finds the route of a call.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-HubSpot-Correlation-Id", fmt.Sprintf("5a1e5000-0000-4000-8000-%012x", h.answers.Add(1)))
	if len(r.RequestURI) > maxURI {
		h.Violated("uri_too_long")
		wire.HTML(http.StatusRequestURITooLong)(w, r, nil)
		return
	}
	if len(r.URL.Path) > 1 { // the owners of old clients end in a slash
		u := *r.URL
		u.Path = strings.TrimSuffix(u.Path, "/")
		r.URL = &u
	}
	if _, pattern := h.routes.Handler(r); pattern == "" {
		h.Violated("not_found")
		h.fail(w, &refusal.Refusal{Code: http.StatusNotFound, Message: "resource not found", Category: "OBJECT_NOT_FOUND"})
		return
	}
	h.routes.ServeHTTP(w, r)
}

// enter checks in HubSpot's order: who calls, how often, with which scopes, and only then what.
func (h *Handler) enter(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !rt.open {
			if f := h.admit(w, r, rt); f != nil {
				h.fail(w, f)
				return
			}
		}
		status, body, f := rt.endpoint(r)
		if f != nil {
			if f.Violation != "" {
				h.Violated(f.Violation)
			}
			h.fail(w, f)
			return
		}
		writeJSON(w, status, body)
	})
}

func (h *Handler) admit(w http.ResponseWriter, r *http.Request, rt route) *refusal.Refusal {
	now := h.world.Now()
	token, f := h.credentials.Check(r, now)
	if f != nil {
		h.Violated("authentication")
		return f
	}
	if f := h.gate.Admit(w.Header(), token, rt.search, now.In(h.location())); f != nil {
		h.Violated(f.Violation)
		return f
	}
	if rt.scopes == nil {
		return nil
	}
	for _, group := range rt.scopes(r) {
		if !h.granted(group) {
			h.Violated("scope")
			return refusal.MissingScopes(group, rt.flat)
		}
	}
	return nil
}

// granted reports whether one of the scopes was given to the callers.
func (h *Handler) granted(group []string) bool {
	return h.options.Scopes == nil ||
		slices.ContainsFunc(group, func(scope string) bool { return slices.Contains(h.options.Scopes, scope) })
}

func (h *Handler) fail(w http.ResponseWriter, f *refusal.Refusal) {
	if f.HTML {
		wire.HTML(f.Code)(w, nil, nil)
		return
	}
	if f.Status == "" {
		f.Status = "error"
	}
	f.CorrelationID = w.Header().Get("X-HubSpot-Correlation-Id")
	if f.ErrorType != "" {
		f.RequestID = f.CorrelationID
	}
	writeJSON(w, f.Code, f)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	// The status is out; an error here is a caller who has gone.
	_ = json.NewEncoder(w).Encode(body)
}

// location is the account's time zone, UTC where the machine does not know it.
func (h *Handler) location() *time.Location {
	location, err := time.LoadLocation(h.world.Info().TimeZone)
	if err != nil {
		return time.UTC
	}
	return location
}
