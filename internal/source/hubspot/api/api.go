// Package api makes the calls to HubSpot. It knows paths, credentials and limits, and how answers are written; it knows
// nothing of what they mean.
package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/time/rate"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

const (
	// ListLimit is how many records a page of a listing has at most.
	ListLimit   = 100
	searchLimit = 200
	// SearchesPerSecond stays below the five that all integrations of an account share.
	SearchesPerSecond = 4
)

// API makes the calls. It knows paths, credentials and limits, and nothing of what the answers mean.
type API struct {
	client  *source.Client
	Version string
	Clock   *Clock
	pacer   *pacer
	search  source.Waiter
	budget  *source.Budget
	login   *login // nil with a static token
	// credential returns the token of the next call, and place says where a static one is kept.
	Credential func(context.Context) (string, error)
	place      string
}

// Access is how an account is reached. Exactly one of Token and OAuth is set.
type Access struct {
	Token            secret.Secret // service key or private-app token
	OAuth            *OAuth
	BaseURL, Version string
}

// OAuth is the refresh-token flow of a HubSpot app.
type OAuth struct {
	ClientID     string
	ClientSecret secret.Secret
	RefreshToken secret.Secret
}

// New returns the API of an account. use is told of every credential that calls are made with.
func New(access Access, calls config.Budget, env source.Environment, use func(credential string)) (*API, error) {
	c := newClock(env.Now)
	a := &API{
		Version: access.Version,
		Clock:   c,
		pacer:   newPacer(calls.RequestsPerSecond, c.Now),
		search:  rate.NewLimiter(rate.Limit(min(SearchesPerSecond, calls.RequestsPerSecond)), 1),
		budget:  source.NewBudget(calls.DailyShare, c.Now),
	}
	options := source.ClientOptions{
		Base:              access.BaseURL,
		Classify:          a.refused,
		RequestsPerSecond: calls.RequestsPerSecond,
		Budget:            a.budget,
		Environment:       env,
	}
	if access.OAuth != nil {
		login, err := newLogin(access, calls, env, c.Now, use)
		if err != nil {
			return nil, err
		}
		a.login, a.Credential = login, login.token
		options.Reauthorize = login.renew
	} else {
		a.place = access.Token.Place()
		a.Credential = func(context.Context) (string, error) {
			token, err := source.ReadCredential(access.Token, source.IsTokenCharacter)
			if err == nil {
				use(token)
			}
			return token, err
		}
	}
	options.Authorize = func(ctx context.Context, r *http.Request) error {
		// Asked for each time, so that a rotated one is used at once.
		token, err := a.Credential(ctx)
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
	client, err := source.NewClient(options)
	if err != nil {
		return nil, err
	}
	a.client = client
	return a, nil
}

// Quotas returns what is known of the allowances.
func (a *API) Quotas() []source.Quota { return append(a.budget.Quotas(), a.pacer.quotas()...) }

// Call makes a call of the general API, or of the search.
func (a *API) Call(ctx context.Context, request source.Request, decode source.Decoder) error {
	if request.Limiter == nil {
		request.Limiter = a.pacer
	}
	return a.client.Do(ctx, request, func(status int, header http.Header, body io.Reader) error {
		a.observe(header)
		return decode(status, header, body)
	})
}

// refused observes and classifies an answer with an error status.
func (a *API) refused(status int, header http.Header, body []byte) *source.Error {
	a.observe(header)
	return a.classify(status, header, body)
}

func (a *API) observe(header http.Header) {
	a.Clock.observe(header)
	a.pacer.observe(header)
	if limit, remaining, ok := allowance(header, headerDailyLimit, headerDailyRemaining); ok {
		a.budget.Observe(limit, remaining)
	}
}

// List reads one page of a listing, in ascending order of ids.
func (a *API) List(
	ctx context.Context, object string, archived bool, properties []string, after string,
) (Page, error) {
	query := url.Values{
		"limit": {strconv.Itoa(ListLimit)}, "properties": {strings.Join(properties, ",")},
	}
	if archived {
		query.Set("archived", "true")
	}
	if after != "" {
		query.Set("after", after)
	}
	return a.page(ctx, source.Request{
		Path: "/crm/objects/" + a.Version + "/" + object, Query: query, Endpoint: "crm/objects/" + object,
	})
}

// The body of a search (crm/hubspot 3.4).
type (
	searchBody struct {
		FilterGroups []filterGroup `json:"filterGroups"`
		Sorts        []searchSort  `json:"sorts"`
		Properties   []string      `json:"properties"`
		Limit        int           `json:"limit"`
		After        string        `json:"after,omitempty"`
	}
	filterGroup struct {
		Filters []filter `json:"filters"`
	}
	filter struct {
		Property  string `json:"propertyName"`
		Operator  string `json:"operator"`
		Value     string `json:"value"`
		HighValue string `json:"highValue,omitempty"`
	}
	searchSort struct {
		Property  string `json:"propertyName"`
		Direction string `json:"direction"`
	}
)

// Window is a search for what was modified in [Since, Until], in milliseconds since 1970. Last is the id up to which it
// has read, "" at its begin.
type Window struct {
	Since, Until int64
	Last         string
}

// Modified searches the records of a window behind its last id. offset is "" except behind an empty page.
func (a *API) Modified(
	ctx context.Context, object string, properties []string, w Window, offset string,
) (Page, error) {
	filters := []filter{{
		Property: PropertyModified, Operator: "BETWEEN",
		Value: strconv.FormatInt(w.Since, 10), HighValue: strconv.FormatInt(w.Until, 10),
	}}
	if w.Last != "" {
		filters = append(filters, filter{Property: PropertyObjectID, Operator: "GT", Value: w.Last})
	}
	return a.page(ctx, source.Request{
		Method: http.MethodPost, Path: "/crm/objects/" + a.Version + "/" + object + "/search",
		Endpoint: "crm/objects/" + object + "/search", Limiter: a.search,
		JSON: searchBody{
			FilterGroups: []filterGroup{{Filters: filters}},
			Sorts:        []searchSort{{Property: PropertyObjectID, Direction: "ASCENDING"}},
			Properties:   properties, Limit: searchLimit, After: offset,
		},
	})
}

func (a *API) page(ctx context.Context, request source.Request) (Page, error) {
	var p Page
	err := a.Call(ctx, request, Required(&p, func() bool { return p.Results != nil }))
	return p, err
}

// Get reads one JSON value.
func Get[T any](ctx context.Context, a *API, path, endpoint string, query url.Values) (T, error) {
	var answer T
	err := a.Call(ctx, source.Request{Path: path, Query: query, Endpoint: endpoint}, source.DecodeJSON(&answer))
	return answer, err
}

// Properties returns the names of the properties that an object has.
func (a *API) Properties(ctx context.Context, object string) (map[string]bool, error) {
	var answer struct {
		Results []struct {
			Name Text `json:"name"`
		} `json:"results"`
	}
	err := a.Call(ctx, source.Request{
		Path: "/crm/properties/" + a.Version + "/" + object, Endpoint: "crm/properties/" + object,
	}, Required(&answer, func() bool { return answer.Results != nil }))
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, p := range answer.Results {
		known[string(p.Name)] = true
	}
	return known, nil
}

// errNoResults is an answer that would pass for an empty page: taken as one, it would end a listing too early, and the
// sweep behind it would remove what was not read.
var errNoResults = errors.New("answer without results")

// Required decodes JSON into target and refuses an answer that is not complete.
func Required[T any](target *T, complete func() bool) source.Decoder {
	decode := source.DecodeJSON(target)
	return func(status int, header http.Header, body io.Reader) error {
		if err := decode(status, header, body); err != nil {
			return err
		}
		if !complete() {
			return errNoResults
		}
		return nil
	}
}

// maxPages ends a listing that HubSpot does not end; it is far beyond the largest account.
const maxPages = 1_000_000

// Visited holds the page tokens of one listing. One that comes back would have it read in circles for ever.
type Visited map[string]bool

// Add notes a token.
func (v Visited) Add(after string) error {
	if v[after] || len(v) >= maxPages {
		return source.Errorf(source.ReasonDecode, "the listing does not end: a page token was repeated")
	}
	v[after] = true
	return nil
}
