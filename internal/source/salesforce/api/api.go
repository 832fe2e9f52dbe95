// Package api makes the calls to a Salesforce org. It knows logins, limits, pages and refusals; it knows nothing of what
// the records mean.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

const (
	// exchangeTimeout is shorter than the two minutes after which Salesforce itself gives a query up. Every query here
	// follows an index and takes seconds; an org that says nothing for a minute is down, and that must show.
	exchangeTimeout = time.Minute
	// maxURL leaves room for the headers within Salesforce's 16 KiB (crm/salesforce 2.6).
	maxURL = 8000
)

// The query resources. Only queryAll shows deleted records, without which deletions would go unnoticed.
const (
	Query            = "query"
	QueryAll         = "queryAll"
	endpointNextPage = "query/next"
)

// API is the org's REST API of one version.
type API struct {
	client  *source.Client
	session *session
	budget  *source.Budget
	root    string // "/services/data/v66.0"
	clock   func() time.Time
	// skew is what to add to our clock to get the org's, as of its last answer.
	skew atomic.Int64
}

// New returns the API of an org. use is told what each login says of the org.
func New(access Access, calls config.Budget, env source.Environment, use func(credential string)) (*API, error) {
	if (access.ClientCredentials == nil) == (access.JWT == nil) {
		return nil, ConfigError("", "exactly one of client_credentials and jwt must be set")
	}
	origin, err := instanceOrigin(access.InstanceURL)
	if err != nil {
		return nil, err
	}
	version := strings.TrimPrefix(access.APIVersion, "v")
	if !regexp.MustCompile(`^\d{2,3}\.\d$`).MatchString(version) {
		return nil, ConfigError("write it like 66.0", "api_version is not a version")
	}
	a := &API{
		budget: source.NewBudget(calls.DailyShare, env.Now),
		root:   "/services/data/v" + version,
		clock:  env.Now,
	}
	// Logins do not count against the API allowance, and one must be possible when that is spent.
	login, err := source.NewClient(source.ClientOptions{
		Base: origin.String(), Classify: classifyLogin,
		RequestsPerSecond: calls.RequestsPerSecond, Environment: env,
	})
	if err != nil {
		return nil, err
	}
	a.session = &session{access: access, origin: origin, client: login, now: env.Now, use: use}
	a.client, err = source.NewClient(source.ClientOptions{
		Base: origin.String(), Authorize: a.session.authorize, Reauthorize: a.session.renew,
		Classify: func(status int, header http.Header, body []byte) *source.Error {
			a.observe(header)
			return classify(status, header, body)
		},
		RequestsPerSecond: calls.RequestsPerSecond, Timeout: exchangeTimeout, Budget: a.budget, Environment: env,
	})
	if err != nil {
		return nil, err
	}
	a.session.moved = a.client.Rebase
	return a, nil
}

// Now returns the org's present time, by its own clock where it ever answered. It is late rather than early: an answer
// is a little old when its Date is compared with our clock.
func (a *API) Now() time.Time { return a.clock().Add(time.Duration(a.skew.Load())) }

// Path returns the path of a resource.
func (a *API) Path(resource string) string { return a.root + "/" + resource }

// Quotas returns what is left of the org's allowance.
func (a *API) Quotas() []source.Quota { return a.budget.Quotas() }

// Login makes sure that there is a session.
func (a *API) Login(ctx context.Context) error { return a.session.ensure(ctx) }

// Call makes one call with a valid session.
func (a *API) Call(ctx context.Context, request source.Request, decode source.Decoder) error {
	// The token comes first, because its answer may move the API to another host.
	if err := a.session.ensure(ctx); err != nil {
		return err
	}
	before := a.client.Date()
	err := a.client.Do(ctx, request, func(status int, header http.Header, body io.Reader) error {
		a.observe(header)
		return decode(status, header, body)
	})
	if date := a.client.Date(); !date.IsZero() && (err == nil || !date.Equal(before)) {
		a.skew.Store(int64(date.Sub(a.clock())))
	}
	if e, ok := errors.AsType[*source.Error](err); ok && Said(err).Code == CodeQueryTimeout {
		return &source.Error{Reason: source.ReasonTimeout, Err: e.Err}
	}
	return err
}

// apiUsage is unanchored, for the header also holds other parts (crm/salesforce 5.3), but the part for one app must not
// be taken for the org's.
var apiUsage = regexp.MustCompile(`(?:^|[^-\w])api-usage=(\d+)/(\d+)`)

// observe tells the budget what an answer says of the allowance.
func (a *API) observe(header http.Header) {
	m := apiUsage.FindStringSubmatch(strings.Join(header.Values("Sforce-Limit-Info"), "; "))
	if m == nil {
		return
	}
	used, errUsed := strconv.ParseUint(m[1], 10, 32)
	limit, errLimit := strconv.ParseUint(m[2], 10, 32)
	if errUsed != nil || errLimit != nil {
		return
	}
	a.budget.Observe(float64(limit), max(0, float64(limit)-float64(used)))
}

// queryPage is one page of a query's answer.
type queryPage struct {
	TotalSize *int              `json:"totalSize"`
	Done      *bool             `json:"done"`
	Next      string            `json:"nextRecordsUrl"`
	Records   []json.RawMessage `json:"records"`
}

func (p *queryPage) check() error {
	switch {
	case p.TotalSize == nil || p.Done == nil:
		return errors.New("query answer without totalSize or done")
	case !*p.Done && p.Next == "":
		return errors.New("query answer is not done but names no next page")
	}
	return nil
}

// ErrShort is a query whose pages ended before all its rows were seen.
var ErrShort = errors.New("paging ended early")

// LostLocatorError is a page that can no longer be had, although the query itself can be asked again: a locator dies
// with its session, and retrying its link never recovers (crm/salesforce 2.3).
type LostLocatorError struct{ error }

// Unwrap returns the cause.
func (e *LostLocatorError) Unwrap() error { return e.error }

// Drain runs a query to its end and hands every page to visit. Whether there is another page is never inferred from
// the length of one: pages are of any size.
func (a *API) Drain(ctx context.Context, resource, soql string, visit func([]json.RawMessage) error) error {
	request := source.Request{
		Path: a.root + "/" + resource, Query: url.Values{"q": {soql}}, Endpoint: resource,
		Header: http.Header{"Sforce-Query-Options": {"batchSize=2000"}},
	}
	if n := len(a.client.Base()) + len(request.Path) + 1 + len(request.Query.Encode()); n > maxURL {
		return ConfigError("map fewer properties", "a query of %d bytes is longer than %d", n, maxURL)
	}
	rows, total := 0, -1
	followed := map[string]bool{}
	for {
		page, err := a.page(ctx, request)
		if err != nil {
			if total >= 0 && (Said(err).Code == codeInvalidLocator || source.ReasonOf(err) == source.ReasonAuth) {
				return &LostLocatorError{err}
			}
			return err
		}
		if total < 0 {
			total = *page.TotalSize
		}
		rows += len(page.Records)
		if len(page.Records) > 0 {
			if err := visit(page.Records); err != nil {
				return err
			}
		}
		if *page.Done {
			break
		}
		if followed[page.Next] {
			return source.Errorf(source.ReasonDecode, "%s: the same next page was named twice", resource)
		}
		followed[page.Next] = true
		request = source.Request{Path: page.Next, Endpoint: endpointNextPage, Header: request.Header}
	}
	if rows < total {
		return source.Errorf(source.ReasonDecode, "%s: %w: %d of %d rows", resource, ErrShort, rows, total)
	}
	return nil
}

func (a *API) page(ctx context.Context, request source.Request) (*queryPage, error) {
	var page queryPage
	decode := source.DecodeJSON(&page)
	err := a.Call(ctx, request, func(status int, header http.Header, body io.Reader) error {
		if err := decode(status, header, body); err != nil {
			return err
		}
		return page.check()
	})
	if err != nil {
		return nil, err
	}
	return &page, nil
}

// All runs a query over a small object and returns its rows. A lost locator starts it over once.
func (a *API) All(ctx context.Context, soql string) ([]json.RawMessage, error) {
	var rows []json.RawMessage
	read := func() error {
		rows = nil
		return a.Drain(ctx, Query, soql, func(page []json.RawMessage) error {
			rows = append(rows, page...)
			return nil
		})
	}
	err := read()
	if _, lost := errors.AsType[*LostLocatorError](err); lost {
		err = read()
	}
	return rows, err
}

// Describe returns the names of an object's readable fields and relationships, in lower case; nil where the describe
// itself is refused.
func (a *API) Describe(ctx context.Context, object string) (map[string]bool, error) {
	var answer struct {
		Fields []struct {
			Name         string `json:"name"`
			Relationship string `json:"relationshipName"`
		} `json:"fields"`
	}
	endpoint := fmt.Sprintf("sobjects/%s/describe", object)
	err := a.Call(ctx, source.Request{Path: a.root + "/" + endpoint, Endpoint: endpoint}, source.DecodeJSON(&answer))
	if err != nil {
		if reason := source.ReasonOf(err); reason == source.ReasonScope || reason == source.ReasonClient {
			return nil, nil
		}
		return nil, err
	}
	if len(answer.Fields) == 0 {
		return nil, source.Errorf(source.ReasonDecode, "%s: no fields in the answer", endpoint)
	}
	readable := make(map[string]bool, len(answer.Fields))
	for _, f := range answer.Fields {
		readable[strings.ToLower(f.Name)] = true
		if f.Relationship != "" {
			readable[strings.ToLower(f.Relationship)] = true
		}
	}
	return readable, nil
}
