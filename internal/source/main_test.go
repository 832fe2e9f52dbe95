package source

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// roundTrip is a network in one function.
type roundTrip func(r *http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// exchange is what happens to one request.
type exchange = func(r *http.Request) (*http.Response, error)

// answers is a network that gives one answer after the other and repeats the last one.
type answers struct {
	mu    sync.Mutex
	list  []exchange
	calls []time.Time
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	i := min(len(a.calls), len(a.list)-1)
	a.calls = append(a.calls, time.Now())
	a.mu.Unlock()
	return a.list[i](r)
}

func (a *answers) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.calls)
}

// replying is an answer; header is a list of names and values.
func replying(status int, body string, header ...string) exchange {
	return func(r *http.Request) (*http.Response, error) {
		h := http.Header{"Content-Type": {"application/json"}}
		for i := 0; i < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{
			StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r,
			ProtoMajor: 1, ProtoMinor: 1,
		}, nil
	}
}

// failing is a network failure.
func failing(err error) exchange {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// silent never answers.
func silent(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// observed is an Observer that remembers.
type observed struct {
	mu        sync.Mutex
	codes     []string
	endpoints []string
	took      []time.Duration
	throttled []time.Duration
}

func (o *observed) Request(endpoint, code string, took time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.endpoints = append(o.endpoints, endpoint)
	o.codes = append(o.codes, code)
	o.took = append(o.took, took)
}

func (o *observed) Throttled(took time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.throttled = append(o.throttled, took)
}

// newTestClient returns a Client whose backoff always takes its ceiling, so that durations are exact.
func newTestClient(t *testing.T, options ClientOptions) *Client {
	t.Helper()
	if options.Base == "" {
		options.Base = "https://api.example.com"
	}
	if options.RequestsPerSecond == 0 {
		options.RequestsPerSecond = 1e6
	}
	c, err := NewClient(options)
	if err != nil {
		t.Fatal(err)
	}
	c.jitter = func(ceiling time.Duration) time.Duration { return ceiling }
	t.Cleanup(c.resty.GetClient().CloseIdleConnections)
	return c
}

func get(ctx context.Context, c *Client) error {
	return c.Do(ctx, Request{Path: "/things", Endpoint: "things"}, nil)
}
