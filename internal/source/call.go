package source

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// call is a Request that was checked and encoded once, for all its attempts.
type call struct {
	method   string
	path     string
	query    url.Values
	endpoint string
	header   http.Header
	body     []byte
	limiter  Waiter
	host     string // of the last attempt, for errors of the connection
	// credential is the Authorization header of the last attempt.
	credential string
}

// String names the call in error texts. It must not hold path and query, which may be secret.
func (c *call) String() string { return c.method + " " + c.endpoint }

func (c *Client) prepare(request Request) (*call, *Error) {
	call := &call{
		method:   cmp.Or(request.Method, http.MethodGet),
		path:     request.Path,
		query:    request.Query,
		endpoint: request.Endpoint,
		header:   http.Header{"Accept": {"application/json"}},
		limiter:  request.Limiter,
	}
	if call.limiter == nil {
		call.limiter = c.limiter
	}
	if c.options.Environment.UserAgent != "" {
		call.header.Set("User-Agent", c.options.Environment.UserAgent)
	}
	switch {
	case request.JSON != nil:
		body, err := json.Marshal(request.JSON)
		if err != nil {
			return nil, call.fail(ReasonClient, "encode the request as JSON")
		}
		call.body = body
		call.header.Set("Content-Type", "application/json")
	case request.Form != nil:
		call.body = []byte(request.Form.Encode())
		call.header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if call.body != nil && (call.method == http.MethodGet || call.method == http.MethodHead) {
		// The body would be dropped in silence, and a search without its filter answers with everything.
		return nil, call.fail(ReasonClient, "method cannot carry a body")
	}
	for name, values := range request.Header {
		call.header[http.CanonicalHeaderKey(name)] = values
	}
	call.header.Del("Accept-Encoding") // set by us, net/http would hand out compressed bodies and MaxBody bound nothing
	return call, nil
}

// attempt makes one HTTP exchange, if credential and budget allow it. The status is 0 where there was none.
func (c *Client) attempt(ctx context.Context, call *call, decode Decoder) (int, *Error) {
	// Resolved for each attempt, because a renewed credential may have moved the Client to another origin.
	target, err := c.base.Load().resolve(call.path, call.query)
	if err != nil {
		return 0, call.fail(ReasonClient, "%w", err)
	}
	call.host = c.base.Load().host
	header, failure := c.authorize(ctx, call, target)
	if failure != nil {
		return 0, failure
	}
	call.credential = header.Get("Authorization")
	if err := c.options.Budget.Spend(); err != nil {
		return 0, call.callbackFailed(ctx, "spend the budget", err, ReasonQuota)
	}
	start := time.Now()
	status, failure := c.exchange(ctx, call, target, header, decode)
	code := "error"
	if status != 0 {
		code = strconv.Itoa(status)
	}
	c.observer.Request(call.endpoint, code, time.Since(start))
	return status, failure
}

// authorize returns the headers of one attempt with the credential in them. The credential is set on a request of its
// own, so that a slow token endpoint is not charged to the exchange's time.
func (c *Client) authorize(ctx context.Context, call *call, target string) (http.Header, *Error) {
	carrier, err := http.NewRequestWithContext(ctx, call.method, target, nil)
	if err != nil {
		return nil, call.fail(ReasonClient, "build the request")
	}
	carrier.Header = call.header.Clone()
	if c.options.Authorize == nil {
		return carrier.Header, nil
	}
	if err := c.options.Authorize(ctx, carrier); err != nil {
		return nil, call.callbackFailed(ctx, "set the credential", err, ReasonConfig)
	}
	return carrier.Header, nil
}

// exchange sends the request and reads the answer to its end, all of it within Timeout.
func (c *Client) exchange(
	ctx context.Context, call *call, target string, header http.Header, decode Decoder,
) (int, *Error) {
	bounded, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	request := c.resty.R().SetContext(bounded)
	request.Header = header
	if call.body != nil {
		request.SetBody(call.body)
	}
	response, err := request.Execute(call.method, target)
	if redirect, ok := errors.AsType[*redirectError](err); ok {
		return redirect.status, call.fail(ReasonClient, "%w", redirect)
	}
	if err != nil {
		return 0, call.broken(ctx, err)
	}
	answer := response.RawResponse
	body := newBoundedBody(answer.Body, c.options.MaxBody)
	defer func() { _ = body.Close() }() // whether the answer was whole is known by then
	if t, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		c.date.Store(t.Unix())
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return answer.StatusCode, c.refused(call, answer, body)
	}
	return answer.StatusCode, call.accept(ctx, answer, body, decode)
}
