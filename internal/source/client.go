package source

import (
	"cmp"
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"
	"golang.org/x/time/rate"
)

// ClientOptions configures a Client.
type ClientOptions struct {
	// Base is the only origin the Client talks to. Plain http is accepted for loopback addresses only.
	Base string
	// Authorize sets the credential of one request, as headers. It is called for every attempt, so that a rotated file
	// is read again.
	Authorize func(ctx context.Context, r *http.Request) error
	// Reauthorize renews the credential after an answer that refused it and reports whether it did; nil where that is
	// final. It is called at most once per request. An answer refuses the credential if its status is 401, or if
	// Classify says ReasonAuth. refused is the Authorization header of the request: of several that were refused at one
	// time, the first renews the credential and the others find another one.
	Reauthorize func(ctx context.Context, refused string) (bool, error)
	// Classify turns an answer with a status outside 2xx into an Error, or returns nil to leave it to the status. Body
	// holds at most 64 KiB and may be HTML. The text of its Err may name the vendor's error code; endpoint, status and
	// request id are put before it. A redirect is never classified.
	Classify          func(status int, header http.Header, body []byte) *Error
	RequestsPerSecond float64       // the token bucket, > 0
	Timeout           time.Duration // of one exchange, body included; 0 means 30 s
	MaxBody           int64         // of one decompressed answer in bytes; 0 means 16 MiB
	Retries           int           // of one request after a retryable failure; 0 means 3, negative none
	// Budget is asked before every call and told of every answer; nil spends freely.
	Budget *Budget

	Environment Environment
}

// Request is one API call.
type Request struct {
	Method string // "" means GET
	// Path is absolute, and may be a link handed out by the vendor: it is refused if it leaves the origin of Base.
	Path  string
	Query url.Values
	// Endpoint is the path template that names the call in metrics and errors, such as "crm/objects/deals/search".
	Endpoint string
	JSON     any        // the body as JSON, or nil
	Form     url.Values // the body as a form, or nil
	Header   http.Header
	// Limiter replaces the Client's token bucket where an endpoint has its own, such as HubSpot's search; or nil.
	Limiter Waiter
}

// Waiter is a rate limiter: golang.org/x/time/rate.Limiter.
type Waiter interface {
	Wait(ctx context.Context) error
}

// Client is the one way to a vendor's API: one origin, no redirects, bounded time and size, every call counted.
type Client struct {
	options  ClientOptions
	observer Observer
	logger   *slog.Logger
	now      func() time.Time
	jitter   func(ceiling time.Duration) time.Duration

	resty   *resty.Client
	limiter Waiter
	base    atomic.Pointer[origin]
	date    atomic.Int64 // of the last answer, in seconds since 1970; 0 before the first
}

// NewClient checks the options. Its errors are ReasonConfig.
func NewClient(options ClientOptions) (*Client, error) {
	if !(options.RequestsPerSecond > 0) { // also NaN
		return nil, Errorf(ReasonConfig, "requests per second must be greater than 0")
	}
	options.Timeout = cmp.Or(options.Timeout, 30*time.Second)
	options.MaxBody = cmp.Or(options.MaxBody, 16<<20)
	options.Retries = cmp.Or(options.Retries, 3)
	environment := options.Environment
	c := &Client{
		options:  options,
		observer: environment.Observer,
		logger:   environment.Logger,
		now:      environment.Now,
		jitter: func(ceiling time.Duration) time.Duration {
			return rand.N(ceiling + 1) //nolint:gosec // spreads calls over time; nothing secret depends on it
		},
		// A small burst lets a sync start at once; the vendors' own windows (10 s) are far wider.
		limiter: rate.NewLimiter(rate.Limit(options.RequestsPerSecond), int(min(max(options.RequestsPerSecond, 1), 5))),
		resty:   newResty(environment.Transport, options.Timeout),
	}
	if c.observer == nil {
		c.observer = DiscardObserver{}
	}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	if c.now == nil {
		c.now = time.Now
	}
	if err := c.Rebase(options.Base); err != nil {
		return nil, err
	}
	return c, nil
}

// Do performs one call, with retries, and hands a 2xx answer to decode while it streams in; a nil decode discards it.
// decode may run several times, each time on a whole new answer, and must start afresh. Errors are *Error.
//
// Every method is retried, POST too: the Client only ever reads (searches, logins), so a repeated call does no harm.
func (c *Client) Do(ctx context.Context, request Request, decode Decoder) error {
	call, failure := c.prepare(request)
	if failure != nil {
		return failure
	}
	plan := retryPlan{left: c.options.Retries}
	renewable := c.options.Reauthorize != nil
	for {
		if failure := c.throttle(ctx, call); failure != nil {
			return failure
		}
		status, failure := c.attempt(ctx, call, decode)
		switch {
		case failure == nil:
			return nil
		case ctx.Err() != nil:
			return failure
		}
		if renewable && status != 0 && failure.Reason == ReasonAuth {
			renewable = false
			renewed, err := c.options.Reauthorize(ctx, call.credential)
			if err != nil {
				return call.callbackFailed(ctx, "renew the credential", err, ReasonAuth)
			}
			if renewed {
				continue
			}
		}
		ceiling, again := plan.next(failure)
		if !again {
			return failure
		}
		delay := max(c.jitter(ceiling), failure.Wait)
		c.logger.DebugContext(ctx, "retrying an API call", "err", failure, "in", delay)
		if failure := c.pause(ctx, call, delay); failure != nil {
			return failure
		}
	}
}

// Date returns the server's clock of the last answer (its Date header), or the zero time before the first one.
func (c *Client) Date() time.Time {
	if seconds := c.date.Load(); seconds != 0 {
		return time.Unix(seconds, 0).UTC()
	}
	return time.Time{}
}

// Base returns the origin that the Client talks to, without a trailing slash.
func (c *Client) Base() string { return c.base.Load().String() }

// Rebase moves the Client to another origin, such as the instance_url of a token answer. The caller has checked that
// the credential may go there.
func (c *Client) Rebase(base string) error {
	o, err := parseOrigin(base)
	if err != nil {
		return Errorf(ReasonConfig, "check base URL: %w", err)
	}
	c.base.Store(&o)
	return nil
}
