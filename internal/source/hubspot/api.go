package hubspot

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
	"github.com/sales-exporter/sales_exporter/internal/source"
)

const (
	objectDeals     = "deals"
	objectCompanies = "companies"

	listLimit   = 100
	searchLimit = 200
	// searchesPerSecond stays below the five that all integrations of an account share.
	searchesPerSecond = 4
)

// api makes the calls. It knows paths, credentials and limits, and nothing of what the answers mean.
type api struct {
	client  *source.Client
	version string
	clock   *clock
	pacer   *pacer
	search  source.Waiter
	budget  *source.Budget
	login   *login // nil with a static token
	// credential returns the token of the next call, and place says where a static one is kept.
	credential func(context.Context) (string, error)
	place      string
}

// newAPI returns the API of an account. use is told of every credential that calls are made with.
func newAPI(cfg config.Source, env source.Environment, use func(credential string)) (*api, error) {
	c := newClock(env.Now)
	a := &api{
		version: settingsOf(cfg).APIVersion,
		clock:   c,
		pacer:   newPacer(cfg.Budget.RequestsPerSecond, c.now),
		search:  rate.NewLimiter(rate.Limit(min(searchesPerSecond, cfg.Budget.RequestsPerSecond)), 1),
		budget:  source.NewBudget(cfg.Budget.DailyShare, c.now),
	}
	options := source.ClientOptions{
		Base:              settingsOf(cfg).BaseURL,
		Classify:          a.refused,
		RequestsPerSecond: cfg.Budget.RequestsPerSecond,
		Budget:            a.budget,
		Environment:       env,
	}
	if settingsOf(cfg).OAuth != nil {
		login, err := newLogin(cfg, env, c.now, use)
		if err != nil {
			return nil, err
		}
		a.login, a.credential = login, login.token
		options.Reauthorize = login.renew
	} else {
		a.place = settingsOf(cfg).Token.Place()
		a.credential = func(context.Context) (string, error) {
			token, err := source.ReadCredential(settingsOf(cfg).Token, source.IsTokenCharacter)
			if err == nil {
				use(token)
			}
			return token, err
		}
	}
	options.Authorize = func(ctx context.Context, r *http.Request) error {
		// Asked for each time, so that a rotated one is used at once.
		token, err := a.credential(ctx)
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

// quotas returns what is known of the allowances.
func (a *api) quotas() []source.Quota { return append(a.budget.Quotas(), a.pacer.quotas()...) }

// call makes a call of the general API, or of the search.
func (a *api) call(ctx context.Context, request source.Request, decode source.Decoder) error {
	if request.Limiter == nil {
		request.Limiter = a.pacer
	}
	return a.client.Do(ctx, request, func(status int, header http.Header, body io.Reader) error {
		a.observe(header)
		return decode(status, header, body)
	})
}

// refused observes and classifies an answer with an error status.
func (a *api) refused(status int, header http.Header, body []byte) *source.Error {
	a.observe(header)
	return a.classify(status, header, body)
}

func (a *api) observe(header http.Header) {
	a.clock.observe(header)
	a.pacer.observe(header)
	if limit, remaining, ok := allowance(header, headerDailyLimit, headerDailyRemaining); ok {
		a.budget.Observe(limit, remaining)
	}
}

// list reads one page of a listing, in ascending order of ids.
func (a *api) list(
	ctx context.Context, object string, archived bool, properties []string, after string,
) (page, error) {
	query := url.Values{
		"limit": {strconv.Itoa(listLimit)}, "properties": {strings.Join(properties, ",")},
	}
	if archived {
		query.Set("archived", "true")
	}
	if after != "" {
		query.Set("after", after)
	}
	return a.page(ctx, source.Request{
		Path: "/crm/objects/" + a.version + "/" + object, Query: query, Endpoint: "crm/objects/" + object,
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

// modified searches the records of a window behind its last id. offset is "" except behind an empty page.
func (a *api) modified(
	ctx context.Context, object string, properties []string, w window, offset string,
) (page, error) {
	filters := []filter{{
		Property: propertyModified, Operator: "BETWEEN",
		Value: strconv.FormatInt(w.Since, 10), HighValue: strconv.FormatInt(w.Until, 10),
	}}
	if w.Last != "" {
		filters = append(filters, filter{Property: propertyObjectID, Operator: "GT", Value: w.Last})
	}
	return a.page(ctx, source.Request{
		Method: http.MethodPost, Path: "/crm/objects/" + a.version + "/" + object + "/search",
		Endpoint: "crm/objects/" + object + "/search", Limiter: a.search,
		JSON: searchBody{
			FilterGroups: []filterGroup{{Filters: filters}},
			Sorts:        []searchSort{{Property: propertyObjectID, Direction: "ASCENDING"}},
			Properties:   properties, Limit: searchLimit, After: offset,
		},
	})
}

func (a *api) page(ctx context.Context, request source.Request) (page, error) {
	var p page
	err := a.call(ctx, request, required(&p, func() bool { return p.Results != nil }))
	return p, err
}

// get reads one JSON value.
func get[T any](ctx context.Context, a *api, path, endpoint string, query url.Values) (T, error) {
	var answer T
	err := a.call(ctx, source.Request{Path: path, Query: query, Endpoint: endpoint}, source.DecodeJSON(&answer))
	return answer, err
}

// errNoResults is an answer that would pass for an empty page: taken as one, it would end a listing too early, and the
// sweep behind it would remove what was not read.
var errNoResults = errors.New("answer without results")

// required decodes JSON into target and refuses an answer that is not complete.
func required[T any](target *T, complete func() bool) source.Decoder {
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

// visited holds the page tokens of one listing. One that comes back would have it read in circles for ever.
type visited map[string]bool

func (v visited) add(after string) error {
	if v[after] || len(v) >= maxPages {
		return source.Errorf(source.ReasonDecode, "the listing does not end: a page token was repeated")
	}
	v[after] = true
	return nil
}
