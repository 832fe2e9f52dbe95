// Package salesforce shows a simulated CRM account as a Salesforce org over REST: logins and sessions, SOQL queries
// with locators, describes, replication and the daily allowance, as crm/salesforce describes them.
package salesforce

import (
	"cmp"
	"crypto/rsa"
	"math/rand/v2"
	"net/http"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce/tables"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
)

// Options describe the org and how difficult it is. The zero value is an easy one.
type Options struct {
	// Clients holds the secrets of the connected apps by their ids; nil lets everybody in.
	Clients map[string]string
	// JWTKey checks the assertions of the JWT bearer flow; nil means that the app does not allow the flow.
	JWTKey *rsa.PublicKey
	// Username is who may log in with an assertion; "" is anybody.
	Username string
	// Hidden lists fields ("Opportunity.Amount") and whole objects ("UserRole") that the user may not see. They look
	// as if they did not exist.
	Hidden []string

	SessionTimeout time.Duration // of inactivity; 0 means 2 h
	LoginLimit     int           // logins an hour; 0 means 3600
	DailyLimit     int           // API calls in 24 h; 0 means 100,000
	OtherCalls     int           // how much of the daily limit other integrations have used
	LimitInfo      string        // appended to the Sforce-Limit-Info header, such as "; api-bursts=1/750"

	PageSize     int           // of a query at most; 0 means 2000
	ShrinkPages  bool          // pages are of any size up to the one asked for
	PlainAnswers bool          // some answers are not compressed although the client asked for it
	QueryTimeout time.Duration // queries for a longer window of SystemModstamp time out; 0 never
	Seed         uint64        // of what is random

	MultiCurrency        bool
	FiscalYearStartMonth time.Month // 0 means January

	// Faults go wrong on purpose; nil for none.
	Faults *wire.Script

	// Namings are the objects that show kinds of the world; nil is tables.All.
	Namings []tables.Naming
}

// Handler is the org's HTTP interface. It is safe for concurrent use. Beside the requests it counts refused calls as
// violations by their code in lower case: "invalid_session_id", "malformed_query", "uri_too_long" and so on.
type Handler struct {
	*wire.Recorder

	hooks wire.Hooks

	world   *crmsim.World
	options Options
	schema  atomic.Pointer[tables.Schema]
	routes  []route
	chain   http.Handler
	calls   *wire.Window
	logins  *wire.Window

	mu       sync.Mutex
	rand     *rand.Rand
	sessions map[string]*session // by access token
	locators map[string]*locator
	issued   int64 // number of locators and sessions so far
	used     int   // API calls of the last 24 h, as of the last one
}

const (
	maxPageSize = 2_000
	minPageSize = 200
)

// NewHandler returns the org that shows the world.
func NewHandler(world *crmsim.World, options Options) *Handler {
	options.SessionTimeout = cmp.Or(options.SessionTimeout, 2*time.Hour)
	options.LoginLimit = cmp.Or(options.LoginLimit, 3_600)
	options.DailyLimit = cmp.Or(options.DailyLimit, 100_000)
	options.FiscalYearStartMonth = cmp.Or(options.FiscalYearStartMonth, time.January)
	options.PageSize = min(cmp.Or(options.PageSize, maxPageSize), maxPageSize)
	if options.Namings == nil {
		options.Namings = tables.All()
	}
	h := &Handler{
		Recorder: wire.NewRecorder(world.Now),
		world:    world,
		options:  options,
		calls:    wire.NewWindow(max(0, options.DailyLimit-options.OtherCalls), 24*time.Hour),
		logins:   wire.NewWindow(options.LoginLimit, time.Hour),
		rand:     rand.New(rand.NewPCG(options.Seed, 0)), //nolint:gosec // equal seeds must behave alike
		sessions: map[string]*session{},
		locators: map[string]*locator{},
	}
	h.Hide(options.Hidden...)
	h.routes = h.resources()
	h.chain = h.Wrap(options.Faults.Wrap(http.HandlerFunc(h.serve)))
	return h
}

// Hide takes fields and whole objects from the user's sight from now on, see Options.Hidden.
func (h *Handler) Hide(names ...string) {
	h.hooks.Hide(names...)
	h.describeAnew()
}

// Show gives back what Hide took.
func (h *Handler) Show(names ...string) {
	h.hooks.Show(names...)
	h.describeAnew()
}

// Spoil makes the answers to queries for a kind of the world go wrong.
func (h *Handler) Spoil(kind string, l wire.Listing) { h.hooks.Spoil(kind, l) }

func (h *Handler) describeAnew() {
	schema := tables.NewSchema(h.world, tables.SetUp{
		MultiCurrency: h.options.MultiCurrency, FiscalYearStartMonth: h.options.FiscalYearStartMonth,
		Namings: h.options.Namings, Hides: h.hooks.Hides,
	})
	h.schema.Store(&schema)
}

// view returns the world as the user sees it at a time.
func (h *Handler) view(now time.Time) *tables.View { return h.schema.Load().View(h.world, now) }

// route is one resource below /services/data/vXX.0/. Patterns match whole paths: a lax router would answer a client
// that builds its paths wrongly.
type route struct {
	method  string
	path    *regexp.Regexp
	serve   func(*call) answer
	uncount bool // the call itself does not count against the daily limit
}

func (h *Handler) resources() []route {
	get := func(path string, serve func(*call) answer) route {
		return route{method: http.MethodGet, path: regexp.MustCompile("^" + path + "$"), serve: serve}
	}
	return []route{
		get("query/?", h.query),
		get("queryAll/?", h.queryAll),
		get("(?:query|queryAll)/([0-9A-Za-z]+-[0-9]+)", h.queryMore),
		get("sobjects/?", h.listObjects),
		get("sobjects/([0-9A-Za-z_]+)/describe/?", h.describe),
		get("sobjects/([0-9A-Za-z_]+)/updated/?", h.updated),
		get("sobjects/([0-9A-Za-z_]+)/deleted/?", h.deleted),
		get("limits/?", h.limits),
		{
			method: http.MethodPost, path: regexp.MustCompile("^composite/batch/?$"), serve: h.batch,
			uncount: true, // its parts count
		},
	}
}

// call is one request to a resource, by itself or inside a batch.
type call struct {
	*http.Request
	now       time.Time
	version   string   // "v66.0"
	arguments []string // what the groups of the route's pattern matched
	session   *session
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.chain.ServeHTTP(w, r) }

func (h *Handler) serve(w http.ResponseWriter, r *http.Request) {
	now := h.world.Now()
	// The world may run on a clock of its own, and clients take the server's time from this header.
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	if refusal, ok := checkLength(r); !ok {
		h.write(w, r, refusal)
		return
	}
	switch r.URL.Path {
	case "/services/oauth2/token":
		h.write(w, r, h.token(r, now))
	case "/services/data", "/services/data/":
		h.write(w, r, listVersions())
	default:
		h.write(w, r, h.resource(w, r, now))
	}
}

// resource answers a call to a versioned resource.
func (h *Handler) resource(w http.ResponseWriter, r *http.Request, now time.Time) answer {
	version, path, refusal := splitVersion(r.URL.Path)
	if refusal.status != 0 {
		return refusal
	}
	session := h.authenticate(r, now)
	if session == nil {
		return invalidSession()
	}
	defer func() { w.Header().Set("Sforce-Limit-Info", h.limitInfo()) }()
	return h.dispatch(&call{Request: r, now: now, version: version, session: session}, path)
}

// dispatch finds the resource of a path and counts the call.
func (h *Handler) dispatch(c *call, path string) answer {
	found := false
	for _, route := range h.routes {
		matches := route.path.FindStringSubmatch(path)
		if matches == nil {
			continue
		}
		if found = true; route.method != c.Method {
			continue
		}
		if !route.uncount && !h.count(c.now) {
			return refuse(http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
		}
		c.arguments = matches[1:]
		return route.serve(c)
	}
	if found {
		return refuse(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "HTTP Method '"+c.Method+"' not allowed.")
	}
	return notFound()
}
