package source

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestStatusBecomesReason(t *testing.T) {
	tests := map[int]Reason{
		400: ReasonClient, 401: ReasonAuth, 402: ReasonClient, 403: ReasonScope, 404: ReasonClient, 408: ReasonTimeout,
		409: ReasonClient, 410: ReasonClient, 414: ReasonClient, 429: ReasonRateLimited, 431: ReasonClient,
		500: ReasonServer, 502: ReasonServer, 503: ReasonServer, 504: ReasonServer, 530: ReasonServer,
	}
	for status, want := range tests {
		page := replying(status, "<html>oops</html>", "Content-Type", "text/html")
		c := newTestClient(t, ClientOptions{Retries: -1, Environment: Environment{Transport: roundTrip(page)}})
		err := get(t.Context(), c)
		text := fmt.Sprintf("%s: GET things: status %d", want, status)
		if ReasonOf(err) != want || err.Error() != text {
			t.Errorf("status %d: %v, want %q", status, err, text)
		}
	}
}

func TestErrorNamesRequestID(t *testing.T) {
	tests := []struct {
		name, header, value string
		want                string
	}{
		{"HubSpot", "X-HubSpot-Correlation-Id", "c033cdaa-0b", " (request id c033cdaa-0b)"},
		{"others", "X-Request-Id", "4d54528c", " (request id 4d54528c)"},
		{"none", "X-Other", "4d54528c", ""},
		{"too long", "X-Request-Id", strings.Repeat("a", 65), ""},
		{"odd", "X-Request-Id", "Bearer secret", ""},
		{"line break", "X-Request-Id", "a\nb", ""},
	}
	for _, tt := range tests {
		c := newTestClient(t, ClientOptions{
			Retries: -1, Environment: Environment{Transport: roundTrip(replying(503, "", tt.header, tt.value))},
		})
		if err, want := get(t.Context(), c), "server: GET things: status 503"+tt.want; err.Error() != want {
			t.Errorf("%s: %v, want %q", tt.name, err, want)
		}
	}
}

func TestClassify(t *testing.T) {
	var seen int
	classify := func(status int, header http.Header, body []byte) *Error {
		seen = len(body)
		if !bytes.HasPrefix(body, []byte("DAILY")) {
			return nil
		}
		return &Error{Reason: ReasonQuota, Wait: time.Hour, Hint: "wait", Err: errors.New("policy DAILY")}
	}
	tests := []struct {
		name    string
		network exchange
		want    string
		wait    time.Duration
		seen    int
	}{
		{"classified", replying(429, "DAILY"), "quota: GET things: status 429: policy DAILY; wait", time.Hour, 5},
		{
			"Retry-After in milliseconds", replying(429, "DAILY", "Retry-After", "10000000"),
			"quota: GET things: status 429: policy DAILY; wait", time.Hour, 5,
		},
		{"left to the status", replying(404, "gone"), "client: GET things: status 404", 0, 4},
		{"body is cut", replying(400, strings.Repeat("x", 1<<20)), "client: GET things: status 400", 0, 64 << 10},
	}
	for _, tt := range tests {
		c := newTestClient(t, ClientOptions{
			Retries: -1, Classify: classify, Environment: Environment{Transport: roundTrip(tt.network)},
		})
		err := get(t.Context(), c)
		if err.Error() != tt.want || WaitOf(err) != tt.wait || seen != tt.seen {
			t.Errorf("%s: %v with wait %v after %d bytes, want %q with wait %v after %d",
				tt.name, err, WaitOf(err), seen, tt.want, tt.wait, tt.seen)
		}
	}
}

func TestRequestAsSent(t *testing.T) {
	type sent struct{ Method, URL, Body, ContentType, Accept, Extra, Authorization, Encoding string }
	var got sent
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h := r.Header
		got = sent{
			r.Method, r.URL.String(), string(body), h.Get("Content-Type"), h.Get("Accept"), h.Get("Sforce-Query-Options"),
			h.Get("Authorization"), h.Get("Accept-Encoding"),
		}
	}))
	defer server.Close()
	observer := &observed{}
	c := newTestClient(t, ClientOptions{
		Base: server.URL, Environment: Environment{Observer: observer},
		Authorize: func(_ context.Context, r *http.Request) error { r.Header.Set("Authorization", "Bearer x"); return nil },
	})
	tests := []struct {
		request Request
		want    sent
	}{{
		Request{Path: "/a", Query: url.Values{"q": {"1 2"}}},
		sent{Method: "GET", URL: "/a?q=1+2", Accept: "application/json"},
	}, {
		Request{Method: "POST", Path: "/b?x=1", JSON: map[string]any{"limit": 200}},
		sent{
			Method: "POST", URL: "/b?x=1", Body: `{"limit":200}`,
			ContentType: "application/json", Accept: "application/json",
		},
	}, {
		Request{Method: "POST", Path: "/c", Form: url.Values{"grant_type": {"refresh_token"}}},
		sent{
			Method: "POST", URL: "/c", Body: "grant_type=refresh_token",
			ContentType: "application/x-www-form-urlencoded", Accept: "application/json",
		},
	}, {
		Request{Path: "/d", Header: http.Header{
			"accept": {"text/csv"}, "Sforce-Query-Options": {"batchSize=2000"}, "Accept-Encoding": {"br"},
		}},
		sent{Method: "GET", URL: "/d", Accept: "text/csv", Extra: "batchSize=2000"},
	}}
	for _, tt := range tests {
		tt.request.Endpoint = "template"
		if err := c.Do(t.Context(), tt.request, nil); err != nil {
			t.Fatal(err)
		}
		tt.want.Authorization, tt.want.Encoding = "Bearer x", "gzip"
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("request as sent (-want +got):\n%s", diff)
		}
	}
	if diff := cmp.Diff([]string{"template", "template", "template", "template"}, observer.endpoints); diff != "" {
		t.Errorf("endpoints (-want +got):\n%s", diff)
	}
}

func TestBodyOfGetIsRefused(t *testing.T) {
	network := &answers{list: []exchange{replying(200, "")}}
	c := newTestClient(t, ClientOptions{Environment: Environment{Transport: network}})
	err := c.Do(t.Context(), Request{Path: "/search", JSON: struct{}{}}, nil)
	if ReasonOf(err) != ReasonClient || network.count() != 0 {
		t.Errorf("error %v after %d calls, want a client error after none", err, network.count())
	}
}

func TestDate(t *testing.T) {
	network := &answers{list: []exchange{
		replying(200, "", "Date", "Wed, 21 Oct 2026 07:28:00 GMT"),
		replying(404, "", "Date", "Wed, 21 Oct 2026 07:29:00 GMT"),
		replying(200, "", "Date", "yesterday"),
	}}
	c := newTestClient(t, ClientOptions{Environment: Environment{Transport: network}})
	if !c.Date().IsZero() {
		t.Errorf("date before the first answer: %v", c.Date())
	}
	first := time.Date(2026, 10, 21, 7, 28, 0, 0, time.UTC)
	for i, want := range []time.Time{first, first.Add(time.Minute), first.Add(time.Minute)} {
		_ = get(t.Context(), c)
		if !c.Date().Equal(want) {
			t.Errorf("date after answer %d: %v, want %v", i+1, c.Date(), want)
		}
	}
}

const canary = "c4n4ry-s3cr3t/+="

// TestErrorsKeepSecrets puts a secret into everything that is sent and received, fails in every way, and looks for the
// secret in what is said about it.
func TestErrorsKeepSecrets(t *testing.T) {
	escaped := url.QueryEscape(canary)
	failures := map[string]exchange{
		"refused":       failing(&url.Error{Op: "Get", URL: "https://x/" + canary, Err: syscall.ECONNREFUSED}),
		"unknown":       failing(errors.New(canary)),
		"timeout":       failing(fmt.Errorf("%s: %w", canary, context.DeadlineExceeded)),
		"400":           replying(400, canary, "X-Request-Id", canary),
		"401":           replying(401, canary, "WWW-Authenticate", canary),
		"429":           replying(429, canary, "Retry-After", canary),
		"500 HTML":      replying(500, "<html>"+canary, "Content-Type", "text/html; x="+canary),
		"redirect":      replying(302, canary, "Location", "https://evil.example/"+escaped+"?token="+escaped),
		"redirect user": replying(302, canary, "Location", "https://"+escaped+"@evil.example/"),
		"bad redirect":  replying(302, canary, "Location", "http://["+canary),
		"200 HTML":      replying(200, "<html>"+canary, "Content-Type", "text/html"),
		"odd type":      replying(200, "{}", "Content-Type", canary),
		"not JSON":      replying(200, canary),
		"cut JSON":      replying(200, `{"a":"`+canary),
		"wrong type":    replying(200, `{"a":"`+canary+`"}`),
		"two values":    replying(200, `{"a":1}"`+canary+`"`),
	}
	requests := map[string]Request{
		"get":  {Path: "/" + escaped + "?x=" + escaped, Query: url.Values{"token": {canary}}},
		"post": {Method: "POST", Path: "/" + escaped, JSON: map[string]string{"secret": canary}},
		"form": {Method: "POST", Path: "/", Form: url.Values{"client_secret": {canary}}},
		"link": {Path: "https://user:" + escaped + "@evil.example/" + escaped},
		"bad":  {Path: "http://[" + canary},
		"json": {Method: "POST", Path: "/", JSON: map[string]any{canary: make(chan int)}},
	}
	for failureName, network := range failures {
		for requestName, request := range requests {
			var log bytes.Buffer
			c := newTestClient(t, ClientOptions{
				Retries: 1,
				Environment: Environment{
					Transport: roundTrip(network),
					Logger:    slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
				},
				Authorize: func(_ context.Context, r *http.Request) error {
					r.Header.Set("Authorization", "Bearer "+canary)
					return nil
				},
			})
			c.jitter = func(time.Duration) time.Duration { return 0 }
			request.Endpoint = "things"
			err := c.Do(t.Context(), request, DecodeJSON(new(struct{ A int })))
			if err == nil {
				t.Errorf("%s, %s: no error", failureName, requestName)
				continue
			}
			said := fmt.Sprintf("%v %+v %q %s", err, err, err, log.String())
			for _, form := range []string{
				canary, escaped, url.PathEscape(canary), "c4n4ry", base64.StdEncoding.EncodeToString([]byte(canary)),
			} {
				if strings.Contains(said, form) {
					t.Errorf("%s, %s: the secret is in %s", failureName, requestName, said)
				}
			}
		}
	}
	for _, base := range []string{
		"https://u:" + escaped + "@x.example", "https://x.example/" + escaped, "http://[" + canary,
	} {
		_, err := NewClient(ClientOptions{Base: base, RequestsPerSecond: 1})
		if err == nil || strings.Contains(err.Error(), "c4n4ry") {
			t.Errorf("base with a secret: %v", err)
		}
	}
}
