package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRetries(t *testing.T) {
	ok := replying(200, `{}`)
	refusedConnection := failing(fmt.Errorf("dial: %w", syscall.ECONNREFUSED))
	tests := []struct {
		name    string
		retries int
		answers []exchange
		decode  Decoder

		calls  int
		took   time.Duration
		reason Reason // "" for success
		wait   time.Duration
		codes  []string
	}{{
		name: "success at once", answers: []exchange{ok},
		calls: 1, codes: []string{"200"},
	}, {
		name:    "server failure, then well",
		answers: []exchange{replying(503, ""), replying(502, "<html>"), ok},
		calls:   3, took: 1500 * time.Millisecond, codes: []string{"503", "502", "200"},
	}, {
		name: "backoff doubles until the retries are used up", answers: []exchange{replying(500, "")},
		calls: 4, took: 3500 * time.Millisecond, reason: ReasonServer, codes: []string{"500", "500", "500", "500"},
	}, {
		name: "negative means no retries", retries: -1,
		answers: []exchange{replying(500, "")},
		calls:   1, reason: ReasonServer, codes: []string{"500"},
	}, {
		name:    "connection refused",
		answers: []exchange{refusedConnection, ok},
		calls:   2, took: 500 * time.Millisecond, codes: []string{"error", "200"},
	}, {
		name:    "Retry-After in seconds beats the backoff",
		answers: []exchange{replying(429, "", "Retry-After", "7"), ok},
		calls:   2, took: 7 * time.Second, codes: []string{"429", "200"},
	}, {
		name:    "backoff beats a Retry-After of zero",
		answers: []exchange{replying(429, "", "Retry-After", "0"), ok},
		calls:   2, took: 500 * time.Millisecond, codes: []string{"429", "200"},
	}, {
		name: "Retry-After as a date, by the server's clock",
		answers: []exchange{replying(503, "",
			"Date", "Wed, 21 Oct 2026 07:28:00 GMT", "Retry-After", "Wed, 21 Oct 2026 07:28:42 GMT"), ok},
		calls: 2, took: 42 * time.Second, codes: []string{"503", "200"},
	}, {
		name:    "a minute is waited for",
		answers: []exchange{replying(429, "", "Retry-After", "60"), ok},
		calls:   2, took: time.Minute, codes: []string{"429", "200"},
	}, {
		name:    "more than a minute is the engine's",
		answers: []exchange{replying(429, "", "Retry-After", "61"), ok},
		calls:   1, reason: ReasonRateLimited, wait: 61 * time.Second, codes: []string{"429"},
	}, {
		name:    "Retry-After is capped",
		answers: []exchange{replying(503, "", "Retry-After", "99999999999999"), ok},
		calls:   1, reason: ReasonServer, wait: 24 * time.Hour, codes: []string{"503"},
	}, {
		name:    "a timeout is final",
		answers: []exchange{silent, ok},
		calls:   1, took: 30 * time.Second, reason: ReasonTimeout, codes: []string{"error"},
	}, {
		name:    "auth is final",
		answers: []exchange{replying(401, ""), ok},
		calls:   1, reason: ReasonAuth, codes: []string{"401"},
	}, {
		name:    "scope is final",
		answers: []exchange{replying(403, ""), ok},
		calls:   1, reason: ReasonScope, codes: []string{"403"},
	}, {
		name:    "client is final",
		answers: []exchange{replying(404, ""), ok},
		calls:   1, reason: ReasonClient, codes: []string{"404"},
	}, {
		name:    "a redirect is final",
		answers: []exchange{replying(302, "", "Location", "/things"), ok},
		calls:   1, reason: ReasonClient, codes: []string{"302"},
	}, {
		name:    "an answer that cannot be read",
		answers: []exchange{replying(200, `{"a":`), replying(200, `{"a":1}`)},
		decode:  DecodeJSON(new(struct{ A int })),
		calls:   2, took: 500 * time.Millisecond, codes: []string{"200", "200"},
	}, {
		name:    "a decoder's own reason counts",
		answers: []exchange{ok},
		decode:  func(int, http.Header, io.Reader) error { return Errorf(ReasonConfig, "wrong account") },
		calls:   1, reason: ReasonConfig, codes: []string{"200"},
	}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network, observer := &answers{list: tt.answers}, &observed{}
				c := newTestClient(t, ClientOptions{
					Retries: tt.retries, Environment: Environment{Transport: network, Observer: observer},
				})
				start := time.Now()
				err := c.Do(t.Context(), Request{Path: "/things", Endpoint: "things"}, tt.decode)
				if took := time.Since(start); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if network.count() != tt.calls {
					t.Errorf("%d calls, want %d", network.count(), tt.calls)
				}
				if (err != nil) != (tt.reason != "") || err != nil && ReasonOf(err) != tt.reason {
					t.Errorf("error %v, want reason %q", err, tt.reason)
				}
				if WaitOf(err) != tt.wait {
					t.Errorf("wait %v, want %v", WaitOf(err), tt.wait)
				}
				if diff := cmp.Diff(tt.codes, observer.codes); diff != "" {
					t.Errorf("observed codes (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestJitterIsFull(t *testing.T) {
	c, err := NewClient(ClientOptions{Base: "https://api.example.com", RequestsPerSecond: 1})
	if err != nil {
		t.Fatal(err)
	}
	var low, high bool
	for range 1000 {
		d := c.jitter(time.Second)
		if d < 0 || d > time.Second {
			t.Fatalf("jitter %v is outside 0..1s", d)
		}
		low, high = low || d < 200*time.Millisecond, high || d > 800*time.Millisecond
	}
	if !low || !high {
		t.Error("jitter does not use the whole range")
	}
}

func TestWaitsAreReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		observer := &observed{}
		network := &answers{list: []exchange{
			replying(429, "", "Retry-After", "3"), replying(200, ""),
		}}
		c := newTestClient(t, ClientOptions{
			RequestsPerSecond: 0.5, Environment: Environment{Transport: network, Observer: observer},
		})
		if err := get(t.Context(), c); err != nil { // 1 token at hand, 3 s of Retry-After, the next token after 2 s
			t.Fatal(err)
		}
		if err := get(t.Context(), c); err != nil { // 2 s after the token of the retry
			t.Fatal(err)
		}
		want := []time.Duration{3 * time.Second, 2 * time.Second}
		if diff := cmp.Diff(want, observer.throttled); diff != "" {
			t.Errorf("throttled (-want +got):\n%s", diff)
		}
	})
}

// countingLimiter is an endpoint's own limiter.
type countingLimiter struct{ waits int }

func (l *countingLimiter) Wait(context.Context) error { l.waits++; return nil }

func TestLimiterOfRequestReplacesBucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, ClientOptions{
			RequestsPerSecond: 0.001, Environment: Environment{Transport: roundTrip(replying(200, ""))},
		})
		limiter, start := &countingLimiter{}, time.Now()
		for range 5 {
			if err := c.Do(t.Context(), Request{Path: "/search", Limiter: limiter}, nil); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 0 || limiter.waits != 5 {
			t.Errorf("took %v with %d waits, want 0 s with 5", took, limiter.waits)
		}
	})
}

func TestCallerEndsCall(t *testing.T) {
	busy := roundTrip(replying(429, "", "Retry-After", "30"))
	tests := []struct {
		name    string
		network http.RoundTripper
		rate    float64
		context func(context.Context) (context.Context, context.CancelFunc)
		reason  Reason
		cause   error
		took    time.Duration
	}{{
		name: "canceled while waiting for the answer", network: roundTrip(silent), reason: ReasonCanceled,
		context: canceledAfter(5 * time.Second), took: 5 * time.Second, cause: context.Canceled,
	}, {
		name: "deadline while waiting for the answer", network: roundTrip(silent), reason: ReasonTimeout,
		context: timeoutAfter(5 * time.Second), took: 5 * time.Second, cause: context.DeadlineExceeded,
	}, {
		name: "canceled while backing off", network: busy, reason: ReasonCanceled,
		context: canceledAfter(5 * time.Second), took: 5 * time.Second, cause: context.Canceled,
	}, {
		name: "deadline while backing off", network: busy, reason: ReasonTimeout,
		context: timeoutAfter(5 * time.Second), took: 5 * time.Second, cause: context.DeadlineExceeded,
	}, {
		name: "canceled while waiting for a token", network: roundTrip(replying(500, "")), rate: 0.01, reason: ReasonCanceled,
		context: canceledAfter(5 * time.Second), took: 5 * time.Second, cause: context.Canceled,
	}, {
		name: "no token before the deadline", network: roundTrip(replying(500, "")), rate: 0.01, reason: ReasonTimeout,
		context: timeoutAfter(5 * time.Second), took: 500 * time.Millisecond, cause: context.DeadlineExceeded,
	}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newTestClient(t, ClientOptions{
					RequestsPerSecond: tt.rate, Environment: Environment{Transport: tt.network},
				})
				ctx, cancel := tt.context(t.Context())
				defer cancel()
				start := time.Now()
				err := get(ctx, c)
				if ReasonOf(err) != tt.reason || !errors.Is(err, tt.cause) {
					t.Errorf("error %v, want reason %q and cause %v", err, tt.reason, tt.cause)
				}
				if took := time.Since(start); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
			})
		})
	}
}

func canceledAfter(d time.Duration) func(context.Context) (context.Context, context.CancelFunc) {
	return func(parent context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(parent)
		timer := time.AfterFunc(d, cancel)
		return ctx, func() { timer.Stop(); cancel() }
	}
}

func timeoutAfter(d time.Duration) func(context.Context) (context.Context, context.CancelFunc) {
	return func(parent context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeout(parent, d)
	}
}

func TestReauthorize(t *testing.T) {
	refused, ok := replying(401, ""), replying(200, "")
	edge := replying(530, "<html>") // what HubSpot's edge answers to a malformed token
	tests := []struct {
		name    string
		answers []exchange
		renewed bool
		err     error

		calls, renewals int
		reason          Reason
	}{
		{"renewed", []exchange{refused, ok}, true, nil, 2, 1, ""},
		{"classified as auth", []exchange{edge, ok}, true, nil, 2, 1, ""},
		{"renewed in vain", []exchange{refused}, true, nil, 2, 1, ReasonAuth},
		{"not renewed", []exchange{refused}, false, nil, 1, 1, ReasonAuth},
		{"renewal fails", []exchange{refused}, false, errors.New("no"), 1, 1, ReasonAuth},
		{
			"renewal fails with a reason",
			[]exchange{refused},
			false,
			Errorf(ReasonServer, "login is down"), 1, 1, ReasonServer,
		},
		{"other refusals", []exchange{replying(403, "")}, true, nil, 1, 0, ReasonScope},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			network, renewals := &answers{list: tt.answers}, 0
			c := newTestClient(t, ClientOptions{
				Environment: Environment{Transport: network},
				Authorize: func(_ context.Context, r *http.Request) error {
					r.Header.Set("Authorization", "Bearer old")
					return nil
				},
				Reauthorize: func(_ context.Context, refused string) (bool, error) {
					if renewals++; refused != "Bearer old" {
						t.Errorf("the refused credential is %q", refused)
					}
					return tt.renewed, tt.err
				},
				Classify: func(status int, _ http.Header, _ []byte) *Error {
					if status == 530 {
						return &Error{Reason: ReasonAuth}
					}
					return nil
				},
			})
			err := get(t.Context(), c)
			if (err != nil) != (tt.reason != "") || err != nil && ReasonOf(err) != tt.reason {
				t.Errorf("error %v, want reason %q", err, tt.reason)
			}
			if network.count() != tt.calls || renewals != tt.renewals {
				t.Errorf("%d calls and %d renewals, want %d and %d", network.count(), renewals, tt.calls, tt.renewals)
			}
		})
	}
}

func TestReauthorizeMovesReplay(t *testing.T) {
	var hosts []string
	c := newTestClient(t, ClientOptions{Environment: Environment{
		Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			hosts = append(hosts, r.URL.Host)
			if len(hosts) == 1 {
				return replying(401, "")(r)
			}
			return replying(200, "")(r)
		}),
	}})
	c.options.Reauthorize = func(context.Context, string) (bool, error) { return true, c.Rebase("https://eu.example.com") }
	if err := get(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"api.example.com", "eu.example.com"}, hosts); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
}

func TestAuthorizeFailureIsNoAnswer(t *testing.T) {
	network, observer := &answers{list: []exchange{replying(200, "")}}, &observed{}
	renewals := 0
	c := newTestClient(t, ClientOptions{
		Environment: Environment{Transport: network, Observer: observer},
		Authorize:   func(context.Context, *http.Request) error { return Errorf(ReasonAuth, "login refused") },
		Reauthorize: func(context.Context, string) (bool, error) { renewals++; return true, nil },
	})
	err := get(t.Context(), c)
	if ReasonOf(err) != ReasonAuth || renewals != 0 || network.count() != 0 || len(observer.codes) != 0 {
		t.Errorf("error %v after %d renewals, %d calls and %d reports, want auth after none",
			err, renewals, network.count(), len(observer.codes))
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 10, 21, 7, 28, 0, 0, time.UTC)
	tests := map[string]time.Duration{
		"":                              0,
		"120":                           2 * time.Minute,
		" 5 ":                           5 * time.Second,
		"-5":                            0,
		"86401":                         24 * time.Hour,
		"1e3":                           0,
		"soon":                          0,
		"99999999999999999999":          0,
		"Wed, 21 Oct 2026 07:29:30 GMT": 90 * time.Second,
		"Wed, 21 Oct 2026 07:00:00 GMT": 0,
		"Sat, 01 Jan 2028 00:00:00 GMT": 24 * time.Hour,
	}
	for value, want := range tests {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("Retry-After %q is %v, want %v", value, got, want)
		}
	}
}
